/** SIGKILL while boards announce themselves, again and again: what was acknowledged of it is on the disk, and the hub knows it. */
import { expect, test } from "vitest";
import type { Device } from "../../../src/contract/readings.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { announceBoard, announcedId, announcedName, stateTopic } from "../../support/clients/announcement.ts";
import { connectRaw } from "../../support/clients/raw-client.ts";
import { withHubFile } from "../../support/hub/built-hub-file.ts";
import { type HubAddress, spawnHub, startHub, tempDir } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { createMemoryLog } from "../../support/memory/memory-log.ts";
import { idOf, PUBACK } from "../../support/packets/packets.ts";
import { pause, until } from "../../support/until.ts";

/** `npm run soak` sets 200. */
const KILLS = Number(process.env["AERIE_TEST_KILLS"] ?? 3);
const MOST_LOAD_MS = 300;
/** Not acknowledged yet, at most. */
const WINDOW = 30;

/** Boards that announce themselves one after the other, as fast as they are acknowledged; `acknowledged` grows until the hub is gone. */
async function announce(hub: HubAddress, first: number) {
  const client = await connectRaw(hub, { clientId: "boards" });
  const boardOf = new Map<number, number>();
  const acknowledged: number[] = [];
  let seen = 0;
  let next = first;
  const send = (): void => {
    const packetId = ((next - first) % 60_000) + 1;
    boardOf.set(packetId, next);
    announceBoard(client, next, packetId);
    next++;
  };
  const take = (): void => {
    for (; seen < client.received.length; seen++) {
      const packet = client.received[seen];
      if (packet?.type !== PUBACK) continue;
      const board = boardOf.get(idOf(packet));
      if (board !== undefined) acknowledged.push(board);
    }
  };
  return {
    acknowledged,
    sent: () => next,
    run: (): void => {
      take();
      while (next - first - acknowledged.length < WINDOW) send();
    },
    take,
  };
}

async function learnedIn(dataDir: string): Promise<ReadonlySet<string>> {
  const options = { dataDir, clock: systemClock, log: createMemoryLog(), onDead: () => {} };
  const kept = await withHubFile(options, (hubFile) => hubFile.load());
  return new Set(kept?.learned.map(({ deviceId }) => deviceId));
}

test(`after each of ${KILLS} SIGKILLs what boards announced and were acknowledged is there`, {
  timeout: 120_000 + KILLS * 10_000,
}, async () => {
  const dataDir = tempDir();
  const promised: number[] = [];
  let first = 0;
  for (let kill = 1; kill <= KILLS; kill++) {
    const hub = await spawnHub({ dataDir });
    const boards = await announce(hub, first);
    const timer = setInterval(boards.run, 2);
    await until("something is acknowledged", () => boards.acknowledged.length > 0);
    await pause(Math.random() * MOST_LOAD_MS); // the moment of a kill is chance
    await hub.kill();
    clearInterval(timer);
    boards.take();
    promised.push(...boards.acknowledged);
    first = boards.sent();
    const learned = await learnedIn(dataDir);
    expect(
      promised.filter((board) => !learned.has(announcedId(board))),
      `after kill ${kill}`,
    ).toEqual([]);
    expect(learned.size).toBeLessThanOrEqual(first);
  }

  const hub = await startHub({ settings: { dataDir } });
  const client = await connectRaw(hub, { clientId: "states" });
  const last = promised.at(-1) ?? 0;
  client.publish({ topic: stateTopic(last), payload: "21.5", qos: 1, packetId: 1 });
  await client.packets(PUBACK, 1);
  const { body } = await ask<Device>(hub, `/api/devices/${announcedId(last)}`);
  expect(body).toMatchObject({ name: announcedName(last), latest: expect.anything() });
  expect(Object.values(body.metricInfo)).toMatchObject([{ label: "Temperature", unit: "°C" }]);
});
