/** A store that is slow, and one that is full: nothing is lost, nobody waits without end, and work goes on by itself. */
import { expect, test } from "vitest";
import { openLoad } from "../../../bench/generator/load.ts";
import { createBoard } from "../../support/clients/board.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { connectRaw } from "../../support/clients/raw-client.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { compareAll, NO_DIFFERENCES } from "../../support/history/stored-sequences.ts";
import { type InProcessHub, startHub } from "../../support/hub/hub.ts";
import { ask, readingsOf } from "../../support/hub/rest.ts";
import { PUBACK } from "../../support/packets/packets.ts";
import { until } from "../../support/until.ts";

/** What waits for a commit takes 200 to 400 ms; other topics take some. */
const MOST_TRIP_MS = 1_500;

test("with a store that takes 200 ms a commit, 50 boards lose nothing, and messages on other topics pass meanwhile", async () => {
  const hub = await startHub({ storeLimits: { commitDelayMs: 200 } });
  const load = await openLoad({
    host: hub.mqttHost,
    port: hub.mqttPort,
    boards: 50,
    qos: 1,
    windowPerBoard: 20,
    firstSequence: 0,
  });
  const talker = await connectJs(hub.mqttUrl);
  await talker.subscribe("talk/#", 1);

  const running = load.run({ durationMs: 2_000 });
  let isRunning = true;
  void running.then(() => {
    isRunning = false;
  });
  const roundTripsMs: number[] = [];
  while (isRunning) {
    const topic = `talk/${roundTripsMs.length}`;
    const sentAtMs = performance.now();
    await talker.publish(topic, "hello", { qos: 1 });
    await talker.message(topic);
    roundTripsMs.push(performance.now() - sentAtMs);
  }
  const { sent, acknowledged, closedBoards, stalled, boards } = await running;
  load.close();

  expect({ closedBoards, stalled, unacknowledged: sent - acknowledged }).toEqual({
    closedBoards: 0,
    stalled: false,
    unacknowledged: 0,
  });
  expect(acknowledged).toBeGreaterThan(2_500);
  expect(roundTripsMs.length).toBeGreaterThan(5);
  expect(Math.max(...roundTripsMs)).toBeLessThan(MOST_TRIP_MS);
  for (const { deviceId, acknowledged: promised } of boards) {
    expect(await compareAll(hub, deviceId, promised)).toEqual(NO_DIFFERENCES);
  }
});

/** About 1.6 MB: some thousand readings. */
const MAX_PAGES = 400;
const NOTE = "x".repeat(200);

/** Sends QoS 1 readings of `old` until one is not acknowledged. */
async function fillStore(hub: InProcessHub): Promise<number> {
  const filler = await connectJs(hub.mqttUrl);
  let stored = 0;
  for (;;) {
    const list = Array.from({ length: 100 }, (_, index) => ({ seq: stored + index, note: NOTE }));
    void filler.client.publishAsync("devices/old/telemetry", JSON.stringify(list), { qos: 1 }).then(
      () => {
        stored += list.length;
      },
      () => undefined,
    );
    const before = stored;
    const state = await until("it is stored, or the store is full", async () => {
      if (stored > before) return "stored" as const;
      return (await ask(hub, "/readyz")).status === 503 ? ("full" as const) : undefined;
    });
    if (state === "full") return stored;
  }
}

test("a full disk: nothing is acknowledged, the hub says so and stays up; with room again it goes on by itself", {
  timeout: 120_000,
}, async () => {
  const clock = createShiftedClock();
  const hub = await startHub({ storeLimits: { maxPages: MAX_PAGES }, clock });
  const stored = await fillStore(hub);
  const talker = await connectJs(hub.mqttUrl);
  await talker.subscribe("talk/#");
  const live = createBoard({ deviceId: "live", timed: false, window: 5 });
  await live.connect(hub);
  const fresh = await connectRaw(hub, { clientId: "fresh" });
  fresh.publish({ topic: "devices/fresh/telemetry", payload: '{"seq":0}', qos: 1, packetId: 1 });

  const ready = await ask<{ ready: boolean; problems: { part: string; problem: string }[] }>(hub, "/readyz");
  await talker.publish("talk/1", "hello", { qos: 1 });
  await talker.message("talk/1", 2_000);
  // A message that the store has not taken within ten seconds ends its connection, so that the board sends it again.
  expect([live.isConnected(), fresh.isOpen()]).toEqual([true, true]);
  clock.skip(10_500);
  await until("the boards are let go", () => !live.isConnected() && !fresh.isOpen());

  expect(stored).toBeGreaterThan(1_000);
  expect(ready.status).toBe(503);
  expect(ready.body.problems.map(({ part }) => part)).toEqual(["store"]);
  expect(ready.body.problems[0]?.problem).toMatch(/cannot be written.*full/);
  expect(hub.logged.filter(({ event }) => event === "store cannot be written")).toMatchObject([
    { level: "error", fields: { reason: expect.stringMatching(/full/) } },
  ]);
  expect((await ask(hub, "/healthz")).status).toBe(200);
  expect((await readingsOf(hub, "old")).length).toBeGreaterThanOrEqual(stored);
  expect(live.acknowledged).toEqual([]);
  expect(fresh.received.filter(({ type }) => type === PUBACK)).toEqual([]);

  const again = live.connect(hub); // comes back while the disk is still full, and waits
  expect((await ask(hub, "/api/devices/old", { method: "DELETE" })).status).toBe(204);
  await again;
  await until("what waited is stored", () => live.acknowledged.length > 100, { withinMs: 30_000 });
  live.rest();
  await until("all of it", () => live.isSettled());

  await until("the hub is ready", async () => (await ask(hub, "/readyz")).status === 200);
  expect(hub.logged.some(({ event }) => event === "store can be written again")).toBe(true);
  expect(await compareAll(hub, "live", live.acknowledged)).toEqual(NO_DIFFERENCES);
});
