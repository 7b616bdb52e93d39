/** One rule on one device, or on one metric of it: what the engine knows of it, and how that is kept in `hub.db`. */
import {
  type Acknowledgement,
  type AlertData,
  type AlertState,
  acknowledgement,
  alertData,
  alertState,
} from "../../../contract/alerts.ts";
import { type DeviceId, type MetricValue, metricValue } from "../../../contract/readings.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CompiledRule } from "../decisions/compiled-rule.ts";
import type { LateEpisode } from "../decisions/late-episode.ts";
import type { LateVerdicts } from "../decisions/late-verdicts.ts";
import { INITIAL, type Phase } from "../decisions/state-machine.ts";
import type { Verdict } from "../decisions/verdict.ts";

/** A reading, by which a start finds what was judged already. */
export interface Position {
  readonly receivedAtMs: number;
  readonly atMs: number;
  readonly n: number;
}

/** A class: there may be a hundred thousand. */
export class AlertInstance {
  readonly id: string;
  rule: CompiledRule;
  /** Undefined: of the hub itself. */
  readonly deviceId: DeviceId | undefined;
  /** What it is about, where that is one metric. */
  readonly metric: string | undefined;
  phase: Phase = INITIAL;
  /** What each simple condition said last. */
  verdicts: (Verdict | undefined)[] = [];
  /** By which it was decided. */
  value: MetricValue | undefined;
  /** Since then nothing came, epoch ms. */
  noDataSinceMs: number | undefined;
  acknowledged: Acknowledgement | undefined;
  supersededBy: string | undefined;
  /** An episode among readings that came late. */
  late: LateEpisode | undefined;
  lateVerdicts: LateVerdicts | undefined;
  /** Of the hub itself: what is wrong. */
  hubText: string | undefined;
  /** The last reading that was judged before this start. While it has not come again, readings are left out. */
  judgedBefore: Position | undefined;
  isSkipping = false;
  /** There is a record of it. */
  isKept = false;

  constructor(id: string, rule: CompiledRule, deviceId: DeviceId | undefined, metric: string | undefined) {
    this.id = id;
    this.rule = rule;
    this.deviceId = deviceId;
    this.metric = metric;
  }

  /** As it is now, to be looked at later. */
  copy(): AlertInstance {
    const made = new AlertInstance(this.id, this.rule, this.deviceId, this.metric);
    made.phase = this.phase;
    made.verdicts = this.rule.join === "one" ? this.verdicts : [...this.verdicts];
    made.value = this.value;
    made.noDataSinceMs = this.noDataSinceMs;
    made.acknowledged = this.acknowledged;
    made.supersededBy = this.supersededBy;
    made.late = this.late;
    made.hubText = this.hubText;
    return made;
  }
}

export const instanceId = (ruleId: string, deviceId: string, metric?: string): string =>
  metric === undefined ? `${ruleId}~${deviceId}` : `${ruleId}~${deviceId}~${metric}`;

/** What `hub.db` keeps of it. */
export interface KeptAlert {
  readonly state: AlertState;
  readonly data: AlertData;
  /** When it came into that state, epoch ms. */
  readonly since: number;
  /** How often it has fired. */
  readonly episode: number;
  readonly value?: MetricValue;
  /** Of each of its conditions, where they are joined. */
  readonly verdicts?: readonly (Verdict | null)[];
  /** Epoch ms. */
  readonly noDataSince?: number;
  readonly acknowledged?: Acknowledgement;
  /** The last reading of its device that was judged: receipt, instant, order among those of its instant. */
  readonly judged?: readonly [receivedAtMs: number, atMs: number, n: number];
  /** An episode among readings that came late, as far as they came; epoch ms. */
  readonly late?: { readonly fromMs: number; readonly toMs: number; readonly hasFired: boolean };
}

/** The wall clock against the monotonic one. */
export const wallAheadMs = (clock: Pick<Clock, "nowMs" | "monotonicMs">): number => clock.nowMs() - clock.monotonicMs();

/** To be written. `aheadMs`: of `wallAheadMs`, when it was so. */
export function keptOf(instance: AlertInstance, judged: Position | undefined, aheadMs: number): KeptAlert {
  const { phase, value, verdicts, noDataSinceMs, acknowledged, late, rule } = instance;
  return {
    state: phase.state,
    data: phase.data,
    since: Math.round(phase.sinceMs + aheadMs),
    episode: phase.episode,
    ...(value !== undefined && { value }),
    ...(rule.join !== "one" && { verdicts: verdicts.map((verdict) => verdict ?? null) }),
    ...(noDataSinceMs !== undefined && { noDataSince: noDataSinceMs }),
    ...(acknowledged !== undefined && { acknowledged }),
    ...(judged !== undefined && { judged: [judged.receivedAtMs, judged.atMs, judged.n] }),
    ...(late !== undefined && { late: { fromMs: late.fromMs, toMs: late.toMs, hasFired: late.hasFired } }),
  };
}

/** Only a reading changes it, or that none came for long. */
export const waitsForReadings = ({ phase, rule, late }: AlertInstance): boolean =>
  (phase.state === "normal" || phase.state === "firing") &&
  phase.data === "fresh" &&
  rule.isOfValues &&
  rule.rule.activeTimes === undefined &&
  late === undefined;

/** Whether there is anything to be kept of it. */
export const hasState = ({ phase, verdicts, rule, late }: AlertInstance): boolean =>
  phase.episode > 0 || phase.state !== "normal" || late !== undefined || (rule.join !== "one" && verdicts.length > 0);

/** Undefined: a later version wrote it, or it is damaged. */
export function readKept(data: string): KeptAlert | undefined {
  try {
    return keptIn(JSON.parse(data) as Readonly<Record<string, unknown>>);
  } catch {
    return undefined;
  }
}

function keptIn(read: Readonly<Record<string, unknown>>): KeptAlert | undefined {
  const state = alertState.safeParse(read["state"]).data;
  const data = alertData.safeParse(read["data"]).data;
  const { since, episode, verdicts, noDataSince, judged, late } = read;
  if (state === undefined || data === undefined || !isNumber(since) || !isNumber(episode)) return undefined;
  const value = metricValue.safeParse(read["value"]).data;
  const acknowledged = acknowledgement.safeParse(read["acknowledged"]).data;
  return {
    state,
    data,
    since,
    episode,
    ...(value !== undefined && { value }),
    ...(Array.isArray(verdicts) && { verdicts: verdicts.map(toVerdict) }),
    ...(isNumber(noDataSince) && { noDataSince }),
    ...(acknowledged !== undefined && { acknowledged }),
    ...(isPosition(judged) && { judged }),
    ...(isLate(late) && { late }),
  };
}

const isNumber = (value: unknown): value is number => typeof value === "number";

const toVerdict = (value: unknown): Verdict | null =>
  value === "past" || value === "between" || value === "clear" ? value : null;

const isPosition = (value: unknown): value is KeptAlert["judged"] & {} =>
  Array.isArray(value) && value.length === 3 && value.every(isNumber);

function isLate(value: unknown): value is KeptAlert["late"] & {} {
  const { fromMs, toMs, hasFired } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return isNumber(fromMs) && isNumber(toMs) && typeof hasFired === "boolean";
}

/** What runs while it is normal, pending or recovering counts the time in which the hub was down. */
export function restore(instance: AlertInstance, kept: KeptAlert, clock: Clock): void {
  const elapsedMs = Math.max(0, clock.nowMs() - kept.since);
  const { state, data, episode } = kept;
  instance.phase = { state, data, episode, sinceMs: clock.monotonicMs() - elapsedMs };
  instance.value = kept.value;
  instance.verdicts = (kept.verdicts ?? []).map((verdict) => verdict ?? undefined);
  instance.noDataSinceMs = kept.noDataSince;
  instance.acknowledged = kept.acknowledged;
  instance.late = kept.late && { ...kept.late, seenMs: clock.monotonicMs() };
  if (kept.judged !== undefined) {
    const [receivedAtMs, atMs, n] = kept.judged;
    instance.judgedBefore = { receivedAtMs, atMs, n };
  }
  instance.isKept = true;
}
