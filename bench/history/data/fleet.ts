/** Many boards in the order of time, as a hub hears them. */
import type { ReadingWrite } from "../../../src/core/ports/writes.ts";
import { randomFrom } from "../../helpers/random.ts";
import type { Board } from "./board.ts";

export interface Fleet {
  readonly boards: readonly Board[];
  /** The next reading of all. */
  next(): ReadingWrite;
  /** Simulated wall time: about when the newest reading came. */
  nowMs(): number;
}

export const TICK_MS = 5_000;

/** Each board has a phase of its own in its interval, which is a whole number of ticks. */
export function createFleet(boards: readonly Board[], startMs: number): Fleet {
  const random = randomFrom(boards.length);
  const ticksOf = (board: Board): number => board.intervalMs / TICK_MS;
  const period = Math.max(...boards.map(ticksOf));
  const schedule = boards.map((board) => ({
    board,
    tick: Math.floor(random() * ticksOf(board)),
    phaseMs: random() * TICK_MS,
  }));
  schedule.sort((a, b) => a.phaseMs - b.phaseMs);
  const turns = Array.from({ length: period }, (_, turn) =>
    schedule.filter(({ board, tick }) => turn % ticksOf(board) === tick),
  );
  let tick = 0;
  let position = 0;

  function next(): ReadingWrite {
    for (;;) {
      const due = turns[tick % period]?.[position];
      if (due !== undefined) {
        position += 1;
        return due.board.reading(Math.round(startMs + tick * TICK_MS + due.phaseMs));
      }
      tick += 1;
      position = 0;
    }
  }

  return { boards, next, nowMs: () => startMs + tick * TICK_MS };
}
