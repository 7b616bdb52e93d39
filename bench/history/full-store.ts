/** The store that the hub-like measures are of: a third of its readings each of quiet, noisy and seldom boards. */
import type { Board, BoardRequest } from "./data/board.ts";
import { DAY_MS, type Filled, fill, type HistoryBench } from "./history-bench.ts";

export interface FullStore extends Filled {
  readonly days: number;
  readonly boards: number;
  /** A noisy board of 5 s: a third, or its share of it. */
  readonly busiest: Board;
  /** How far simulated time has come; it never runs backwards. */
  readonly time: { nowMs: number };
}

const OFTEN_MS = 5_000;
const SELDOM_MS = 300_000;
const DAYS = 30;
/** Nothing may go by itself before it is measured. */
export const RAW_DAYS = 90;

/** As many 5 s boards in each third as make about 30 days of it. */
function planOf(readings: number): { often: number; seldom: number; days: number } {
  const third = readings / 3;
  const often = Math.max(1, Math.round((third * OFTEN_MS) / (DAYS * DAY_MS)));
  const days = (third * OFTEN_MS) / (often * DAY_MS);
  return { often, days, seldom: Math.max(2, Math.round((third * SELDOM_MS) / (days * DAY_MS))) };
}

export async function fillFullStore(bench: HistoryBench): Promise<FullStore> {
  const { readings } = bench.options;
  const { often, seldom, days } = planOf(readings);
  const boards: BoardRequest[] = [];
  const add = (name: string, room: BoardRequest["room"], intervalMs: number): void => {
    // one after the other with and without an instant of its own
    boards.push({ name, room, intervalMs, timed: boards.length % 2 === 0, seed: 1_000 + boards.length });
  };
  for (let index = 0; index < often; index += 1) add(`quiet-${index}`, "quiet", OFTEN_MS);
  for (let index = 0; index < often; index += 1) add(`noisy-${index}`, "noisy", OFTEN_MS);
  for (let index = 0; index < seldom; index += 1) {
    add(`seldom-${index}`, index % 4 < 2 ? "quiet" : "noisy", SELDOM_MS);
  }
  const filled = await fill(bench, { name: "the hub's", boards, readings, days, rawDays: RAW_DAYS });
  const busiest = filled.fleet.boards.find(({ name }) => name === "noisy-0");
  if (busiest === undefined) throw new Error("there is no noisy board");
  return { ...filled, days, boards: boards.length, busiest, time: { nowMs: filled.fleet.nowMs() } };
}
