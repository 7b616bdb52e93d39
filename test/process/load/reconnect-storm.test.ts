/** Thousands of boards with secrets of their own come back at once after a restart: all are in soon, and none is timed out. */
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { makeOwner } from "../../support/hub/first-account.ts";
import { type HubAddress, type SpawnedHub, spawnHub } from "../../support/hub/hub.ts";
import { connectBytes } from "../../support/packets/login-bytes.ts";
import { pause } from "../../support/until.ts";

/** `npm run soak` sets 5,000. */
const BOARDS = Number(process.env["AERIE_TEST_BOARDS"] ?? 1_000);
/** Some 5,000 a second are let in; what takes longest is the wait of those that the system did not let in at once. */
const WITHIN_MS = 10_000 + 4 * BOARDS;
/** Makers of secrets side by side: their changes go to the disk together. */
const MAKERS = 100;
/** A board tries again after about so long. */
const AGAIN_MS = 1_000;

/** Settles with CONNACK's return code; undefined: the connection ended first. */
function tryConnect(hub: HubAddress, bytes: Buffer, sockets: Set<Socket>): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port: hub.mqttPort }, () => socket.write(bytes));
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => {
      sockets.delete(socket);
      resolve(undefined);
    });
    socket.once("data", (data: Buffer) => resolve(data[3]));
  });
}

interface Fleet {
  readonly boards: readonly Buffer[];
  readonly authorization: string;
}

async function makeFleet(hub: SpawnedHub): Promise<Fleet> {
  const tokenOf = await makeOwner(hub);
  const { authorization } = await tokenOf("operator");
  const json = { "content-type": "application/json" };
  const boards: Buffer[] = [];
  let next = 0;
  const make = async (): Promise<void> => {
    while (next < BOARDS) {
      const deviceId = `board-${next++}`;
      const body = JSON.stringify({ deviceId });
      const answer = await fetch(`${hub.url}/api/boards`, {
        method: "POST",
        headers: { ...json, authorization },
        body,
      });
      boards.push(connectBytes(deviceId, ((await answer.json()) as { secret: string }).secret));
    }
  };
  await Promise.all(Array.from({ length: MAKERS }, make));
  return { boards, authorization };
}

/** All at once, each again until it is in; settles with how long the last one took. */
async function allComeBack(hub: HubAddress, { boards }: Fleet, sockets: Set<Socket>): Promise<number> {
  const startedMs = performance.now();
  await Promise.all(
    boards.map(async (bytes) => {
      for (;;) {
        const code = await tryConnect(hub, bytes, sockets);
        if (code === 0) return;
        if (code !== undefined) throw new Error(`refused with ${code}`);
        if (performance.now() - startedMs > 2 * WITHIN_MS) throw new Error("not in after a minute");
        await pause(AGAIN_MS * (0.5 + Math.random())); // as boards do, so that they do not come all together again
      }
    }),
  );
  return performance.now() - startedMs;
}

test(`${BOARDS} boards with secrets reconnect within ${WITHIN_MS / 1_000} s after a restart, and none is timed out`, {
  timeout: 180_000,
}, async () => {
  const args = ["--auth", "on", "--max-requests-per-minute", "0", "--max-connections-per-address", String(2 * BOARDS)];
  const first = await spawnHub({ args });
  const fleet = await makeFleet(first);
  const sockets = new Set<Socket>();
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  await allComeBack(first, fleet, sockets);
  expect(sockets.size).toBe(BOARDS);
  await first.kill();

  const { dataDir, httpPort, mqttPort } = first;
  const second = await spawnHub({ args, dataDir, httpPort, mqttPort });
  const tookMs = await allComeBack(second, fleet, sockets);
  const { authorization } = fleet;
  const told = await fetch(`${second.url}/api/refusals`, { headers: { authorization } });
  const metrics = await (await fetch(`${second.url}/metrics`, { headers: { authorization } })).text();

  expect(tookMs).toBeLessThan(WITHIN_MS);
  expect(((await told.json()) as { counts: object }).counts).toEqual({});
  expect(metrics).toMatch(new RegExp(`^aerie_mqtt_clients ${BOARDS}$`, "m"));
});
