/** Counts the bytes that the hub holds, and lets those wait their turn who found it full. Holds none of them. */

export interface ByteBudgetOptions {
  readonly maxBytes: number;
}

export interface ByteBudget {
  /** Never fails, and may go beyond the bound: what was read is there. */
  acquire(bytes: number): void;
  /** Calls those who wait. What one of them throws is thrown when all others had their turn. */
  release(bytes: number): void;
  used(): number;
  isFull(): boolean;
  /**
   * For who found it full. Called once, first come, first served, when room has been given back; whoever waits behind
   * is called next as long as it is not full. Who waits again while called goes to the back. The answer cancels.
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
      // Another round for who waits again, unless this one took nothing: the next would not either.
    } while (used > before && waiters.size > 0 && !isFull());
    calling = false;
    if (errors.length > 0) throw errors[0];
  }

  /** Everybody once who waited when it began. */
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
