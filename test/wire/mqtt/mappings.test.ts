/** Topics that nobody reads become devices and readings: two requests, on a real hub. */
import { describe, expect, test } from "vitest";
import type {
  Mapping,
  MappingFields,
  TryAnswer,
  UnmappedAnswer,
  UnmappedTopic,
} from "../../../src/contract/mappings.ts";
import type { Problem } from "../../../src/contract/problem.ts";
import type { Device } from "../../../src/contract/readings.ts";
import type { DevicesPage } from "../../../src/contract/rest.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { openAccessWorld } from "../../support/hub/access-world.ts";
import { type InProcessHub, startHub, tempDir } from "../../support/hub/hub.ts";
import { ask, readingsOf, refusedCount } from "../../support/hub/rest.ts";

const unmapped = async (hub: InProcessHub): Promise<UnmappedTopic[]> =>
  (await ask<UnmappedAnswer>(hub, "/api/unmapped")).body.topics;

const add = (hub: InProcessHub, body: unknown) =>
  ask<Mapping & Problem>(hub, "/api/mappings", { method: "POST", body });

async function publisher(hub: InProcessHub) {
  const client = await connectJs(hub.mqttUrl);
  return (topic: string, payload: string) => client.publish(topic, payload, { qos: 1 });
}

const metricsOf = async (hub: InProcessHub, deviceId: string): Promise<unknown[]> =>
  (await readingsOf(hub, deviceId)).map(({ metrics }) => metrics);

describe("two requests are enough", () => {
  test("for plain values on home/<room>/<quantity>", async () => {
    const hub = await startHub();
    const publish = await publisher(hub);
    await publish("home/kitchen/temperature", "20.5");
    await publish("home/bath/humidity", "61");
    await publish("home/bath/door", "open");
    expect((await ask(hub, "/api/devices/kitchen")).status).toBe(404);

    const topics = await unmapped(hub);
    expect(topics.map(({ topic, sample, count }) => [topic, sample, count])).toEqual([
      ["home/kitchen/temperature", "20.5", 1],
      ["home/bath/humidity", "61", 1],
    ]);
    const added = await add(hub, topics[0]?.proposal);
    expect([added.status, added.body.topic]).toEqual([201, "home/{device}/{metric}"]);

    await publish("home/kitchen/temperature", "21.5");
    await publish("home/bath/humidity", "62");
    expect(await metricsOf(hub, "kitchen")).toEqual([{ temperature: 21.5 }]);
    expect(await metricsOf(hub, "bath")).toEqual([{ humidity: 62 }]);
    expect(await unmapped(hub)).toEqual([]);
    const { body } = await ask<Device>(hub, "/api/devices/kitchen");
    expect([body.presence, body.metricInfo["temperature"]?.unit]).toEqual(["online", "°C"]);
  });

  test("for JSON with a nested time on sensors/<id>/data", async () => {
    const hub = await startHub();
    const publish = await publisher(hub);
    const sentMs = Math.floor(Date.now() / 1_000) * 1_000 - 90_000;
    const payload = (temp: number, afterMs: number) =>
      JSON.stringify({ meta: { time: (sentMs + afterMs) / 1_000 }, t: { temp, level: 5 } });
    await publish("sensors/a4c1/data", payload(20.5, 0));
    const [known] = await unmapped(hub);
    expect((await add(hub, known?.proposal)).status).toBe(201);
    await publish("sensors/a4c1/data", payload(21.5, 1_000));
    await publish("sensors/b7/data", payload(19, 2_000));
    expect(await readingsOf(hub, "a4c1")).toMatchObject([
      { timestamp: new Date(sentMs + 1_000).toISOString(), metrics: { temperature: 21.5, level: 5 } },
    ]);
    expect(await metricsOf(hub, "b7")).toEqual([{ temperature: 19, level: 5 }]);
  });
});

test("a message that a mapping cannot read is carried and listed, and never stored", async () => {
  const hub = await startHub();
  const publish = await publisher(hub);
  await add(hub, { topic: "home/{device}/{metric}", payload: "value" } satisfies MappingFields);
  const subscriber = await connectJs(hub.mqttUrl);
  await subscriber.subscribe("home/#", 1);
  await publish("home/kitchen/temperature", '{"t":1}');
  await publish("home/zigbee:0x1/temperature", "20");
  await publish("home/kitchen/temperature", "20");
  expect((await subscriber.message("home/kitchen/temperature")).payload).toBe('{"t":1}');
  expect(await metricsOf(hub, "kitchen")).toEqual([{ temperature: 20 }]);
  expect(await refusedCount(hub, "PAYLOAD_WRONG_SHAPE")).toBe(1);
  expect(await refusedCount(hub, "DEVICE_ID_INVALID")).toBe(1);
});

test("a trial shows what the last messages would become, refuses what would be refused, and stores nothing", async () => {
  const hub = await startHub();
  const publish = await publisher(hub);
  await publish("tank/north/level", "30");
  const trial = (body: unknown) => ask<TryAnswer & Problem>(hub, "/api/mappings/try", { method: "POST", body });
  const fields = { topic: "tank/{device}/{metric}", payload: "value", scale: { level: { factor: 0.1, offset: 1 } } };
  expect((await trial(fields)).body).toEqual({
    topics: 1,
    readings: [{ topic: "tank/north/level", deviceId: "north", metrics: { level: 4 } }],
    refused: [],
  });
  expect((await trial({ ...fields, topic: "devices/{device}/{metric}" })).body.code).toBe("TOPIC_TAKEN");
  const wrong = await trial({ ...fields, topic: "tank/#" });
  expect([wrong.status, wrong.body.errors?.[0]?.field]).toEqual([400, "topic"]);
  await publish("tank/north/level", "40");
  expect((await ask(hub, "/api/devices/north")).status).toBe(404);
});

test("a mapping that is changed, or removed, holds for the next message", async () => {
  const hub = await startHub();
  const publish = await publisher(hub);
  const { id } = (await add(hub, { topic: "tank/{device}/{metric}", payload: "value", units: { level: "cm" } })).body;
  await publish("tank/north/level", "30");
  const unitOf = async () => (await ask<Device>(hub, "/api/devices/north")).body.metricInfo["level"]?.unit;
  expect(await unitOf()).toBe("cm");
  const changed = {
    topic: "tank/{device}/{metric}",
    payload: "value",
    units: { level: "m" },
    scale: { level: { factor: 0.01, offset: 0 } },
  };
  expect((await ask(hub, `/api/mappings/${id}`, { method: "PUT", body: changed })).status).toBe(200);
  expect(await unitOf()).toBe("m");
  await publish("tank/north/level", "40");
  expect((await ask(hub, `/api/mappings/${id}`, { method: "DELETE" })).status).toBe(204);
  await publish("tank/north/level", "50");
  expect(await metricsOf(hub, "north")).toEqual([{ level: 30 }, { level: 0.4 }]);
  expect((await unmapped(hub)).map(({ topic }) => topic)).toEqual(["tank/north/level"]);
});

test("with accounts, an operator sees samples and may map, and a viewer may look", async () => {
  const world = await openAccessWorld();
  const { secret } = await world.application({ name: "gateway", publish: ["home/#"] });
  const gateway = await connectJs(world.hub.mqttUrl, { username: "gateway", password: secret });
  await gateway.publish("home/kitchen/temperature", "20", { qos: 1 });
  const viewer = await world.token("viewer");
  const operator = await world.token("operator");
  const seen = async (asker: typeof viewer) => (await asker.ask<UnmappedAnswer>("/api/unmapped")).body.topics[0];
  expect(await seen(viewer)).toMatchObject({ topic: "home/kitchen/temperature", count: 1 });
  expect(await seen(viewer)).not.toHaveProperty("sample");
  expect(await seen(operator)).toMatchObject({ sample: "20" });
  const body = (await seen(operator))?.proposal;
  expect((await viewer.ask("/api/mappings", { method: "POST", body })).status).toBe(403);
  expect((await viewer.ask("/api/mappings/try", { method: "POST", body })).status).toBe(403);
  expect((await operator.ask("/api/mappings", { method: "POST", body })).status).toBe(201);
  expect((await viewer.ask<{ mappings: Mapping[] }>("/api/mappings")).body.mappings).toHaveLength(1);
});

test("after a restart mappings read as before, in their order, with their units and the names of their devices", async () => {
  const dataDir = tempDir();
  const first = await startHub({ settings: { dataDir } });
  const publish = await publisher(first);
  await add(first, { topic: "tank/{device}/{metric}", payload: "value", units: { level: "cm" } });
  const { id } = (await add(first, { topic: "home/{device}/data", payload: "json" })).body;
  await add(first, { topic: "x/{device}/{metric}", payload: "value" });
  const changed = { topic: "house/{device}/data", payload: "json" };
  await ask(first, `/api/mappings/${id}`, { method: "PUT", body: changed });
  await publish("tank/Süd/level", "30");
  const before = (await ask<{ mappings: Mapping[] }>(first, "/api/mappings")).body;
  await first.close();

  const second = await startHub({ settings: { dataDir } });
  expect((await ask(second, "/api/mappings")).body).toEqual(before);
  expect(before.mappings.map(({ topic }) => topic)).toEqual([
    "tank/{device}/{metric}",
    "house/{device}/data",
    "x/{device}/{metric}",
  ]);
  const { devices } = (await ask<DevicesPage>(second, "/api/devices")).body;
  expect(devices.map(({ name, metricInfo }) => [name, metricInfo["level"]?.unit])).toEqual([["Süd", "cm"]]);
  const publishAgain = await publisher(second);
  await publishAgain("house/kitchen/data", '{"temperature":20}');
  expect(await metricsOf(second, "kitchen")).toEqual([{ temperature: 20 }]);
});
