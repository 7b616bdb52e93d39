/** Lets each caller have a few large answers at once; further ones wait in order, and callers take turns. */

export interface TurnLimits {
  /** Of one caller. */
  readonly atOnce: number;
  readonly mostWaiting: number;
  /** Of all callers. */
  readonly atOnceInAll: number;
}

export interface Turns {
  /**
   * Calls `begin`, at once or when it is the caller's turn. Answers with what ends the turn, or leaves the queue where it has not
   * begun; to be called once it is over, and harmless after that. Undefined: too many of this caller wait already.
   */
  take(caller: string, begin: () => void): (() => void) | undefined;
}

interface Queue {
  active: number;
  readonly waiting: Set<Turn>;
}

interface Turn {
  readonly begin: () => void;
  state: "waiting" | "active" | "over";
}

export function createTurns({ atOnce, mostWaiting, atOnceInAll }: TurnLimits): Turns {
  /** Of callers that have or wait for a turn, in the order in which the next turn is given. */
  const queues = new Map<string, Queue>();
  let activeInAll = 0;

  function take(caller: string, begin: () => void): (() => void) | undefined {
    const queue = queues.get(caller) ?? { active: 0, waiting: new Set() };
    const mayBegin = queue.waiting.size === 0 && queue.active < atOnce && activeInAll < atOnceInAll;
    if (!mayBegin && queue.waiting.size >= mostWaiting) return undefined;
    queues.set(caller, queue);
    const turn: Turn = { begin, state: "waiting" };
    queue.waiting.add(turn);
    if (mayBegin) start(queue, turn);
    return () => end(caller, queue, turn);
  }

  function start(queue: Queue, turn: Turn): void {
    queue.waiting.delete(turn);
    queue.active++;
    activeInAll++;
    turn.state = "active";
    turn.begin();
  }

  function end(caller: string, queue: Queue, turn: Turn): void {
    if (turn.state === "over") return;
    queue.waiting.delete(turn);
    if (turn.state === "active") {
      queue.active--;
      activeInAll--;
    }
    turn.state = "over";
    if (queue.active === 0 && queue.waiting.size === 0) queues.delete(caller);
    startNext();
  }

  function startNext(): void {
    for (const [caller, queue] of queues) {
      if (activeInAll >= atOnceInAll) return;
      const [first] = queue.waiting;
      if (first === undefined || queue.active >= atOnce) continue;
      queues.delete(caller); // set again at the end: a Map keeps the order of insertion, and the others come first next time
      queues.set(caller, queue);
      start(queue, first);
    }
  }

  return { take };
}
