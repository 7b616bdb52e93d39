/** Counts the bytes that the hub holds, and calls those that wait, in turn, when bytes are released. */

export interface ByteBudgetOptions {
  readonly maxBytes: number;
}

export interface ByteBudget {
  /** Never fails, and may exceed the bound: the bytes were read already. */
  acquire(bytes: number): void;
  /** Calls those that wait. An error that one of them throws is thrown after all others were called. */
  release(bytes: number): void;
  used(): number;
  isFull(): boolean;
  /**
   * Calls `run` once, first come, first served, when bytes were released; the next one that waits
   * is called as long as the budget is not used up. One that waits again while it is called goes to the back. The answer cancels.
   */
  onAvailable(run: () => void): () => void;
}

interface Waiter {
  readonly run: () => void;
  /** The newest round when it came. */
  readonly round: number;
}

export function createByteBudget({ maxBytes }: ByteBudgetOptions): ByteBudget {
  let used = 0;
  /** In order of arrival. */
  const waiters = new Set<Waiter>();
  let round = 0;
  let calling = false;

  const isFull = (): boolean => used >= maxBytes;

  function release(bytes: number): void {
    used -= bytes;
    if (!calling) callWaiters();
  }

  function callWaiters(): void {
    const errors: unknown[] = [];
    calling = true;
    let before: number;
    do {
      before = used;
      callRound(errors);
      // Another round for those that wait again, unless this one acquired nothing: the next would not either.
    } while (used > before && waiters.size > 0 && !isFull());
    calling = false;
    if (errors.length > 0) throw errors[0];
  }

  /** Calls once each of those that waited when it began. */
  function callRound(errors: unknown[]): void {
    round++;
    for (const waiter of waiters) {
      if (isFull() || waiter.round === round) return;
      waiters.delete(waiter);
      try {
        waiter.run();
      } catch (error) {
        errors.push(error);
      }
    }
  }

  return {
    acquire: (bytes) => {
      used += bytes;
    },
    release,
    used: () => used,
    isFull,
    onAvailable: (run) => {
      const waiter = { run, round };
      waiters.add(waiter);
      return () => void waiters.delete(waiter);
    },
  };
}
