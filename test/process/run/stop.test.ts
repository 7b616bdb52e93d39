/** An orderly stop while boards send: nothing that was promised is lost. */
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { createBoard, createFleetingBoard } from "../../support/clients/board.ts";
import { openLiveClient } from "../../support/clients/live-client.ts";
import { connectRaw } from "../../support/clients/raw-client.ts";
import { connectWire } from "../../support/clients/wire-client.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { compareAll, NO_DIFFERENCES } from "../../support/history/stored-sequences.ts";
import { spawnHub, startHub } from "../../support/hub/hub.ts";
import { ask, readingsOf } from "../../support/hub/rest.ts";
import { besiege } from "../../support/load/siege.ts";
import { isListening } from "../../support/network.ts";
import { idOf, PINGREQ_PACKET, PINGRESP, PUBACK, publishPacket } from "../../support/packets/packets.ts";
import { DISCONNECT } from "../../support/packets/packets-of-version.ts";
import { until, within } from "../../support/until.ts";

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s under load ends with 0 within 5 s; what was acknowledged is there after a restart, and so is what went before",
  async (signal) => {
    const hub = await spawnHub();
    const boards = [true, false, true, false].map((timed, index) => createBoard({ deviceId: `board-${index}`, timed }));
    const fleeting = ["fleeting-0", "fleeting-1"].map(createFleetingBoard);
    await Promise.all([...boards.map((board) => board.connect(hub)), ...fleeting.map((board) => board.start(hub))]);
    await until("the load runs", () => boards.every(({ acknowledged }) => acknowledged.length > 500));

    const askedAtMs = performance.now();
    const code = await hub.kill(signal);
    const tookMs = performance.now() - askedAtMs;

    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(5_000);
    expect(hub.logged.at(-1)?.event).toBe("stopped");
    expect(hub.logged.filter(({ level }) => level === "error")).toEqual([]);
    expect([await isListening(hub.httpPort), await isListening(hub.mqttPort)]).toEqual([false, false]);

    const { dataDir, httpPort, mqttPort } = hub;
    const restarted = await startHub({ settings: { dataDir, httpPort, mqttPort } });
    for (const { deviceId, acknowledged } of boards) {
      expect(await compareAll(restarted, deviceId, acknowledged)).toEqual(NO_DIFFERENCES);
    }
    for (const { deviceId, assured } of fleeting) {
      expect(assured()).toBeGreaterThan(0);
      const promised = Array.from({ length: assured() }, (_, seq) => seq);
      expect(await compareAll(restarted, deviceId, promised)).toEqual(NO_DIFFERENCES);
    }

    // What was not acknowledged comes again, and is stored once.
    await Promise.all(boards.map((board) => board.connect(restarted)));
    for (const board of boards) board.rest();
    await until("all is acknowledged", () => boards.every((board) => board.isSettled()));
    for (const board of boards) {
      const stored = (await readingsOf(restarted, board.deviceId)).map(({ metrics }) => metrics["seq"]);
      expect(stored.sort((a, b) => Number(a) - Number(b))).toEqual(
        Array.from({ length: board.sent() }, (_, seq) => seq),
      );
    }
  },
);

test("QoS 0 readings that wait for company when SIGTERM comes are stored before the hub ends", async () => {
  const hub = await spawnHub({ args: ["--commit-interval-ms", "60000"] });
  const board = await connectRaw(hub, { clientId: "board" });
  const sent = Array.from({ length: 200 }, (_, seq) => seq);

  board.send(
    ...sent.map((seq) => publishPacket({ topic: "devices/board/telemetry", payload: JSON.stringify({ seq }) })),
    PINGREQ_PACKET,
  );
  await board.packets(PINGRESP, 1); // so the hub has read what came before
  const beforeStop = await readingsOf(hub, "board");
  const code = await hub.kill("SIGTERM");

  const restarted = await startHub({ settings: { dataDir: hub.dataDir } });
  expect(code).toBe(0);
  expect(beforeStop).toEqual([]);
  expect(await compareAll(restarted, "board", sent)).toEqual(NO_DIFFERENCES);
});

test("what waits for its commit when the hub is closed is acknowledged first; what comes later is not", async () => {
  const hub = await startHub({ storeLimits: { commitDelayMs: 300 } });
  const board = await connectRaw(hub, { clientId: "board" });
  const reading = (seq: number) => ({
    topic: "devices/board/telemetry",
    payload: JSON.stringify({ seq }),
    qos: 1 as const,
  });
  board.publish({ ...reading(1), packetId: 1 });
  await until("it waits", async () => !/^aerie_waiting_bytes 0$/m.test((await ask(hub, "/metrics")).text));

  const closing = hub.close();
  board.publish({ ...reading(2), packetId: 2 });
  await within("the hub is closed", closing);
  await within("the connection is closed", board.closed);

  expect(board.received.filter(({ type }) => type === PUBACK).map(idOf)).toEqual([1]);
  const reopened = await startHub({ settings: { dataDir: hub.dataDir } });
  expect(await compareAll(reopened, "board", [1])).toEqual(NO_DIFFERENCES);
});

test("a second SIGTERM waits for the first stop and changes nothing", async () => {
  const hub = await spawnHub();

  process.kill(hub.pid, "SIGTERM");
  const code = await hub.kill("SIGTERM");

  expect(code).toBe(0);
  expect(hub.logged.at(-1)?.event).toBe("stopped");
});

test("a stop waits for no WebSocket: boards on it hear that the hub stops, and a browser that reads nothing is left", async () => {
  const hub = await spawnHub();
  const old = await connectRaw(hub, { clientId: "board of 3.1.1" }, "websocket");
  const board = await connectWire(hub, 5, { clientId: "board of 5", transport: "websocket" });
  const frozen = new WebSocket(`${hub.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
  onTestFinished(() => frozen.terminate());
  const isIn = new Promise<void>((resolve) => {
    frozen.on("message", (text) => String(text).startsWith("40") && resolve());
  });
  await within("it opens", new Promise((resolve) => frozen.once("open", resolve)));
  frozen.send("40");
  await within("it is in", isIn);
  frozen.pause();

  const askedAtMs = performance.now();
  const code = await hub.kill("SIGTERM");

  expect(code).toBe(0);
  expect(performance.now() - askedAtMs).toBeLessThan(5_000);
  expect(board.received.at(-1)).toMatchObject({ type: DISCONNECT });
  expect(old.isOpen()).toBe(false);
});

test("a browser sees no board go offline when the hub stops, not even one that was silent for long", async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ clock });
  const browser = await openLiveClient(hub.url);
  const board = await connectRaw(hub, { clientId: "board" });
  board.publish({ topic: "devices/board/telemetry", payload: '{"seq":1}' });
  await browser.next("presence");
  clock.pass(600_000); // it is online only because it is connected
  const ended = new Promise<void>((resolve) => browser.socket.once("disconnect", () => resolve()));

  await within("the hub is closed", hub.close());

  await within("the browser is disconnected", ended);
  expect(browser.of("presence").map(({ event: { state } }) => state)).toEqual(["online"]);
});

test("a poll that waited behind another on a connection that broke delays no stop", async () => {
  const hub = await spawnHub();
  const polling = "/socket.io/?EIO=4&transport=polling";
  const opened = await Promise.all([1, 2].map(() => ask(hub, polling)));
  const [first = "", second = ""] = opened.map(({ text }) => (JSON.parse(text.slice(1)) as { sid: string }).sid);
  const poll = (sid: string): string => `GET ${polling}&sid=${sid} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  const asker = besiege(hub, hub.httpPort);
  await once(asker.socket, "connect");
  asker.socket.write(poll(first) + poll(second));
  await ask(hub, "/healthz"); // both have come before
  asker.socket.resetAndDestroy();
  await ask(hub, "/healthz");

  const askedAtMs = performance.now();
  expect(await hub.kill("SIGTERM")).toBe(0);

  expect(performance.now() - askedAtMs).toBeLessThan(5_000);
  expect(hub.logged.at(-1)?.event).toBe("stopped");
});
