/** What silence and presence of a device say of its alerts. Pure; times are monotonic ms. */

import type { SimpleCondition } from "../../../contract/alerts.ts";
import { allowedSilenceMs } from "../../../contract/silence.ts";
import type { DeviceSilence } from "../../devices/device-record.ts";
import type { Habit } from "../../devices/regularity.ts";
import type { Pauses } from "./pauses.ts";
import type { Phase } from "./state-machine.ts";
import type { Verdict } from "./verdict.ts";

/** A condition that no reading decides, of an alert. */
export interface SilentUse {
  readonly leaf: Extract<SimpleCondition, { kind: "noData" | "presence" }>;
  readonly instance: { readonly phase: Phase };
}

export interface SilenceFacts {
  readonly nowMs: number;
  readonly silence: DeviceSilence;
  readonly habit: Habit;
  readonly pauses: Pick<Pauses, "openMs" | "endedMs">;
}

/** A board that lost its connection needs some time to connect again, however often it speaks. */
export const LEAST_MS = allowedSilenceMs(undefined);

/** Its data says nothing of the present: it is not there, or it has been silent for longer than it may, while the hub could hear it. */
export function isOverdue({ nowMs, silence, pauses }: SilenceFacts): boolean {
  const { presence, silentMs, allowedMs } = silence;
  if (presence === "online" || presence === "asleep") return false;
  const sinceMs = nowMs - silentMs;
  return pauses.openMs(sinceMs) >= allowedMs + graceMs(sinceMs, silence, pauses);
}

/** Before that, its data is not overdue, whatever becomes of its interval. */
export const overdueFromMs = ({ nowMs, silence: { silentMs, allowedMs } }: SilenceFacts): number =>
  nowMs + Math.max(0, Math.min(allowedMs, LEAST_MS) - silentMs);

/** After a pause, boards are given one interval. */
export function graceMs(sinceMs: number, { intervalMs }: DeviceSilence, pauses: Pick<Pauses, "endedMs">): number {
  return sinceMs < pauses.endedMs() ? (intervalMs ?? LEAST_MS) : 0;
}

/** Undefined: nothing can be said. `cameMs`: when the metric that a `noData` condition names came last. */
export function verdictOfSilence(use: SilentUse, facts: SilenceFacts, cameMs: number | undefined): Verdict | undefined {
  return use.leaf.kind === "presence" ? verdictOfPresence(use.leaf.state, facts) : verdictOfNoData(use, facts, cameMs);
}

function verdictOfPresence(wanted: "offline" | "late", { nowMs, silence, pauses }: SilenceFacts): Verdict {
  const { presence, intervalMs } = silence;
  const isPast = presence === "offline" || (presence === "late" && wanted === "late");
  if (!isPast) return presence === "late" ? "between" : "clear";
  return nowMs < pauses.endedMs() + (intervalMs ?? LEAST_MS) ? "between" : "past";
}

function verdictOfNoData(
  { leaf, instance }: SilentUse,
  facts: SilenceFacts,
  cameMs: number | undefined,
): Verdict | undefined {
  const { nowMs, silence, habit, pauses } = facts;
  const afterMs = leaf.kind === "noData" ? afterMsOf(leaf, facts) : undefined;
  if (leaf.kind !== "noData" || afterMs === undefined || isUnknown(leaf, cameMs)) return undefined;
  const sinceMs = cameMs ?? nowMs - silence.silentMs;
  if (pauses.openMs(sinceMs) >= afterMs + graceMs(sinceMs, silence, pauses)) {
    const mayBegin = leaf.regular !== true || habit.isRegular;
    return mayBegin ? "past" : "between";
  }
  // Only a reading ends it: that the hub was down, or that its clock was set, does not.
  const hasCome = instance.phase.state !== "firing" || sinceMs >= instance.phase.sinceMs;
  return hasCome && nowMs - sinceMs < afterMs ? "clear" : "between";
}

/** After how long a silence it fires; undefined: that is not known. */
export function afterMsOf(
  { afterS = 0, intervals }: { afterS?: number | undefined; intervals?: number | undefined },
  { silence: { intervalMs }, habit }: Pick<SilenceFacts, "silence" | "habit">,
): number | undefined {
  if (intervals === undefined) return afterS * 1_000;
  if (intervalMs === undefined) return undefined;
  return Math.max(intervals * intervalMs, afterS * 1_000, LEAST_MS, habit.leastMs);
}

/** What a board never sent is not missed. */
const isUnknown = ({ metric }: { metric?: string | undefined }, cameMs: number | undefined): boolean =>
  metric !== undefined && cameMs === undefined;

const UNKNOWN_AGAIN_MS = 60_000;

/** When it is to be looked at again at the latest: nothing that is normal changes before. */
export function dueAfter({ leaf }: Pick<SilentUse, "leaf">, facts: SilenceFacts, cameMs: number | undefined): number {
  const { nowMs, silence } = facts;
  const latestMs = nowMs + UNKNOWN_AGAIN_MS;
  if (leaf.kind === "presence") {
    const isThere = silence.presence === "online" || silence.presence === "asleep";
    return isThere ? latestMs : nowMs;
  }
  const afterMs = leaf.regular === true && !facts.habit.isRegular ? undefined : afterMsOf(leaf, facts);
  if (afterMs === undefined || isUnknown(leaf, cameMs)) return latestMs;
  return Math.min(latestMs, (cameMs ?? nowMs - silence.silentMs) + afterMs);
}
