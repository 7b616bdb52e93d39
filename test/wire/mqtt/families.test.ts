/** A board of each family against another one of it, on the wire: nothing of the other can be said, read or described. */
import { describe, expect, test } from "vitest";
import type { BoardAnswer, BoardRequest, PairingAnswer } from "../../../src/contract/access.ts";
import type { DevicesPage, RefusalsAnswer } from "../../../src/contract/rest.ts";
import { connectJs, type JsClient } from "../../support/clients/mqtt-clients.ts";
import { type AccessWorld, openAccessWorld } from "../../support/hub/access-world.ts";
import { until } from "../../support/until.ts";

interface Hostile {
  readonly victim: BoardRequest;
  readonly hostile: BoardRequest;
  /** What the victim publishes, and its device then has. */
  readonly says: readonly [topic: string, payload: string];
  readonly deviceId: string;
  /** What it reads: commands, and answers to others who asked it something. */
  readonly reads: readonly string[];
  /** What the hostile one publishes in vain. */
  readonly claims: readonly (readonly [topic: string, payload: string])[];
  /** What it subscribes to in vain. */
  readonly listens: readonly string[];
}

const CASES: Readonly<Record<string, Hostile>> = {
  tasmota: {
    victim: { family: "tasmota", name: "plug" },
    hostile: { family: "tasmota", name: "spy" },
    says: ["tele/plug/SENSOR", '{"AM2301":{"Temperature":20.5}}'],
    deviceId: "tasmota:plug",
    reads: ["cmnd/plug/POWER", "cmnd/tasmotas/POWER"],
    claims: [
      ["tele/plug/SENSOR", '{"AM2301":{"Temperature":99}}'],
      ["stat/plug/RESULT", '{"POWER":"ON"}'],
      ["tele/plug/LWT", "Offline"],
      ["cmnd/plug/POWER", "ON"],
      ["cmnd/plug/POWER", ""],
      ["cmnd/spy/POWER", "ON"],
      ["cmnd/tasmotas/POWER", "ON"],
      ["cmnd/DVES_15568C_fb/POWER", "ON"],
      ["plug/tele/SENSOR", '{"AM2301":{"Temperature":99}}'],
      ["homeassistant/sensor/plug/config", '{"state_topic":"x"}'],
    ],
    listens: ["cmnd/plug/#", "cmnd/+/POWER", "cmnd/#", "cmnd/DVES_15568C_fb/#", "tele/plug/#", "stat/#", "#"],
  },
  shelly: {
    victim: { family: "shelly", name: "shellyplusht-c049ef8bc088" },
    hostile: { family: "shelly", name: "shellyplusht-000000000000" },
    says: [
      "shellyplusht-c049ef8bc088/events/rpc",
      '{"src":"shellyplusht-c049ef8bc088","dst":"x","method":"NotifyStatus","params":{"ts":1669541352.21,"temperature:0":{"id":0,"tC":19}}}',
    ],
    deviceId: "shelly:shellyplusht-c049ef8bc088",
    reads: ["shellyplusht-c049ef8bc088/rpc", "shellies/command"],
    claims: [
      ["shellyplusht-c049ef8bc088/events/rpc", "{}"],
      ["shellyplusht-c049ef8bc088/online", "false"],
      ["shellyplusht-c049ef8bc088/rpc", "{}"],
      ["shellyplusht-c049ef8bc088/aerie/rpc", '{"result":{}}'],
      ["shellies/shellyplusht-c049ef8bc088/relay/0", "on"],
      ["shellies/command", "announce"],
    ],
    listens: [
      "shellyplusht-c049ef8bc088/#",
      "shellyplusht-c049ef8bc088/aerie/rpc",
      "+/rpc",
      "+/aerie/rpc",
      "shellies/announce",
      "shellies/#",
    ],
  },
  esphome: {
    victim: { family: "esphome", name: "livingroom" },
    hostile: { family: "esphome", name: "spy" },
    says: ["livingroom/sensor/temperature/state", "23.4"],
    deviceId: "ha:livingroom",
    reads: ["livingroom/switch/relay/command", "homeassistant/status"],
    claims: [
      ["livingroom/sensor/temperature/state", "99"],
      ["livingroom/status", "offline"],
      ["homeassistant/sensor/livingroom/temperature/config", '{"state_topic":"spy/x"}'],
      ["homeassistant/sensor/livingroom/temperature/config", ""],
      ["homeassistant/device/livingroom/config", "{}"],
      ["homeassistant/status", "offline"],
      ["esphome/discover/livingroom", "{}"],
    ],
    listens: [
      "livingroom/#",
      "+/switch/+/command",
      "homeassistant/#",
      "homeassistant/+/livingroom/+/config",
      "esphome/#",
    ],
  },
  homie: {
    victim: { family: "homie", name: "super-car" },
    hostile: { family: "homie", name: "spy" },
    says: ["homie/5/super-car/$state", "ready"],
    deviceId: "homie:super-car",
    reads: ["homie/super-car/lights/color/set", "homie/5/$broadcast/alert"],
    claims: [
      ["homie/super-car/$homie", "4.0"],
      ["homie/super-car/engine/temperature", "99"],
      ["homie/5/super-car/$state", "lost"],
      ["homie/5/super-car/$description", "{}"],
      ["homie/$broadcast/alert", "x"],
    ],
    listens: ["homie/super-car/#", "homie/5/#", "homie/+/lights/color/set", "homie/#"],
  },
  thingsboard: {
    victim: { family: "thingsboard", name: "boiler" },
    hostile: { family: "thingsboard", name: "spy" },
    says: ["v1/devices/me/telemetry", '{"temperature":42}'],
    deviceId: "thingsboard:boiler",
    reads: ["v1/devices/thingsboard:boiler/rpc/request/1"],
    claims: [
      ["v1/devices/thingsboard:boiler/telemetry", '{"temperature":99}'],
      ["v1/devices/thingsboard:boiler/rpc/response/1", "{}"],
      ["v1/gateway/telemetry", '{"boiler":[{"temperature":99}]}'],
      ["v1/gateway/attributes", "{}"],
    ],
    listens: ["v1/devices/thingsboard:boiler/#", "v1/devices/+/rpc/request/+", "v1/devices/#", "v1/#", "v1/gateway/#"],
  },
};

async function come(world: AccessWorld, request: BoardRequest, options: object = {}): Promise<JsClient> {
  const { secret, family } = await world.board(request);
  const login = family === "thingsboard" ? { username: secret } : { username: request.name ?? "", password: secret };
  return connectJs(world.hub.mqttUrl, { protocolVersion: 5, clientId: "esp", ...login, ...options });
}

const isRefused = (client: JsClient, topic: string, payload: string): Promise<boolean> =>
  client.client.publishAsync(topic, payload, { qos: 1, retain: true }).then(
    () => false,
    (error: { code?: number }) => error.code === 0x87,
  );

describe.each(Object.entries(CASES))(
  "a board of %s",
  (_, { victim, hostile, says, deviceId, reads, claims, listens }) => {
    test("speaks for its device, and no other board of its family speaks for it, reads it or describes it", async () => {
      const world = await openAccessWorld();
      const { secret } = await world.application({ name: "all", publish: ["#"], subscribe: ["#"] });
      const all = await connectJs(world.hub.mqttUrl, { username: "all", password: secret });
      await all.subscribe("#", 1);
      const board = await come(world, victim, { clientId: "DVES_15568C" });
      const [topic] = claims[0] ?? [""];
      const will = { topic, payload: Buffer.from("offline"), qos: 1, retain: true };
      const spy = await come(world, hostile, { will });

      await board.publish(...says, { qos: 1 });
      for (const claim of claims) expect([claim[0], await isRefused(spy, ...claim)]).toEqual([claim[0], true]);
      for (const filter of listens) {
        const granted = await spy.subscribe(filter, 0).catch(() => [{ qos: 0x87 }]);
        expect([filter, (granted[0]?.qos ?? 0) >= 0x80]).toEqual([filter, true]);
      }
      await spy.vanish();

      for (const wanted of reads) {
        const own = wanted.replace("v1/devices/thingsboard:boiler", "v1/devices/me");
        expect([own, (await board.subscribe(own, 1))[0]?.qos]).toEqual([own, 1]);
        await all.publish(wanted, "for the board", { qos: 1 });
        expect((await board.message(own)).payload).toBe("for the board");
      }
      expect(spy.received).toEqual([]);
      // The hub itself asks some boards for a description.
      const tried = [...claims, [topic, "offline"]].map((claim) => claim.join(" "));
      const came = all.received.map((each) => `${each.topic} ${each.payload}`);
      expect(came.filter((each) => tried.includes(each))).toEqual([]);
      expect(came).toContain(says.join(" ").replace("v1/devices/me", "v1/devices/thingsboard:boiler"));
      const { devices } = (await world.owner.ask<{ devices: { deviceId: string }[] }>("/api/devices")).body;
      expect(devices.map((each) => each.deviceId).filter((id) => id !== deviceId)).toEqual([]);
    });

    test("is asked in the Inspector to come with its family, and does with one change and its former login", async () => {
      const world = await openAccessWorld();
      const { owner } = world;
      const { secret } = await world.board("newcomer");
      const login = { protocolVersion: 5, clientId: "esp", username: "newcomer", password: secret } as const;
      const native = await connectJs(world.hub.mqttUrl, login);
      expect(await isRefused(native, ...says)).toBe(true);
      const { rejections } = (await owner.ask<RefusalsAnswer>("/api/refusals")).body;
      const { suggestion } = rejections.find(({ code }) => code === "TOPIC_NOT_OWN") ?? {};
      // Plain states say no more than that the board may be of ESPHome.
      expect(suggestion).toMatchObject({ deviceId: "newcomer", family: victim.family });
      const { text, deviceId: former, ...body } = suggestion ?? {};
      expect(text).toMatch(/^Its topics are those of \w+: let it use these topics$/);
      const changed = await owner.ask<BoardAnswer>(`/api/boards/${former}`, { method: "PATCH", body });
      expect([changed.status, changed.body.family]).toEqual([200, victim.family]);
      await until("it is disconnected, to come back", () => !native.client.connected);
      const back = await connectJs(world.hub.mqttUrl, login);
      expect(await isRefused(back, ...says)).toBe(false);
      const names = (await owner.ask<{ boards: BoardAnswer[] }>("/api/boards")).body.boards;
      expect(names.map(({ family }) => family)).toEqual([victim.family]);
    });

    test("is recognized in the join window by what it tries, and let in with its family and its own password", async () => {
      const world = await openAccessWorld();
      const { owner, hub } = world;
      await owner.ask("/api/pairing", { method: "POST", body: { minutes: 5 } });
      const password = "chosen by the board's maker";
      const login = { protocolVersion: 5, clientId: "esp", username: "any_user", password } as const;
      const board = await connectJs(hub.mqttUrl, login);
      void board.client.publishAsync(...says, { qos: 0 });
      const waiting = await until("it is recognized", async () => {
        const { body } = await owner.ask<PairingAnswer>("/api/pairing");
        return body.waiting.find(({ recognized }) => recognized !== undefined);
      });
      expect(waiting).toMatchObject({ mayAdopt: true, recognized: { family: victim.family } });
      const body = { ...waiting.recognized, adopt: true };
      expect((await owner.ask(`/api/pairing/${waiting.id}`, { method: "POST", body })).status).toBe(201);
      await until("it is let go, to come back", () => !board.client.connected);
      const back = await connectJs(hub.mqttUrl, login);
      expect(await isRefused(back, ...says)).toBe(false);
      await expect(connectJs(hub.mqttUrl, { ...login, password: "a wrong password" })).rejects.toThrow();
    });
  },
);

test("a description that a board retains is neither replaced nor taken away by another one, by its MAC or its name", async () => {
  const world = await openAccessWorld();
  const { secret } = await world.application({ name: "all", publish: [], subscribe: ["#"] });
  const board = await come(world, { family: "tasmota", name: "plug" });
  const spy = await come(world, { family: "tasmota", name: "spy" });
  const documentOf = (t: string, dn: string): string =>
    JSON.stringify({ t, dn, ft: "%prefix%/%topic%/", tp: ["cmnd", "stat", "tele"], ofln: "Offline", onln: "Online" });
  const topic = (mac: string, document = "config"): string => `tasmota/discovery/${mac}/${document}`;
  const own = documentOf("plug", "Stove");
  expect(await isRefused(board, topic("AABBCCF17F56"), own)).toBe(false);
  expect(await isRefused(board, topic("AABBCCF17F56", "sensors"), '{"sn":{}}')).toBe(false);
  for (const claim of [
    [topic("AABBCCF17F56"), documentOf("spy", "Mine")],
    [topic("AABBCCF17F56"), documentOf("plug", "Mine")],
    [topic("AABBCCF17F56"), ""],
    [topic("AABBCCF17F56", "sensors"), '{"sn":{"x":1}}'],
    [topic("AABBCCF17F56", "sensors"), ""],
    [topic("000000000001"), documentOf("plug", "Mine")],
  ] as const)
    expect([claim, await isRefused(spy, claim[0] ?? "", claim[1] ?? "")]).toEqual([claim, true]);
  expect(await isRefused(spy, topic("000000000002"), documentOf("spy", "Its own"))).toBe(false);

  const all = await connectJs(world.hub.mqttUrl, { username: "all", password: secret });
  await all.subscribe("tasmota/#", 1);
  await until("what is retained comes", () => all.received.length === 3);
  expect(all.received.map((each) => [each.topic, each.payload]).sort()).toEqual([
    [topic("000000000002"), documentOf("spy", "Its own")],
    [topic("AABBCCF17F56"), own],
    [topic("AABBCCF17F56", "sensors"), '{"sn":{}}'],
  ]);
  const { devices } = (await world.owner.ask<DevicesPage>("/api/devices")).body;
  expect(devices.map(({ deviceId, name }) => [deviceId, name])).toEqual(
    expect.arrayContaining([["tasmota:plug", "Stove"]]),
  );
});

test("no name gives a board what belongs to the hub, to a family or to another board", async () => {
  const { hub, owner, board, application } = await openAccessWorld();
  await board({ family: "shelly", name: "plug", options: { prefix: "home/plug" } });
  const codeOf = async (body: object): Promise<string | undefined> =>
    (await owner.ask<{ code?: string }>("/api/boards", { method: "POST", body })).body.code;
  for (const family of ["shelly", "esphome"])
    for (const name of ["devices", "homeassistant", "aerie", "+", "#", "$SYS", "zigbee2mqtt", "tele"])
      expect([family, name, await codeOf({ family, name })]).toEqual([family, name, "REQUEST_INVALID"]);
  expect(await codeOf({ family: "esphome", name: "home" })).toBe("TOPICS_TAKEN");
  expect(await codeOf({ family: "esphome", name: "node", options: { prefix: "home/plug/x" } })).toBe("TOPICS_TAKEN");
  expect(await codeOf({ family: "homie", name: "5" })).toBe("REQUEST_INVALID");
  const bridge = await application({ name: "zigbee", publish: ["z2m/#"], subscribe: [] });
  const zigbee = await connectJs(hub.mqttUrl, { username: "zigbee", password: bridge.secret });
  expect(await codeOf({ family: "shelly", name: "before", options: { prefix: "z2m/x" } })).toBeUndefined();
  await zigbee.publish("z2m/bridge/devices", '[{"ieee_address":"0x00124b00120144ae","type":"Coordinator"}]', {
    qos: 1,
  });
  expect(await codeOf({ family: "shelly", name: "after", options: { prefix: "z2m/y" } })).toBe("TOPICS_TAKEN");
  expect(await codeOf({ deviceId: "shelly:other" })).toBe("REQUEST_INVALID");
});

test("Tasmota is granted the fallback topic of its own client id, and clears its retained command, which nobody else does", async () => {
  const world = await openAccessWorld();
  const { secret } = await world.application({ name: "all", publish: ["cmnd/#"], subscribe: ["cmnd/#"] });
  const all = await connectJs(world.hub.mqttUrl, { username: "all", password: secret });
  await all.publish("cmnd/plug/POWER", "ON", { qos: 1, retain: true });
  const board = await come(world, { family: "tasmota", name: "plug" }, { clientId: "DVES_15568C" });
  expect(await isRefused(board, "cmnd/plug/POWER", "")).toBe(false);
  expect(await isRefused(board, "cmnd/plug/POWER", "ON")).toBe(true);
  expect(await isRefused(board, "cmnd/plug/POWER", "")).toBe(false);
  for (const filter of ["cmnd/plug/#", "cmnd/tasmotas/#", "cmnd/DVES_15568C_fb/#"])
    expect((await board.subscribe(filter, 0))[0]?.qos).toBe(0);
  await all.publish("cmnd/DVES_15568C_fb/Restart", "1", { qos: 1 });
  await board.message("cmnd/DVES_15568C_fb/Restart");
  expect(board.received.map(({ topic }) => topic)).toEqual(["cmnd/DVES_15568C_fb/Restart"]);
});
