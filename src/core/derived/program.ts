/** Computes the derived metrics of one device, in the order in which they need each other. Knows no store and no clock. */
import type { MetricValue } from "../../contract/readings.ts";
import { evaluateExpression } from "../expression/evaluate.ts";
import type { ReadingMetrics } from "../model/metric-list.ts";
import { isLonger, MAX_TEXT_BYTES } from "../model/metric-value.ts";
import type { DeviceHistory, Tracked, TrackedMetric } from "./device-history.ts";
import type { DerivedExpression } from "./read-expression.ts";
import { nameOfTerm, type Term } from "./terms.ts";

export interface Definition {
  readonly id: string;
  readonly metric: string;
  readonly expression: DerivedExpression;
}

/** Of one definition and one reading. `idle`: the reading has nothing that it is computed from. */
export type Computed =
  | { readonly kind: "value"; readonly value: MetricValue }
  | { readonly kind: "missing" | "failed"; readonly reason: string }
  | { readonly kind: "idle" };

export interface Program {
  readonly definitions: readonly Definition[];
  /** What it must remember. */
  readonly tracked: readonly TrackedMetric[];
  /** One answer for each definition, in their order; the next call overwrites it. `silenceMs`: how old a value may be that a reading lacks. */
  compute(history: DeviceHistory, reading: Reading, silenceMs: () => number): readonly Computed[];
}

export interface Reading {
  readonly metrics: Pick<ReadingMetrics, "get">;
  readonly atMs: number;
}

/** More than an expression of the most parts takes. */
const MOST_STEPS = 10_000;
const IDLE: Computed = { kind: "idle" };
const CONTROL = /\p{Cc}/u;

/** `definitions`: each behind those that it needs. */
export function createProgram(definitions: readonly Definition[]): Program {
  const tracked = trackedOf(definitions);
  const indexes = new Map(tracked.map(({ name }, index) => [name, index]));
  const inputs = definitions.map(({ expression }) => expression.metrics.map((name) => indexes.get(name) ?? -1));
  const own = definitions.map(({ metric }) => indexes.get(metric) ?? -1);
  /** Undefined: it is computed, whatever is stored of it. */
  const names = tracked.map(({ name }) => (name.startsWith("_") ? undefined : name));
  const readers = new Map<string, () => MetricValue | undefined>();
  for (const [name, index] of indexes) readers.set(name, () => currentOf(index));
  for (const { expression } of definitions) {
    for (const term of expression.terms) readers.set(nameOfTerm(term), readerOf(term, indexes.get(term.metric) ?? -1));
  }
  const budget = { left: 0 };
  const options = { lookUp: (name: string) => readers.get(name)?.(), budget };
  /** Of the reading that is computed; undefined: it has none. */
  const present: (MetricValue | undefined)[] = tracked.map(() => undefined);
  /** It was to be computed, and was not: no older value stands for it. */
  const isLost: boolean[] = tracked.map(() => false);
  const answers: Computed[] = definitions.map(() => IDLE);
  let history: readonly Tracked[] = [];
  let atMs = 0;
  let silenceMs = (): number => 0;
  let lacking: string | undefined;

  function lacks(reason: string): undefined {
    lacking ??= reason;
    return undefined;
  }

  /** A reading of some metrics takes the latest value of the others, unless it is too old. */
  function currentOf(index: number): MetricValue | undefined {
    const value = present[index];
    if (value !== undefined) return value;
    const { name, latest } = history[index] ?? NOTHING;
    if (isLost[index]) return lacks(`${name} could not be computed`);
    if (latest === undefined) return lacks(`there is no ${name} yet`);
    if (latest.atMs > atMs) return lacks(`a later ${name} came before it`);
    return atMs - latest.atMs <= silenceMs() ? latest.value : lacks(`${name} is too old`);
  }

  function readerOf(term: Term, index: number): () => MetricValue | undefined {
    if (term.kind === "average") return () => averageOf(index, term.overMs);
    return () => {
      const value = present[index];
      const { name, latest } = history[index] ?? NOTHING;
      if (value === undefined) return lacks(`the reading has no ${name}`);
      if (latest === undefined) return lacks(`there is no ${name} before it`);
      if (latest.atMs > atMs) return lacks(`a later ${name} came before it`);
      if (term.kind === "previous") return latest.value;
      if (typeof value !== "number" || typeof latest.value !== "number") return lacks(`${name} is not a number`);
      if (term.kind === "delta") return value - latest.value;
      const passedMs = atMs - latest.atMs;
      return passedMs === 0
        ? lacks(`no time has passed since the ${name} before`)
        : (value - latest.value) / (passedMs / 1_000);
    };
  }

  function averageOf(index: number, overMs: number): MetricValue | undefined {
    const value = present[index];
    const { name, latest, window } = history[index] ?? NOTHING;
    if (latest !== undefined && latest.atMs > atMs) return lacks(`a later ${name} came before it`);
    if (window?.isIncomplete === true) return lacks("the hub keeps no more readings in memory for averages");
    return (
      window?.mean(atMs, overMs, typeof value === "number" ? value : undefined) ??
      lacks(`there is no ${name} in that time`)
    );
  }

  function computeOne(index: number): Computed {
    const definition = definitions[index];
    if (definition === undefined || !(inputs[index] ?? []).some((input) => present[input] !== undefined)) return IDLE;
    lacking = undefined;
    budget.left = MOST_STEPS;
    const evaluated = evaluateExpression(definition.expression.node, options);
    if (evaluated.kind === "failed") return evaluated;
    if (evaluated.kind === "absent") return { kind: "missing", reason: lacking ?? "it says that there is no value" };
    return checked(evaluated.value);
  }

  return {
    definitions,
    tracked,
    compute: (of, reading, silence) => {
      history = of.tracked;
      atMs = reading.atMs;
      silenceMs = silence;
      for (let index = 0; index < names.length; index++) {
        const name = names[index];
        present[index] = name === undefined ? undefined : reading.metrics.get(name);
        isLost[index] = false;
      }
      for (let index = 0; index < definitions.length; index++) {
        const computed = computeOne(index);
        answers[index] = computed;
        const at = own[index] ?? -1;
        if (at < 0) continue;
        if (computed.kind === "value") present[at] = computed.value;
        else isLost[at] = computed.kind !== "idle";
      }
      return answers;
    },
  };
}

const NOTHING: Pick<Tracked, "name" | "latest" | "window"> = { name: "", latest: undefined, window: undefined };

function checked(value: unknown): Computed {
  switch (typeof value) {
    case "number":
      if (!Number.isFinite(value)) return { kind: "failed", reason: "the result is not a number" };
      return { kind: "value", value: value === 0 ? 0 : value }; // −0 reads as 0
    case "boolean":
      return { kind: "value", value };
    case "string":
      if (value === "") return { kind: "missing", reason: "the result is an empty text" };
      if (isLonger(value, MAX_TEXT_BYTES)) return { kind: "failed", reason: "the resulting text is too long" };
      if (CONTROL.test(value)) return { kind: "failed", reason: "the resulting text has a control character" };
      return { kind: "value", value };
    default:
      return { kind: "failed", reason: "the result is a list or an object" };
  }
}

/** Every metric that is named, with the longest time over which it is averaged. */
function trackedOf(definitions: readonly Definition[]): TrackedMetric[] {
  const longest = new Map<string, number>();
  for (const { expression } of definitions) {
    for (const name of expression.metrics) longest.set(name, longest.get(name) ?? 0);
    for (const term of expression.terms) {
      if (term.kind === "average") longest.set(term.metric, Math.max(longest.get(term.metric) ?? 0, term.overMs));
    }
  }
  return [...longest].map(([name, overMs]) => ({ name, overMs }));
}
