/** Boards that join: they wait where nothing of theirs goes anywhere, and come in when somebody lets them. On real sockets. */
import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import type { PairingAnswer } from "../../../src/contract/access.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { type AccessWorld, openAccessWorld } from "../../support/hub/access-world.ts";
import { startHub } from "../../support/hub/hub.ts";
import { connectBytes } from "../../support/packets/login-bytes.ts";
import { pause, until } from "../../support/until.ts";

const SECRET = "chosen by the board's maker";
const QUIET = { keepalive: 0 };
const VERSIONS = [4, 5] as const;

const pairingOf = async ({ owner }: AccessWorld): Promise<PairingAnswer> =>
  (await owner.ask<PairingAnswer>("/api/pairing")).body;

const openWindow = ({ owner }: AccessWorld, minutes = 10) =>
  owner.ask<PairingAnswer>("/api/pairing", { method: "POST", body: { minutes } });

const admit = ({ owner }: AccessWorld, id: string | undefined, body: object) =>
  owner.ask<{ code?: string; secret?: string; deviceId?: string }>(`/api/pairing/${id}`, { method: "POST", body });

const devicesOf = async ({ owner }: AccessWorld): Promise<string[]> =>
  (await owner.ask<{ devices: { deviceId: string }[] }>("/api/devices")).body.devices.map(({ deviceId }) => deviceId);

const isRefused = (url: string, options: object): Promise<boolean> =>
  connectJs(url, options).then(
    () => false,
    () => true,
  );

test.each(VERSIONS)(
  "an unknown board of version %i waits, nothing of it is stored, passed on or acknowledged, and one click lets it in with its own password",
  async (protocolVersion) => {
    const world = await openAccessWorld();
    const { hub, application } = world;
    const login = { protocolVersion, clientId: "cellar", username: "cellar", password: SECRET };
    expect(await isRefused(hub.mqttUrl, login)).toBe(true);
    const reader = await application({ name: "reader", subscribe: ["#"] });
    const all = await connectJs(hub.mqttUrl, { username: "r", password: reader.secret });
    await all.subscribe("#", 1);

    expect((await openWindow(world)).body.openUntil).toMatch(/^20/);
    const board = await connectJs(hub.mqttUrl, login);
    let isAcknowledged = false;
    void board.client
      .publishAsync("devices/cellar/telemetry", '{"temperature":21}', { qos: 1 })
      .then(() => {
        isAcknowledged = true;
      })
      .catch(() => undefined);
    const [grant] = await board.subscribe("#", 0).catch(() => [{ qos: 0x80 }]);
    expect(grant?.qos).toBeGreaterThanOrEqual(0x80);
    const waiting = await until("it waits, and was heard", async () => {
      const [first] = (await pairingOf(world)).waiting;
      return first?.topics.length === 1 ? first : undefined;
    });
    expect(waiting).toMatchObject({
      clientId: "cellar",
      userName: "cellar",
      address: expect.stringContaining("127.0.0.1"),
      topics: ["devices/cellar/telemetry"],
      sample: '{"temperature":21}',
      mayAdopt: true,
    });
    expect(JSON.stringify(waiting)).not.toContain(SECRET);
    expect([isAcknowledged, await devicesOf(world), all.received]).toEqual([false, [], []]);

    expect((await admit(world, waiting.id, { deviceId: "cellar", adopt: true })).status).toBe(201);
    await until("it is let go, to come back", () => !board.client.connected);
    const back = await connectJs(hub.mqttUrl, login);
    await back.publish("devices/cellar/telemetry", '{"temperature":22}', { qos: 1 });
    expect(await devicesOf(world)).toEqual(["cellar"]);
    await all.message("devices/cellar/telemetry");
    expect(await isRefused(hub.mqttUrl, { ...login, password: "another of that length" })).toBe(true);
    await expect(connectJs(hub.mqttUrl, { ...login, clientId: "second" })).resolves.toBeDefined();
    await hub.close();
    const again = await startHub({ settings: { auth: "on", dataDir: hub.dataDir } });
    await expect(connectJs(again.mqttUrl, login)).resolves.toBeDefined();
  },
);

test("a board gets a new secret where its own is none, and only an id that has none", async () => {
  const world = await openAccessWorld();
  const { hub } = world;
  await world.board("attic");
  await openWindow(world);
  await connectJs(hub.mqttUrl, { clientId: "ESP8266Client", username: "boiler", password: "short" });
  const [waiting] = (await pairingOf(world)).waiting;
  const codeOf = async (id: string | undefined, body: object) => (await admit(world, id, body)).body.code;
  expect(waiting?.mayAdopt).toBe(false);
  expect(await codeOf(waiting?.id, { deviceId: "boiler", adopt: true })).toBe("PASSWORD_TOO_SHORT");
  expect(await codeOf(waiting?.id, { deviceId: "attic" })).toBe("DEVICE_HAS_SECRET");
  expect(await codeOf(waiting?.id, { deviceId: "a/b" })).toBe("REQUEST_INVALID");
  expect(await codeOf("nobody", { deviceId: "boiler" })).toBe("NOT_WAITING");
  const { body } = await admit(world, waiting?.id, { deviceId: "boiler" });
  await expect(connectJs(hub.mqttUrl, { username: "boiler", password: body.secret ?? "" })).resolves.toBeDefined();
  await until("it waits no more", async () => (await pairingOf(world)).waiting.length === 0);

  await connectJs(hub.mqttUrl, { clientId: "x", username: "garden", password: SECRET });
  const [other] = (await pairingOf(world)).waiting;
  expect(await codeOf(other?.id, { deviceId: "other", adopt: true })).toBe("REQUEST_INVALID");
});

test("a board that was removed and adopted again with another password is not let in with the former one", async () => {
  const world = await openAccessWorld();
  const { hub, owner } = world;
  const login = { clientId: "cellar", username: "cellar" };
  const former = { ...login, password: SECRET };
  const newer = { ...login, password: "another of such length" };
  for (const each of [former, newer]) {
    await openWindow(world);
    await connectJs(hub.mqttUrl, each);
    const [waiting] = (await pairingOf(world)).waiting;
    expect((await admit(world, waiting?.id, { deviceId: "cellar", adopt: true })).status).toBe(201);
    if (each === newer) break;
    await connectJs(hub.mqttUrl, each);
    await owner.ask("/api/boards/cellar", { method: "DELETE" });
  }
  expect(await isRefused(hub.mqttUrl, former)).toBe(true);
  await connectJs(hub.mqttUrl, newer);
});

test("of two boards that are let in at once as the same device, one gets its first secret", async () => {
  const world = await openAccessWorld();
  await openWindow(world);
  for (const username of ["one", "two"])
    await connectJs(world.hub.mqttUrl, { clientId: username, username, password: "short" });
  const { waiting } = await pairingOf(world);
  const answers = await Promise.all(waiting.map(({ id }) => admit(world, id, { deviceId: "cellar" })));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  expect(answers.find(({ status }) => status === 409)?.body.code).toBe("DEVICE_HAS_SECRET");
});

test("an id that exists is never offered for adoption: it gets a new secret, if the owner wants it so", async () => {
  const world = await openAccessWorld();
  const { secret } = await world.application({ name: "gateway", publish: ["devices/#"] });
  const gateway = await connectJs(world.hub.mqttUrl, { username: "gateway", password: secret });
  await gateway.publish("devices/shed/telemetry", '{"temperature":4}', { qos: 1 });
  await openWindow(world);
  await connectJs(world.hub.mqttUrl, { clientId: "shed", username: "shed", password: SECRET });

  const [waiting] = (await pairingOf(world)).waiting;
  expect(waiting).toMatchObject({ clientId: "shed", mayAdopt: false });
  expect((await admit(world, waiting?.id, { deviceId: "shed", adopt: true })).body.code).toBe("DEVICE_EXISTS");
  const admitted = await admit(world, waiting?.id, { deviceId: "shed" });
  expect(admitted.status).toBe(201);
  expect(admitted.body.secret).toMatch(/^aerie_b_/);
});

test("a device that has a secret never waits, whatever it brings along", async () => {
  const world = await openAccessWorld();
  await world.board("attic");
  await openWindow(world);
  const come = (options: object) => isRefused(world.hub.mqttUrl, options);
  expect(await come({ clientId: "attic" })).toBe(true);
  expect(await come({ clientId: "attic", username: "somebody", password: SECRET })).toBe(true);
  expect(await come({ clientId: "somebody", username: "attic", password: SECRET })).toBe(true);
  expect(await come({ clientId: "somebody", username: "somebody", password: SECRET })).toBe(false);
});

test("at most twenty wait, for two minutes each, and none when the window is shut", async () => {
  const clock = createShiftedClock();
  const world = await openAccessWorld({ clock });
  const { hub, owner } = world;
  const come = (name: string) => connectJs(hub.mqttUrl, { ...QUIET, clientId: name });
  await openWindow(world);
  const boards = await Promise.all(Array.from({ length: 20 }, (_, at) => come(`board-${at}`)));
  expect(await isRefused(hub.mqttUrl, { clientId: "one-too-many" })).toBe(true);
  clock.skip(121_000);
  await until("all are let go", () => boards.every(({ client }) => !client.connected));
  const late = await come("late");
  expect((await owner.ask("/api/pairing", { method: "DELETE" })).status).toBe(204);
  await until("it is let go", () => !late.client.connected);
  expect(await isRefused(hub.mqttUrl, { clientId: "late" })).toBe(true);

  await openWindow(world, 1);
  const last = await come("last");
  clock.skip(61_000);
  await until("the window shuts by itself", () => !last.client.connected);
  expect((await pairingOf(world)).openUntil).toBeNull();
  const { counts } = (await owner.ask<{ counts: Record<string, number> }>("/api/refusals")).body;
  expect(counts["CREDENTIAL_MISSING"]).toBe(2);
});

test("who is gone before his password was looked at leaves nothing behind", async () => {
  const world = await openAccessWorld();
  const { hub } = world;
  await openWindow(world);
  const login = { clientId: "cellar", username: "cellar", password: SECRET };
  await connectJs(hub.mqttUrl, login);
  const [waiting] = (await pairingOf(world)).waiting;
  expect((await admit(world, waiting?.id, { deviceId: "cellar", adopt: true })).status).toBe(201);
  const metrics = await world.token("metrics");
  const clients = async (): Promise<string | undefined> =>
    /^aerie_mqtt_clients (\d+)$/m.exec((await metrics.ask("/metrics")).text)?.[1];
  // Hashing takes tens of milliseconds; none of these waits for it.
  for (let client = 0; client < 5; client++) {
    const socket = connect({ host: hub.mqttHost, port: hub.mqttPort });
    await once(socket, "connect");
    socket.write(connectBytes("cellar", SECRET));
    await pause(5);
    socket.destroy();
  }
  await expect(connectJs(hub.mqttUrl, { ...login, password: "a wrong password" })).rejects.toThrow(); // behind them in the line
  expect(await clients()).toBe("0");
  await expect(connectJs(hub.mqttUrl, login)).resolves.toBeDefined();
});
