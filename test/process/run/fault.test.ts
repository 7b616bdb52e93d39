/** A fault that nobody caught ends the process in order: what was accepted is finished, and a supervisor can start it again. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { createBoard } from "../../support/clients/board.ts";
import { compareAll, NO_DIFFERENCES } from "../../support/history/stored-sequences.ts";
import { type SpawnedHub, spawnHub, startHub } from "../../support/hub/hub.ts";
import { spawnSlowHub } from "../../support/hub/slow-hub.ts";
import { until, within } from "../../support/until.ts";

const PRELOAD = `--import=${pathToFileURL(path.join(import.meta.dirname, "..", "..", "support", "hub", "fault.mjs")).href}`;
const FAULTS = ["emits", "rejects", "throwsAgainAndAgain"] as const;

test("whatever nobody caught ends the hub with 1 within 5 s, in order, and what it acknowledged is stored; also where the store does not answer", async () => {
  const [stuck, ...ends] = await Promise.all([endOfStuck(), ...FAULTS.map(endOf)]);

  for (const { fault, hub, code, tookMs, board } of ends) {
    const events = hub.logged.map(({ event }) => event);
    expect([fault, code]).toEqual([fault, 1]);
    expect(events).toEqual(expect.arrayContaining([fault === "rejects" ? REJECTED : UNCAUGHT, "stopped"]));
    expect(hub.stderr()).toMatch(/^The hub cannot continue: a fault of the test\. .*\n$/);
    expect(tookMs, fault).toBeLessThan(5_000);
    const restarted = await startHub({ settings: { dataDir: hub.dataDir } });
    expect([fault, await compareAll(restarted, "board", board.acknowledged)]).toEqual([fault, NO_DIFFERENCES]);
  }
  expect(stuck.code).toBe(1);
  expect(stuck.hub.logged.at(-1)?.event).toBe("not everything could be closed");
  expect(stuck.tookMs).toBeLessThan(5_500);
});

const UNCAUGHT = "uncaught fault";
const REJECTED = "uncaught promise rejection";

async function endOf(fault: (typeof FAULTS)[number]) {
  const hub = await spawnHub({ env: { NODE_OPTIONS: PRELOAD, AERIE_TEST_FAULT: fault } });
  const board = createBoard({ deviceId: "board", timed: false });
  await board.connect(hub);
  await until("the load runs", () => board.acknowledged.length > 100);
  return { fault, hub, board, ...(await faultIn(hub)) };
}

/** Its commit takes a minute. */
async function endOfStuck() {
  const hub = await spawnSlowHub({ env: { NODE_OPTIONS: PRELOAD, AERIE_TEST_FAULT: "emits" } });
  hub.slowDown(60_000);
  await createBoard({ deviceId: "board", timed: false }).connect(hub);
  return { hub, ...(await faultIn(hub)) };
}

async function faultIn(hub: SpawnedHub) {
  const sinceMs = performance.now();
  process.kill(hub.pid, "SIGUSR2");
  const code = await within("the hub ends", hub.exited, 20_000);
  return { code, tookMs: performance.now() - sinceMs };
}
