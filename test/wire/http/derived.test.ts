/** Derived metrics on a real hub: stored with their readings, shown everywhere, and never what makes a reading another one. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { Derived, DerivedListAnswer, DerivedPresetsAnswer } from "../../../src/contract/derived.ts";
import type { Problem } from "../../../src/contract/problem.ts";
import type { Device, Reading } from "../../../src/contract/readings.ts";
import type { SeriesAnswer } from "../../../src/contract/rest.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { connectRaw } from "../../support/clients/raw-client.ts";
import { runCommand } from "../../support/hub/command.ts";
import { onEachEngine } from "../../support/hub/engines.ts";
import { type HubAddress, startHub, tempDir } from "../../support/hub/hub.ts";
import { ask, readingsOf } from "../../support/hub/rest.ts";
import { PUBACK } from "../../support/packets/packets.ts";

const DEW = {
  scope: { all: true },
  metric: "_dewPoint",
  label: "Dew point",
  unit: "°C",
  digits: 1,
  expression: "round(dewPoint(temperature, humidity), 1)",
};

const send = <Body>(hub: HubAddress, method: string, route: string, body?: unknown) =>
  ask<Body & Problem>(hub, route, { method, ...(body !== undefined && { body }) });

const listOf = async (hub: HubAddress): Promise<DerivedListAnswer["derived"]> =>
  (await ask<DerivedListAnswer>(hub, "/api/derived")).body.derived;

const essence = (readings: readonly Reading[]) => readings.map(({ _id, metrics }) => [_id, metrics]);

onEachEngine((engine) => {
  test("it is stored, charted and exported; a redelivery is a duplicate after its definition was changed and deleted", async () => {
    const hub = await startHub({ settings: engine.settings() });
    const added = await send<Derived>(hub, "POST", "/api/derived", DEW);
    const url = `/api/derived/${added.body.id}`;
    const board = await connectRaw(hub, { clientId: "x" });
    const ts = Date.now() - 5_000;
    const messages = [
      '{"temperature":25,"humidity":60}',
      `{"ts":${ts},"temperature":20,"humidity":50}`,
      `{"ts":${ts},"temperature":10,"humidity":80}`,
      '[{"temperature":1,"humidity":100},{"temperature":1,"humidity":100}]',
    ].map((payload, index) => ({ topic: "devices/x/telemetry", payload, qos: 1 as const, packetId: 11 + index }));
    let acknowledged = 0;
    const publish = async (dup: boolean): Promise<void> => {
      for (const message of messages) board.publish({ ...message, dup });
      acknowledged += messages.length;
      await board.packets(PUBACK, acknowledged);
    };
    await publish(false);
    const stored = essence(await readingsOf(hub, "x"));
    expect(stored.map(([, metrics]) => metrics)).toEqual([
      { temperature: 20, humidity: 50, _dewPoint: 9.3 },
      { temperature: 10, humidity: 80, _dewPoint: 6.7 },
      { temperature: 25, humidity: 60, _dewPoint: 16.7 },
      { temperature: 1, humidity: 100, _dewPoint: 1 },
      { temperature: 1, humidity: 100, _dewPoint: 1 },
    ]);
    await send(hub, "PUT", url, { ...DEW, expression: "temperature + 1000" });
    await publish(true);
    expect(essence(await readingsOf(hub, "x"))).toEqual(stored);
    const { body: device } = await ask<Device>(hub, "/api/devices/x");
    expect(device.metricInfo["_dewPoint"]).toEqual({ label: "Dew point", kind: "number", unit: "°C", digits: 1 });
    expect(device.latest["_dewPoint"]?.value).toBe(1);
    await send(hub, "DELETE", url);
    await publish(true);
    expect(essence(await readingsOf(hub, "x"))).toEqual(stored);
    expect(await listOf(hub)).toEqual([]);
    const series = await ask<SeriesAnswer>(hub, "/api/devices/x/series?metrics=_dewPoint");
    expect(series.body.metrics["_dewPoint"]?.count.reduce<number>((sum, each) => sum + (each ?? 0), 0)).toBe(5);
    const csv = await ask(hub, "/api/export?devices=x&format=csv");
    expect(csv.text.split("\r\n")[0]).toContain("receivedAt,_dewPoint,humidity,temperature");
  });

  test("an import leaves derived values out: what is there is a duplicate, and what is new is computed", async () => {
    const hub = await startHub({ settings: engine.settings() });
    await send(hub, "POST", "/api/derived", DEW);
    const board = await connectJs(hub.mqttUrl);
    await board.publish("devices/x/telemetry", '{"temperature":25,"humidity":60}', { qos: 1 });
    const lines = (await ask(hub, "/api/export?format=ndjson")).text.replaceAll('_dewPoint":16.7', '_dewPoint":99');
    expect(lines).toContain('"_dewPoint":99');
    const file = path.join(tempDir(), "readings.ndjson");
    writeFileSync(file, lines + lines.replaceAll(/"_id":"[^"]+",/g, "").replace('"x"', '"y"'));
    const imported = await runCommand("import", "-d", hub.dataDir, file);
    expect(imported.stderr).toMatch(/1 .*stored|stored 1|1 new/);
    const metrics = [{ temperature: 25, humidity: 60, _dewPoint: 16.7 }];
    expect((await readingsOf(hub, "x")).map((reading) => reading.metrics)).toEqual(metrics);
    expect((await readingsOf(hub, "y")).map((reading) => reading.metrics)).toEqual(metrics);
  });
});

test("what is wrong with a definition is answered with its position, and how definitions fare is listed", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl);
  await board.publish("devices/x/telemetry", '{"temperature":25,"humidity":60,"pressure":990}', { qos: 1 });
  const errorOf = async (fields: object) => {
    const { status, body } = await send<object>(hub, "POST", "/api/derived", { ...DEW, ...fields });
    return [status, body.code, body.errors?.[0]?.field, body.errors?.[0]?.message];
  };
  expect(await errorOf({ expression: "temperature +" })).toEqual([
    400,
    "REQUEST_INVALID",
    "expression",
    "character 14: a value belongs here, and it ends here",
  ]);
  expect((await errorOf({ expression: "_dewPoint + temperature" })).slice(0, 3)).toEqual([
    400,
    "REQUEST_INVALID",
    "expression",
  ]);
  expect((await errorOf({ metric: "dewPoint" })).slice(0, 3)).toEqual([400, "REQUEST_INVALID", "metric"]);
  const presets = (await ask<DerivedPresetsAnswer>(hub, "/api/derived/presets")).body.presets;
  expect(presets.map(({ metric, expression, devices }) => [metric, expression, devices])).toEqual([
    ["_dewPoint", "dewPoint(temperature, humidity)", ["x"]],
    ["_absoluteHumidity", "absoluteHumidity(temperature, humidity)", ["x"]],
    ["_vpd", "vpd(temperature, humidity)", ["x"]],
    ["_heatIndex", "heatIndex(temperature, humidity)", ["x"]],
    ["_seaLevelPressure", "seaLevelPressure(pressure, temperature, {altitude})", ["x"]],
  ]);
  const { body: half } = await send<Derived>(hub, "POST", "/api/derived", {
    ...DEW,
    metric: "_half",
    expression: "temperature / (humidity - 60)",
  });
  expect((await errorOf({ metric: "_half", expression: "humidity" })).slice(0, 3)).toEqual([
    409,
    "DERIVED_TAKEN",
    "metric",
  ]);
  const { body: dew } = await send<Derived>(hub, "POST", "/api/derived", {
    ...DEW,
    expression: "dewPoint(temperature, humidity) + _half * 0",
  });
  const used = await send<object>(hub, "DELETE", `/api/derived/${half.id}`);
  expect([used.status, used.body.code]).toEqual([409, "DERIVED_USED"]);
  await board.publish("devices/x/telemetry", '{"temperature":25,"humidity":60}', { qos: 1 });
  await board.publish("devices/x/telemetry", '{"temperature":25,"humidity":61}', { qos: 1 });
  expect((await readingsOf(hub, "x")).map(({ metrics }) => metrics["_half"])).toEqual([undefined, undefined, 25]);
  expect(await listOf(hub)).toMatchObject([
    {
      id: half.id,
      devices: 1,
      computed: 1,
      missing: 0,
      failed: 1,
      last: { kind: "failed", deviceId: "x", reason: "division by zero" },
    },
    {
      id: dew.id,
      devices: 1,
      computed: 1,
      missing: 1,
      failed: 0,
      last: { kind: "missing", reason: "_half could not be computed" },
    },
  ]);
  expect((await ask(hub, "/metrics")).text).toContain('aerie_derived_total{outcome="failed"} 1');
  expect((await send<object>(hub, "PUT", "/api/derived/none", DEW)).body.code).toBe("DERIVED_UNKNOWN");
  const refused = await send<object>(hub, "GET", "/api/refusals");
  await board.publish("devices/x/telemetry", '{"temperature":25,"_dewPoint":99}', { qos: 1 });
  await board.publish("devices/x/telemetry/_dewPoint", "99", { qos: 1 });
  expect((await readingsOf(hub, "x")).filter(({ metrics }) => metrics["_dewPoint"] === 99)).toEqual([]);
  expect((await send<object>(hub, "GET", "/api/refusals")).text).not.toBe(refused.text);
});
