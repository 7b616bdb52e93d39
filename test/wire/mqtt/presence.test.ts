/** Presence as REST and Socket.IO tell it of boards on a real wire: late, asleep, offline, and why. */
import type { IClientOptions } from "mqtt";
import { expect, test } from "vitest";
import type { Device } from "../../../src/contract/readings.ts";
import type { DevicesPage, PresenceHistory } from "../../../src/contract/rest.ts";
import { openLiveClient } from "../../support/clients/live-client.ts";
import { connectJs, type JsClient } from "../../support/clients/mqtt-clients.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { onEachEngine } from "../../support/hub/engines.ts";
import { type HubAddress, spawnHub, startHub, tempDir } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { pause, until } from "../../support/until.ts";

const MINUTE_MS = 60_000;

const deviceOf = async (hub: HubAddress, id: string) => (await ask<Device>(hub, `/api/devices/${id}`)).body;
const detailOf = async (hub: HubAddress, id: string) => (await deviceOf(hub, id)).presenceDetail;

const willOf = (id: string): IClientOptions => ({
  clientId: id,
  will: { topic: `devices/${id}/status`, payload: Buffer.from("offline"), qos: 1, retain: true },
});

test("a board that is connected and silent for three of its intervals is late, and old clients see it online", async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock });
  const client = await openLiveClient(hub.url);
  const board = await connectJs(hub.mqttUrl, { clientId: "boiler", keepalive: 0 });
  await board.publish("devices/boiler/status", "online", { qos: 1, retain: true });
  for (let sent = 0; sent < 4; sent++) {
    await board.publish("devices/boiler/telemetry", `{"t":${sent}}`, { qos: 1 });
    clock.pass(30_000);
  }
  expect(await detailOf(hub, "boiler")).toMatchObject({ state: "online", because: { connection: true } });

  clock.pass(MINUTE_MS + 1_000);

  const device = await deviceOf(hub, "boiler");
  expect(device).toMatchObject({ presence: "online", presenceDetail: { state: "late" } });
  expect(device.presenceDetail.because).toMatchObject({ connection: true, availability: "online" });
  expect(device.presenceDetail.because.intervalMs).toBeGreaterThan(29_000);
  expect(device.presenceDetail.because.intervalMs).toBe(device.intervalMs);
  expect(Date.parse(device.presenceDetail.since)).toBeGreaterThan(Date.parse(device.since));
  const { presence: state, since, presenceDetail, deviceId } = device;
  await until("the browser is told", () =>
    client.of("presence").some(({ event }) => event.presenceDetail.state === "late"),
  );
  expect(client.of("presence").at(-1)?.event).toEqual({ deviceId, state, since, presenceDetail });
  await board.publish("devices/boiler/telemetry", '{"t":9}', { qos: 1 });
  expect((await detailOf(hub, "boiler")).state).toBe("online");
});

test.each([
  ["with a last will, as its power goes", true],
  ["with DISCONNECT", false],
])(
  "a board that connects, sends and leaves %s is asleep in between, and offline when it stays away",
  async (_how, vanishes) => {
    const clock = createShiftedClock();
    const hub = await startHub({ clock });
    const visit = async (): Promise<void> => {
      const board = await connectJs(hub.mqttUrl, willOf("garden"));
      await board.publish("devices/garden/status", "online", { qos: 1, retain: true });
      await board.publish("devices/garden/telemetry", '{"moisture":41}', { qos: 1 });
      if (vanishes) await board.vanish();
      else await board.leave();
      await until("the hub knows", async () => {
        const { connection, availability } = (await detailOf(hub, "garden")).because;
        return !connection && availability === (vanishes ? "offline" : undefined);
      });
      clock.skip(15 * MINUTE_MS);
    };
    for (let visits = 0; visits < 4; visits++) await visit();
    const client = await openLiveClient(hub.url);
    await visit();

    const { presence, presenceDetail } = await deviceOf(hub, "garden");
    expect([presence, presenceDetail.state]).toEqual(["online", "asleep"]);
    expect(presenceDetail.because).toMatchObject({
      connection: false,
      ...(vanishes && { availability: "offline" }),
    });
    expect(Math.round((presenceDetail.because.intervalMs ?? 0) / MINUTE_MS)).toBe(15);
    expect(client.of("presence")).toEqual([]); // its visits are no news
    clock.skip(31 * MINUTE_MS);
    await until("it is missed", async () => (await detailOf(hub, "garden")).state === "offline");
  },
);

test("what a last will says holds until the board speaks again", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl, willOf("attic"));
  await board.publish("devices/attic/telemetry", '{"t":1}', { qos: 1 });
  await board.vanish();
  const offline = await until("its will is known", async () => {
    const detail = await detailOf(hub, "attic");
    return detail.state === "offline" ? detail : undefined;
  });
  expect(offline.because).toMatchObject({ connection: false, availability: "offline" });
  const back = await connectJs(hub.mqttUrl, willOf("attic"));
  await back.publish("devices/attic/telemetry", '{"t":2}', { qos: 1 });
  const online = await detailOf(hub, "attic");
  expect(online).toMatchObject({ state: "online", because: { connection: true } });
  expect(online.because).not.toHaveProperty("availability");
});

test("a board that only tells of truth values keeps no interval, and is not late", async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock });
  const board = await connectJs(hub.mqttUrl, { clientId: "door", keepalive: 0 });
  for (let sent = 0; sent < 6; sent++) {
    await board.publish("devices/door/telemetry", `{"open":${sent % 2 === 0}}`, { qos: 1 });
    clock.pass(10_000);
  }
  clock.pass(20 * MINUTE_MS);
  const { presenceDetail, ...device } = await deviceOf(hub, "door");
  expect(presenceDetail.state).toBe("online");
  expect(presenceDetail.because).not.toHaveProperty("intervalMs");
  expect(device).not.toHaveProperty("intervalMs");
});

test("the history of presence of a device that there is not is 404, and a range that ends before it begins 400", async () => {
  const hub = await startHub();
  expect((await ask(hub, "/api/devices/none/presence")).status).toBe(404);
  const board = await connectJs(hub.mqttUrl);
  await board.publish("devices/boiler/telemetry", '{"t":1}', { qos: 1 });
  expect((await ask(hub, "/api/devices/boiler/presence?from=2&to=1")).status).toBe(400);
  expect((await ask(hub, "/api/devices/boiler/presence?limit=0")).status).toBe(400);
  const { body } = await ask<PresenceHistory>(hub, "/api/devices/boiler/presence");
  expect(body.deviceId).toBe("boiler");
});

test("changes of presence are exported as lines, behind the times in which the hub ran", async () => {
  const hub = await startHub();
  for (const id of ["attic", "boiler"]) {
    const board = await connectJs(hub.mqttUrl, willOf(id));
    await board.publish(`devices/${id}/telemetry`, '{"t":1}', { qos: 1 });
    await board.publish(`devices/${id}/status`, "offline", { qos: 1 });
  }
  const linesOf = async (query: string): Promise<Record<string, string>[]> =>
    (await ask(hub, `/api/export/presence${query}`)).text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  const [run, ...changes] = await linesOf("");
  expect(Date.parse(run?.["from"] ?? "")).toBeLessThan(Date.parse(run?.["to"] ?? ""));
  expect(changes.map(({ deviceId, state }) => `${deviceId} ${state}`)).toEqual([
    "attic online",
    "attic offline",
    "boiler online",
    "boiler offline",
  ]);
  expect((await linesOf("?devices=boiler")).map(({ deviceId }) => deviceId)).toEqual([undefined, "boiler", "boiler"]);
  expect((await ask(hub, "/api/export/presence?devices=none")).status).toBe(404);
});

test("a Zigbee device is offline with its bridge, also after a start, and as before when the bridge is back", async () => {
  const settings = { dataDir: tempDir() };
  const first = await startHub({ settings });
  const bridge = await connectJs(first.mqttUrl, { clientId: "zigbee2mqtt" });
  const say = (client: JsClient, topic: string, payload: unknown) =>
    client.publish(`zigbee2mqtt/${topic}`, JSON.stringify(payload), { qos: 1, retain: topic.startsWith("bridge/") });
  await say(bridge, "bridge/state", { state: "online" });
  await say(bridge, "bridge/devices", [
    { ieee_address: "0x00124b00120144ae", type: "Coordinator", friendly_name: "Coordinator" },
    { ieee_address: "0x00158d0001a2b3c4", type: "EndDevice", power_source: "Battery", friendly_name: "door" },
  ]);
  await say(bridge, "door", { contact: true });
  const door = "zigbee:0x00158d0001a2b3c4";
  expect(await detailOf(first, door)).toMatchObject({ state: "online", because: { connection: false } });
  await say(bridge, "bridge/state", { state: "offline" });
  const offline = await until("it is offline", async () => {
    const detail = await detailOf(first, door);
    return detail.state === "offline" ? detail : undefined;
  });
  expect(offline.because.availability).toBe("offline");
  await first.close();

  const second = await startHub({ settings });
  expect(await detailOf(second, door)).toEqual(offline);
  const back = await connectJs(second.mqttUrl, { clientId: "zigbee2mqtt" });
  await say(back, "bridge/state", { state: "online" });
  await until("it is as before", async () => (await detailOf(second, door)).state === "online");
});

test("a Homie device that says that it sleeps is asleep, not offline, when it has disconnected", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl, { clientId: "meter" });
  const say = (topic: string, payload: string) =>
    board.publish(`homie/meter/${topic}`, payload, { qos: 1, retain: true });
  for (const [topic, payload] of [
    ["$homie", "4.0.0"],
    ["$name", "Meter"],
    ["$state", "init"],
    ["$nodes", "water"],
    ["water/$properties", "total"],
    ["water/total/$datatype", "integer"],
    ["$state", "ready"],
    ["water/total", "12345"],
    ["$state", "sleeping"],
  ] as const) {
    await say(topic, payload);
  }
  expect((await detailOf(hub, "homie:meter")).state).toBe("online");
  await board.leave();
  const asleep = await until("it is asleep", async () => {
    const detail = await detailOf(hub, "homie:meter");
    return detail.state === "asleep" ? detail : undefined;
  });
  expect(asleep.because).toMatchObject({ connection: false });
  expect((await deviceOf(hub, "homie:meter")).presence).toBe("online");
});

onEachEngine((engine) => {
  test.each<NodeJS.Signals>(["SIGKILL", "SIGTERM"])(
    "presence and since when are the same after %s and a start",
    async (signal) => {
      const dataDir = tempDir();
      const first = await spawnHub({ dataDir, env: engine.env() });
      const boiler = await connectJs(first.mqttUrl, { clientId: "boiler" });
      await boiler.publish("devices/boiler/telemetry", '{"t":1}', { qos: 1 });
      const attic = await connectJs(first.mqttUrl, willOf("attic"));
      await attic.publish("devices/attic/telemetry", '{"t":1}', { qos: 1 });
      await attic.vanish();
      await until("the garden's board is known by its habit", async () => {
        const beganMs = performance.now();
        const garden = await connectJs(first.mqttUrl, { clientId: "garden" });
        await garden.publish("devices/garden/telemetry", '{"moisture":41}', { qos: 1 });
        await garden.leave();
        await pause(3 * (performance.now() - beganMs)); // away for longer than it was there
        return (await detailOf(first, "garden")).state === "asleep";
      });
      const states = async (hub: HubAddress) =>
        (await ask<DevicesPage>(hub, "/api/devices")).body.devices.map(
          ({ deviceId, presence, since, presenceDetail }) => ({
            ...{ deviceId, presence, since },
            detail: [presenceDetail.state, presenceDetail.since],
            availability: presenceDetail.because.availability,
          }),
        );
      const before = await until("all are known", async () => {
        const known = await states(first);
        return known.map(({ detail }) => detail[0]).join() === "offline,online,asleep" ? known : undefined;
      });
      const historyOf = async (hub: HubAddress, id: string) =>
        (await ask<PresenceHistory>(hub, `/api/devices/${id}/presence`)).body;
      const changesBefore = (await historyOf(first, "attic")).changes; // it is on disk now
      expect(changesBefore.map(({ state }) => state)).toEqual(["online", "offline"]);
      await first.kill(signal);

      const second = await startHub({ settings: { ...engine.settings(), dataDir } });

      expect(await states(second)).toEqual(before);
      const { changes, runs } = await historyOf(second, "attic");
      expect(changes).toEqual(changesBefore);
      expect((await historyOf(second, "boiler")).changes.map(({ state }) => state)).toEqual(["online"]);
      expect((await historyOf(second, "garden")).changes.map(({ state }) => state)).toEqual(["online", "asleep"]);
      expect(runs).toHaveLength(2);
      expect(runs.map(({ from, to }) => from <= to)).toEqual([true, true]);
    },
  );
});
