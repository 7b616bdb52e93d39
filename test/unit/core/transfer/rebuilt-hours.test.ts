/** Hours of forgotten readings: each reading once, and the rest of an hour added to what was sent of it. */
import { expect, test } from "vitest";
import type { RollupRow } from "../../../../src/core/ports/history.ts";
import type { Store } from "../../../../src/core/ports/readings-store.ts";
import { createRebuilder } from "../../../../src/core/transfer/rebuilder.ts";
import { createRebuiltHours } from "../../../../src/core/transfer/rebuilt-hours.ts";
import { deviceId } from "../../../contract/cases/writes.ts";

const T0 = Date.UTC(2024, 0, 1);
const HOUR_MS = 3_600_000;
const boiler = deviceId("boiler");

const reading = (atMs: number, temperature: number, n: number | undefined = 0) => ({
  deviceId: boiler,
  atMs,
  n,
  receivedAtMs: atMs,
  metrics: new Map([["temperature", temperature]]),
});

test("readings of an hour come to one row a metric, the same reading counted once", () => {
  const hours = createRebuiltHours();
  for (const each of [reading(T0, 20), reading(T0 + 1, 22), reading(T0 + 1, 22), reading(T0 + HOUR_MS, 5)])
    hours.add(each);
  for (const each of [reading(T0 + 2, 30, undefined), reading(T0 + 2, 30, undefined)]) hours.add(each);

  const { hours: taken, readings } = hours.take();

  expect(readings).toEqual([3, 1]);
  expect(taken[0]).toEqual({
    deviceId: "boiler",
    startMs: T0,
    more: false,
    metrics: { temperature: { count: 3, sum: 72, min: 20, max: 30, texts: 0, last: 30, lastAtMs: T0 + 2 } },
  });
  expect(hours.take().hours).toEqual([]);
});

test("an hour that comes again is the rest of it, and is added by the hub", async () => {
  const hours = createRebuiltHours();
  const kept: RollupRow[] = [];
  const store: Pick<Store, "rollups" | "rebuild"> = {
    rollups: async ({ fromMs }) => kept.filter(({ startMs }) => startMs === fromMs),
    rebuild: async (hours) => {
      for (const { startMs, metrics } of hours) {
        kept.length = 0;
        for (const [metric, rollup] of metrics) kept.push({ startMs, metric, rollup });
      }
      return hours.map(() => true);
    },
  };
  const rebuilder = createRebuilder({
    store,
    registry: { admitDevice: () => undefined, admitMetrics: () => [], importedReading: () => undefined },
  });
  hours.add(reading(T0, 20));
  await rebuilder.rebuild(hours.take().hours);
  hours.add(reading(T0 + 5, 10));

  expect(await rebuilder.rebuild(hours.take().hours)).toEqual([true]);

  expect(kept[0]?.rollup).toEqual({ count: 2, sum: 30, min: 10, max: 20, texts: 0, last: 10, lastAtMs: T0 + 5 });
});
