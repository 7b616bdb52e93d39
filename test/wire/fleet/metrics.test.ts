/** What an owner sets of a device's metrics, over HTTP, and how live clients hear of it. */
import { expect, test } from "vitest";
import type { MetricsPatch } from "../../../src/contract/fleet/own-metrics.ts";
import type { SparklinesAnswer } from "../../../src/contract/fleet/sparklines.ts";
import type { Problem } from "../../../src/contract/problem.ts";
import type { Device } from "../../../src/contract/readings.ts";
import { openLiveClient } from "../../support/clients/live-client.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { type HubAddress, spawnHub, startHub } from "../../support/hub/hub.ts";
import { hubOfFile, unique } from "../../support/hub/hub-of-file.ts";
import { ask } from "../../support/hub/rest.ts";

const hubOf = hubOfFile();

const patch = (hub: HubAddress, id: string, body: MetricsPatch | object) =>
  ask<Device & Problem>(hub, `/api/devices/${id}/metrics`, { method: "PATCH", body });
async function speak(hub: HubAddress & { mqttUrl: string }, id: string): Promise<void> {
  const board = await connectJs(hub.mqttUrl);
  await board.publish(`devices/${id}/telemetry`, '{"temperature":20,"level":3,"on":true}', { qos: 1 });
}

test("fields are set one by one, kept over a crash, and each is taken away by null", async () => {
  const hub = await spawnHub();
  await speak(hub, "a");
  const before = (await ask<Device>(hub, "/api/devices/a")).body.metricInfo;
  await patch(hub, "a", { temperature: { label: "Oven", unit: "K", pinned: true, order: 2 }, on: { hidden: true } });
  const merged = await patch(hub, "a", { temperature: { unit: null, digits: 0 }, level: { order: 1 } });
  await hub.kill();
  const restarted = await startHub({ settings: { dataDir: hub.dataDir } });
  const kept = (await ask<Device>(restarted, "/api/devices/a")).body.metricInfo;

  expect(kept).toEqual(merged.body.metricInfo);
  expect(kept["temperature"]).toMatchObject({ label: "Oven", unit: "°C", digits: 0, pinned: true, order: 2 });
  expect(kept["temperature"]?.byOwner?.toSorted()).toEqual(["digits", "label", "order", "pinned"]);
  expect(kept["on"]).toMatchObject({ label: "on", kind: "boolean", hidden: true });
  expect(kept["level"]).toMatchObject({ kind: "number", order: 1 });
  const all = { temperature: { label: null, digits: null, pinned: false, order: null }, on: null, level: null };
  expect((await patch(restarted, "a", all)).body.metricInfo).toEqual(before);
});

test("the pinned metric is in the sparkline, with what the store has of it, and live clients hear of each change", async () => {
  const hub = hubOf();
  const id = unique("pinned");
  await speak(hub, id);
  const page = await openLiveClient(hub.url);
  const body = { devices: [id] };
  const shown = async () => {
    const answer = await ask<SparklinesAnswer>(hub, "/api/sparklines", { method: "POST", body });
    return answer.body.sparklines.map(({ metric, unit, means }) => [
      metric,
      unit,
      means.findLast((mean) => mean !== null),
    ]);
  };
  expect(await shown()).toEqual([["temperature", "°C", 20]]);
  await patch(hub, id, { level: { pinned: true, unit: "cm" } });
  expect(await shown()).toEqual([["level", "cm", 3]]);
  expect(await page.next("described")).toEqual({ devices: [id] });
  await patch(hub, id, { level: { pinned: null }, temperature: { hidden: true } });
  expect((await shown())[0]?.[0]).toBe("level");
  await ask(hub, `/api/devices/${id}`, { method: "PATCH", body: { name: "Tank" } });
  await page.next("described", () => page.of("described").length > 1);
});

test("live clients hear of a device that says that it stands elsewhere", async () => {
  const hub = hubOf();
  const id = unique("moved");
  await speak(hub, id);
  const page = await openLiveClient(hub.url);
  const board = await connectJs(hub.mqttUrl);
  await board.publish(`devices/${id}/attributes`, '{"room":"Attic"}', { qos: 1 });
  expect(await page.next("described")).toEqual({ devices: [id] });
});

test.each<[string, object, string]>([
  ["an unknown field", { temperature: { colour: "red" } }, "colour"],
  ["a label of nothing", { temperature: { label: " " } }, "temperature.label"],
  ["half a digit", { temperature: { digits: 0.5 } }, "temperature.digits"],
  ["an order below 0", { temperature: { order: -1 } }, "temperature.order"],
  ["no metric's name", { "a/b": { pinned: true } }, "a/b"],
])("%s is refused, and nothing is changed", async (_, body, field) => {
  const hub = hubOf();
  const id = unique("refused");
  await speak(hub, id);
  const refused = await patch(hub, id, { level: { pinned: true }, ...body });
  expect(refused.status).toBe(400);
  expect(refused.body.errors?.[0]?.field).toBe(field);
  expect((await ask<Device>(hub, `/api/devices/${id}`)).body.metricInfo["level"]).toBeUndefined();
});

test("of more than 256 metrics nothing can be set, and of a device that is not there neither", async () => {
  const hub = hubOf();
  const id = unique("many");
  await speak(hub, id);
  const some = (from: number) =>
    Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`m${from + at}`, { hidden: true }]));
  const statuses = [await patch(hub, id, some(0)), await patch(hub, id, some(100)), await patch(hub, "nobody", {})];
  expect(statuses.map(({ status }) => status)).toEqual([200, 400, 404]);
  const whole = { name: "Tank", metrics: some(100) };
  expect((await ask(hub, `/api/devices/${id}`, { method: "PATCH", body: whole })).status).toBe(400);
  expect((await ask<Device>(hub, `/api/devices/${id}`)).body.name).toBeUndefined();
});
