/** What a rule is tried with on the stored readings of one device, and what came of it. Plain data: it goes to another thread. */
import type { Rule } from "../../contract/alerts.ts";
import type { DeviceId, PresenceState } from "../../contract/readings.ts";

export interface TrialRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** One alert that the rule makes of the device: for a class, one for each of its metrics. */
export interface TrialAlertSpec {
  readonly metric: string | undefined;
  /** Of each of its conditions: its metric only grows, and starts from nothing at a restart of its board. */
  readonly isCounter: readonly boolean[];
}

export interface TrialSpec extends TrialRange {
  readonly rule: Rule;
  readonly deviceId: DeviceId;
  readonly alerts: readonly TrialAlertSpec[];
  /** Names of those metrics that it had sent before the range. Undefined: nothing had come from it yet. What never came is not missed. */
  readonly sentBefore: readonly string[] | undefined;
  /** Stored changes, in order; the first may be from before the range. */
  readonly presence: readonly { readonly atMs: number; readonly detail: PresenceState }[];
  /** When the hub was down, in order. */
  readonly pauses: readonly TrialRange[];
  readonly radio: { readonly isMainsPowered: boolean } | undefined;
}

export interface TrialEvent {
  readonly kind: "firing" | "resolved" | "noData" | "dataAgain" | "passed";
  readonly atMs: number;
  /** Of `passed`: since when it was wrong. */
  readonly fromMs?: number;
  /** Index in `alerts`. */
  readonly alert: number;
  readonly episode: number;
}

export interface TrialOutcome {
  /** In order; the first of them where there are very many. */
  readonly events: readonly TrialEvent[];
  /** How often it fired. */
  readonly fired: number;
  readonly readings: number;
  /** False: it was ended before all was looked at. */
  readonly isComplete: boolean;
}

/** Called between the steps with how many readings were looked at since the last call; false ends the trial. */
export type GoOn = (readings: number) => boolean;
