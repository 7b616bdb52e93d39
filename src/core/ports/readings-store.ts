/** The store of readings and devices. */
import type { DeviceId } from "../../contract/readings.ts";
import type { Journal } from "./broker-state.ts";
import type {
  EraseRequest,
  ExportChunk,
  ExportQuery,
  ReadingsChunk,
  ReadingsQuery,
  RebuiltHour,
  RollupRow,
  RollupsQuery,
  Series,
  SeriesQuery,
  Span,
  StoredReading,
} from "./history.ts";
import type { DeviceState, LatestMetric, Retention, StoredDevice } from "./stored-device.ts";
import type { UpkeepRequest, UpkeepStep } from "./upkeep.ts";
import type { WriteOutcome, WritesOfMessage } from "./writes.ts";

export interface StoreStats {
  readonly devices: number;
  readonly readings: number;
  readonly hotReadings: number;
  readonly segments: number;
  /** Of the newest-known file: pages by what they hold; `log`: of the write-ahead log. */
  readonly bytes: {
    readonly hot: number;
    readonly segments: number;
    readonly rollups: number;
    readonly journal: number;
    readonly other: number;
    readonly free: number;
    readonly log: number;
  };
  readonly oldestMs: number | undefined;
}

/** A file of the data directory that is no part of the store, and of a whole copy. */
export interface FileBeside {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface StoreSpace {
  /** Of the file, with its free pages, and of the log. */
  readonly usedBytes: number;
  /** What the file could give back or use again. */
  readonly reusableBytes: number;
  readonly diskFreeBytes: number;
  readonly diskBytes: number;
}

/** A store's failure. `passing`: it may go by itself (disk full, busy), so the same writes are worth another try. */
export class StoreError extends Error {
  readonly passing: boolean;
  constructor(message: string, passing: boolean, cause?: unknown) {
    super(message, { cause });
    this.name = "StoreError";
    this.passing = passing;
  }
}

/** A place for readings and devices. Every promise rejects with a StoreError and with nothing else. */
export interface Store {
  /** Every device, for the hub to keep in memory. Once, right after opening. */
  load(): Promise<StoredDevice[]>;
  /** What the broker must not forget. Once, right after opening. */
  loadJournal(): Promise<Journal>;
  /**
   * All or nothing in one commit. Settles when it is durable, with one outcome for each write, in order.
   * Calls are carried out in the order in which they were made.
   */
  append(messages: readonly WritesOfMessage[]): Promise<WriteOutcome[][]>;
  /** Settles when a small write was durable; rejects while the store cannot be written. */
  probe(): Promise<void>;
  /** Keeps what memory knows of these devices, as of the last `append` that settled. */
  saveState(devices: readonly DeviceState[]): Promise<void>;
  nameDevice(deviceId: DeviceId, names: { name: string | undefined; place: string | undefined }): Promise<void>;
  /** The device is gone when this settles; its readings go in small steps behind it. */
  deleteDevice(deviceId: DeviceId): Promise<void>;
  /** For the hub's own use. */
  readings(query: ReadingsQuery): Promise<StoredReading[]>;
  /** The first of what `readings` has, as many as make some hundred KB: for whoever asks from outside. */
  readingsChunk(query: ReadingsQuery): Promise<ReadingsChunk>;
  series(query: SeriesQuery): Promise<Series>;
  rollups(query: RollupsQuery): Promise<RollupRow[]>;
  exportChunk(query: ExportQuery): Promise<ExportChunk>;
  /** The newest value of each of these metrics that is still there; raw, or the last of a rollup. */
  latestOf(deviceId: DeviceId, metrics: readonly string[]): Promise<Map<string, LatestMetric>>;
  /** What could not be read so far because it is damaged. */
  damaged(deviceId: DeviceId): readonly Span[];
  /** What the device keeps apart from the hub's settings; replaces what was set. */
  setRetention(deviceId: DeviceId, retention: Partial<Retention>): Promise<void>;
  /** Settles when all of it is gone; what is not done at a crash goes on after the next start. */
  erase(request: EraseRequest): Promise<void>;
  /** Hours replace those that are there; only of a time whose raw readings are forgotten, others are refused (false). */
  rebuild(hours: readonly RebuiltHour[]): Promise<boolean[]>;
  /** One small step of sealing, rolling up, forgetting and giving back. Never two at once. */
  upkeep(request: UpkeepRequest): Promise<UpkeepStep>;
  /** A whole copy, consistent, while everything goes on; rejects with a StoreError where `file` is there already. `beside` goes into it. */
  backup(file: string, beside?: readonly FileBeside[]): Promise<void>;
  stats(): Promise<StoreStats>;
  space(): Promise<StoreSpace>;
  /** Why nothing can be stored on this machine's disk, in words for the owner: files were removed or replaced, or it is full. */
  filesProblem(): Promise<string | undefined>;
  close(): Promise<void>;
}
