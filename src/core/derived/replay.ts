/** Computes derived metrics of stored readings in their order, as they would have been when they came. */
import type { MetricValue } from "../../contract/readings.ts";
import { isDerivedName } from "../model/device-id.ts";
import type { DeriveRequest, SavedHistory } from "../ports/derived.ts";
import { DeviceHistory } from "./device-history.ts";
import { createProgram, type Definition } from "./program.ts";
import { readDerived } from "./read-expression.ts";

export interface Replay {
  /** Of these the values are replaced. */
  readonly metrics: readonly string[];
  /** The value of each of them in the next reading, in the order (instant, n); undefined: it has none. `stored`: what is stored of a metric. */
  next(atMs: number, stored: (metric: string) => MetricValue | undefined): readonly (MetricValue | undefined)[];
  history(): SavedHistory;
}

/** As in `derivation.ts`, of one device. */
const MOST_SAMPLES = 4_000_000;

export function createReplay({
  definitions,
  history: before,
  silenceMs,
}: Omit<DeriveRequest, "deviceId" | "fromMs">): Replay {
  const program = createProgram(definitions.flatMap(definitionOf));
  const history = new DeviceHistory(program.tracked, { left: MOST_SAMPLES });
  history.restore(before);
  const metrics = program.definitions.map(({ metric }) => metric);
  const indexes = new Map(metrics.map((metric, index) => [metric, index]));
  const silence = (): number => silenceMs;

  return {
    metrics,
    next: (atMs, stored) => {
      const computed = program.compute(history, { metrics: { get: stored }, atMs }, silence);
      const values = computed.map((each) => (each.kind === "value" ? each.value : undefined));
      const get = (name: string): MetricValue | undefined => {
        const index = indexes.get(name);
        if (index !== undefined) return values[index];
        return isDerivedName(name) ? undefined : stored(name); // what another definition computed before says nothing
      };
      history.add({ get }, atMs);
      return values;
    },
    history: () => history.saved(),
  };
}

/** One that cannot be read was checked before it came here: there is none. */
function definitionOf({ metric, expression }: DeriveRequest["definitions"][number]): Definition[] {
  const read = readDerived(expression);
  return read.ok ? [{ id: metric, metric, expression: read }] : [];
}
