/** Every identity against every topic and every event, cell by cell, on the wire; routes are in access.test.ts. */
import { expect, test } from "vitest";
import type { HubToBrowser } from "../../../src/contract/live/events.ts";
import { REASON } from "../../../src/contract/reason-codes.ts";
import * as topics from "../../../src/contract/topics.ts";
import { openLiveClient } from "../../support/clients/live-client.ts";
import { connectJs, type JsClient } from "../../support/clients/mqtt-clients.ts";
import { type AccessWorld, openAccessWorld } from "../../support/hub/access-world.ts";
import { tempDir } from "../../support/hub/hub.ts";
import { ruleFields, webhook, writeAlertRecords } from "../../support/notify/alert-records.ts";
import { until } from "../../support/until.ts";

const NATIVE = ["the board itself", "another board", "a reader", "a writer", "a bridge", "one that waits"] as const;
/** A board of each other family, and what it is called. */
const FOREIGN = { tasmota: "plug", shelly: "relay", esphome: "node", homie: "car", thingsboard: "boiler" } as const;
type Foreign = keyof typeof FOREIGN;
const FAMILIES = Object.keys(FOREIGN) as Foreign[];
const IDENTITIES = [...NATIVE, ...FAMILIES] as const;
type Identity = (typeof IDENTITIES)[number];

/** Publishes and subscribes: p, s, both, or neither. */
type Cell = "ps" | "p-" | "-s" | "--";

/** In the order of NATIVE; boards of other families may do nothing of it. */
const TABLE: Readonly<Record<string, readonly [Cell, Cell, Cell, Cell, Cell, Cell]>> = {
  [topics.telemetryTopic("cellar")]: ["ps", "--", "-s", "--", "ps", "--"],
  [topics.metricTopic("cellar", "temperature")]: ["ps", "--", "-s", "--", "ps", "--"],
  [topics.statusTopic("cellar")]: ["ps", "--", "-s", "--", "ps", "--"],
  [topics.attributesTopic("cellar")]: ["ps", "--", "-s", "--", "ps", "--"],
  "devices/cellar/commands/1": ["-s", "--", "-s", "p-", "ps", "--"],
  "devices/cellar/commands/1/reply": ["ps", "--", "-s", "p-", "ps", "--"],
  "devices/cellar/desired": ["-s", "--", "-s", "--", "ps", "--"],
  "devices/cellar/reported": ["ps", "--", "-s", "--", "ps", "--"],
  "devices/cellar": ["--", "--", "-s", "--", "ps", "--"],
  "devices/attic/telemetry": ["--", "ps", "-s", "--", "ps", "--"],
  "devices/cellar2/telemetry": ["--", "--", "-s", "--", "ps", "--"],
  "Devices/cellar/telemetry": ["--", "--", "--", "--", "ps", "--"],
  "plant/1/state": ["--", "--", "--", "p-", "ps", "--"],
  [topics.alertTopic("cellar", "temperature")]: ["--", "--", "--", "--", "-s", "--"],
  [topics.alertTopic("gas", "cellar", "gasPpm")]: ["--", "--", "--", "--", "-s", "--"],
  "aerie/anything": ["--", "--", "--", "--", "-s", "--"],
  "$SYS/hub/heartbeat": ["--", "--", "--", "--", "--", "--"],
  "$SYS/hub/new/clients": ["--", "--", "--", "--", "--", "--"],
};

/** What boards of other families may do; the bridge may do all of it, and nobody else anything. */
const FOREIGN_TABLE: Readonly<Record<string, Partial<Record<Foreign, Cell>>>> = {
  "tele/plug/SENSOR": { tasmota: "p-" },
  "stat/plug/RESULT": { tasmota: "p-" },
  "cmnd/plug/POWER": { tasmota: "-s" },
  "cmnd/plug/Restart": { tasmota: "-s" },
  "cmnd/tasmotas/POWER": { tasmota: "-s" },
  "cmnd/plug_fb/POWER": { tasmota: "-s" },
  "tasmota/discovery/AABBCCF17F56/config": { tasmota: "p-" },
  "tele/other/SENSOR": {},
  "cmnd/other/POWER": {},
  "relay/events/rpc": { shelly: "ps" },
  "relay/rpc": { shelly: "ps" },
  "shellies/relay/relay/0": { shelly: "ps" },
  "shellies/announce": { shelly: "p-" },
  "shellies/command": { shelly: "-s" },
  "other/events/rpc": {},
  "shellies/other/relay/0": {},
  "node/sensor/temperature/state": { esphome: "ps" },
  "homeassistant/sensor/node/temperature/config": { esphome: "p-" },
  "homeassistant/device/node/config": { esphome: "p-" },
  "homeassistant/status": { esphome: "-s" },
  "homeassistant/sensor/other/temperature/config": {},
  "homeassistant/sensor/node/config": {},
  "esphome/discover/node": { esphome: "p-" },
  "esphome/ping/node": { esphome: "-s" },
  "homie/car/engine/temperature": { homie: "ps" },
  "homie/5/car/$state": { homie: "ps" },
  "homie/$broadcast/alert": { homie: "-s" },
  "homie/5/other/$state": {},
  "v1/devices/me/telemetry": { thingsboard: "ps" },
  "v2/t": { thingsboard: "ps" },
  "v1/devices/thingsboard:boiler/telemetry": { thingsboard: "ps" },
  "v1/devices/thingsboard:other/telemetry": {},
  "v1/gateway/telemetry": {},
};

/** Filters that are no topics: who may subscribe. */
const FILTERS: Readonly<Record<string, readonly Identity[]>> = {
  "devices/cellar/#": ["the board itself", "a reader", "a bridge"],
  "devices/cellar/commands/+": ["the board itself", "a reader", "a bridge"],
  "$share/g/devices/cellar/#": ["the board itself", "a reader", "a bridge"],
  "devices/+/status": ["a reader", "a bridge"],
  "devices/#": ["a reader", "a bridge"],
  "+/cellar/#": ["a bridge"],
  "#": ["a bridge"],
  "$share/g/#": ["a bridge"],
  "aerie/#": ["a bridge"],
  "aerie/alerts/+/cellar": ["a bridge"],
  "$share/g/aerie/alerts/#": ["a bridge"],
  "$SYS/#": [],
  "cmnd/plug/#": ["a bridge", "tasmota"],
  "cmnd/+/POWER": ["a bridge"],
  "relay/#": ["a bridge", "shelly"],
  "+/rpc": ["a bridge"],
  "node/#": ["a bridge", "esphome"],
  "homeassistant/#": ["a bridge"],
  "homie/car/#": ["a bridge", "homie"],
  "homie/#": ["a bridge"],
  "v1/devices/me/#": ["a bridge", "thingsboard"],
  "v2/#": ["a bridge", "thingsboard"],
  "v1/devices/+/rpc/request/+": ["a bridge"],
  "$share/g/v1/devices/me/#": ["a bridge", "thingsboard"],
};

async function connectAll(world: AccessWorld): Promise<Readonly<Record<Identity, JsClient>>> {
  const come = (username: string, password: string): Promise<JsClient> =>
    connectJs(world.hub.mqttUrl, { protocolVersion: 5, username, password, clientId: username });
  const token = (username: string): Promise<JsClient> =>
    connectJs(world.hub.mqttUrl, { protocolVersion: 5, username, clientId: "TbDev" });
  const board = async (deviceId: string) => come(deviceId, (await world.board(deviceId)).secret);
  const application = async (name: string, publish: string[], subscribe: string[]) =>
    come(name, (await world.application({ name, publish, subscribe })).secret);
  const clients = {
    "the board itself": await board("cellar"),
    "another board": await board("attic"),
    "a reader": await application("reader", [], ["devices/#"]),
    "a writer": await application("writer", ["devices/+/commands/#", "plant/#"], []),
    "a bridge": await application("bridge", ["#"], ["#"]),
  };
  const foreign = FAMILIES.map(async (family) => {
    const { secret, name } = await world.board({ family, name: FOREIGN[family] });
    return [family, family === "thingsboard" ? await token(secret) : await come(name, secret)] as const;
  });
  const boards = Object.fromEntries(await Promise.all(foreign)) as Record<Foreign, JsClient>;
  await world.owner.ask("/api/pairing", { method: "POST", body: { minutes: 10 } });
  return { ...clients, ...boards, "one that waits": await come("newcomer", "a password of its own") };
}

/** What MQTT 5 answers; one that waits is never acknowledged. */
async function mayPublish(client: JsClient, topic: string): Promise<boolean> {
  const answered = client.client.publishAsync(topic, "1", { qos: 1 }).then(
    (packet) => (packet as { reasonCode?: number } | undefined)?.reasonCode ?? 0,
    (error: { code?: number }) => error.code ?? 0,
  );
  return (await answered) !== REASON.notAuthorized;
}

async function maySubscribe(client: JsClient, filter: string): Promise<boolean> {
  const [grant] = await client.subscribe(filter, 0).catch(() => [{ qos: 0x80 }]);
  const isGranted = (grant?.qos ?? 0x80) < 0x80;
  if (isGranted) await client.client.unsubscribeAsync(filter);
  return isGranted;
}

const nothing = FAMILIES.map((): Cell => "--");
/** In the order of IDENTITIES. */
const EXPECTED: Readonly<Record<string, readonly Cell[]>> = {
  ...Object.fromEntries(Object.entries(TABLE).map(([topic, cells]) => [topic, [...cells, ...nothing]])),
  ...Object.fromEntries(
    Object.entries(FOREIGN_TABLE).map(([topic, cells]) => [
      topic,
      [...NATIVE.map((who): Cell => (who === "a bridge" ? "ps" : "--")), ...FAMILIES.map((who) => cells[who] ?? "--")],
    ]),
  ),
};

test("every identity may publish and subscribe to what the table says of every topic, and to nothing else", async () => {
  const world = await openAccessWorld();
  const clients = await connectAll(world);
  const found: Record<string, Cell[]> = {};
  for (const topic of Object.keys(EXPECTED)) {
    found[topic] = [];
    for (const identity of IDENTITIES) {
      const client = clients[identity];
      // Unacknowledged: that is how one that waits is refused, and shown by pairing.test.ts.
      const p = identity !== "one that waits" && (await mayPublish(client, topic)) ? "p" : "-";
      const s = (await maySubscribe(client, topic)) ? "s" : "-";
      found[topic]?.push(`${p}${s}` as Cell);
    }
  }
  expect(found).toEqual(EXPECTED);
});

test("filters reach no further than what was granted", async () => {
  const world = await openAccessWorld();
  const clients = await connectAll(world);
  const found: Record<string, Identity[]> = {};
  for (const filter of Object.keys(FILTERS)) {
    found[filter] = [];
    for (const identity of IDENTITIES) {
      if (await maySubscribe(clients[identity], filter)) found[filter]?.push(identity);
    }
  }
  expect(found).toEqual(FILTERS);
});

test("every builder of a topic stands in the table", () => {
  const built = Object.values(topics).map((build) => build("cellar", "temperature"));
  expect(Object.keys(TABLE)).toEqual(expect.arrayContaining(built));
});

/** What brings an event about. Typed: a new event without a row does not compile. */
const EVENTS: Readonly<
  Record<Exclude<keyof HubToBrowser, "dropped">, (world: AccessWorld, board: JsClient) => unknown>
> = {
  connectionInfo: () => undefined,
  sensorData: (_, board) => board.publish("devices/cellar/telemetry", '{"temperature":1}', { qos: 1 }),
  readings: (_, board) => board.publish("devices/cellar/telemetry", '{"temperature":2}', { qos: 1 }),
  presence: (_, board) => board.publish("devices/cellar/status", "offline", { qos: 1 }),
  rejected: (_, board) => board.publish("devices/cellar/telemetry", "?", { qos: 0 }),
  alert: () => undefined, // on connect
  counts: () => undefined, // on connect
  described: ({ owner }) => owner.ask("/api/devices/cellar", { method: "PATCH", body: { name: "Boiler" } }),
  notify: (_, board) => board.publish("devices/cellar/telemetry", JSON.stringify({ level: nextLevel() }), { qos: 1 }),
  messages: (_, board) => board.publish("devices/cellar/telemetry", '{"temperature":3}', { qos: 1 }),
  tick: () => undefined,
};

/** Each is above another rule's threshold. */
const LEVELS = [10, 20, 30, 40];
let levels = [...LEVELS];
function nextLevel(): number {
  const [next = 0, ...rest] = levels;
  levels = rest;
  return next;
}
const LEVEL_RULES = Object.fromEntries(
  LEVELS.map((level) => [
    `over${level}`,
    ruleFields(`over ${level}`, { kind: "above", metric: "level", threshold: level - 1 }),
  ]),
);

test("every event comes to viewers, operators and owners, and to nobody below", async () => {
  const dataDir = tempDir();
  await writeAlertRecords(dataDir, {
    rules: LEVEL_RULES,
    channels: { pages: { ...webhook(""), settings: { kind: "browser" } } },
  });
  const world = await openAccessWorld({ settings: { dataDir } });
  levels = [...LEVELS];
  const { hub } = world;
  const { secret } = await world.board("cellar");
  const board = await connectJs(hub.mqttUrl, { username: "cellar", password: secret, protocolVersion: 4 });
  const below = [world.nobody, await world.token("metrics")];
  for (const { headers } of below) {
    await expect(openLiveClient(hub.url, { extraHeaders: { ...headers } })).rejects.toThrow();
  }
  const askers = [
    await world.person("Vera", "viewer"),
    await world.token("viewer"),
    await world.token("operator"),
    world.owner,
  ];
  for (const { headers } of askers) {
    const each = await openLiveClient(hub.url, { extraHeaders: { ...headers } });
    const batched = await openLiveClient(hub.url, { extraHeaders: { ...headers } });
    await batched.socket.emitWithAck("subscribe", { batch: true });
    await each.socket.emitWithAck("watchMessages", { filter: "#" });
    for (const [event, bringAbout] of Object.entries(EVENTS)) {
      const client = event === "readings" ? batched : each;
      await bringAbout(world, board);
      await until(`${event} comes`, () => client.of(event as keyof HubToBrowser).length > 0);
    }
  }
});
