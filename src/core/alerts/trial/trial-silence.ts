/** What time alone decides while a rule is tried: silence, presence, delays, times of the day. It is looked at only when something is due. */
import type { SimpleCondition } from "../../../contract/alerts.ts";
import type { DeviceSilence } from "../../devices/device-record.ts";
import type { TrialSpec } from "../../ports/rule-trial.ts";
import type { CompiledRule } from "../decisions/compiled-rule.ts";
import { MORE_WITHIN_MS } from "../decisions/late-episode.ts";
import { afterMsOf, isOverdue, LEAST_MS, type SilenceFacts, verdictOfSilence } from "../decisions/silence-rules.ts";
import type { Input } from "../decisions/state-machine.ts";
import type { TrialAlert } from "./trial-alert.ts";
import { createTrialHabit } from "./trial-habit.ts";
import { createTrialPauses, createTrialPresence } from "./trial-times.ts";

export interface TrialSilentUse {
  readonly alert: TrialAlert;
  readonly index: number;
  readonly leaf: Extract<SimpleCondition, { kind: "noData" | "presence" }>;
  /** When the metric that it names came last; undefined: it names none, or that never came. */
  readonly cameMs: () => number | undefined;
}

export interface TrialSilence {
  /** Before then time alone decides nothing. */
  readonly dueMs: number;
  /** Decides what was due before then: with a reading of the very moment in which it would be missed, it is not missed. */
  passUntil(nowMs: number): void;
  /** A reading came, before what it says is judged. */
  read(nowMs: number): void;
  /** What it says was judged. */
  settle(nowMs: number): void;
}

export interface TrialSilenceOptions {
  readonly spec: TrialSpec;
  readonly rule: CompiledRule;
  readonly alerts: readonly TrialAlert[];
  readonly silent: readonly TrialSilentUse[];
}

const TIME: Input = { kind: "time" };
const OVERDUE: Input = { kind: "overdue" };
const FRESH: Input = { kind: "fresh" };
const MINUTE_MS = 60_000;
/** After a reading or a change: when all that comes in the same moment is judged, and before time decides anything else. */
const LOOK_MS = 1;

export function createTrialSilence({ spec, rule, alerts, silent }: TrialSilenceOptions): TrialSilence {
  const habit = createTrialHabit(spec.radio);
  const presence = createTrialPresence(spec.presence);
  const pauses = createTrialPauses(spec.pauses);
  const { activeTimes } = rule.rule;
  /** As if it had been heard right before. */
  let readMs = spec.fromMs;
  let checkedMs = spec.fromMs;
  /** Of what was never heard, time decides nothing. */
  let isHeard = spec.sentBefore !== undefined;
  let dueMs = isHeard ? spec.fromMs : Number.POSITIVE_INFINITY;
  /** It was silent when that was looked at last: with the next reading it may be over. */
  let wasSilent = true;
  let lookMs = Number.NEGATIVE_INFINITY;

  function passUntil(untilMs: number): void {
    dueMs = nextDueMs(); // what came meanwhile puts it off
    while (dueMs < untilMs) {
      check(dueMs);
      dueMs = nextDueMs();
    }
  }

  function factsAt(nowMs: number): SilenceFacts {
    pauses.nowMs = nowMs;
    const { intervalMs, allowedMs } = habit;
    const silentMs = nowMs - readMs;
    const known = presence.at(nowMs) ?? (silentMs >= allowedMs ? "offline" : "online");
    const silence: DeviceSilence = { silentMs, allowedMs, intervalMs, lastReadingAtMs: readMs, presence: known };
    return { nowMs, silence, habit: habit.habit, pauses };
  }

  function check(nowMs: number): void {
    checkedMs = nowMs;
    pauses.nowMs = nowMs;
    if (pauses.isDown()) return;
    const facts = factsAt(nowMs);
    const overdue = isOverdue(facts);
    wasSilent = overdue;
    for (const { alert, index, leaf, cameMs } of silent) {
      const at = cameMs();
      if (leaf.kind === "noData" && leaf.metric !== undefined && at === undefined) continue;
      const verdict = verdictOfSilence({ leaf, instance: alert }, facts, at);
      if (verdict !== undefined) alert.says(index, verdict, nowMs);
      if (verdict !== "clear") wasSilent = true;
    }
    for (const alert of alerts) {
      const before = alert.phase;
      if (silent.length > 0) alert.settle(nowMs);
      if (alert.phase.state !== "normal") alert.apply(overdue && rule.isOfValues ? OVERDUE : TIME, nowMs);
      alert.endLate(nowMs);
      if (activeTimes !== undefined && !overdue) alert.ask(nowMs);
      // What silence says of an alert that fires is something else.
      if (silent.length > 0 && alert.phase !== before) lookMs = nowMs + LOOK_MS;
    }
  }

  /** The first instant behind the last look at which something may change. */
  function nextDueMs(): number {
    const { intervalMs, allowedMs } = habit;
    let nextMs = Number.POSITIVE_INFINITY;
    if (!isHeard || (silent.length === 0 && activeTimes === undefined && alerts.every(isAtRest))) return nextMs;
    const may = (atMs: number): void => {
      if (atMs > checkedMs && atMs < nextMs) nextMs = atMs;
    };
    may(lookMs);
    const graceMs = intervalMs ?? LEAST_MS;
    const mayReach = (sinceMs: number, needMs: number): void => {
      may(pauses.reachesMs(sinceMs, needMs));
      may(pauses.reachesMs(sinceMs, needMs + graceMs));
    };
    may(presence.nextMs(checkedMs));
    const endMs = pauses.nextEndMs();
    may(endMs);
    const endedMs = pauses.endedMs();
    if (silent.length > 0) may(endedMs + graceMs);
    if (rule.isOfValues) mayReach(readMs, allowedMs);
    for (const { leaf, cameMs } of silent) {
      const afterMs = leaf.kind === "noData" ? afterMsOf(leaf, factsAt(checkedMs)) : undefined;
      if (afterMs !== undefined) mayReach(cameMs() ?? readMs, afterMs);
    }
    for (const { late, phase } of alerts) {
      if (late !== undefined) may(late.seenMs + MORE_WITHIN_MS);
      if (phase.state === "pending") may(phase.sinceMs + rule.duringTimes.forMs);
      if (phase.state === "recovering") may(phase.sinceMs + rule.duringTimes.keepFiringMs);
    }
    if (activeTimes !== undefined) may((Math.floor(checkedMs / MINUTE_MS) + 1) * MINUTE_MS);
    return nextMs;
  }

  function read(nowMs: number): void {
    pauses.nowMs = nowMs;
    const beforeMs = readMs;
    habit.read(nowMs, () => pauses.openMs(beforeMs));
    readMs = nowMs;
    isHeard = true;
    for (const alert of alerts) if (alert.phase.data === "overdue") alert.apply(FRESH, nowMs);
  }

  function settle(nowMs: number): void {
    if (!wasSilent && !isChanged()) return;
    checkedMs = nowMs;
    lookMs = nowMs + LOOK_MS;
    wasSilent = false;
    for (const alert of alerts) alert.isChanged = false;
    dueMs = nextDueMs();
  }

  function isChanged(): boolean {
    for (const { isChanged, phase } of alerts)
      if (isChanged || (silent.length > 0 && phase.state !== "normal")) return true;
    return false;
  }

  return {
    get dueMs() {
      return Math.min(dueMs, readMs + LEAST_MS); // the last readings may have made its usual interval shorter
    },
    passUntil,
    read,
    settle,
  };
}

/** Only a reading changes it. */
const isAtRest = ({ phase, late }: TrialAlert): boolean => phase.state === "normal" && late === undefined;
