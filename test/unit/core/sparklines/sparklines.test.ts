import { expect, test } from "vitest";
import { SPARK_STEP_MS, SPARK_STEPS } from "../../../../src/contract/fleet/sparklines.ts";
import type { DeviceId, MetricValue } from "../../../../src/contract/readings.ts";
import { type DeviceEntry, newEntry } from "../../../../src/core/devices/device-entry.ts";
import { columnsJson } from "../../../../src/core/history/series-json.ts";
import type { SeriesQuery } from "../../../../src/core/ports/history.ts";
import { StoreError } from "../../../../src/core/ports/readings-store.ts";
import { createSparkLoader } from "../../../../src/core/sparklines/spark-loader.ts";
import { createSparklines, type KeptSparkline } from "../../../../src/core/sparklines/sparklines.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";

const boiler = "boiler" as DeviceId;
const clock = createManualClock();
const PARTS = {
  clock,
  familyOf: () => undefined,
  before: { lastOf: () => undefined, aliveAtMs: undefined },
  tags: new Map(),
};

/** One device; `stored`: what the store has of each of its metrics at which instants, undefined: it is away. */
function world({ kept = [], device = newEntry(boiler, PARTS) }: { kept?: KeptSparkline[]; device?: DeviceEntry } = {}) {
  const stored: { values: [number, number][] | undefined } = { values: [] };
  const asked: SeriesQuery[] = [];
  let hero: string | undefined = "t";
  const sparklines = createSparklines({
    kept,
    registry: { get: (id) => (id === boiler ? device : undefined) },
    heroOf: () => hero,
    nowMs: clock.nowMs,
  });
  const loader = createSparkLoader({
    clock,
    log: createMemoryLog(),
    sparklines,
    store: {
      series: async (query) => {
        asked.push(query);
        if (stored.values === undefined) throw new StoreError("MongoDB is away", true);
        const t = stored.values.map(([at]) => at);
        const mean = stored.values.map(([, value]) => value);
        const columns = [columnsJson({ t, mean, min: mean, max: mean, count: t.map(() => 1) })];
        return { resolutionMs: 0, columns, damaged: [] };
      },
    },
  });
  return {
    device,
    sparklines,
    stored,
    asked,
    load: () => loader.load([device]),
    show: (metric: string | undefined) => {
      hero = metric;
      sparklines.decideAgain(boiler);
    },
    read: (metrics: Record<string, MetricValue>, atMs = clock.nowMs()) => {
      for (const [name, value] of Object.entries(metrics)) device.latest.set(name, { value, atMs });
      const receivedAtMs = clock.nowMs();
      sparklines.stored([{ deviceId: boiler, metrics: new Map(Object.entries(metrics)), atMs, receivedAtMs }]);
    },
    values: () => Array.from(sparklines.of(device, sparklines.endMs()).means).filter((mean) => !Number.isNaN(mean)),
  };
}

test("numbers count as they are, true as 1 and texts not at all", () => {
  const { read, values } = world();
  read({ t: true });
  read({ t: false, other: 9 });
  read({ t: "off" });
  expect(values()).toEqual([0.5]);
});

test("another metric begins with nothing, and what came of it before is read from the store once", async () => {
  const { read, values, show, load, stored, asked } = world();
  const nowMs = clock.nowMs();
  read({ t: 20, co: 1 });
  await load();
  show("co");
  read({ t: 21, co: 3 });
  expect(values()).toEqual([3]);
  stored.values = [
    [nowMs - SPARK_STEP_MS, 5],
    [nowMs - SPARK_STEP_MS, 7],
    [nowMs, 1],
    [nowMs, 3],
  ];
  await load();
  await load();
  expect(values()).toEqual([6, 2]);
  expect(asked.map(({ metrics, toMs, fromMs }) => [...metrics, toMs - fromMs])).toEqual([
    ["t", SPARK_STEPS * SPARK_STEP_MS],
    ["co", SPARK_STEPS * SPARK_STEP_MS],
  ]);
});

test("what the store does not have yet stays, and a store that is away is asked again with the next request", async () => {
  const { read, values, load, stored, asked } = world();
  read({ t: 20 });
  read({ t: 22 });
  stored.values = undefined;
  await load();
  expect(values()).toEqual([21]);
  stored.values = [[clock.nowMs(), 20]];
  await load();
  expect([values(), asked.length]).toEqual([[21], 2]);
});

test("after three hours without a change nothing has to be read", async () => {
  const { read, load, asked } = world();
  read({ t: 20 });
  clock.advance(SPARK_STEPS * SPARK_STEP_MS);
  read({ t: 21 });
  await load();
  expect(asked).toEqual([]);
});

test("erased readings are gone, also where the store was being read meanwhile", async () => {
  const { read, values, load, stored, sparklines } = world();
  read({ t: 20 });
  stored.values = [[clock.nowMs(), 20]];
  const loading = load();
  await Promise.resolve();
  sparklines.erased(boiler);
  await loading;
  expect(values()).toEqual([]);
});

test("a restart keeps a sparkline, unless readings came that are not in it", () => {
  const before = world();
  before.read({ t: 20 });
  const kept = before.sparklines.kept();
  expect(kept).toMatchObject([{ deviceId: boiler, metric: "t", latestAtMs: clock.nowMs() }]);
  const after = world({ kept, device: before.device });
  expect(after.values()).toEqual([20]);
  after.read({ t: 24 });
  expect(after.values()).toEqual([22]);
  clock.advance(1);
  before.device.latest.set("t", { value: 30, atMs: clock.nowMs() });
  expect(world({ kept, device: before.device }).values()).toEqual([]);
});

test("a device that was removed and comes again begins with nothing", () => {
  const { read, values, sparklines } = world();
  read({ t: 20 });
  sparklines.removed(boiler);
  expect(values()).toEqual([]);
});
