/** A disk that takes 12 s a commit, under a flood: memory is bounded, nothing acknowledged is lost, and it passes. */
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { SETTINGS } from "../../../src/config/settings.ts";
import { type LoyalBoard, startLoyalBoard } from "../../support/clients/loyal-board.ts";
import { connectWire } from "../../support/clients/wire-client.ts";
import { compareAll, NO_DIFFERENCES } from "../../support/history/stored-sequences.ts";
import type { HubAddress } from "../../support/hub/hub.ts";
import { metricsOf } from "../../support/hub/metrics.ts";
import { ask, refusedCount } from "../../support/hub/rest.ts";
import { type SlowHub, spawnSlowHub } from "../../support/hub/slow-hub.ts";
import { SMALL_HEAP, watchMemory } from "../../support/load/memory-watch.ts";
import { PINGREQ_PACKET } from "../../support/packets/packets.ts";
import { publishOf, VERSIONS, type Version } from "../../support/packets/packets-of-version.ts";
import { until } from "../../support/until.ts";

/** What waits for 10 s, looked at each second, ends its connection. */
const COMMIT_MS = 12_000;
const BOARDS_OF_EACH_QOS = 25;
const KEEP_ALIVE_S = 2;
/** What all that is read and not yet durable may hold. */
const BOUND_BYTES = Number(SETTINGS.maxWaitingBytes.fallback);
/** So that the heap has its working size before it is measured. */
const WARM_READINGS = 20_000;
/** What was read when it was found full is there. */
const MAX_OVERSHOOT_BYTES = 1_000_000;
/** What the objects around those bytes, garbage collection and the allocator may take above it: up to 70 MB was seen. */
const SLACK_MB = 100;

const versionOf = (index: number): Version => VERSIONS[index % VERSIONS.length] ?? 4;

test("a flood from 50 boards while a commit takes 12 s: memory is bounded, no acknowledged reading is lost, and all comes right", {
  timeout: 240_000,
}, async () => {
  const hub = await spawnSlowHub({ env: { NODE_OPTIONS: SMALL_HEAP } });
  const boards = await Promise.all(
    Array.from({ length: BOARDS_OF_EACH_QOS }, (_, index) =>
      startLoyalBoard(hub, {
        deviceId: `loyal-${index}`,
        version: versionOf(index),
        keepAliveS: KEEP_ALIVE_S,
        window: 20,
      }),
    ),
  );
  const stopFlood = startFlood(hub);
  await until("the flood runs", async () => (await metricsOf(hub, "aerie_readings_total"))[0] > WARM_READINGS, {
    withinMs: 30_000,
  });
  const memory = await watchMemory(hub);

  hub.slowDown(COMMIT_MS);
  await slowCommitsEnded(hub, 1);
  const stalledAfterOne = await refusedCount(hub, "STORE_STALLED");
  const acknowledgedWhenSlow = boards.map(({ acknowledged }) => acknowledged.length);
  hub.speedUp();
  stopFlood();
  await expectWork(boards, acknowledgedWhenSlow);
  memory.stop();

  // The bound was reached, and held.
  expect(memory.mostWaitingBytes()).toBeGreaterThan(0.9 * BOUND_BYTES);
  expect(memory.mostWaitingBytes()).toBeLessThan(BOUND_BYTES + MAX_OVERSHOOT_BYTES);
  expect(memory.growthMb()).toBeLessThan(BOUND_BYTES / 2 ** 20 + SLACK_MB);
  // What waited 10 s ended its connection, so that its board sent it again; nobody went for want of a sign of life.
  expect(stalledAfterOne).toBeGreaterThan(0);
  expect(await refusedCount(hub, "KEEP_ALIVE_EXPIRED")).toBe(0);
  for (const { deviceId, acknowledged } of boards) {
    expect(await compareAll(hub, deviceId, acknowledged)).toEqual(NO_DIFFERENCES);
  }
  // What the flood had left in the system's socket buffers is still worked through.
  await until("nothing waits any more", async () => (await metricsOf(hub, "aerie_waiting_bytes"))[0] === 0, {
    withinMs: 60_000,
  });
  expect((await ask(hub, "/readyz")).status).toBe(200);
});

/** Settles when so many commits took as long as the disk is slow. */
async function slowCommitsEnded(hub: SlowHub, count: number): Promise<void> {
  await until(
    `${count} slow commits end`,
    async () => {
      const { text } = await ask(hub, "/metrics");
      const under = (bound: string): number =>
        Number(new RegExp(`^aerie_commit_seconds_bucket\\{le="${bound}"\\} (\\d+)`, "m").exec(text)?.[1]);
      return under("\\+Inf") - under("10") >= count;
    },
    { withinMs: 3 * COMMIT_MS, everyMs: 250 },
  );
}

/** Each board is acknowledged something new, then all that it sent. */
async function expectWork(boards: readonly LoyalBoard[], before: readonly number[]): Promise<void> {
  await until(
    "every board is acknowledged again",
    () => boards.every(({ acknowledged }, index) => acknowledged.length > (before[index] ?? 0)),
    { withinMs: 60_000 },
  );
  for (const board of boards) board.rest();
  await until("all is acknowledged", () => boards.every((board) => board.isSettled()), { withinMs: 60_000 });
  for (const board of boards) expect(board.acknowledged).toHaveLength(board.sent());
}

/** Four readings of a kilobyte in one message: what one client may have unanswered reaches far beyond the bound. */
const BACKLOG = JSON.stringify(
  Array.from({ length: 4 }, () =>
    Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`note${index}`, "x".repeat(180)])),
  ),
);

/** Boards that send QoS 0 readings as fast as their sockets take them, and come back when cut off. */
function startFlood(hub: HubAddress): () => void {
  let stopped = false;
  const stop = (): void => {
    stopped = true;
  };
  onTestFinished(stop);
  for (let index = 0; index < BOARDS_OF_EACH_QOS; index += 1) void keepFlooding(index);
  return stop;

  async function keepFlooding(index: number): Promise<void> {
    while (!stopped) await floodOnce(index).catch(() => undefined);
  }

  async function floodOnce(index: number): Promise<void> {
    const clientId = `careless-${index}`;
    const version = versionOf(index);
    const client = await connectWire(hub, version, { clientId, keepAliveS: KEEP_ALIVE_S });
    const packet = publishOf(version, { topic: `devices/${clientId}/telemetry`, payload: BACKLOG });
    const burst = Buffer.concat(Array.from({ length: 5 }, () => packet));
    const pings = setInterval(() => client.send(PINGREQ_PACKET), KEEP_ALIVE_S * 500);
    while (!stopped && client.isOpen()) {
      if (!client.stream.write(burst)) await Promise.race([once(client.stream, "drain"), client.closed]);
      else await new Promise(setImmediate);
    }
    clearInterval(pings);
    client.destroy();
  }
}
