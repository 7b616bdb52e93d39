/** Series for charts, raw and in buckets. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { MetricValue } from "../../../src/contract/readings.ts";
import type { ReadingWrite } from "../../../src/core/ports/writes.ts";
import type { Start } from "./opened-store.ts";
import { boiler, deviceId, type Metrics, seriesOf, T0, timed } from "./writes.ts";

export function describeSeries(start: Start): void {
  test("an integer that no double holds exactly is drawn as the nearest one", async () => {
    const { store } = await start();
    await store.append([[{ ...timed(T0, { v: 2 ** 53 }), body: '{"v":9007199254740993}' }], [timed(T0 + 1, { v: 1 })]]);
    for (const points of [1, 10]) {
      const query = { deviceId: boiler, metrics: ["v"], fromMs: T0, toMs: T0 + 1_000, points };
      expect(Math.max(...((await seriesOf(store, query)).columns[0]?.max ?? []))).toBe(9007199254740992);
    }
  });

  test("few readings are shown as they are, booleans as 0 and 1, text left out", async () => {
    const { store } = await start();
    await store.append([
      [timed(T0, { t: 20.5, on: true, mode: "eco" })],
      [timed(T0 + 1_000, { t: 21, on: false })],
      [timed(T0 + 1_000, { t: "warm", "BME280.t": 1 })],
    ]);
    const metrics = ["t", "on", "mode", "BME280.t", "no such", '"'];
    const { resolutionMs, columns } = await seriesOf(store, {
      deviceId: boiler,
      metrics,
      fromMs: T0,
      toMs: T0 + 2_000,
      points: 9,
    });
    expect(resolutionMs).toBe(0);
    expect(columns.map(({ t, mean }) => t.map((at, index) => [at - T0, mean[index]]))).toEqual([
      [
        [0, 20.5],
        [1_000, 21],
      ],
      [
        [0, 1],
        [1_000, 0],
      ],
      [],
      [[1_000, 1]],
      [],
      [],
    ]);
    expect(columns[0]).toMatchObject({ min: [20.5, 21], max: [20.5, 21], count: [1, 1] });
  });

  test("exactly as many readings as points are shown as they are, one more makes buckets for every metric", async () => {
    const { store } = await start();
    await store.append(
      Array.from({ length: 10 }, (_, i) => [timed(T0 + i * 1_000, i < 5 ? { a: i } : { a: i, b: i })]),
    );
    const query = { deviceId: boiler, metrics: ["b", "a"], fromMs: T0, toMs: T0 + 10_000 };
    expect((await seriesOf(store, { ...query, points: 10 })).resolutionMs).toBe(0);
    const bucketed = await seriesOf(store, { ...query, points: 9 });
    expect(bucketed.resolutionMs).toBe(2_000);
    expect(bucketed.columns[1]).toEqual({
      t: [0, 2, 4, 6, 8].map((second) => T0 + second * 1_000),
      mean: [0.5, 2.5, 4.5, 6.5, 8.5],
      min: [0, 2, 4, 6, 8],
      max: [1, 3, 5, 7, 9],
      count: [2, 2, 2, 2, 2],
    });
    expect(bucketed.columns[0]?.count).toEqual([1, 2, 2]);
  });

  test("buckets wider than half a day are whole UTC days, so that none holds more of the night than the next", async () => {
    const { store } = await start();
    const [hours, days] = [3_600_000, 40];
    await store.append(Array.from({ length: days * 24 }, (_, i) => [timed(T0 + i * hours, { a: i % 24 })]));
    const query = { deviceId: boiler, metrics: ["a"], fromMs: T0, toMs: T0 + days * 24 * hours };
    const wide = await seriesOf(store, { ...query, points: 60 });
    expect(wide.resolutionMs).toBe(24 * hours);
    expect(wide.columns[0]?.mean).toEqual(Array.from({ length: days }, () => 11.5));
    expect((await seriesOf(store, { ...query, points: 90 })).resolutionMs).toBeLessThanOrEqual(12 * hours);
  });

  test("a series is what a count by hand makes of the same readings", async () => {
    const { store } = await start();
    const value = fc.oneof(
      fc.integer({ min: -9, max: 9 }),
      fc.double({ min: -1e3, max: 1e3, noNaN: true }),
      fc.boolean(),
      fc.constant("x"),
    );
    const readings = fc.array(
      fc.record({
        offsetMs: fc.nat(120_000),
        a: fc.option(value, { nil: undefined }),
        b: fc.option(value, { nil: undefined }),
      }),
      { maxLength: 40 },
    );
    const query = fc.record({
      fromOffset: fc.integer({ min: -5_000, max: 60_000 }),
      span: fc.integer({ min: 1, max: 130_000 }),
      points: fc.integer({ min: 1, max: 50 }),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(readings, query, async (list, { fromOffset, span, points }) => {
        const device = deviceId(`series${run++}`);
        const writes = list
          .filter(({ a, b }) => a !== undefined || b !== undefined)
          .map(({ offsetMs, ...metrics }, element) =>
            timed(T0 + offsetMs, JSON.parse(JSON.stringify(metrics)) as Metrics, { deviceId: device, element }),
          );
        await store.append([writes]);
        const fromMs = T0 + fromOffset;
        const range = { fromMs, toMs: fromMs + span };
        const series = await seriesOf(store, { deviceId: device, metrics: ["a", "b"], ...range, points });
        const numeric = ["a", "b"].map((metric) => samples(writes, metric, range));
        expect(series.resolutionMs === 0).toBe(numeric.every((list) => list.length <= points));
        for (const [index, list] of numeric.entries()) {
          const columns = series.columns[index];
          if (series.resolutionMs === 0) {
            expect(columns?.t).toEqual(list.map(([at]) => at));
            expect(columns?.mean).toEqual(list.map(([, number]) => number));
          } else {
            const buckets = byHand(list, series.resolutionMs);
            expect(buckets.length).toBeLessThanOrEqual(points);
            expect(columns?.t).toEqual(buckets.map(({ t }) => t));
            expect(columns?.count).toEqual(buckets.map(({ numbers }) => numbers.length));
            expect(columns?.min).toEqual(buckets.map(({ numbers }) => Math.min(...numbers)));
            expect(columns?.max).toEqual(buckets.map(({ numbers }) => Math.max(...numbers)));
            for (const [at, { numbers }] of buckets.entries()) {
              const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
              expect(columns?.mean[at]).toBeCloseTo(mean, 6);
            }
          }
        }
      }),
      { numRuns: Number(process.env["AERIE_TEST_HISTORY_RUNS"] ?? 20) },
    );
  });
}

type Range = { fromMs: number; toMs: number };

/** The numbers of a metric in the range, by instant and arrival. */
function samples(writes: readonly ReadingWrite[], metric: string, { fromMs, toMs }: Range): [number, number][] {
  return writes
    .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
    .map(({ atMs, metrics }): [number, MetricValue | undefined] => [atMs, metrics.get(metric)])
    .filter((pair): pair is [number, number | boolean] => pair[1] !== undefined && typeof pair[1] !== "string")
    .map(([atMs, value]): [number, number] => [atMs, Number(value)])
    .sort(([a], [b]) => a - b);
}

function byHand(list: readonly [number, number][], widthMs: number): { t: number; numbers: number[] }[] {
  const buckets = new Map<number, number[]>();
  for (const [at, number] of list) {
    const t = Math.floor(at / widthMs) * widthMs;
    buckets.set(t, [...(buckets.get(t) ?? []), number]);
  }
  return [...buckets].map(([t, numbers]) => ({ t, numbers }));
}
