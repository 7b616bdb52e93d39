/** The store of readings and devices. */
import type { DeviceId } from "../../contract/readings.ts";
import type { ReadingMetrics } from "../model/metric-list.ts";
import type { Journal } from "./broker-state.ts";
import type { DeriveRequest, DeriveStep } from "./derived.ts";
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
import type { GoOn, TrialOutcome, TrialSpec } from "./rule-trial.ts";
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

/** A file of the data directory that is not part of the store, but of a complete copy. */
export interface FileBeside {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface StoreSpace {
  /** Of the file, with its free pages, and of the log. */
  readonly usedBytes: number;
  /** What the file could return to the disk or reuse. */
  readonly reusableBytes: number;
  readonly diskFreeBytes: number;
  readonly diskBytes: number;
}

/** A failure of the store. `passing`: it may pass by itself (disk full, busy), so the same writes may be tried again. */
export class StoreError extends Error {
  readonly passing: boolean;
  constructor(message: string, passing: boolean, cause?: unknown) {
    super(message, { cause });
    this.name = "StoreError";
    this.passing = passing;
  }
}

export const isPassing = (error: unknown): error is StoreError => error instanceof StoreError && error.passing;

/** A reading that was stored after the state of its device was saved. */
export interface UnsavedReading {
  readonly deviceId: DeviceId;
  readonly atMs: number;
  readonly n: number;
  readonly receivedAtMs: number;
  readonly metrics: ReadingMetrics;
}

/** Stores readings and devices. Every promise rejects with a StoreError only. */
export interface Store {
  /** Every device, for the hub to keep in memory. Once, right after opening. */
  load(): Promise<StoredDevice[]>;
  /** The broker's state. Once, right after opening. */
  loadJournal(): Promise<Journal>;
  /**
   * All or nothing in one commit. Settles when it is durable, with one outcome for each write, in order.
   * Calls are carried out in the order in which they were made.
   */
  append(messages: readonly WritesOfMessage[]): Promise<WriteOutcome[][]>;
  /** Settles when a small write was durable; rejects while the store cannot be written. */
  probe(): Promise<void>;
  /**
   * Every reading that the saved state of devices may not have yet, of each device in the order of arrival, some at a time. Right after
   * `load`; what `take` answers is awaited. Once all were given they count as settled: `saveState` is to have the state of their devices.
   */
  unsaved(take: (readings: readonly UnsavedReading[]) => void | Promise<void>): Promise<void>;
  /**
   * Saves the state of these devices in memory, as of the last `append` that settled. `judged`: is awaited first; if it rejects, nothing
   * is saved. What is stored meanwhile is not in the saved state.
   */
  saveState(devices: readonly DeviceState[], judged?: Promise<void>): Promise<void>;
  nameDevice(deviceId: DeviceId, names: { name: string | undefined; place: string | undefined }): Promise<void>;
  /**
   * Sets where these devices stand; their names stay. Undefined: it is taken away. After an error some of them may stand there already
   * (with MongoDB): the same call again completes it.
   */
  relocate(deviceIds: readonly DeviceId[], place: string | undefined): Promise<void>;
  /** The device is deleted when this settles; its readings are deleted in small steps later. */
  deleteDevice(deviceId: DeviceId): Promise<void>;
  /** For the hub's own use. */
  readings(query: ReadingsQuery): Promise<StoredReading[]>;
  /** The first of the same readings, some hundred KB of JSON: for answers to clients. */
  readingsChunk(query: ReadingsQuery): Promise<ReadingsChunk>;
  series(query: SeriesQuery): Promise<Series>;
  rollups(query: RollupsQuery): Promise<RollupRow[]>;
  exportChunk(query: ExportQuery): Promise<ExportChunk>;
  /** The newest stored value of each of these metrics, from raw readings or the last of a rollup. */
  latestOf(deviceId: DeviceId, metrics: readonly string[]): Promise<Map<string, LatestMetric>>;
  /** Applies a rule to the stored readings of a device, in short steps between which others read. */
  tryRule(spec: TrialSpec, goOn: GoOn): Promise<TrialOutcome>;
  /** Ranges that could not be read so far because they are damaged. */
  damaged(deviceId: DeviceId): readonly Span[];
  /** Retention of the device instead of the hub's settings; replaces what was set. */
  setRetention(deviceId: DeviceId, retention: Partial<Retention>): Promise<void>;
  /** Settles when everything is deleted; after a crash it resumes at the next start. */
  erase(request: EraseRequest): Promise<void>;
  /** Recomputes derived metrics of some stored readings, within raw age. Never two at once of one device. */
  derive(request: DeriveRequest): Promise<DeriveStep>;
  /** Hours replace stored ones; only of a time whose raw readings are deleted, others are refused (false). */
  rebuild(hours: readonly RebuiltHour[]): Promise<boolean[]>;
  /** One small step of sealing, rolling up, retention and returning space. Never two at once. */
  upkeep(request: UpkeepRequest): Promise<UpkeepStep>;
  /** Makes a complete, consistent copy while the hub runs, with the files of `beside`; rejects with a StoreError if `file` exists. */
  backup(file: string, beside?: readonly FileBeside[]): Promise<void>;
  stats(): Promise<StoreStats>;
  space(): Promise<StoreSpace>;
  /** For the owner: why nothing can be stored on this machine's disk: files were removed or replaced, or it is full. */
  filesProblem(): Promise<string | undefined>;
  close(): Promise<void>;
}
