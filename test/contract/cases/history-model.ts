/** History written once more in the plainest way: every accepted reading in a list, and each answer a pass over it. */
import type { MetricValue } from "../../../src/contract/readings.ts";
import type { Rollup, RollupRow } from "../../../src/core/ports/history.ts";
import type { ReadingWrite } from "../../../src/core/ports/writes.ts";

const HOUR_MS = 3_600_000;
const WIDTHS = { hour: HOUR_MS, day: 24 * HOUR_MS } as const;

export interface ModelReading {
  readonly atMs: number;
  readonly n: number;
  readonly receivedAtMs: number;
  readonly metrics: { readonly [metric: string]: MetricValue };
}

export interface HistoryModel {
  /** One reading that the store answered as stored. */
  stored(write: ReadingWrite, n: number): void;
  readings(): ModelReading[];
  /** What is asked of `from` on: by beginning and metric. */
  rollups(level: keyof typeof WIDTHS): RollupRow[];
  /** Numbers of a metric in the range, in order. */
  samples(metric: string, fromMs: number, toMs: number): { atMs: number; value: number }[];
  erase(fromMs: number, toMs: number, metrics: readonly string[] | undefined): void;
}

export function createHistoryModel(): HistoryModel {
  let all: ModelReading[] = [];

  const inOrder = (): ModelReading[] => all.toSorted((a, b) => a.atMs - b.atMs || a.n - b.n);

  function rollups(level: keyof typeof WIDTHS): RollupRow[] {
    const found = new Map<string, { startMs: number; metric: string; values: [MetricValue, number][] }>();
    for (const { atMs, metrics } of inOrder()) {
      const startMs = Math.floor(atMs / WIDTHS[level]) * WIDTHS[level];
      for (const [metric, value] of Object.entries(metrics)) {
        const key = `${startMs} ${metric}`;
        const row = found.get(key) ?? { startMs, metric, values: [] };
        found.set(key, row);
        row.values.push([value, atMs]);
      }
    }
    return [...found.values()]
      .sort((a, b) => a.startMs - b.startMs || (a.metric < b.metric ? -1 : 1))
      .map(({ startMs, metric, values }) => ({ startMs, metric, rollup: rollupOf(values) }));
  }

  return {
    stored: ({ atMs, receivedAtMs, metrics }, n) =>
      void all.push({ atMs, n, receivedAtMs, metrics: Object.fromEntries(metrics) }),
    readings: inOrder,
    rollups,
    samples: (metric, fromMs, toMs) =>
      inOrder().flatMap(({ atMs, metrics }) => {
        const value = metrics[metric];
        if (value === undefined || typeof value === "string" || atMs < fromMs || atMs >= toMs) return [];
        return [{ atMs, value: Number(value) }];
      }),
    erase: (fromMs, toMs, metrics) => {
      all = all.flatMap((reading) => {
        if (reading.atMs < fromMs || reading.atMs >= toMs) return [reading];
        const kept = Object.entries(reading.metrics).filter(
          ([name]) => metrics !== undefined && !metrics.includes(name),
        );
        return kept.length === 0 ? [] : [{ ...reading, metrics: Object.fromEntries(kept) }];
      });
    },
  };
}

function rollupOf(values: readonly [MetricValue, number][]): Rollup {
  const numbers = values.flatMap(([value]) => (typeof value === "string" ? [] : [Number(value)]));
  const [last, lastAtMs] = values.at(-1) ?? [0, 0];
  return {
    count: numbers.length,
    sum: numbers.reduce((sum, number) => sum + number, 0),
    min: numbers.length === 0 ? 0 : Math.min(...numbers),
    max: numbers.length === 0 ? 0 : Math.max(...numbers),
    texts: values.length - numbers.length,
    last: typeof last === "string" ? last : Number(last),
    lastAtMs,
  };
}
