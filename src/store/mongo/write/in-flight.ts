/** Groups that were sent and whose end is not known yet. Sends none. */

export interface InFlight {
  add(group: Promise<unknown>): void;
  /** Settles when all that are under way now have ended, well or not. */
  settled(): Promise<void>;
}

export function createInFlight(): InFlight {
  const groups = new Set<Promise<unknown>>();
  return {
    add: (group) => {
      const ended: Promise<unknown> = group.catch(() => undefined);
      groups.add(ended);
      void ended.then(() => groups.delete(ended));
    },
    settled: async () => {
      await Promise.all(groups);
    },
  };
}
