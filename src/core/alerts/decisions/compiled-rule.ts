/** A rule as the engine applies it: its simple conditions, its delays, and the values at which nothing happens. */
import type { Condition, HubTrouble, Rule, SimpleCondition } from "../../../contract/alerts.ts";
import { isActive } from "./active-times.ts";
import type { Delays } from "./state-machine.ts";

export interface CompiledRule {
  readonly rule: Rule;
  /** `one`: there is one simple condition, or one for each metric of a class. */
  readonly join: "one" | "all" | "any";
  readonly leaves: readonly SimpleCondition[];
  /** Of a rule about the hub. */
  readonly troubles: readonly HubTrouble[];
  /** What was received before is not judged by it, epoch ms. */
  readonly changedAtMs: number;
  /** Its conditions are decided by values: a silence says nothing of them. One about silence says itself what that means. */
  readonly isOfValues: boolean;
  readonly duringTimes: Delays;
  readonly outsideTimes: Delays;
}

export function compileRule(rule: Rule, changedAtMs: number): CompiledRule {
  const { condition } = rule;
  const leaves = leavesOf(condition);
  const [forMs, keepFiringMs] = [rule.forS * 1_000, rule.keepFiringS * 1_000];
  return {
    rule,
    join: "of" in condition ? condition.kind : "one",
    leaves,
    troubles: condition.kind === "hub" ? condition.what : [],
    changedAtMs,
    isOfValues: leaves.length > 0 && leaves.every(isOfValues),
    duringTimes: { forMs, keepFiringMs, mayFire: true },
    outsideTimes: { forMs, keepFiringMs, mayFire: false },
  };
}

function leavesOf(condition: Condition): readonly SimpleCondition[] {
  if (condition.kind === "hub") return [];
  return "of" in condition ? condition.of : [condition];
}

export type OfValues = Exclude<SimpleCondition, { kind: "noData" | "presence" }>;

export const isOfValues = (leaf: SimpleCondition): leaf is OfValues =>
  leaf.kind !== "noData" && leaf.kind !== "presence";

/** `nowMs`: wall time. */
export function delaysOf({ rule, duringTimes, outsideTimes }: CompiledRule, nowMs: number): Delays {
  return rule.activeTimes === undefined || isActive(rule.activeTimes, nowMs) ? duringTimes : outsideTimes;
}

/** Whether readings are judged by the same condition as before. */
export const judgesAs = (before: Rule, after: Rule): boolean =>
  JSON.stringify(before.condition) === JSON.stringify(after.condition);

/** From `low` to `high` a value begins no alert. */
export interface QuietBand {
  readonly low: number;
  readonly high: number;
}

/** Undefined: every value is to be judged. */
export function quietBandOf({ join, leaves: [leaf], rule }: CompiledRule): QuietBand | undefined {
  // At the beginning of its times a rule asks what the last value said.
  if (join !== "one" || leaf === undefined || rule.activeTimes !== undefined) return undefined;
  switch (leaf.kind) {
    case "above":
      return { low: Number.NEGATIVE_INFINITY, high: leaf.threshold };
    case "below":
      return { low: leaf.threshold, high: Number.POSITIVE_INFINITY };
    case "outside":
      return { low: leaf.low, high: leaf.high };
    case "class":
      return { low: leaf.below ?? Number.NEGATIVE_INFINITY, high: leaf.above ?? Number.POSITIVE_INFINITY };
    default:
      return undefined;
  }
}
