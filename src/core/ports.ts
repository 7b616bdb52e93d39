/** What the core asks of the world: clock, log, store, counters. Declares shapes; does nothing itself. */
import type { AttributeValue, DeviceId, MetricValue } from "../contract/readings.ts";
import type { ReadingMetrics } from "./metric-list.ts";

/** Wall time says when something was; monotonic time says how long something takes. */
export interface Clock {
  /** Wall time, epoch ms. It may be wrong, and it may jump. */
  nowMs(): number;
  /** Never runs backwards; its zero means nothing. */
  monotonicMs(): number;
  /** Calls `run` each `periodMs` until the answer is called. */
  every(periodMs: number, run: () => void): () => void;
  /** Calls `run` when the input that is already here has been handled. */
  soon(run: () => void): void;
  /** Calls `run` once after `delayMs` unless the answer is called before. */
  after(delayMs: number, run: () => void): () => void;
}

export type LogFields = { readonly [field: string]: unknown };

/** Constant event first, fields second. Never payloads or secrets. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** Metrics as JSON of one object: its text, or, as the device wrote it, its ASCII bytes in pieces (never made text of). */
export type Body = string | readonly Uint8Array[];

/** A reading that was accepted and is to be stored. */
export interface ReadingWrite {
  readonly kind: "reading";
  readonly deviceId: DeviceId;
  /** The instant, epoch ms. */
  readonly atMs: number;
  /** Whether the device gave the instant; without one, only a redelivery of the same packet is the same reading. */
  readonly timed: boolean;
  readonly receivedAtMs: number;
  readonly metrics: ReadingMetrics;
  readonly body: Body;
  /** Place in its message. */
  readonly element: number;
  /**
   * The order among the readings of its millisecond that its id says, where it had an id before: of an import (timed), or of
   * one that another store had (untimed), which is there already where that id is with the same content.
   */
  readonly n?: number;
  /** How it came; undefined with QoS 0. */
  readonly packet: { readonly clientId: string; readonly id: number; readonly dup: boolean } | undefined;
}

/** Attributes merged by key; `null` deletes one. */
export interface AttributesWrite {
  readonly kind: "attributes";
  readonly deviceId: DeviceId;
  readonly receivedAtMs: number;
  readonly patch: ReadonlyMap<string, AttributeValue | null>;
  /** Set where the hub itself found the device's clock wrong (true) or right again (false). */
  readonly clockSuspect?: boolean;
}

export interface StatusWrite {
  readonly kind: "status";
  readonly deviceId: DeviceId;
  readonly receivedAtMs: number;
  readonly online: boolean;
}

/** A message as the broker keeps it. Times are the hub's (`TrustedTime`), epoch ms. */
export interface KeptMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** Encoded MQTT 5 properties that are passed to subscribers; before them the Message Expiry Interval, where there is one. */
  readonly properties: Uint8Array;
  readonly expiresAtMs: number | undefined;
  /** Client id. */
  readonly publisher: string | undefined;
}

/** An MQTT session that outlives its connection. */
export interface KeptSession {
  /** Protocol level: 3, 4 or 5. */
  readonly version: number;
  /** 0xFFFFFFFF: never. */
  readonly expiryS: number;
  /** Undefined: connected. */
  readonly disconnectedAtMs: number | undefined;
  /** Deliveries up to this place may have been sent before; undefined: none, or, of one that is connected, any. */
  readonly sentThrough?: number | undefined;
}

export interface KeptSubscription {
  readonly qos: 0 | 1 | 2;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly subscriptionId: number | undefined;
}

/** A message for one session that was not acknowledged by it. */
export interface KeptDelivery {
  /** Undefined: PUBREC came, and only its packet id is still of use. */
  readonly message: KeptMessage | undefined;
  /** With which it is delivered. */
  readonly qos: 1 | 2;
  readonly retain: boolean;
  readonly subscriptionIds: readonly number[];
  /** The shared subscription's `$share/<group>/<filter>` that it came by. */
  readonly share: string | undefined;
}

export interface KeptWill {
  readonly message: KeptMessage;
  readonly delayS: number;
  readonly keepAliveS: number;
  /** Message Expiry Interval, counted from its publication. */
  readonly expiryS: number | undefined;
  /** When it is to be published; undefined while its client is connected. */
  readonly dueAtMs: number | undefined;
}

/**
 * One thing that the broker must not forget, by its key; `value: undefined` forgets it. The same key replaces. To
 * forget a session is to forget its subscriptions, deliveries and inbound ids, but not its will.
 */
export type JournalEntry =
  | { readonly of: "session"; readonly clientId: string; readonly value: KeptSession | undefined }
  | {
      readonly of: "subscription";
      readonly clientId: string;
      readonly filter: string;
      readonly value: KeptSubscription | undefined;
    }
  | { readonly of: "retained"; readonly topic: string; readonly value: KeptMessage | undefined }
  | {
      readonly of: "delivery";
      readonly clientId: string;
      /** Order within the session. */
      readonly place: number;
      readonly value: KeptDelivery | undefined;
    }
  /** A QoS 2 packet id that the session used and did not release. */
  | { readonly of: "inbound"; readonly clientId: string; readonly packetId: number; readonly value: true | undefined }
  | { readonly of: "will"; readonly clientId: string; readonly value: KeptWill | undefined };

export interface JournalWrite {
  readonly kind: "journal";
  readonly entry: JournalEntry;
}

/** Everything that the broker's journal holds. */
export interface Journal {
  readonly sessions: readonly { readonly clientId: string; readonly value: KeptSession }[];
  readonly subscriptions: readonly {
    readonly clientId: string;
    readonly filter: string;
    readonly value: KeptSubscription;
  }[];
  readonly retained: readonly { readonly topic: string; readonly value: KeptMessage }[];
  /** Of each session by place. */
  readonly deliveries: readonly { readonly clientId: string; readonly place: number; readonly value: KeptDelivery }[];
  readonly inbound: readonly { readonly clientId: string; readonly packetId: number }[];
  readonly wills: readonly { readonly clientId: string; readonly value: KeptWill }[];
}

export type Write = ReadingWrite | AttributesWrite | StatusWrite | JournalWrite;

export type WriteOutcome =
  /** On disk. `n`: order among the readings of that device and millisecond. */
  | { readonly kind: "stored"; readonly n: number }
  /** Was on disk before. */
  | { readonly kind: "duplicate" }
  | { readonly kind: "refused"; readonly reason: string };

/** The writes of one message; its readings are never merged with each other. */
export type WritesOfMessage = readonly Write[];

/** How many days of each are kept; 0: for ever. */
export interface Retention {
  readonly rawDays: number;
  readonly hourDays: number;
  readonly dayDays: number;
}

export interface LatestMetric {
  value: MetricValue;
  atMs: number;
  /** A text came after a number, now or before. */
  wasNumber?: boolean;
}

/** What the store keeps of a device besides its readings. */
export interface StoredDevice {
  deviceId: DeviceId;
  name: string | undefined;
  place: string | undefined;
  attributes: Map<string, AttributeValue>;
  clockSuspect: boolean;
  /** The newest `status` that it sent. */
  status: { online: boolean; atMs: number } | undefined;
  /** Undefined: it was never heard, and is known by its name or a last will only. */
  lastHeardAtMs: number | undefined;
  intervalMs: number | undefined;
  latest: Map<string, LatestMetric>;
  /** What its owner has set apart from the hub's settings. */
  retention: Partial<Retention>;
}

/** What is known of a device in memory and saved from time to time; the store finds the rest in its rows. */
export interface DeviceState {
  readonly deviceId: DeviceId;
  readonly lastHeardAtMs: number | undefined;
  readonly intervalMs: number | undefined;
  readonly latest: ReadonlyMap<string, LatestMetric>;
}

export interface StoredReading {
  readonly deviceId: DeviceId;
  readonly atMs: number;
  readonly n: number;
  readonly receivedAtMs: number;
  /** JSON text of one object. */
  readonly body: string;
}

/** A place in the order (instant, n) of one device's readings. */
export interface Place {
  readonly atMs: number;
  readonly n: number;
}

export interface ReadingsWish {
  readonly deviceId: DeviceId;
  /** `fromMs` ≤ instant < `toMs`. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
  readonly order: "asc" | "desc";
  /** Begin behind this place. */
  readonly behind: Place | undefined;
}

export interface ReadingsChunk {
  /** UTF-8: readings in the shape of REST, with commas between them. */
  readonly json: Uint8Array;
  readonly readings: number;
  /** Of the last of them; undefined: no further reading lies behind it. */
  readonly behind: Place | undefined;
}

export interface SeriesWish {
  readonly deviceId: DeviceId;
  readonly metrics: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly points: number;
}

export interface Series {
  /** A bucket's width in ms; 0: each point is one reading. */
  readonly resolutionMs: number;
  /** In the order of the wish's metrics, each as JSON (UTF-8) in the shape of REST: `{t, mean, min, max, count}`. */
  readonly columns: readonly Uint8Array[];
}

export interface Span {
  /** Both are instants of readings in it. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** What is deleted of one device; both ends as in a range. Beyond raw age whole hours go where any part is in the range, and whole days where only days are left. */
export interface EraseWish {
  readonly deviceId: DeviceId;
  readonly fromMs: number;
  readonly toMs: number;
  /** Undefined: whole readings. */
  readonly metrics: readonly string[] | undefined;
}

/** One metric over one UTC hour or day. Booleans count as 0 and 1; what is text counts apart. */
export interface Rollup {
  /** Of numbers and booleans; 0: only text came. */
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly texts: number;
  /** The value of the greatest instant, ties by arrival. */
  readonly last: number | string;
  readonly lastAtMs: number;
}

export interface RollupsWish {
  readonly deviceId: DeviceId;
  readonly level: "hour" | "day";
  /** Hours or days that begin in [`fromMs`, `toMs`). */
  readonly fromMs: number;
  readonly toMs: number;
  /** Undefined: all. */
  readonly metrics: readonly string[] | undefined;
}

export interface RollupRow {
  readonly startMs: number;
  readonly metric: string;
  readonly rollup: Rollup;
}

/** An hour whose raw readings the hub may have forgotten, as an import knows it; or a day of which the hours are, too. */
export interface RebuiltHour {
  readonly deviceId: DeviceId;
  readonly startMs: number;
  /** Left out: an hour. Of a day that is given so, and those before it, no hours are taken any more. */
  readonly level?: "day";
  readonly metrics: ReadonlyMap<string, Rollup>;
}

export interface ExportWish {
  readonly deviceId: DeviceId;
  readonly fromMs: number;
  readonly toMs: number;
  /** Undefined: all. Of CSV the columns, so it must be given. */
  readonly metrics: readonly string[] | undefined;
  readonly format: "csv" | "ndjson";
  /** Begin behind this place. */
  readonly behind: Place | undefined;
}

export interface ExportChunk {
  /** Whole lines, UTF-8; some hundred KB. */
  readonly lines: Uint8Array;
  readonly readings: number;
  /** Undefined: this was the last. */
  readonly behind: Place | undefined;
}

export interface UpkeepWish {
  /** Wall time. */
  readonly nowMs: number;
  /** Undefined: nothing may be forgotten now. `maxBytes` 0: no bound. */
  readonly retention: (Retention & { readonly maxBytes: number }) | undefined;
}

/** What one step of upkeep did. */
export interface UpkeepStep {
  readonly did: "nothing" | "sealed" | "rolledUp" | "forgot" | "erased" | "gaveBack";
  /** Readings that it moved or took away. */
  readonly readings: number;
  /** Readings that are not in segments yet. */
  readonly hot: number;
  /** Set where the bound of the whole store took raw readings before their age: those before it are gone. */
  readonly shortenedToMs?: number;
  /** The bound of the whole store is exceeded though nothing is left that could go. */
  readonly tooLarge?: true;
}

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
  readings(wish: ReadingsWish): Promise<StoredReading[]>;
  /** The first of what `readings` has, as many as make some hundred KB: for whoever asks from outside. */
  readingsChunk(wish: ReadingsWish): Promise<ReadingsChunk>;
  series(wish: SeriesWish): Promise<Series>;
  rollups(wish: RollupsWish): Promise<RollupRow[]>;
  exportChunk(wish: ExportWish): Promise<ExportChunk>;
  /** The newest value of each of these metrics that is still there; raw, or the last of a rollup. */
  latestOf(deviceId: DeviceId, metrics: readonly string[]): Promise<Map<string, LatestMetric>>;
  /** What could not be read so far because it is damaged. */
  damaged(deviceId: DeviceId): readonly Span[];
  /** What the device keeps apart from the hub's settings; replaces what was set. */
  setRetention(deviceId: DeviceId, retention: Partial<Retention>): Promise<void>;
  /** Settles when all of it is gone; what is not done at a crash goes on after the next start. */
  erase(wish: EraseWish): Promise<void>;
  /** Hours replace those that are there; only of a time whose raw readings are forgotten, others are refused (false). */
  rebuild(hours: readonly RebuiltHour[]): Promise<boolean[]>;
  /** One small step of sealing, rolling up, forgetting and giving back. Never two at once. */
  upkeep(wish: UpkeepWish): Promise<UpkeepStep>;
  /** A whole copy, consistent, while everything goes on; rejects with a StoreError where `file` is there already. `beside` goes into it. */
  backup(file: string, beside?: readonly FileBeside[]): Promise<void>;
  stats(): Promise<StoreStats>;
  space(): Promise<StoreSpace>;
  /** Why nothing can be stored on this machine's disk, in words for the owner: files were removed or replaced, or it is full. */
  filesProblem(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** A reading that was just stored, for browsers. */
export interface LiveReading {
  readonly deviceId: DeviceId;
  readonly atMs: number;
  readonly n: number;
  readonly receivedAtMs: number;
  readonly metrics: ReadingMetrics;
}

/** Counts for the operator; each is a time series of `/metrics`. */
export interface Counters {
  message(outcome: "stored" | "carried" | "refused" | "stalled"): void;
  readings(outcome: "stored" | "duplicate" | "refused", count: number): void;
  commit(commit: { writes: number; durationMs: number }): void;
  liveMs(spentMs: number): void;
  dropped(count: number): void;
  /** Messages that a slow or absent MQTT client was not sent. */
  queueDropped(count: number): void;
  /** An MQTT client that sent faster than it may began to be read more slowly. */
  slowed(): void;
  upkeep(step: UpkeepStep): void;
}
