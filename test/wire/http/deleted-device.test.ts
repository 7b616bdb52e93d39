/** A device that is deleted is gone with all that speaks of it, and nobody else is disturbed. */
import { expect, test } from "vitest";
import type { DevicesPage } from "../../../src/contract/rest.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { type Asker, openAccessWorld } from "../../support/hub/access-world.ts";
import { type HubAddress, startHub } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";

const idsOf = async (hub: HubAddress) =>
  (await ask<DevicesPage>(hub, "/api/devices")).body.devices.map(({ deviceId }) => deviceId);
const remove = (hub: HubAddress, id: string) => ask(hub, `/api/devices/${id}`, { method: "DELETE" });
const willOf = (id: string) =>
  ({ topic: `devices/${id}/status`, payload: Buffer.from("offline"), qos: 1, retain: true }) as const;

test("its retained messages go along, and another device whose id begins alike keeps its own", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl);
  for (const id of ["cellar", "cellar-2"]) {
    await board.publish(`devices/${id}/telemetry`, '{"t":1}', { qos: 1, retain: true });
    await board.publish(`devices/${id}/status`, "online", { qos: 1, retain: true });
    await board.publish(`devices/${id}/commands/reset`, "x", { qos: 1, retain: true });
  }
  expect((await remove(hub, "cellar")).status).toBe(204);

  const reader = await connectJs(hub.mqttUrl);
  await reader.subscribe("devices/#", 1);
  await board.publish("devices/barrier/commands/x", "", { qos: 1 });
  await reader.message("devices/barrier/commands/x");
  const kept = reader.received.filter(({ retain }) => retain).map(({ topic }) => topic);
  expect(kept.sort()).toEqual([
    "devices/cellar-2/commands/reset",
    "devices/cellar-2/status",
    "devices/cellar-2/telemetry",
  ]);
});

test("the will of its connected board does not bring it back; the board stays connected, and is a new device when it publishes", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl, { clientId: "cellar", will: willOf("cellar") });
  const other = await connectJs(hub.mqttUrl, { clientId: "attic", will: willOf("attic") });
  await board.publish("devices/cellar/telemetry", '{"old":1}', { qos: 1 });
  await other.publish("devices/attic/telemetry", '{"t":1}', { qos: 1 });
  await remove(hub, "cellar");
  const reader = await connectJs(hub.mqttUrl);
  await reader.subscribe("devices/+/status", 1);

  await board.publish("devices/cellar/telemetry", '{"t":2}', { qos: 1 }); // it is connected as before
  expect(await idsOf(hub)).toEqual(["attic", "cellar"]);
  const { body } = await ask<{ latest: object }>(hub, "/api/devices/cellar");
  expect(Object.keys(body.latest)).toEqual(["t"]);
  await remove(hub, "cellar");
  await board.vanish();
  await other.vanish();
  expect(await reader.message("devices/attic/status")).toMatchObject({ payload: "offline" });
  expect(reader.received.map(({ topic }) => topic)).toEqual(["devices/attic/status"]);
  expect(await idsOf(hub)).toEqual(["attic"]);
});

test("a will that waits for its delay goes along, also over a restart", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl, {
    protocolVersion: 5,
    clientId: "cellar",
    will: { ...willOf("cellar"), properties: { willDelayInterval: 3_600 } },
    properties: { sessionExpiryInterval: 7_200 },
  });
  await board.publish("devices/cellar/telemetry", '{"t":1}', { qos: 1 });
  await board.vanish();
  await remove(hub, "cellar");
  await hub.close();
  const again = await startHub({ settings: { dataDir: hub.dataDir } });
  expect(await idsOf(again)).toEqual([]);
  // Its session ends, which publishes a will that still waits.
  await connectJs(again.mqttUrl, { protocolVersion: 5, clientId: "cellar", clean: true });
  expect(await idsOf(again)).toEqual([]);
});

test("with accounts its secret goes along, unless the owner keeps it", async () => {
  const { hub, owner, board } = await openAccessWorld();
  const [cellar, attic] = [await board("cellar"), await board("attic")];
  for (const { deviceId, secret } of [cellar, attic]) {
    const client = await connectJs(hub.mqttUrl, { username: deviceId, password: secret });
    await client.publish(`devices/${deviceId}/telemetry`, '{"t":1}', { qos: 1 });
  }
  expect((await owner.ask("/api/devices/cellar?credential=other", { method: "DELETE" })).status).toBe(400);
  expect((await owner.ask("/api/devices/cellar", { method: "DELETE" })).status).toBe(204);
  expect((await owner.ask("/api/devices/attic?credential=keep", { method: "DELETE" })).status).toBe(204);

  await expect(connectJs(hub.mqttUrl, { username: "cellar", password: cellar.secret })).rejects.toThrow();
  const back = await connectJs(hub.mqttUrl, { username: "attic", password: attic.secret });
  await back.publish("devices/attic/telemetry", '{"t":2}', { qos: 1 });
  const { body } = await owner.ask<DevicesPage>("/api/devices");
  expect(body.devices.map(({ deviceId }) => deviceId)).toEqual(["attic"]);
});

test("a deleted device of another family goes with its own messages and its description, and others keep theirs", async () => {
  const { hub, owner, board, application } = await openAccessWorld();
  const all = await application({ name: "all", publish: ["#"], subscribe: ["#"] });
  const server = await connectJs(hub.mqttUrl, { username: "all", password: all.secret });
  for (const name of ["node", "node2"]) {
    const { secret } = await board({ family: "esphome", name });
    const client = await connectJs(hub.mqttUrl, { username: name, password: secret });
    const config = JSON.stringify({ stat_t: `${name}/sensor/t/state`, uniq_id: `${name}t`, dev: { ids: name } });
    await client.publish(`homeassistant/sensor/${name}/t/config`, config, { qos: 1, retain: true });
    await client.publish(`${name}/sensor/t/state`, "21", { qos: 1, retain: true });
  }
  await server.publish("tele/plug/LWT", "Online", { qos: 1, retain: true });
  expect(await ids(owner)).toEqual(["ha:node", "ha:node2", "tasmota:plug"]);
  for (const id of ["ha:node", "tasmota:plug"])
    expect((await owner.ask(`/api/devices/${id}`, { method: "DELETE" })).status).toBe(204);

  await server.subscribe("#", 1);
  await server.publish("barrier", "x", { qos: 1 });
  await server.message("barrier");
  const kept = server.received.filter(({ retain }) => retain).map(({ topic }) => topic);
  expect(kept.sort()).toEqual(["homeassistant/sensor/node2/t/config", "node2/sensor/t/state"]);
  expect(await ids(owner)).toEqual(["ha:node2"]);
});

const ids = async (owner: Asker): Promise<string[]> =>
  (await owner.ask<DevicesPage>("/api/devices")).body.devices.map(({ deviceId }) => deviceId);
