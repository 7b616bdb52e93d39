/** Puts a fleet's readings into a store the way the hub does: groups, two in flight, states, upkeep. */
import { setTimeout as sleep } from "node:timers/promises";
import { SAVE_AFTER_READINGS } from "../../../src/core/devices/state-saver.ts";
import { HOUR_MS } from "../../../src/core/model/utc-day.ts";
import { MIN_PAUSE_MS, PAUSE_BUSY } from "../../../src/core/history/upkeep.ts";
import { MAX_IN_FLIGHT } from "../../../src/core/ingest/writer.ts";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import type { UpkeepRequest } from "../../../src/core/ports/upkeep.ts";
import type { ReadingWrite } from "../../../src/core/ports/writes.ts";
import type { Board } from "./board.ts";
import type { Fleet } from "./fleet.ts";

export interface SimulatedHubOptions {
  readonly store: Store;
  readonly fleet: Fleet;
  /** Readings an append. */
  readonly group: number;
  readonly rawDays: number;
}

export interface RunOptions {
  readonly readings: number;
  /** `hourly`: all that is to do, each simulated hour. `paced`: see `paceUpkeep`. `none`: what is appended stays as it came. */
  readonly upkeep: "hourly" | "paced" | "none";
  /** Called after each append. */
  readonly onAppended?: (readings: number) => void;
}

export interface SimulatedHub {
  /** Settles when all is stored, and upkeep of each simulated hour is done; gives ms. */
  run(plan: RunOptions): Promise<number>;
  /** A step at a time and a pause nine times as long, as core/history/upkeep.ts does while readings come. */
  paceUpkeep(isOver: () => boolean, rawDays: number): Promise<void>;
  /** Until nothing more is to do. */
  upkeep(): Promise<void>;
  /** States of all that spoke, as at a stop. */
  saveStates(): Promise<void>;
  /** Readings that the store said it stored, so far. */
  stored(): number;
}

const UPKEEP_EACH_MS = HOUR_MS;
/** One board alone fills an hour with few. */
const UPKEEP_AFTER_READINGS = 2_000;

export const upkeepRequest = (fleet: Fleet, rawDays: number): UpkeepRequest => ({
  nowMs: fleet.nowMs(),
  retention: { rawDays, hourDays: 0, dayDays: 0, maxBytes: 0 },
});

export function createSimulatedHub({ store, fleet, group, rawDays }: SimulatedHubOptions): SimulatedHub {
  const spoke = new Set<Board>();
  const boardOf = new Map(fleet.boards.map((board) => [board.deviceId, board]));
  let stored = 0;
  let sinceState = 0;
  let sinceUpkeep = 0;
  let upkeepDueMs = fleet.nowMs() + UPKEEP_EACH_MS;

  function takeGroup(readings: number): ReadingWrite[] {
    const writes = Array.from({ length: readings }, fleet.next);
    for (const { deviceId } of writes) {
      const board = boardOf.get(deviceId);
      if (board !== undefined) spoke.add(board);
    }
    return writes;
  }

  async function append(writes: readonly ReadingWrite[]): Promise<void> {
    const outcomes = await store.append(writes.map((write) => [write]));
    for (const [outcome] of outcomes) if (outcome?.kind === "stored") stored += 1;
  }

  async function saveStates(): Promise<void> {
    const states = [...spoke].map((board) => board.state());
    spoke.clear();
    sinceState = 0;
    await store.saveState(states);
  }

  async function upkeep(): Promise<void> {
    while ((await store.upkeep(upkeepRequest(fleet, rawDays))).did !== "nothing");
  }

  async function paceUpkeep(isOver: () => boolean, days: number): Promise<void> {
    while (!isOver()) {
      const startedAtMs = performance.now();
      await store.upkeep(upkeepRequest(fleet, days));
      await sleep(Math.max(MIN_PAUSE_MS, PAUSE_BUSY * (performance.now() - startedAtMs)));
    }
  }

  async function run({ readings, upkeep: pace, onAppended }: RunOptions): Promise<number> {
    let failure: { cause: unknown } | undefined;
    const startedAtMs = performance.now();
    const flying: Promise<void>[] = [];
    const beside = { states: done(), upkeep: done() };
    const watched = (work: Promise<unknown>): Promise<void> =>
      work.then(
        () => undefined,
        (cause: unknown) => {
          failure ??= { cause };
        },
      );
    let isOver = false;
    const paced = pace === "paced" ? watched(paceUpkeep(() => isOver, rawDays)) : done();
    for (let left = readings; left > 0 && failure === undefined; ) {
      const writes = takeGroup(Math.min(left, group));
      left -= writes.length;
      if (flying.length >= MAX_IN_FLIGHT) await flying.shift();
      flying.push(watched(append(writes)));
      onAppended?.(readings - left);
      sinceState += writes.length;
      sinceUpkeep += writes.length;
      if (sinceState >= SAVE_AFTER_READINGS) {
        await beside.states;
        beside.states = watched(saveStates());
      }
      if (pace === "hourly" && fleet.nowMs() >= upkeepDueMs && sinceUpkeep >= UPKEEP_AFTER_READINGS) {
        // time runs fast here: what is left to do of the hour before would pile up
        await beside.upkeep;
        upkeepDueMs = fleet.nowMs() + UPKEEP_EACH_MS;
        sinceUpkeep = 0;
        // rows that no saved state knows of are not sealed; a hub saves more often, but in more time
        beside.upkeep = watched(saveStates().then(upkeep));
      }
    }
    await Promise.all([...flying, beside.states, beside.upkeep]);
    const elapsedMs = performance.now() - startedAtMs;
    isOver = true;
    await paced;
    if (failure !== undefined) throw failure.cause;
    return elapsedMs;
  }

  return { run, paceUpkeep, upkeep, saveStates, stored: () => stored };
}

const done = (): Promise<void> => Promise.resolve();
