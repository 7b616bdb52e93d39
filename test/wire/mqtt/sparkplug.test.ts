/** An edge node by Eclipse Tahu's own client, against a hub: births, deaths, aliases, rebirths, the state of the host. */
import { newClient, type UPayload } from "sparkplug-client";
import { expect, onTestFinished, test } from "vitest";
import type { Device } from "../../../src/contract/readings.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { openAccessWorld } from "../../support/hub/access-world.ts";
import { type HubAddress, startHub, tempDir } from "../../support/hub/hub.ts";
import { ask, readingsOf } from "../../support/hub/rest.ts";
import { until, within } from "../../support/until.ts";

type Metric = NonNullable<UPayload["metrics"]>[number];
/** In data messages only the alias is sent. */
type Sent = Partial<Metric>;

const payload = (...metrics: readonly Sent[]): UPayload => ({ timestamp: Date.now(), metrics: metrics as Metric[] });

interface EdgeNode {
  readonly client: ReturnType<typeof newClient>;
  /** Names of the commands that came. */
  readonly commands: string[];
}

/** Connected, and told to send its births. */
async function edgeNode(hub: HubAddress, login = { username: "", password: "" }): Promise<EdgeNode> {
  const client = newClient({
    serverUrl: hub.mqttUrl,
    ...login,
    groupId: "Plant",
    edgeNode: "Press",
    clientId: "press",
    publishDeath: true,
    keepalive: 30,
    mqttOptions: { reconnectPeriod: 0 },
  });
  onTestFinished(() => client.stop());
  const commands: string[] = [];
  client.on("ncmd", ({ metrics }) => {
    for (const { name, value } of metrics ?? []) commands.push(`${name} ${value}`);
  });
  client.on("error", () => undefined);
  await within("the edge node is told to send its births", new Promise<void>((born) => void client.on("birth", born)));
  return { client, commands };
}

const level: Sent = { name: "Tank/Level", alias: 1, type: "Float", value: 12.1 };
const rebirth: Sent = { name: "Node Control/Rebirth", alias: 2, type: "Boolean", value: false };
const model: Sent = { name: "Properties/Model", alias: 3, type: "String", value: "P-7" };
const speed: Sent = { name: "Speed", alias: 10, type: "Int16", value: -40 };

const deviceOf = async (hub: HubAddress, id: string): Promise<Device> =>
  (await ask<Device>(hub, `/api/devices/${id}`)).body;
const valuesOf = async (hub: HubAddress, id: string): Promise<unknown[]> =>
  (await readingsOf(hub, id)).map(({ metrics }) => metrics);
const becomes = (hub: HubAddress, id: string, presence: string): Promise<true> =>
  until(`${id} is ${presence}`, async () => (await deviceOf(hub, id)).presence === presence);

test("its births make devices with names, values and attributes; its data is stored by alias; its death takes all offline", async () => {
  const hub = await startHub();
  const { client, commands } = await edgeNode(hub);

  client.publishNodeBirth(payload(rebirth, model, level));
  client.publishDeviceBirth("Pump", payload(speed));
  client.publishNodeData(payload({ alias: 1, type: "Float", value: 12.3 }));
  client.publishDeviceData("Pump", payload({ alias: 10, type: "Int16", value: -41 }), {
    compress: true,
    algorithm: "GZIP",
  });
  client.publishDeviceData("Pump", payload({ alias: 10, type: "Int16", value: -42 }), { compress: true });

  await until("all is stored", async () => (await valuesOf(hub, "sparkplug:Plant.Press.Pump")).length === 3);
  expect(await valuesOf(hub, "sparkplug:Plant.Press.Pump")).toEqual([{ Speed: -40 }, { Speed: -41 }, { Speed: -42 }]);
  expect(await valuesOf(hub, "sparkplug:Plant.Press")).toEqual([{ "Tank.Level": 12.1 }, { "Tank.Level": 12.3 }]);
  expect(await deviceOf(hub, "sparkplug:Plant.Press")).toMatchObject({
    name: "Press",
    presence: "online",
    attributes: { "Properties.Model": "P-7" },
    metricInfo: { "Tank.Level": { label: "Tank/Level", kind: "number" } },
  });
  expect(commands).toEqual([]);

  client.publishDeviceDeath("Pump", payload());
  await becomes(hub, "sparkplug:Plant.Press.Pump", "offline");
  client.publishDeviceBirth("Pump", payload(speed));
  await becomes(hub, "sparkplug:Plant.Press.Pump", "online");
  client.stop();
  await becomes(hub, "sparkplug:Plant.Press", "offline");
  await becomes(hub, "sparkplug:Plant.Press.Pump", "offline");
});

test("what has no BIRTH is asked for by the command that the client knows, and understood after it", async () => {
  const hub = await startHub();
  const { client, commands } = await edgeNode(hub);
  const onHub = await connectJs(hub.mqttUrl);
  await onHub.subscribe("spBv1.0/#");

  client.publishNodeData(payload({ alias: 1, type: "Float", value: 1 }));
  await until("the hub asks for a BIRTH", () => commands.length > 0);
  expect(commands).toEqual(["Node Control/Rebirth true"]);
  client.publishNodeBirth(payload(rebirth, level));
  client.publishNodeData(payload({ alias: 1, type: "Float", value: 2 }));

  await until("its data is understood", async () => (await valuesOf(hub, "sparkplug:Plant.Press")).length === 2);
  expect(await valuesOf(hub, "sparkplug:Plant.Press")).toEqual([{ "Tank.Level": 12.1 }, { "Tank.Level": 2 }]);
  // Other programs see all of it as it was sent.
  expect(onHub.received.map(({ topic }) => topic)).toEqual([
    "spBv1.0/Plant/NCMD/Press",
    "spBv1.0/Plant/NDATA/Press",
    "spBv1.0/Plant/NBIRTH/Press",
    "spBv1.0/Plant/NDATA/Press",
  ]);
});

test("a power cut is a death of the node and its devices, by its last will", async () => {
  const hub = await startHub();
  const { client } = await edgeNode(hub);
  client.publishNodeBirth(payload(level));
  client.publishDeviceBirth("Pump", payload(speed));
  await becomes(hub, "sparkplug:Plant.Press.Pump", "online");

  (client as unknown as { client: { stream: { destroy(): void } } }).client.stream.destroy();

  await becomes(hub, "sparkplug:Plant.Press.Pump", "offline");
  await becomes(hub, "sparkplug:Plant.Press", "offline");
});

test("with accounts an edge node is an application with filters, and is asked only if it may hear it", async () => {
  const world = await openAccessWorld();
  const topics = ["spBv1.0/Plant/+/Press", "spBv1.0/Plant/+/Press/+"];
  const { secret } = await world.application({
    name: "press",
    publish: topics,
    subscribe: ["spBv1.0/Plant/DCMD/Press/#"],
  });
  const { client, commands } = await edgeNode(world.hub, { username: "press", password: secret });

  client.publishNodeData(payload({ alias: 1, type: "Float", value: 1 }));
  client.publishNodeBirth(payload(level));

  const seen = await until("the birth is stored", async () => {
    const { status, body } = await world.owner.ask<Device>("/api/devices/sparkplug:Plant.Press");
    return status === 200 && body;
  });
  expect(seen.latest).toMatchObject({ "Tank.Level": { value: 12.1 } });
  expect(commands).toEqual([]);
});

test("a host id is said to be online while the hub runs, and offline when it has stopped", async () => {
  const dataDir = tempDir();
  const hub = await startHub({ settings: { dataDir, sparkplugHost: "hub 1" } });
  const before = await connectJs(hub.mqttUrl);
  await before.subscribe("spBv1.0/STATE/+", 1);
  const online = await before.message("spBv1.0/STATE/hub 1");
  expect(online).toMatchObject({ qos: 1, retain: true });
  expect(JSON.parse(online.payload)).toEqual({ online: true, timestamp: expect.closeTo(Date.now(), -5) });

  await hub.close();
  const offline = await until("the hub says that it stops", () => before.received[1]);
  expect(JSON.parse(offline.payload)).toMatchObject({ online: false });

  const next = await startHub({ settings: { dataDir } });
  const after = await connectJs(next.mqttUrl);
  await after.subscribe("spBv1.0/STATE/+", 1);
  expect(JSON.parse((await after.message("spBv1.0/STATE/hub 1")).payload)).toEqual(JSON.parse(offline.payload));
  expect((await ask<{ devices: unknown[] }>(next, "/api/devices")).body.devices).toEqual([]);
});
