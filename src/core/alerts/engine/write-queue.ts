/** What waits to be written: critical alerts first, each alert's own writes in their order. */

export interface QueuedWrite {
  /** Counted up as they come. */
  readonly number: number;
  readonly alertId: string;
  readonly isCritical: boolean;
}

export interface WriteQueue<Write extends QueuedWrite> {
  push(write: Write): void;
  /** The next ones, at most `count`; they stay. */
  next(count: number): readonly Write[];
  /** Removes what `next` answered last, but for those of `left`. */
  remove(taken: readonly Write[], left: readonly Write[]): void;
  size(): number;
  /** Of those that wait, the least; undefined: nothing waits. */
  firstNumber(): number | undefined;
}

export function createWriteQueue<Write extends QueuedWrite>(): WriteQueue<Write> {
  const critical: Write[] = [];
  const others: Write[] = [];
  /** By alert, how many of `others` are about it: what comes of it later goes behind them. */
  const behind = new Map<string, number>();

  function push(write: Write): void {
    if (write.isCritical && !behind.has(write.alertId)) critical.push(write);
    else {
      others.push(write);
      behind.set(write.alertId, (behind.get(write.alertId) ?? 0) + 1);
    }
  }

  function next(count: number): Write[] {
    const first = critical.slice(0, count);
    return [...first, ...others.slice(0, count - first.length)];
  }

  function remove(taken: readonly Write[], left: readonly Write[]): void {
    const gone = new Set(taken.filter((write) => !left.includes(write)));
    for (const write of others.slice(0, taken.length)) if (gone.has(write)) countDown(write.alertId);
    for (const from of [critical, others]) {
      const head = from.slice(0, taken.length);
      from.splice(0, head.length, ...head.filter((write) => !gone.has(write)));
    }
  }

  function countDown(alertId: string): void {
    const count = (behind.get(alertId) ?? 0) - 1;
    if (count > 0) behind.set(alertId, count);
    else behind.delete(alertId);
  }

  return {
    push,
    next,
    remove,
    size: () => critical.length + others.length,
    firstNumber: () => {
      const numbers = [critical[0]?.number, others[0]?.number].filter((number) => number !== undefined);
      return numbers.length === 0 ? undefined : Math.min(...numbers);
    },
  };
}
