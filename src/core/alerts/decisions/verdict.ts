/** What one value says of one simple condition: past its threshold, clear of it, or between both. */
import type { SimpleCondition } from "../../../contract/alerts.ts";
import type { MetricValue } from "../../../contract/readings.ts";

/** `between`: it says nothing new. What fires still fires, and what does not fire does not begin. */
export type Verdict = "past" | "between" | "clear";

/** Conditions that one value decides. */
export type ValueCondition = Extract<SimpleCondition, { kind: "above" | "below" | "outside" | "equals" | "class" }>;

export function verdictOf(condition: ValueCondition, value: MetricValue): Verdict {
  if (condition.kind === "equals") return isSame(condition.value, value) ? "past" : "clear";
  const number = numberOf(value);
  if (number === undefined) return "between";
  switch (condition.kind) {
    case "above":
      return number > condition.threshold
        ? "past"
        : number <= (condition.clear ?? condition.threshold)
          ? "clear"
          : "between";
    case "below":
      return number < condition.threshold
        ? "past"
        : number >= (condition.clear ?? condition.threshold)
          ? "clear"
          : "between";
    case "outside": {
      const { low, high, margin = 0 } = condition;
      if (number < low || number > high) return "past";
      return number >= low + margin && number <= high - margin ? "clear" : "between";
    }
    case "class": {
      const { above = Number.POSITIVE_INFINITY, below = Number.NEGATIVE_INFINITY } = condition;
      return number > above || number < below ? "past" : "clear";
    }
  }
}

/** Of a rate of change in `perS` seconds. A negative bound is about falling. */
export function verdictOfRate(
  { above, below }: { above?: number | undefined; below?: number | undefined },
  rate: number,
): Verdict {
  const isFaster = above !== undefined && (above < 0 ? rate < above : rate > above);
  const isSlower = below !== undefined && (below < 0 ? rate > below : rate < below);
  return isFaster || isSlower ? "past" : "clear";
}

/** `all`: every one is past. `any`: one is. */
export function joinVerdicts(kind: "all" | "any", verdicts: readonly Verdict[]): Verdict {
  const [enough, one] = kind === "all" ? (["past", "clear"] as const) : (["clear", "past"] as const);
  if (verdicts.includes(one)) return one;
  return verdicts.every((verdict) => verdict === enough) ? enough : "between";
}

/** `true` is 1. Text says nothing of a threshold. */
export const numberOf = (value: MetricValue): number | undefined =>
  typeof value === "number" ? value : typeof value === "boolean" ? Number(value) : undefined;

/** Boards of different makers send a contact as `true` and as 1. */
function isSame(wanted: MetricValue, value: MetricValue): boolean {
  if (wanted === value) return true;
  return typeof wanted !== typeof value && numberOf(wanted) !== undefined && numberOf(wanted) === numberOf(value);
}
