/** SIGKILL under load, again and again on one data directory: what was acknowledged is there, and nothing is twice. */
import { expect, test } from "vitest";
import { type Board, createBoard } from "../../support/clients/board.ts";
import { compareAll, compareNewest, type Differences, NO_DIFFERENCES } from "../../support/history/stored-sequences.ts";
import { type HubAddress, spawnHub, startHub, tempDir } from "../../support/hub/hub.ts";
import { pause, until } from "../../support/until.ts";

/** `npm run soak` sets 200. */
const KILLS = Number(process.env["AERIE_TEST_KILLS"] ?? 3);
const LEAST_LOAD_MS = 50;
const MOST_LOAD_MS = 500;
/** All that is stored is read after so many kills; in between the newest. */
const THOROUGH_EVERY = 10;

test(`after each of ${KILLS} SIGKILLs every acknowledged reading is there exactly once`, {
  timeout: 120_000 + KILLS * 10_000,
}, async () => {
  const dataDir = tempDir();
  const boards = Array.from({ length: 8 }, (_, index) =>
    createBoard({ deviceId: `board-${index}`, timed: index % 2 === 0, window: 10 + index * 5 }),
  );

  for (let kill = 1; kill <= KILLS; kill += 1) {
    const hub = await spawnHub({ dataDir });
    const before = boards.map(({ acknowledged }) => acknowledged.length);
    const check = (kill - 1) % THOROUGH_EVERY === 0 ? compareAll : compareNewest;
    await expectPromisesKept(hub, boards, check, `before kill ${kill}`);
    await Promise.all(boards.map((board) => board.connect(hub)));
    await until("each board was acknowledged something", () =>
      boards.every(({ acknowledged }, index) => acknowledged.length > (before[index] ?? 0)),
    );
    const loadMs = LEAST_LOAD_MS + Math.random() * (MOST_LOAD_MS - LEAST_LOAD_MS);
    await pause(loadMs); // the moment of a kill is chance
    await hub.kill();
    await until("the boards saw it", () => boards.every((board) => !board.isConnected()));
  }

  const last = await startHub({ settings: { dataDir } });
  await Promise.all(boards.map((board) => board.connect(last)));
  for (const board of boards) board.rest();
  await until("all is acknowledged", () => boards.every((board) => board.isSettled()));
  await expectPromisesKept(last, boards, compareAll, "in the end");
  for (const board of boards) expect(board.acknowledged).toHaveLength(board.sent());
});

async function expectPromisesKept(
  hub: HubAddress,
  boards: readonly Board[],
  check: typeof compareAll,
  when: string,
): Promise<void> {
  const found: { [deviceId: string]: Differences } = {};
  for (const { deviceId, acknowledged } of boards) {
    // A quick look sees the newest only; what is older was looked at before.
    const promised = check === compareAll ? acknowledged : acknowledged.slice(-2_000);
    if (promised.length > 0) found[deviceId] = await check(hub, deviceId, promised);
  }
  const expected = Object.fromEntries(Object.keys(found).map((deviceId) => [deviceId, NO_DIFFERENCES]));
  expect(found, when).toEqual(expected);
}
