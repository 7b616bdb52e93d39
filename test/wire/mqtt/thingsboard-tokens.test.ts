/** ThingsBoard clients with a token: they share their topics, and each has its own. With mqtt.js on real sockets. */
import { describe, expect, test } from "vitest";
import { connectJs, type JsClient } from "../../support/clients/mqtt-clients.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { type AccessWorld, openAccessWorld } from "../../support/hub/access-world.ts";
import { startHub, tempDir } from "../../support/hub/hub.ts";
import { until } from "../../support/until.ts";

const VERSIONS = [4, 5] as const;

const tokenOf = async ({ board }: AccessWorld, name: string): Promise<string> =>
  (await board({ family: "thingsboard", name })).secret;

/** As ThingsBoard's own clients come: the token is the user name, and there is no password. */
const come = (url: string, username: string, options: object = {}): Promise<JsClient> =>
  connectJs(url, { username, clientId: "TbDev", ...options });

async function serverOf(world: AccessWorld): Promise<JsClient> {
  const { secret } = await world.application({ name: "server", publish: ["#"], subscribe: ["#"] });
  const server = await connectJs(world.hub.mqttUrl, { username: "server", password: secret });
  await server.subscribe("#", 1);
  return server;
}

const topicsIn = ({ received }: JsClient): string[] => received.map(({ topic }) => topic);

describe.each(VERSIONS)("MQTT of level %i", (protocolVersion) => {
  test("what a board sends is its device's; a command to one is not seen by the other, whose answers go their own way", async () => {
    const world = await openAccessWorld();
    const { hub, owner } = world;
    const server = await serverOf(world);
    const [boiler, heater] = [
      await come(hub.mqttUrl, await tokenOf(world, "boiler"), { protocolVersion }),
      await come(hub.mqttUrl, await tokenOf(world, "heater"), { protocolVersion }),
    ];
    for (const board of [boiler, heater]) {
      const granted = await board.subscribe("v1/devices/me/rpc/request/+", 1);
      expect([granted, await board.subscribe("v2/r/req/+", 1)]).toMatchObject([[{ qos: 1 }], [{ qos: 1 }]]);
      await board.subscribe("v1/devices/me/attributes", 1);
    }

    await boiler.publish("v1/devices/me/telemetry", '{"temperature":42}', { qos: 1 });
    await heater.publish("v2/t", '{"temperature":7}', { qos: 1 });
    const latestOf = async (id: string) => (await owner.ask<{ latest: object }>(`/api/devices/${id}`)).body.latest;
    expect(await latestOf("thingsboard:boiler")).toMatchObject({ temperature: { value: 42 } });
    expect(await latestOf("thingsboard:heater")).toMatchObject({ temperature: { value: 7 } });

    await server.publish("v1/devices/thingsboard:boiler/rpc/request/1", '{"method":"on"}', { qos: 1 });
    await server.publish("v2/thingsboard:boiler/r/req/2", "x", { qos: 0 });
    await server.publish("v1/devices/thingsboard:boiler/attributes", "{}", { qos: 1, retain: true });
    expect((await boiler.message("v1/devices/me/rpc/request/1")).payload).toBe('{"method":"on"}');
    await boiler.message("v2/r/req/2");
    await boiler.publish("v1/devices/me/rpc/response/1", '{"ok":true}', { qos: 1 });
    expect((await server.message("v1/devices/thingsboard:boiler/rpc/response/1")).payload).toBe('{"ok":true}');

    await server.publish("v1/devices/thingsboard:heater/rpc/request/9", "last", { qos: 1 });
    await heater.message("v1/devices/me/rpc/request/9");
    expect(topicsIn(heater)).toEqual(["v1/devices/me/rpc/request/9"]);
    expect(topicsIn(boiler)).toEqual(["v1/devices/me/rpc/request/1", "v2/r/req/2", "v1/devices/me/attributes"]);
    await heater.client.unsubscribeAsync("v1/devices/me/rpc/request/+");
    await heater.subscribe("v1/devices/me/#", 1);
    await server.publish("v1/devices/thingsboard:heater/rpc/request/10", "once", { qos: 1 });
    await heater.message("v1/devices/me/rpc/request/10");
    expect(topicsIn(heater)).toEqual(["v1/devices/me/rpc/request/9", "v1/devices/me/rpc/request/10"]);
    const again = await come(hub.mqttUrl, await tokenOf(world, "third"), { protocolVersion });
    await again.subscribe("v1/devices/me/#", 1);
    await boiler.subscribe("v1/devices/me/attributes", 1); // what is retained comes again, to it alone
    await until("it comes again", () => topicsIn(boiler).filter((topic) => topic.endsWith("/attributes")).length === 2);
    expect(again.received).toEqual([]);
  });

  test("its last will is published in its name, and comes to nobody else", async () => {
    const world = await openAccessWorld();
    const server = await serverOf(world);
    const other = await come(world.hub.mqttUrl, await tokenOf(world, "heater"), { protocolVersion });
    await other.subscribe("v1/devices/me/#", 1);
    const will = { topic: "v1/devices/me/attributes", payload: Buffer.from('{"lost":true}'), qos: 1, retain: false };
    const board = await come(world.hub.mqttUrl, await tokenOf(world, "boiler"), { protocolVersion, will });
    await board.vanish();
    expect((await server.message("v1/devices/thingsboard:boiler/attributes")).payload).toBe('{"lost":true}');
    expect(other.received).toEqual([]);
  });

  test("a session that is kept has its subscriptions, its will and what came meanwhile after a restart of the hub", async () => {
    const dataDir = tempDir();
    const world = await openAccessWorld({ settings: { dataDir } });
    const [token, other] = [await tokenOf(world, "boiler"), await tokenOf(world, "heater")];
    const kept = { protocolVersion, clean: false, properties: { sessionExpiryInterval: 600 } };
    const server = await serverOf(world);
    const { secret } = await world.application({ name: "watcher", subscribe: ["v1/#"] });
    const will = { topic: "v1/devices/me/attributes", payload: Buffer.from("lost"), qos: 1, retain: false };
    // It is there when the hub stops, and does not come back.
    await come(world.hub.mqttUrl, await tokenOf(world, "pump"), { protocolVersion, will, keepalive: 10 });
    for (const each of [token, other]) {
      const board = await come(world.hub.mqttUrl, each, kept);
      await board.subscribe("v1/devices/me/rpc/request/+", 1);
      await board.leave();
    }
    await server.publish("v1/devices/thingsboard:boiler/rpc/request/7", "while away", { qos: 1 });
    await world.hub.close();

    const clock = createShiftedClock();
    const hub = await startHub({ clock, settings: { auth: "on", dataDir } });
    const back = await come(hub.mqttUrl, token, kept);
    expect(back.connack.sessionPresent).toBe(true);
    expect((await back.message("v1/devices/me/rpc/request/7")).payload).toBe("while away");
    const heater = await come(hub.mqttUrl, other, kept);
    expect(heater.connack.sessionPresent).toBe(true);
    await heater.subscribe("v1/devices/me/attributes", 1);
    await heater.publish("v1/devices/me/attributes", "{}", { qos: 1 });
    await heater.message("v1/devices/me/attributes");
    expect(topicsIn(heater)).toEqual(["v1/devices/me/attributes"]);
    expect(topicsIn(back)).toEqual(["v1/devices/me/rpc/request/7"]);
    const watcher = await connectJs(hub.mqttUrl, { username: "watcher", password: secret, keepalive: 0 });
    await watcher.subscribe("v1/#", 1);
    clock.skip(61_000);
    expect((await watcher.message("v1/devices/thingsboard:pump/attributes")).payload).toBe("lost");
    expect(topicsIn(heater)).toEqual(["v1/devices/me/attributes"]);
  });
});

test("a board's topic aliases are those of the topics that it says", async () => {
  const world = await openAccessWorld();
  const server = await serverOf(world);
  const properties = { topicAliasMaximum: 8 };
  const board = await come(world.hub.mqttUrl, await tokenOf(world, "boiler"), {
    protocolVersion: 5,
    properties,
    autoUseTopicAlias: true,
    autoAssignTopicAlias: true,
  });
  await board.subscribe("v2/#", 1);
  for (const payload of ['{"t":1}', '{"t":2}']) await board.publish("v2/t", payload, { qos: 1 });
  await until("both come back", () => board.received.length === 2);
  expect(topicsIn(board)).toEqual(["v2/t", "v2/t"]);
  await until("both come", () => server.received.length === 2);
  expect(topicsIn(server)).toEqual(["v2/thingsboard:boiler/t", "v2/thingsboard:boiler/t"]);
});

test("no token is shown, logged or stored, whether it is right, wrong or of a board that waits", async () => {
  const dataDir = tempDir();
  const world = await openAccessWorld({ settings: { dataDir } });
  const { hub, owner } = world;
  const [token, wrong, waiting] = [await tokenOf(world, "boiler"), "wrongTokenOfABoard42", "waitingTokenOfABoard"];
  const board = await come(hub.mqttUrl, token, { clientId: token, clean: false });
  await board.subscribe("v1/devices/me/rpc/request/+", 1);
  await board.publish("v1/devices/me/telemetry", '{"temperature":1}', { qos: 1 });
  await board.publish("devices/other/telemetry", "{}", { qos: 1 });
  await expect(come(hub.mqttUrl, wrong)).rejects.toThrow();
  await owner.ask("/api/pairing", { method: "POST", body: { minutes: 5 } });
  const newcomer = await come(hub.mqttUrl, waiting);
  void newcomer.client.publishAsync("v1/devices/me/telemetry", "{}", { qos: 0 });
  const pairing = await until("it waits, and was heard", async () => {
    const answer = await owner.ask<{ waiting: { id: string; topics: string[] }[] }>("/api/pairing");
    return answer.body.waiting[0]?.topics.length === 1 ? answer : undefined;
  });
  expect(pairing.body.waiting).toMatchObject([
    { clientId: "TbDev", mayAdopt: false, recognized: { family: "thingsboard", name: "TbDev" } },
  ]);

  const paths = ["/api/refusals", "/api/boards", "/api/devices", "/api/pairing", "/metrics"];
  const shown = [...(await Promise.all(paths.map((path) => owner.ask(path)))).map(({ text }) => text)];
  expect(shown[0]).toContain("TOPIC_NOT_OWN");
  expect(shown[0]).toContain("CREDENTIAL_MISSING");
  await hub.close();
  const { readFileSync, readdirSync } = await import("node:fs");
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const stored = files.map(({ parentPath, name }) => readFileSync(`${parentPath}/${name}`, "latin1"));
  const all = [...shown, ...stored, JSON.stringify(hub.logged)].join("\n");
  for (const secret of [token, wrong, waiting]) expect(all.includes(secret)).toBe(false);
});
