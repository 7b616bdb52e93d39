import { expect, test } from "vitest";
import { createRunRecord } from "../../../../src/core/health/run-record.ts";
import type { HubChange } from "../../../../src/core/ports/hub-file.ts";
import { StoreError } from "../../../../src/core/ports/readings-store.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";
import { turn } from "../../../support/memory/memory-store.ts";

const T0 = Date.UTC(2026, 10, 30, 8);
const MINUTE_MS = 60_000;

function start(nowMs = T0) {
  const clock = createManualClock({ nowMs });
  const log = createMemoryLog();
  /** Start → last sign of life, as seen from T0. */
  const runs = new Map<number, number>();
  const disk: { failure: StoreError | undefined } = { failure: undefined };
  const write = async (changes: readonly HubChange[]): Promise<void> => {
    if (disk.failure !== undefined) throw disk.failure;
    for (const each of changes) if (each.of === "run") runs.set(each.startedAtMs - T0, each.aliveAtMs - T0);
  };
  const record = createRunRecord({ hubFile: { write }, clock, log });
  return { clock, log, disk, record, runs: () => [...runs] };
}

test("a run is known from its start on, each minute, and to its orderly stop", async () => {
  const { clock, record, runs } = start();
  expect(runs()).toEqual([[0, 0]]);
  clock.advance(2 * MINUTE_MS + 30_000);
  expect(runs()).toEqual([[0, 2 * MINUTE_MS]]);
  await record.close();
  expect(runs()).toEqual([[0, 2 * MINUTE_MS + 30_000]]);
  expect(clock.timers()).toBe(0);
});

test("a clock that is set right moves the run's beginning to when it was", async () => {
  const { clock, runs } = start(T0 - 30 * 365 * 86_400_000);
  clock.advance(MINUTE_MS);
  clock.stepWall(30 * 365 * 86_400_000);
  clock.advance(MINUTE_MS);
  await turn();
  expect(runs().at(-1)).toEqual([0, 2 * MINUTE_MS]);
});

test("a clock that is corrected by seconds changes nothing", () => {
  const { clock, runs } = start();
  clock.stepWall(-5_000);
  clock.advance(MINUTE_MS);
  expect(runs()).toEqual([[0, MINUTE_MS - 5_000]]);
});

test("a write that fails is logged once, and tried again each minute", async () => {
  const { clock, log, disk, runs } = start();
  disk.failure = new StoreError("full", true);
  for (let minute = 0; minute < 3; minute++) {
    clock.advance(MINUTE_MS);
    await turn();
  }
  expect(log.lines.map(({ level }) => level)).toEqual(["warn"]);
  disk.failure = undefined;
  clock.advance(MINUTE_MS);
  expect(runs()).toEqual([[0, 4 * MINUTE_MS]]);
});
