/** Applies a rule to the stored readings of one device, by the decisions that judge live readings. */
import type { MetricValue } from "../../../contract/readings.ts";
import type { TrialEvent, TrialOutcome, TrialSpec } from "../../ports/rule-trial.ts";
import { type Arrivals, arrive, effectiveMs, NO_ARRIVALS } from "../decisions/arrival.ts";
import { compileRule, isOfValues, type OfValues } from "../decisions/compiled-rule.ts";
import { createRateWindow, type RateWindow } from "../decisions/rate-window.ts";
import { numberOf, type Verdict, verdictOf, verdictOfRate } from "../decisions/verdict.ts";
import { TrialAlert } from "./trial-alert.ts";
import { createTrialSilence, type TrialSilentUse } from "./trial-silence.ts";

/** Readings of one device, column by column. */
export interface TrialColumns {
  readonly count: number;
  readonly at: ArrayLike<number>;
  readonly received: ArrayLike<number>;
  /** In the order of `trialMetrics`. NaN or undefined: the reading does not have it; of a whole column: none has. */
  readonly values: readonly (ArrayLike<MetricValue | undefined> | undefined)[];
}

export interface DeviceTrial {
  /** Indices of readings in the order in which they came; left out: in that of the columns. */
  take(columns: TrialColumns, order?: ArrayLike<number>): void;
  /** At the end of the range. */
  finish(isComplete: boolean): TrialOutcome;
}

/** More of one device help nobody. */
const MOST_EVENTS = 20_000;

/** Names of the metrics that the rule is about. */
export function trialMetrics({ rule, alerts }: Pick<TrialSpec, "rule" | "alerts">): string[] {
  const { leaves } = compileRule(rule, 0);
  return [
    ...new Set(
      leaves.flatMap((leaf) => {
        if (leaf.kind === "class") return alerts.flatMap(({ metric }) => metric ?? []);
        return "metric" in leaf && leaf.metric !== undefined ? [leaf.metric] : [];
      }),
    ),
  ];
}

/** A text is compared, so that its column is needed as it is. */
export const needsText = ({ rule }: Pick<TrialSpec, "rule">): boolean =>
  compileRule(rule, 0).leaves.some((leaf) => leaf.kind === "equals" && typeof leaf.value === "string");

interface Use {
  readonly alert: TrialAlert;
  readonly index: number;
  readonly leaf: OfValues;
  readonly window: RateWindow | undefined;
}

interface Metric {
  readonly name: string;
  readonly arrivals: Arrivals;
  readonly uses: Use[];
  cameMs: number | undefined;
}

export function createDeviceTrial(spec: TrialSpec): DeviceTrial {
  const rule = compileRule(spec.rule, 0);
  const events: TrialEvent[] = [];
  let [fired, readings] = [0, 0];
  let nowMs = spec.fromMs;
  const alerts = spec.alerts.map(({ metric }, index) => new TrialAlert(index, metric, rule, note));
  const metrics: Metric[] = trialMetrics(spec).map((name) => ({
    name,
    arrivals: { ...NO_ARRIVALS },
    uses: [],
    cameMs: spec.sentBefore?.includes(name) ? spec.fromMs : undefined, // as if it had come right before
  }));
  const silent: TrialSilentUse[] = [];
  for (const [at, alert] of alerts.entries()) {
    for (const [index, leaf] of rule.leaves.entries()) addUse(alert, index, leaf, spec.alerts[at]?.isCounter[index]);
  }
  const isJoined = rule.join !== "one";
  const silence = createTrialSilence({ spec, rule, alerts, silent });

  function addUse(alert: TrialAlert, index: number, leaf: (typeof rule.leaves)[number], isCounter = false): void {
    const metric = leaf.kind === "class" ? alert.metric : "metric" in leaf ? leaf.metric : undefined;
    const known = metrics.find(({ name }) => name === metric);
    if (!isOfValues(leaf)) {
      silent.push({ alert, index, leaf, cameMs: () => known?.cameMs });
      return;
    }
    const window = leaf.kind === "rate" ? createRateWindow({ overMs: leaf.overS * 1_000, isCounter }) : undefined;
    known?.uses.push({ alert, index, leaf, window });
  }

  function note(event: TrialEvent): void {
    if (event.kind === "firing" || event.kind === "passed") fired++;
    if (events.length < MOST_EVENTS) events.push(event);
  }

  function take(columns: TrialColumns, order?: ArrayLike<number>): void {
    const { count, at, received, values } = columns;
    readings += count;
    for (let position = 0; position < count; position++) {
      const index = order === undefined ? position : (order[position] ?? 0);
      const receivedAtMs = received[index] ?? 0;
      nowMs = Math.max(nowMs, receivedAtMs);
      if (nowMs >= silence.dueMs) silence.passUntil(nowMs);
      silence.read(nowMs);
      for (let metric = 0; metric < metrics.length; metric++) {
        const value = values[metric]?.[index];
        const known = metrics[metric];
        if (value === undefined || Number.isNaN(value) || known === undefined) continue;
        judge(known, value, at[index] ?? 0, receivedAtMs);
      }
      if (isJoined) for (const alert of alerts) alert.settle(nowMs);
      silence.settle(nowMs);
    }
  }

  function judge(metric: Metric, value: MetricValue, atMs: number, receivedAtMs: number): void {
    const arrival = arrive(metric.arrivals, atMs, receivedAtMs, nowMs);
    if (metric.cameMs === undefined) for (const use of silent) use.alert.isChanged = true; // from now on it may be missed
    metric.cameMs = nowMs;
    for (const { alert, index, leaf, window } of metric.uses) {
      const instantMs = effectiveMs(atMs, receivedAtMs);
      const verdict = verdictBy(leaf, window, value, instantMs, arrival === "late");
      if (verdict === undefined) continue;
      if (arrival !== "live") alert.saysLate(index, { verdict, atMs: instantMs, nowMs });
      if (arrival !== "late") alert.says(index, verdict, nowMs, arrival);
    }
  }

  return {
    take,
    finish: (isComplete) => {
      if (isComplete) silence.passUntil(spec.toMs);
      return { events, fired, readings, isComplete };
    },
  };
}

/** Undefined: it says nothing. */
function verdictBy(
  leaf: OfValues,
  window: RateWindow | undefined,
  value: MetricValue,
  atMs: number,
  isLate: boolean,
): Verdict | undefined {
  if (leaf.kind !== "rate") return verdictOf(leaf, value);
  const number = numberOf(value);
  if (isLate || number === undefined) return undefined;
  const perSecond = window?.add(number, atMs);
  return perSecond === undefined ? undefined : verdictOfRate(leaf, perSecond * leaf.perS);
}
