/** What the hub forgets by itself, end to end: raw readings by their age, their days stay; and nothing by a clock that jumped. */
import { expect, test } from "vitest";
import type { Device, Reading } from "../../../src/contract/readings.ts";
import type { Readiness, ReadingsPage, SeriesAnswer } from "../../../src/contract/rest.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { createShiftedClock, type ShiftedClock } from "../../support/clock/shifted-clock.ts";
import { type HubAddress, startHub } from "../../support/hub/hub.ts";
import { metricsOf } from "../../support/hub/metrics.ts";
import { ask } from "../../support/hub/rest.ts";
import { until } from "../../support/until.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const READINGS = 600;

async function fill(hub: HubAddress): Promise<{ fromMs: number; toMs: number }> {
  const fromMs = Date.now() - HOUR_MS;
  const board = await connectJs(hub.mqttUrl);
  const readings = Array.from({ length: READINGS }, (_, seq) => ({ ts: fromMs + seq * 1_000, seq }));
  await board.publish("devices/a/telemetry", JSON.stringify(readings), { qos: 1 });
  return { fromMs, toMs: fromMs + HOUR_MS };
}

const rawOf = async (hub: HubAddress, { fromMs, toMs }: { fromMs: number; toMs: number }): Promise<Reading[]> =>
  (await ask<ReadingsPage>(hub, `/api/devices/a/readings?limit=10000&from=${fromMs}&to=${toMs}`)).body.readings;

const sealed = (hub: HubAddress): Promise<boolean> =>
  metricsOf(hub, "aerie_upkeep_readings_total").then(([count]) => count >= READINGS);
const readiness = async (hub: HubAddress): Promise<Readiness> => (await ask<Readiness>(hub, "/readyz")).body;

/** Upkeep rests so long between its rounds. */
const REST_MS = 10_000;

/** Round after round of upkeep, until it is so. */
const untilKept = (what: string, clock: ShiftedClock, probe: () => Promise<boolean>): Promise<unknown> =>
  until(what, () => {
    clock.skip(REST_MS);
    return probe();
  });

test("readings are sealed, forgotten when their age has come, and stand in charts all the same", async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock, settings: { rawDays: 7 } });
  const range = await fill(hub);

  clock.skip(7 * HOUR_MS);
  await untilKept("they are sealed", clock, () => sealed(hub));
  expect(await rawOf(hub, range)).toHaveLength(READINGS);

  clock.skip(9 * DAY_MS);
  await untilKept("they are forgotten", clock, async () => (await rawOf(hub, range)).length === 0);
  const chart = `from=${range.fromMs - DAY_MS}&to=${range.toMs + DAY_MS}&points=10`;
  const { body } = await ask<SeriesAnswer>(hub, `/api/devices/a/series?metrics=seq&${chart}`);
  const { count = [], max = [] } = body.metrics["seq"] ?? {};
  expect(count.reduce((sum, each) => sum + each, 0)).toBe(READINGS);
  expect(Math.max(...max)).toBe(READINGS - 1);
  expect((await ask<Device>(hub, "/api/devices/a")).body.latest["seq"]?.value).toBe(READINGS - 1);
  expect((await readiness(hub)).ready).toBe(true);
});

test("a clock that jumps a year ahead makes the hub forget nothing", async () => {
  const clock = createShiftedClock();
  let jumpedMs = 0;
  const hub = await startHub({ clock: { ...clock, nowMs: () => clock.nowMs() + jumpedMs }, settings: { rawDays: 7 } });
  const range = await fill(hub);
  clock.skip(7 * HOUR_MS);
  await untilKept("they are sealed", clock, () => sealed(hub));

  jumpedMs = 365 * DAY_MS;
  await until("the jump is noticed", async () => !(await readiness(hub)).ready);
  clock.skip(HOUR_MS);
  await until("the clock is called sane again", async () => (await readiness(hub)).ready);
  const board = await connectJs(hub.mqttUrl, { keepalive: 0 });
  for (let round = 0; round < 20; round++) {
    clock.skip(REST_MS);
    await board.publish("devices/b/telemetry", '{"t":1}', { qos: 1 }); // committed behind a step of upkeep
  }
  expect((await readiness(hub)).warnings.map(({ part }) => part)).toContain("retention");
  expect(await rawOf(hub, range)).toHaveLength(READINGS);
});
