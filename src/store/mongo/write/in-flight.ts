/** The groups that are being written. */

export interface InFlight {
  add(group: Promise<unknown>): void;
  /** Settles when all groups that are being written now have succeeded or failed. */
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
