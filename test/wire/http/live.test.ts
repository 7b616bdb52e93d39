/** Socket.IO on a real wire: subscriptions, batches, presence, refusals, ticks, and a browser that stops reading. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { openLiveClient } from "../../support/clients/live-client.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { connectRaw } from "../../support/clients/raw-client.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { createTurnClock } from "../../support/clock/turn-clock.ts";
import { spawnHub, startHub } from "../../support/hub/hub.ts";
import { hubOfFile } from "../../support/hub/hub-of-file.ts";
import { ask, readingsOf } from "../../support/hub/rest.ts";
import { PUBACK, publishPacket } from "../../support/packets/packets.ts";
import { pause, until, within } from "../../support/until.ts";

/** For tests that mind nothing of the others. */
const hubOf = hubOfFile();

const telemetry = (device: string): string => `devices/${device}/telemetry`;

test("a subscription to some devices gets theirs only, one without devices gets all, and a new one replaces the former", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl);
  const all = await openLiveClient(hub.url);
  const some = await openLiveClient(hub.url);
  const send = async (seq: number): Promise<void> => {
    for (const device of ["a", "b", "c"]) await board.publish(telemetry(device), JSON.stringify({ seq }), { qos: 1 });
    await all.next("sensorData", ({ data }) => data.deviceId === "c" && data["seq"] === seq);
  };

  expect(await some.subscribe({ devices: ["a"] })).toEqual({ ok: true });
  await send(1);
  expect(await some.subscribe({ devices: ["b", "c"] })).toEqual({ ok: true });
  await send(2);
  expect(await some.subscribe({})).toEqual({ ok: true });
  await send(3);
  await some.next("sensorData", ({ data }) => data.deviceId === "c" && data["seq"] === 3);

  const got = some.of("sensorData").map(({ event: { data } }) => `${data.deviceId}${String(data["seq"])}`);
  expect(got).toEqual(["a1", "b2", "c2", "a3", "b3", "c3"]);
  expect(all.of("sensorData")).toHaveLength(9);
});

test("who asks for batches gets readings in REST's shape, at most one batch each 100 ms, and no sensorData", async () => {
  // Without time left to send, a batch has only the newest reading of each device.
  const hub = await startHub({ clock: createTurnClock() });
  const board = await connectRaw(hub, { clientId: "a" });
  const client = await openLiveClient(hub.url);
  const ofOne = await openLiveClient(hub.url);
  await client.subscribe({ batch: true });
  await ofOne.subscribe({ batch: true, devices: ["a"] });

  const count = 300;
  for (let seq = 0; seq < count; seq += 1) {
    board.publish({
      topic: telemetry(seq % 2 === 0 ? "a" : "b"),
      payload: JSON.stringify({ seq }),
      qos: 1,
      packetId: seq + 1,
    });
    if (seq % 10 === 9) await pause(20); // a second of steady readings
  }
  await board.packets(PUBACK, count);
  const received = () => client.of("readings").flatMap(({ event }) => event);
  await until("all came", () => received().length >= count);
  await until("a's came", () => ofOne.of("readings").flatMap(({ event }) => event).length >= count / 2);

  expect(
    received()
      .map(({ metrics }) => Number(metrics["seq"]))
      .sort((x, y) => x - y),
  ).toEqual(Array.from({ length: count }, (_, seq) => seq));
  expect(received().filter(({ deviceId }) => deviceId === "a")).toEqual(await readingsOf(hub, "a"));
  expect(ofOne.of("readings").flatMap(({ event }) => event)).toEqual(await readingsOf(hub, "a"));
  expect([...client.of("sensorData"), ...ofOne.of("sensorData")]).toEqual([]);
  const times = client.of("readings").map(({ atMs }) => atMs);
  const spanMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
  expect(times.length).toBeGreaterThan(3);
  expect(times.length).toBeLessThanOrEqual(spanMs / 100 + 2);
});

test.each([
  ["nothing", undefined],
  ["text", "all"],
  ["devices that are no list", { devices: "a" }],
  ["a device that is no text", { devices: [1] }],
  ["too many devices", { devices: Array.from({ length: 1_001 }, (_, index) => `d${index}`) }],
  ["batch that is no boolean", { batch: "yes" }],
  ["an unknown option", { device: "a" }],
])("subscribe with %s is answered with {ok:false} and changes nothing", async (_what, options) => {
  const hub = hubOf();
  const client = await openLiveClient(hub.url);
  await client.subscribe({ devices: ["a"] });

  const answer = await client.subscribe(options as never);
  client.socket.emit("subscribe", options as never, "no function" as never); // and no answer is wanted here
  const board = await connectJs(hub.mqttUrl);
  await board.publish(telemetry("b"), '{"t":1}', { qos: 1 });
  await board.publish(telemetry("a"), '{"t":1}', { qos: 1 });

  expect(answer).toEqual({ ok: false, code: "REQUEST_INVALID" });
  expect((await client.next("sensorData")).data.deviceId).toBe("a");
});

test("presence: online when a board speaks, offline by its last will, by its word, and by silence", async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock });
  const client = await openLiveClient(hub.url);
  const status = "devices/a/status";
  const states = () => client.of("presence").map(({ event: { deviceId, state } }) => `${deviceId} ${state}`);
  const board = await connectRaw(hub, { clientId: "a", will: { topic: status, payload: "offline", qos: 1 } });

  board.publish({ topic: telemetry("a"), payload: '{"t":1}' });
  const online = await client.next("presence");
  await board.vanish();
  await until("the will is known", () => states().length === 2);
  const second = await connectRaw(hub, { clientId: "a" });
  second.publish({ topic: status, payload: "online", qos: 1, packetId: 1 });
  await until("it is back", () => states().length === 3);
  second.publish({ topic: status, payload: "offline", qos: 1, packetId: 2 });
  await until("it took its leave", () => states().length === 4);
  second.publish({ topic: telemetry("a"), payload: '{"t":2}' });
  await until("it is back again", () => states().length === 5);
  await second.vanish();
  clock.skip(61_000);
  await until("silence is noticed", () => states().length === 6);

  expect(online.since).toMatch(/^\d{4}-\d\d-\d\dT/);
  expect(states()).toEqual(["a online", "a offline", "a online", "a offline", "a online", "a offline"]);
});

test("a connected board that is silent stays online; one whose message is committed after its connection ended does not", async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock, storeLimits: { commitDelayMs: 200 } });
  const silent = await connectRaw(hub, { clientId: "silent" });
  silent.publish({ topic: telemetry("silent"), payload: '{"t":1}', qos: 1, packetId: 1 });
  await silent.packets(PUBACK, 1);
  const gone = await connectRaw(hub, { clientId: "gone" });
  await new Promise<void>((sent) =>
    gone.stream.write(publishPacket({ topic: telemetry("gone"), payload: '{"t":1}' }), () => sent()),
  );
  await until("its message waits", async () => !/^aerie_waiting_bytes 0$/m.test((await ask(hub, "/metrics")).text));
  await gone.vanish();
  const presenceOf = async (device: string) =>
    (await ask<{ presence: string }>(hub, `/api/devices/${device}`)).body.presence;
  await until("it is stored", async () => (await presenceOf("gone")) === "online");

  clock.skip(61_000);

  await until("its silence is noticed", async () => (await presenceOf("gone")) === "offline");
  expect(await presenceOf("silent")).toBe("online");
});

test("a take-over's late will does not take a board offline that speaks through its new connection", async () => {
  const hub = await startHub();
  const client = await openLiveClient(hub.url);
  const will = { topic: "devices/a/status", payload: "offline", qos: 1 };
  const first = await connectRaw(hub, { clientId: "a", will });
  first.publish({ topic: telemetry("a"), payload: '{"t":1}', qos: 1, packetId: 1 });
  await first.packets(PUBACK, 1);

  const second = await connectRaw(hub, { clientId: "a", will }); // the broker ends the first
  second.publish({ topic: telemetry("a"), payload: '{"t":2}', qos: 1, packetId: 1 });
  await second.packets(PUBACK, 1);
  await within("the first is ended", first.closed);
  second.publish({ topic: telemetry("a"), payload: '{"t":3}', qos: 1, packetId: 2 });
  await second.packets(PUBACK, 2);
  await client.next("sensorData", ({ data }) => data["t"] === 3);

  expect((await ask<{ presence: string }>(hub, "/api/devices/a")).body.presence).toBe("online");
});

test("rejected comes at most four times a second, however much is refused, and says why", async () => {
  const hub = await startHub();
  const client = await openLiveClient(hub.url);
  const board = await connectRaw(hub, { clientId: "careless" });

  const beganAtMs = performance.now();
  let packetId = 0;
  while (performance.now() - beganAtMs < 1_500) {
    packetId += 1;
    board.publish({ topic: telemetry("careless"), payload: "?", qos: 1, packetId });
    await board.packets(PUBACK, packetId);
  }
  const spanMs = performance.now() - beganAtMs;

  const rejected = client.of("rejected").map(({ event }) => event);
  expect(packetId).toBeGreaterThan(20);
  expect(rejected.length).toBeGreaterThan(2);
  expect(rejected.length).toBeLessThanOrEqual(spanMs / 250 + 1);
  expect(rejected[0]).toMatchObject({
    code: "PAYLOAD_NOT_JSON",
    kind: "message",
    clientId: "careless",
    deviceId: "careless",
    count: 1,
  });
});

test("refusals of several kinds at once all come, each in its turn", async () => {
  const hub = await startHub();
  const client = await openLiveClient(hub.url);
  const board = await connectRaw(hub, { clientId: "careless" });

  for (const [index, payload] of ["?", "[1]", ""].entries()) {
    board.publish({ topic: telemetry("careless"), payload, qos: 1, packetId: index + 1 });
  }

  for (const code of ["PAYLOAD_NOT_JSON", "READING_WRONG_SHAPE", "PAYLOAD_EMPTY"]) {
    await client.next("rejected", (refusal) => refusal.code === code);
  }
});

test("tick comes every two seconds with the hub's time and build", async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock });
  const client = await openLiveClient(hub.url);

  for (const count of [1, 2, 3]) {
    clock.skip(2_000);
    await until("a tick", () => client.of("tick").length >= count);
  }

  const times = client.of("tick").map(({ event }) => Date.parse(event.time));
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(2_000);
  expect(Math.abs((times.at(-1) ?? 0) - clock.nowMs())).toBeLessThan(10_000);
  for (const { event } of client.of("tick")) expect(event.build).toBe("test-build");
});

test("a reading that is not stored reaches no browser; stored ones do, in order, after their commit", async () => {
  const hub = await startHub({ storeLimits: { commitDelayMs: 150 } });
  const client = await openLiveClient(hub.url);
  const board = await connectRaw(hub, { clientId: "a" });
  const seen: { id: string; inStore: Promise<boolean> }[] = [];
  client.socket.on("sensorData", ({ data }) => {
    const inStore = readingsOf(hub, "a").then((readings) => readings.some(({ _id }) => _id === data._id));
    seen.push({ id: data._id, inStore });
  });
  const message = { topic: telemetry("a"), payload: '{"seq":1}', qos: 1, packetId: 1 } as const;

  board.publish({ topic: telemetry("a"), payload: '{"temperature":[1]}', qos: 1, packetId: 9 }); // refused
  board.publish(message);
  board.publish({ ...message, dup: true }); // a duplicate
  board.publish({ ...message, payload: '{"seq":2}', packetId: 2 });
  await board.packets(PUBACK, 4);
  await until("both came", () => client.of("sensorData").length === 2);
  await client.next("tick"); // whatever else was to come has come

  expect(client.of("sensorData").map(({ event }) => event.data["seq"])).toEqual([1, 2]);
  expect(await Promise.all(seen.map(({ inStore }) => inStore))).toEqual([true, true]);
});

const MB = 1024 * 1024;
/** 64 texts of 250 bytes: few readings fill every buffer between hub and browser. */
const LARGE = JSON.stringify(
  Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`m${index}`, "x".repeat(250)])),
);

test("a browser that stops reading is cut off, what it holds of the hub's memory is bounded, and others go on", async () => {
  const hub = await spawnHub();
  const frozen = new WebSocket(`ws://${hub.host}:${hub.httpPort}/socket.io/?EIO=4&transport=websocket`);
  await within("it connects", new Promise((resolve) => frozen.once("open", resolve)));
  frozen.send("40");
  await within(
    "it is in",
    new Promise((resolve) => frozen.on("message", (text) => String(text).startsWith("40") && resolve(text))),
  );
  frozen.send('420["subscribe",{"batch":true}]');
  const healthy = await openLiveClient(hub.url);
  await healthy.subscribe({ batch: true });
  expect((await ask(hub, "/websocket/status")).text).toContain('"connectedClients":2');
  const board = await connectRaw(hub, { clientId: "a" });
  const idleBytes = residentBytes(hub.pid);

  frozen.pause();
  const cutOff = hub.event("a browser did not read its live values and was disconnected");
  let isCutOff = false;
  void cutOff.then(() => {
    isCutOff = true;
  });
  let peakBytes = 0;
  let packetId = 0;
  while (!isCutOff && packetId < 10_000) {
    const burst = Array.from({ length: 20 }, () =>
      publishPacket({ topic: telemetry("a"), payload: LARGE, qos: 1, packetId: ++packetId }),
    );
    board.send(...burst);
    await board.packets(PUBACK, packetId);
    peakBytes = Math.max(peakBytes, residentBytes(hub.pid));
  }
  await within("it is cut off", cutOff);

  await until("one browser is left", async () =>
    (await ask(hub, "/websocket/status")).text.includes('"connectedClients":1'),
  );
  board.publish({ topic: telemetry("b"), payload: '{"seq":1}', qos: 1, packetId: packetId + 1 });
  await healthy.next("readings", (batch) => batch.some(({ deviceId }) => deviceId === "b"));
  expect(peakBytes - idleBytes).toBeLessThan(150 * MB);
  frozen.terminate();
});

/** Linux tells it; elsewhere the bound is not measured. */
function residentBytes(pid: number): number {
  if (process.platform !== "linux") return 0;
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
}
