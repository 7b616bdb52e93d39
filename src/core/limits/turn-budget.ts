/** Spreads tasks over turns of the event loop, in order, so that many at once delay nothing else for long. */
import type { Clock } from "../ports/clock.ts";

export interface TurnBudget {
  /** Calls `work` at once where this turn has time left, else in a later one, in the order in which it came. */
  run(work: () => void): void;
}

export interface TurnBudgetOptions {
  readonly clock: Pick<Clock, "monotonicMs" | "soon">;
  /** Work begins in a turn until so much time has been spent in it … */
  readonly mostMs: number;
  /** … or so many tasks have begun: what a task does after an await is not measured. */
  readonly mostTasks: number;
}

export function createTurnBudget({ clock, mostMs, mostTasks }: TurnBudgetOptions): TurnBudget {
  let waiting: (() => void)[] = [];
  let spentMs = 0;
  let begun = 0;
  let isPlanned = false;

  function run(work: () => void): void {
    if (waiting.length > 0 || !hasTime()) waiting.push(work);
    else spend(work);
  }

  const hasTime = (): boolean => spentMs < mostMs && begun < mostTasks;

  function spend(work: () => void): void {
    if (!isPlanned) {
      isPlanned = true;
      clock.soon(nextTurn);
    }
    begun++;
    const sinceMs = clock.monotonicMs();
    try {
      work();
    } finally {
      spentMs += clock.monotonicMs() - sinceMs;
    }
  }

  function nextTurn(): void {
    isPlanned = false;
    spentMs = 0;
    begun = 0;
    const some = waiting;
    waiting = [];
    let done = 0;
    try {
      while (done < some.length && hasTime()) spend(some[done++] ?? (() => undefined));
    } finally {
      if (done < some.length) waiting = [...some.slice(done), ...waiting];
    }
  }

  return { run };
}

/** What `work` gives when it is its turn. Rejects where it throws. */
export const inTurn = <T>(budget: TurnBudget, work: () => T): Promise<T> =>
  new Promise((resolve, reject) => {
    budget.run(() => {
      try {
        resolve(work());
      } catch (cause) {
        reject(cause);
      }
    });
  });
