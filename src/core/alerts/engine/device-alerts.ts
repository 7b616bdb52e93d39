/** The alerts of one device, by metric, and which of them a reading concerns. */
import type { SimpleCondition } from "../../../contract/alerts.ts";
import type { MetricInfo } from "../../../contract/metrics.ts";
import type { DeviceId, MetricValue } from "../../../contract/readings.ts";
import type { StoredForAlerts } from "../alert-types.ts";
import { type Arrival, type Arrivals, arrive, effectiveMs, NO_ARRIVALS } from "../decisions/arrival.ts";
import { isOfValues, type OfValues, quietBandOf } from "../decisions/compiled-rule.ts";
import { createRateWindow, type RateWindow } from "../decisions/rate-window.ts";
import { isOngoing } from "../decisions/state-machine.ts";
import { numberOf, type Verdict, verdictOf, verdictOfRate } from "../decisions/verdict.ts";
import type { AlertInstance, Position } from "./alert-instance.ts";

/** A simple condition of an alert, decided by one metric. */
interface Use {
  readonly instance: AlertInstance;
  /** Its index in the rule. */
  readonly index: number;
  readonly leaf: OfValues;
  readonly window: RateWindow | undefined;
}

interface MetricAlerts {
  readonly metric: string;
  readonly arrivals: Arrivals;
  readonly uses: Use[];
  /** A condition without data is about it. */
  isAwaited: boolean;
  /** A value from `low` to `high` concerns only those in `always`. */
  low: number;
  high: number;
  always: readonly Use[];
  isOutdated: boolean;
}

/** A condition that no reading decides. */
export interface SilentUse {
  readonly instance: AlertInstance;
  readonly index: number;
  readonly leaf: Extract<SimpleCondition, { kind: "noData" | "presence" }>;
}

/** What the engine does with a verdict. */
export type OnVerdict = (instance: AlertInstance, index: number, said: Said) => void;

export interface Said {
  readonly verdict: Verdict;
  readonly value: MetricValue;
  readonly atMs: number;
  /** How the reading came. */
  readonly arrival: Arrival;
}

/** A class: one for each device that a rule is about. */
export class DeviceAlerts {
  readonly deviceId: DeviceId;
  readonly instances: AlertInstance[] = [];
  readonly silent: SilentUse[] = [];
  /** The last reading that was judged, and when it came, monotonic ms. */
  last: Position | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;
  /** Of its alerts, so many have overdue data. */
  overdue = 0;
  /** When its silence is to be looked at next, and when its last reading came; monotonic ms. */
  dueMs = 0;
  readMs: number | undefined;
  /** Of each metric that a condition without data is about, when it last came, monotonic ms. One that never came is not missed. */
  readonly cameMs = new Map<string, number>();
  /** Names that were looked at for rules about a class. */
  readonly names = new Set<string>();
  lastNames: readonly string[] | undefined;
  readonly #metrics: MetricAlerts[] = [];

  constructor(deviceId: DeviceId) {
    this.deviceId = deviceId;
  }

  add(instance: AlertInstance, infoOf: (metric: string) => MetricInfo | undefined): void {
    this.instances.push(instance);
    for (const [index, leaf] of instance.rule.leaves.entries()) {
      if (!isOfValues(leaf)) {
        this.silent.push({ instance, index, leaf });
        // Those first that explain others.
        this.silent.sort((a, b) => rankOf(a) - rankOf(b));
        if (leaf.kind === "noData" && leaf.metric !== undefined) this.#metricOf(leaf.metric).isAwaited = true;
        continue;
      }
      const metric = leaf.kind === "class" ? instance.metric : leaf.metric;
      if (metric === undefined) continue;
      const isCounter = leaf.kind === "rate" && infoOf(metric)?.stateClass === "total_increasing";
      const window = leaf.kind === "rate" ? createRateWindow({ overMs: leaf.overS * 1_000, isCounter }) : undefined;
      const ofMetric = this.#metricOf(metric);
      ofMetric.uses.push({ instance, index, leaf, window });
      ofMetric.isOutdated = true;
    }
  }

  remove(instance: AlertInstance): void {
    const keep = <Item extends { readonly instance: AlertInstance }>(items: Item[]): void => {
      items.splice(0, items.length, ...items.filter((item) => item.instance !== instance));
    };
    this.instances.splice(0, this.instances.length, ...this.instances.filter((each) => each !== instance));
    keep(this.silent);
    for (const ofMetric of this.#metrics) {
      keep(ofMetric.uses);
      ofMetric.isOutdated = true;
    }
  }

  /** An alert of it changed its state: other values concern it now. */
  changed(): void {
    for (const ofMetric of this.#metrics) ofMetric.isOutdated = true;
  }

  /** The alert that explains why nothing comes from it. */
  explainer(): AlertInstance | undefined {
    const found = this.silent.find((use) => rankOf(use) < EXPLAINED && isAlone(use) && isOngoing(use.instance.phase));
    return found?.instance;
  }

  /** Notes in its alerts which other alert explains them. */
  explain(): void {
    const explainer = this.explainer();
    for (const use of this.silent) {
      if (use.leaf.kind === "presence" || !isAlone(use)) continue;
      const isExplained = explainer !== undefined && explainer !== use.instance;
      use.instance.supersededBy = isExplained ? explainer.id : undefined;
    }
  }

  /** Nothing is known of what came before: what was measured before then counts as one of a backlog. Monotonic ms. */
  expectLive(steadyMs: number): void {
    for (const { arrivals } of this.#metrics) {
      if (arrivals.newestAtMs !== Number.NEGATIVE_INFINITY) continue;
      arrivals.newestAtMs = Number.POSITIVE_INFINITY;
      arrivals.newestSteadyMs = steadyMs;
    }
  }

  /** Names of the metrics that its rules are about. */
  metrics(): string[] {
    return this.#metrics.map(({ metric }) => metric);
  }

  /** Of each condition about a rate of change. */
  rates(): { readonly metric: string; readonly window: RateWindow }[] {
    return this.#metrics.flatMap(({ metric, uses }) =>
      uses.flatMap(({ window }) => (window === undefined ? [] : { metric, window })),
    );
  }

  /** What was known before this start, so that older readings are not taken for live ones. */
  seed(metric: string, atMs: number, steadyMs: number): void {
    const found = this.#metrics.find((each) => each.metric === metric);
    if (found === undefined || (Number.isFinite(found.arrivals.newestAtMs) && found.arrivals.newestAtMs > atMs)) return;
    Object.assign(found.arrivals, { newestAtMs: atMs, newestSteadyMs: steadyMs, liveAtMs: atMs, liveMs: steadyMs });
  }

  /** `nowMs`: monotonic, when it came. */
  judge(reading: StoredForAlerts, nowMs: number, onVerdict: OnVerdict): void {
    const { metrics, atMs, receivedAtMs, n } = reading;
    if (nowMs >= this.#lastMs) {
      this.last = { receivedAtMs, atMs, n };
      this.#lastMs = nowMs;
    }
    for (const ofMetric of this.#metrics) {
      const value = metrics.get(ofMetric.metric);
      if (value === undefined) continue;
      const arrival = arrive(ofMetric.arrivals, atMs, receivedAtMs, nowMs);
      if (ofMetric.isAwaited) this.#came(ofMetric.metric, nowMs);
      if (ofMetric.isOutdated) outline(ofMetric);
      const isQuiet = typeof value === "number" && value >= ofMetric.low && value <= ofMetric.high;
      for (const use of isQuiet && arrival === "live" ? ofMetric.always : ofMetric.uses) {
        const instantMs = effectiveMs(atMs, receivedAtMs);
        const verdict = verdictBy(use, value, instantMs, arrival === "late");
        if (verdict !== undefined) onVerdict(use.instance, use.index, { verdict, value, atMs: instantMs, arrival });
      }
    }
  }

  #came(metric: string, nowMs: number): void {
    const cameMs = this.cameMs.get(metric);
    this.cameMs.set(metric, Math.max(cameMs ?? nowMs, nowMs));
    if (cameMs === undefined) this.dueMs = 0;
  }

  #metricOf(metric: string): MetricAlerts {
    const found = this.#metrics.find((each) => each.metric === metric);
    if (found !== undefined) return found;
    const made: MetricAlerts = {
      metric,
      arrivals: { ...NO_ARRIVALS },
      uses: [],
      isAwaited: false,
      low: 0,
      high: -1,
      always: [],
      isOutdated: true,
    };
    this.#metrics.push(made);
    return made;
  }
}

/** That a board is offline explains that nothing comes from it, and that explains that one metric does not. */
const rankOf = ({ leaf }: SilentUse): number =>
  leaf.kind === "presence" ? 0 : leaf.metric === undefined ? 1 : EXPLAINED;
const EXPLAINED = 2;

const isAlone = ({ instance }: SilentUse): boolean => instance.rule.join === "one";

/** Undefined: it says nothing. */
function verdictBy({ leaf, window }: Use, value: MetricValue, atMs: number, isLate: boolean): Verdict | undefined {
  if (leaf.kind !== "rate") return verdictOf(leaf, value);
  const number = numberOf(value);
  if (isLate || number === undefined) return undefined;
  const perSecond = window?.add(number, atMs);
  return perSecond === undefined ? undefined : verdictOfRate(leaf, perSecond * leaf.perS);
}

/** Finds the values at which nothing begins, and the alerts that every value concerns. */
function outline(ofMetric: MetricAlerts): void {
  let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const always: Use[] = [];
  for (const use of ofMetric.uses) {
    const { phase, rule } = use.instance;
    const band = isOngoing(phase) || phase.state === "pending" ? undefined : quietBandOf(rule);
    if (band === undefined) always.push(use);
    else {
      low = Math.max(low, band.low);
      high = Math.min(high, band.high);
    }
  }
  Object.assign(ofMetric, { low, high, always, isOutdated: false });
}
