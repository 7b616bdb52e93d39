/** What the hub keeps on its own disk beside the readings, whichever store those are in. */
import type { Severity } from "../../contract/alerts.ts";
import type { Family } from "../../contract/families.ts";
import type { DeviceId, Presence, PresenceState } from "../../contract/readings.ts";
import type { StoreSpace } from "./readings-store.ts";

/** What a dialect learned about a device, or what its owner set. */
export interface LearnedChange {
  readonly of: "learned";
  readonly family: Family | "owner";
  readonly deviceId: DeviceId;
  readonly key: string;
  /** JSON; undefined: it no longer holds. */
  readonly data: string | undefined;
}

/** An owner's mapping of topics to devices and metrics. `data` undefined: it is deleted. */
export interface MappingChange {
  readonly of: "mapping";
  readonly id: string;
  readonly data: string | undefined;
}

export interface PresenceChange {
  readonly of: "presence";
  readonly deviceId: DeviceId;
  readonly atMs: number;
  readonly state: Presence;
  /** Since when it has that state; `detail` may have changed since. */
  readonly sinceMs: number;
  readonly detail: PresenceState;
}

/** The hub started. `aliveAtMs` is saved from time to time, so that a stop without notice is known within that time. */
export interface RunChange {
  readonly of: "run";
  readonly startedAtMs: number;
  readonly aliveAtMs: number;
}

/** What is kept of alerts and derived metrics. The part that owns a kind knows its JSON. */
export const RECORD_KINDS = [
  "rule",
  "channel",
  "silence",
  /** State of a rule on a device, while it has any. */
  "alert",
  /** Of an alert: what was sent of it to which channel, and what is to be sent. */
  "notification",
  /** A message that is on its way to a channel. */
  "delivery",
  "acknowledge-link",
  /** A browser that wants Web Push. */
  "push-subscription",
  "derived",
  /** Of a derived metric, while it is recomputed for stored readings. */
  "backfill",
  /** Of a derived metric: its last backfill that came to its end. */
  "backfilled",
  "setting",
  /** Since when a device keeps its interval. */
  "rhythm",
  /** When a device was heard for the first time, while it is new. */
  "first-heard",
  /** A saved page of charts and values. */
  "view",
  /** Of a device: the boards that its readings come from, where one was replaced. */
  "hardware",
] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** `data` undefined: it is deleted. One that is replaced keeps its place in the order. */
export interface RecordChange {
  readonly of: "record";
  readonly kind: RecordKind;
  readonly id: string;
  /** JSON. */
  readonly data: string | undefined;
}

/** A line of the alert log. One with an id that is there already changes nothing. */
export interface AlertEventChange {
  readonly of: "alertEvent";
  readonly id: string;
  readonly atMs: number;
  readonly ruleId: string;
  /** Undefined: of the hub itself. */
  readonly deviceId: DeviceId | undefined;
  readonly severity: Severity;
  /** JSON of an `AlertEvent`. */
  readonly data: string;
}

export type HubChange = LearnedChange | MappingChange | PresenceChange | RunChange | RecordChange | AlertEventChange;

export type StoredRecord = Omit<RecordChange, "of" | "data"> & { readonly data: string };
export type StoredAlertEvent = Omit<AlertEventChange, "of"> & {
  /** Order of arrival, for pages. */
  readonly seq: number;
};

export interface AlertEventsQuery {
  /** `fromMs` ≤ `atMs` < `toMs`. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly ruleId?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly severity?: Severity | undefined;
  /** Only those before it in the order of the answer. */
  readonly beforeSeq?: number | undefined;
  readonly limit: number;
}

export type StoredLearned = Omit<LearnedChange, "of" | "data"> & { readonly data: string };
export type StoredMapping = Omit<MappingChange, "of" | "data"> & { readonly data: string };
export type StoredPresence = Omit<PresenceChange, "of">;
export type StoredRun = Omit<RunChange, "of">;

export interface PresencesQuery {
  readonly deviceIds: readonly DeviceId[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Of all of them together: what a device does not need is there for those that come after it. */
  readonly mostChanges: number;
}

export interface PresenceChanges {
  /** As `presence` has them. */
  readonly changes: readonly Pick<StoredPresence, "atMs" | "detail">[];
  /** The first change that there was no room for. */
  readonly nextMs: number | undefined;
}

export interface KeptOfHub {
  readonly learned: readonly StoredLearned[];
  /** In the order in which they were made. */
  readonly mappings: readonly StoredMapping[];
  /** In the order in which they were made. Those of a kind that a later version knows are left out and kept. */
  readonly records: readonly StoredRecord[];
  /** The last change of each device. */
  readonly presence: readonly StoredPresence[];
  /** The run before this one. */
  readonly lastRun: StoredRun | undefined;
}

/** Bytes of the file and its log, and what of them can be used again. */
export type HubFileSpace = Pick<StoreSpace, "usedBytes" | "reusableBytes">;

/** Every promise rejects with a StoreError only. */
export interface HubFile {
  /** Once, right after opening. */
  load(): Promise<KeptOfHub>;
  /** All or nothing; settles when it is durable. Calls are carried out in the order in which they were made. */
  write(changes: readonly HubChange[]): Promise<void>;
  /** From `fromMs` (inclusive) to `toMs` (exclusive), in order, at most `limit`; with the last one before, which says what held at `fromMs`. */
  presence(query: { deviceId: DeviceId; fromMs: number; toMs: number; limit: number }): Promise<StoredPresence[]>;
  /** Of many devices, in the order of their ids. Waits for no write that is to be sent yet, and makes none wait for its turn. */
  presences(query: PresencesQuery): Promise<PresenceChanges[]>;
  /** Times in which the hub ran, that touch the range, in order. */
  runs(query: { fromMs: number; toMs: number }): Promise<StoredRun[]>;
  /** Newest first. */
  alertEvents(query: AlertEventsQuery): Promise<StoredAlertEvent[]>;
  /** Deletes changes of presence, lines of the alert log, and runs that ended before. Of each device the last change before that time stays: it says what held then. */
  expire(beforeMs: number): Promise<void>;
  /** Everything of a device that is deleted, except what was learned: it may not announce itself again. */
  deleteDevice(deviceId: DeviceId): Promise<void>;
  /** A consistent copy; without the secrets of channels and browsers where `secrets` is false. */
  bytes(options?: { secrets: boolean }): Promise<Uint8Array>;
  space(): Promise<HubFileSpace>;
  /** For the owner: why nothing can be written, as of now; undefined: it can. */
  problem(): Promise<string | undefined>;
  close(): Promise<void>;
}
