/** Runs one piece of work after the other, in the order of the calls. One that fails does not stop the next. */

export interface Lane {
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Settles when everything that was given so far has ended. */
  idle(): Promise<void>;
}

export function createLane(): Lane {
  let tail: Promise<unknown> = Promise.resolve();
  return {
    run: (work) => {
      const done = tail.then(work);
      tail = done.catch(() => undefined);
      return done;
    },
    idle: async () => {
      await tail;
    },
  };
}
