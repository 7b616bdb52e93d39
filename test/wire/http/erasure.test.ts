/** Deleting a wrong range or a metric: what is left of readings, latest values and charts, also after a kill. */
import { expect, test } from "vitest";
import type { Reading } from "../../../src/contract/readings.ts";
import type { LatestAnswer, SeriesAnswer } from "../../../src/contract/rest.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { type HubAddress, spawnHub, startHub } from "../../support/hub/hub.ts";
import { ask, readingsOf } from "../../support/hub/rest.ts";

const HOUR_MS = 3_600_000;

/** Ten readings of `a`, a minute apart, `seq` 0 to 9; the instant of the first. */
async function fill(hub: HubAddress): Promise<number> {
  const board = await connectJs(hub.mqttUrl);
  const firstMs = Date.now() - HOUR_MS;
  const readings = Array.from({ length: 10 }, (_, seq) => ({ ts: firstMs + seq * 60_000, seq, temperature: 20 + seq }));
  await board.publish("devices/a/telemetry", JSON.stringify(readings), { qos: 1 });
  return firstMs;
}

const erase = async (hub: HubAddress, query: string): Promise<number> =>
  (await ask(hub, `/api/devices/a/readings?${query}`, { method: "DELETE" })).status;
const latestOf = async (hub: HubAddress): Promise<LatestAnswer["metrics"]> =>
  (await ask<LatestAnswer>(hub, "/api/devices/a/latest")).body.metrics;
const seqs = (readings: readonly Reading[]): unknown[] => readings.map(({ metrics }) => metrics["seq"]);

test("a range is gone from readings, and latest is the newest that is left, also after a kill right behind the answer", async () => {
  const hub = await spawnHub();
  const firstMs = await fill(hub);

  const middle = await erase(hub, `from=${firstMs + 2 * 60_000}&to=${firstMs + 5 * 60_000}`);
  const newest = await erase(hub, `from=${firstMs + 8 * 60_000}`);
  const latest = await latestOf(hub);
  await hub.kill();
  const restarted = await startHub({ settings: { dataDir: hub.dataDir } });

  const timestamp = new Date(firstMs + 7 * 60_000).toISOString();
  expect([middle, newest]).toEqual([204, 204]);
  expect(latest).toEqual({ seq: { value: 7, timestamp }, temperature: { value: 27, timestamp } });
  expect(seqs(await readingsOf(restarted, "a"))).toEqual([0, 1, 5, 6, 7]);
  expect(await latestOf(restarted)).toEqual(latest);
});

test("a metric is gone from readings, latest values and charts, the others stay, and its place is free", async () => {
  const hub = await startHub({ settings: { maxMetricsPerDevice: 2 } });
  await fill(hub);

  const first = await erase(hub, "metrics=temperature");
  const again = await erase(hub, "metrics=temperature");
  const readings = await readingsOf(hub, "a");
  const series = await ask<SeriesAnswer>(hub, "/api/devices/a/series?metrics=temperature,seq");
  const board = await connectJs(hub.mqttUrl);
  await board.publish("devices/a/telemetry", '{"humidity":50}', { qos: 1 });

  expect([first, again]).toEqual([204, 204]);
  expect(readings.map(({ metrics }) => Object.keys(metrics))).toEqual(Array.from({ length: 10 }, () => ["seq"]));
  expect(series.body.metrics["temperature"]?.t).toEqual([]);
  expect(series.body.metrics["seq"]?.mean).toHaveLength(10);
  expect(Object.keys(await latestOf(hub)).sort()).toEqual(["humidity", "seq"]);
});

test("a device whose readings are all deleted stays, with nothing to show, and goes on", async () => {
  const hub = await startHub();
  await fill(hub);

  const status = await erase(hub, "to=2100-01-01T00:00:00Z");
  const latest = await latestOf(hub);
  const board = await connectJs(hub.mqttUrl);
  await board.publish("devices/a/telemetry", '{"seq":10}', { qos: 1 });

  expect(status).toBe(204);
  expect(latest).toEqual({});
  expect(seqs(await readingsOf(hub, "a"))).toEqual([10]);
  expect((await latestOf(hub))["seq"]?.value).toBe(10);
});
