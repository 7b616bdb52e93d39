/** Tries a rule on what is stored: when it would have fired, and how many messages that would have been. */
import type { Rule, RuleFields } from "../../../contract/alerts.ts";
import type { TryRuleAnswer } from "../../../contract/answers/alert-answers.ts";
import type { MetricInfo } from "../../../contract/metrics.ts";
import type { DeviceId } from "../../../contract/readings.ts";
import type { Store } from "../../ports/readings-store.ts";
import type { TrialAlertSpec, TrialOutcome, TrialRange, TrialSpec } from "../../ports/rule-trial.ts";
import type { LatestMetric } from "../../ports/stored-device.ts";
import type { PresenceBook } from "../../presence/presence-book.ts";
import type { RuleFault } from "../alert-types.ts";
import { compileRule } from "../decisions/compiled-rule.ts";
import { createScope } from "../decisions/scope.ts";
import { faultsIn } from "../rule-faults.ts";
import { sentBefore } from "./sent-before.ts";
import { countMessages, type TrialTransition } from "./trial-messages.ts";

export interface WouldHaveFiredOptions {
  readonly store: Pick<Store, "tryRule" | "readings">;
  readonly presenceBook: Pick<PresenceBook, "history" | "runs">;
  readonly devices: TrialDevices;
  /** Undefined: the metric is of none. */
  readonly classOf: (metric: string, info: MetricInfo | undefined) => string | undefined;
  /** Of all devices together, in one trial. Left out: 50 million. */
  readonly mostReadings?: number;
}

/** What a trial asks of devices. */
export interface TrialDevices {
  ids(): Iterable<DeviceId>;
  metricsOf(deviceId: DeviceId): Iterable<string>;
  metricInfo(deviceId: DeviceId, metric: string): MetricInfo | undefined;
  latestOf(deviceId: DeviceId, metric: string): Pick<LatestMetric, "atMs"> | undefined;
  /** How a bridge reaches it; undefined: it sends by itself. */
  radioOf(deviceId: DeviceId): { readonly isMainsPowered: boolean } | undefined;
}

export interface WouldHaveFired {
  /** Why the rule cannot be tried; empty: it can. */
  faultsOf(rule: RuleFields): readonly RuleFault[];
  /** `isCancelled` is asked between short steps. Rejects with a StoreError. */
  run(rule: RuleFields, range: TrialRange, isCancelled: () => boolean): Promise<TryRuleAnswer>;
}

const MOST_READINGS = 50_000_000;
/** In an answer. */
const MOST_SPANS = 1_000;
/** Of all devices: what fires more often is no rule. */
const MOST_EVENTS = 50_000;
const PRESENCE_PAGE = 5_000;
const MOST_PRESENCE = 50_000;

type Span = TryRuleAnswer["spans"][number];

export function createWouldHaveFired(options: WouldHaveFiredOptions): WouldHaveFired {
  const { store, presenceBook, devices, classOf, mostReadings = MOST_READINGS } = options;

  function faultsOf(rule: RuleFields): readonly RuleFault[] {
    if (rule.condition.kind !== "hub") return faultsIn(rule);
    return [{ field: "condition", message: "a rule about the hub itself cannot be tried: nothing of it is stored" }];
  }

  async function run(fields: RuleFields, range: TrialRange, isCancelled: () => boolean): Promise<TryRuleAnswer> {
    const rule: Rule = { ...fields, id: "trial" };
    const pauses = pausesOf(await presenceBook.runs(range));
    const spans: Span[] = [];
    const transitions: TrialTransition[] = [];
    let [readings, fired, looked] = [0, 0, 0];
    let isComplete = true;
    const goOn = (count: number): boolean => {
      readings += count;
      return readings < mostReadings && !isCancelled();
    };
    const isAbout = createScope(rule.scope);
    for (const deviceId of [...devices.ids()]) {
      if (!isAbout(deviceId)) continue;
      const alerts = alertsOf(rule, deviceId);
      if (alerts.length === 0) continue;
      if (!goOn(0)) {
        isComplete = false;
        break;
      }
      const spec: TrialSpec = {
        rule,
        deviceId,
        alerts,
        ...range,
        sentBefore: await sentBefore({ ...options, rule, deviceId, fromMs: range.fromMs }),
        presence: await presenceOf(deviceId, range),
        pauses,
        radio: devices.radioOf(deviceId),
      };
      const outcome = await store.tryRule(spec, goOn);
      looked++;
      fired += outcome.fired;
      isComplete &&= outcome.isComplete;
      spans.push(...spansOf(spec, outcome));
      for (const event of outcome.events) {
        if (transitions.length < MOST_EVENTS) transitions.push({ alertId: `${deviceId}~${event.alert}`, event });
      }
    }
    transitions.sort((a, b) => a.event.atMs - b.event.atMs);
    spans.sort((a, b) => (a.from < b.from ? -1 : Number(a.from > b.from)));
    const { messages, repeats } = countMessages(rule, transitions, range.toMs);
    return {
      spans: spans.slice(-MOST_SPANS),
      total: fired,
      messages,
      repeats,
      devices: looked,
      readings,
      complete: isComplete,
    };
  }

  /** None: it sends nothing that the rule is about. */
  function alertsOf(rule: Rule, deviceId: DeviceId): TrialAlertSpec[] {
    const { leaves } = compileRule(rule, 0);
    const known = new Set(devices.metricsOf(deviceId));
    const isCounterOf = (metric: string | undefined): boolean =>
      metric !== undefined && devices.metricInfo(deviceId, metric)?.stateClass === "total_increasing";
    const [leaf] = leaves;
    if (leaf?.kind === "class") {
      return [...known]
        .filter((metric) => classOf(metric, devices.metricInfo(deviceId, metric)) === leaf.deviceClass)
        .map((metric) => ({ metric, isCounter: [false] }));
    }
    const metrics = leaves.map((each) => ("metric" in each ? each.metric : undefined));
    // A condition that names no metric is about the device itself.
    if (!metrics.some((metric) => metric === undefined || known.has(metric))) return [];
    return [{ metric: undefined, isCounter: metrics.map(isCounterOf) }];
  }

  async function presenceOf(deviceId: DeviceId, { fromMs, toMs }: TrialRange): Promise<TrialSpec["presence"]> {
    const found: { atMs: number; detail: TrialSpec["presence"][number]["detail"] }[] = [];
    for (let atMs: number | undefined = fromMs; atMs !== undefined && found.length < MOST_PRESENCE; ) {
      const page = await presenceBook.history({ deviceId, fromMs: atMs, toMs, limit: PRESENCE_PAGE });
      const lastMs = found.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
      for (const change of page.changes) {
        if (change.atMs > lastMs) found.push({ atMs: change.atMs, detail: change.detail });
      }
      atMs = page.nextMs;
    }
    return found;
  }

  return { faultsOf, run };
}

/** Between two runs the hub was down. Before the first that is known, nothing is known of it. */
function pausesOf(runs: readonly TrialRange[]): TrialRange[] {
  return runs.flatMap(({ fromMs }, index) => {
    const before = runs[index - 1];
    return before === undefined || before.toMs >= fromMs ? [] : [{ fromMs: before.toMs, toMs: fromMs }];
  });
}

function spansOf({ deviceId, alerts }: TrialSpec, { events }: TrialOutcome): Span[] {
  const spans: Span[] = [];
  for (const [index, { metric }] of alerts.entries()) {
    const about = { deviceId, ...(metric !== undefined && { metric }) };
    let sinceMs: number | undefined;
    for (const { alert, kind, atMs, fromMs } of events) {
      if (alert !== index) continue;
      if (kind === "firing") sinceMs = atMs;
      if (kind === "passed") spans.push({ ...about, from: iso(fromMs ?? atMs), to: iso(atMs) });
      if (kind !== "resolved" || sinceMs === undefined) continue;
      spans.push({ ...about, from: iso(sinceMs), to: iso(atMs) });
      sinceMs = undefined;
    }
    if (sinceMs !== undefined) spans.push({ ...about, from: iso(sinceMs) });
  }
  return spans;
}

const iso = (atMs: number): string => new Date(atMs).toISOString();
