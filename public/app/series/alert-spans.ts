/** Finds in rules and in the alert log what a chart shows of them: thresholds, and when alerts fired; pure. */
import type { Alert, AlertEvent, Condition, Rule, Severity } from "../../../src/contract/alerts.ts";
import type { TimeWindow } from "../range/chart-range.ts";

export interface Bound {
  readonly value: number;
  /** It fires beyond it: above or below. */
  readonly side: "above" | "below";
  readonly severity: Severity;
}

export interface AlertSpan extends TimeWindow {
  readonly severity: Severity;
  readonly ruleName: string;
}

/** Of one metric. */
export interface AlertMarks {
  readonly bounds: readonly Bound[];
  readonly spans: readonly AlertSpan[];
}

export const NO_MARKS: AlertMarks = { bounds: [], spans: [] };

const simple = (condition: Condition) =>
  condition.kind === "hub" ? [] : "of" in condition ? condition.of : [condition];

function boundsIn(condition: Condition, metric: string): Omit<Bound, "severity">[] {
  return simple(condition).flatMap((each) => {
    if (!("metric" in each) || each.metric !== metric) return [];
    if (each.kind === "above" || each.kind === "below") return [{ value: each.threshold, side: each.kind }];
    if (each.kind !== "outside") return [];
    return [
      { value: each.low, side: "below" as const },
      { value: each.high, side: "above" as const },
    ];
  });
}

const RANKS: Readonly<Record<Severity, number>> = { critical: 2, warning: 1, info: 0 };

/** Rules that are switched on and hold for this device; of several with the same threshold the most severe. */
export function boundsOf(rules: readonly Rule[], metric: string, holds: (rule: Rule) => boolean): Bound[] {
  const found = new Map<string, Bound>();
  for (const rule of rules) {
    if (!rule.enabled || !holds(rule)) continue;
    for (const bound of boundsIn(rule.condition, metric)) {
      const key = `${bound.side} ${bound.value}`;
      const known = found.get(key);
      if (known === undefined || RANKS[rule.severity] > RANKS[known.severity]) {
        found.set(key, { ...bound, severity: rule.severity });
      }
    }
  }
  return [...found.values()].sort((a, b) => a.value - b.value);
}

const isAbout = (event: AlertEvent | Alert, metric: string, rules: ReadonlyMap<string, Rule>): boolean => {
  if (event.metric !== undefined) return event.metric === metric;
  const condition = rules.get(event.ruleId)?.condition;
  return condition !== undefined && simple(condition).some((each) => "metric" in each && each.metric === metric);
};

export interface LogOfDevice {
  /** In any order. */
  readonly events: readonly AlertEvent[];
  /** That fire now. */
  readonly firing: readonly Alert[];
  readonly rules: readonly Rule[];
}

/** When alerts of this metric fired; what fires still has no end. */
export function spansOf({ events, firing, rules }: LogOfDevice, metric: string): AlertSpan[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const spans: AlertSpan[] = [];
  const open = new Map<string, AlertEvent>();
  const close = (begun: AlertEvent, toMs: number) => {
    const { severity, ruleName } = begun;
    spans.push({ fromMs: Date.parse(begun.at), toMs, severity, ruleName });
  };
  const own = events.filter((event) => isAbout(event, metric, byId)).toSorted((a, b) => (a.at < b.at ? -1 : 1));
  for (const event of own) {
    const { kind, alertId } = event;
    const begun = open.get(alertId);
    if (kind === "firing" && begun === undefined) open.set(alertId, event);
    if ((kind === "resolved" || kind === "ended") && begun !== undefined) {
      close(begun, Date.parse(event.at));
      open.delete(alertId);
    }
    if (kind === "passed" && event.from !== undefined && event.to !== undefined) {
      const { severity, ruleName } = event;
      spans.push({ fromMs: Date.parse(event.from), toMs: Date.parse(event.to), severity, ruleName });
    }
  }
  for (const begun of open.values()) close(begun, Number.POSITIVE_INFINITY);
  for (const alert of firing) {
    if (open.has(alert.id) || !isAbout(alert, metric, byId)) continue;
    const { severity, ruleName } = alert;
    spans.push({ fromMs: Date.parse(alert.since), toMs: Number.POSITIVE_INFINITY, severity, ruleName });
  }
  return spans;
}

export const spansIn = (spans: readonly AlertSpan[], window: TimeWindow): AlertSpan[] =>
  spans.filter(({ fromMs, toMs }) => fromMs < window.toMs && toMs >= window.fromMs);

/** What fired at this instant, the worst first. */
export const spanAt = (spans: readonly AlertSpan[], atMs: number): AlertSpan | undefined =>
  spans
    .filter(({ fromMs, toMs }) => fromMs <= atMs && atMs <= toMs)
    .sort((a, b) => RANKS[b.severity] - RANKS[a.severity])[0];

/** Of several thresholds the one that the values are nearest to: there is space for one beside them. */
export function nearestBound(bounds: readonly Bound[], { min, max }: { min: number; max: number }): Bound | undefined {
  const distance = ({ value, side }: Bound): number =>
    side === "above" ? Math.abs(value - max) : Math.abs(min - value);
  return bounds.toSorted((a, b) => distance(a) - distance(b))[0];
}
