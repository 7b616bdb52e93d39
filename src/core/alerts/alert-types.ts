/** What the parts of alerts pass to each other. Types only. */
import type { Alert, AlertEvent, HubTrouble, Rule, RuleFields, Silence, SilenceFields } from "../../contract/alerts.ts";
import type { DeviceId } from "../../contract/readings.ts";
import type { ReadingMetrics } from "../model/metric-list.ts";
import type { HubChange } from "../ports/hub-file.ts";

/** A reading that is on disk, to be judged. */
export interface StoredForAlerts {
  readonly deviceId: DeviceId;
  readonly metrics: ReadingMetrics;
  readonly atMs: number;
  /** Its order among the device's readings of the same millisecond. */
  readonly n: number;
  readonly receivedAtMs: number;
}

/** A transition, with the rule and the alert as they are after it. */
export interface Transition {
  readonly event: AlertEvent;
  readonly alert: Alert;
  readonly rule: Rule;
  /**
   * Id of a firing alert of the same device that explains this: nobody needs be notified of both. Set where nothing came, by `noData`
   * rules or (event `noData`) for what fires: the board is offline, or nothing at all comes from it.
   */
  readonly explainedBy?: string | undefined;
}

/**
 * What the notifications add to the transaction of a transition: state, log and outbox are written together, or nothing is.
 * `committed` is called when it is durable. While the hub file cannot be written, `unwritable` is called instead, and what must
 * not wait is sent from memory.
 */
export interface NotificationSink {
  /** Once for each transition. */
  changesOf(transitions: readonly Transition[]): readonly HubChange[];
  committed(transitions: readonly Transition[]): void;
  unwritable(transitions: readonly Transition[]): void;
}

export interface AlertEngine {
  /** Readings of one commit, in the order in which they were stored. */
  stored(readings: readonly StoredForAlerts[]): void;
  /** Presence of a device changed. */
  presenceChanged(deviceId: DeviceId): void;
  /** A device was deleted: its alerts end. */
  deviceRemoved(deviceId: DeviceId): void;
  /** The hub itself: `text` says what is wrong, undefined: nothing is. */
  hubTrouble(what: HubTrouble, text: string | undefined): void;
  /** More is known of its metrics. */
  descriptionChanged(deviceId: DeviceId): void;
  /** Settles when what was judged so far is durable. Only then may the store save the state of devices as read. */
  settled(): Promise<void>;
  /** How many events could not be written and are lost, since the start. */
  lost(): number;
  /** Alerts that are not normal, the most severe and newest first. */
  list(): readonly Alert[];
  get(alertId: string): Alert | undefined;
  /** Another alert that fires explains it. */
  isExplained(alertId: string): boolean;
  ofDevice(deviceId: DeviceId): readonly Alert[];
  /** `unknown`: there is none of this id that fires. Rejects with a StoreError where it cannot be written. */
  acknowledge(alertId: string, by: string, note: string | undefined): Promise<"done" | "unknown">;
  /** Called after each transition that is durable, and with each change of what `list` shows. */
  onChange(run: (alerts: readonly Alert[], events: readonly AlertEvent[]) => void): void;
  close(): Promise<void>;
}

/** Why a rule is refused; `field` as in the request. */
export interface RuleFault {
  readonly field: string;
  readonly message: string;
}

/** `full`: there are as many as a hub keeps. Each rejects with a StoreError where nothing could be written; then nothing was changed. */
export type BookOutcome<Item> =
  | { readonly kind: "done"; readonly item: Item }
  | { readonly kind: "refused"; readonly faults: readonly RuleFault[] }
  | { readonly kind: "full" | "unknown" };

export interface RuleBook {
  /** In the order in which they were made. */
  list(): readonly Rule[];
  get(id: string): Rule | undefined;
  faultsOf(fields: RuleFields): readonly RuleFault[];
  add(fields: RuleFields): Promise<BookOutcome<Rule>>;
  replace(id: string, fields: RuleFields): Promise<BookOutcome<Rule>>;
  /** False: there is none of this id. */
  remove(id: string): Promise<boolean>;
  /** Called with the rule as it was and as it is; undefined: it was not there, or is gone. */
  onChange(run: (before: Rule | undefined, after: Rule | undefined) => void): void;
}

export interface SilenceBook {
  /** Those that have not ended. */
  list(): readonly Silence[];
  /** `by`: who, for the log. */
  add(fields: SilenceFields, by: string): Promise<BookOutcome<Silence>>;
  /** False: there is none of this id. */
  remove(id: string, by: string): Promise<boolean>;
  /** Until when this alert is silenced, epoch ms; undefined: it is not. */
  untilMs(ruleId: string, deviceId: string | undefined): number | undefined;
}
