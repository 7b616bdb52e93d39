/** A list of sequences that grows by doubling: 4 bytes each, and no garbage while a load runs. */

export interface SequenceList {
  /** Adds `first`, `first + 1` … */
  add(first: number, count: number): void;
  all(): Uint32Array;
}

export function createSequenceList(): SequenceList {
  let list = new Uint32Array(1_024);
  let length = 0;
  return {
    add(first, count) {
      while (length + count > list.length) {
        const longer = new Uint32Array(list.length * 2);
        longer.set(list);
        list = longer;
      }
      for (let offset = 0; offset < count; offset += 1) list[length + offset] = first + offset;
      length += count;
    },
    all: () => list.slice(0, length),
  };
}
