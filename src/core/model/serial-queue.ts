/** Runs one task after the other, in the order of the calls. A task that fails does not stop the next. */

export interface SerialQueue {
  run<T>(task: () => Promise<T>): Promise<T>;
  /** Settles when all tasks so far have ended. */
  idle(): Promise<void>;
}

export function createSerialQueue(): SerialQueue {
  let tail: Promise<unknown> = Promise.resolve();
  return {
    run: (task) => {
      const done = tail.then(task);
      tail = done.catch(() => undefined);
      return done;
    },
    idle: async () => {
      await tail;
    },
  };
}
