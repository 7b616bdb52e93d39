/** A list that stays in order while items come and go: to find one takes some comparisons, to move it some microseconds. */

/** Below 0: `a` comes first. 0 only for an item and itself. */
export type Compare<Item> = (a: Item, b: Item) => number;

export interface SortedList<Item> {
  readonly items: readonly Item[];
  add(item: Item): void;
  /** Before what it is sorted by changes. */
  remove(item: Item): void;
}

export function createSortedList<Item>(compare: Compare<Item>): SortedList<Item> {
  const items: Item[] = [];
  const indexOf = (item: Item): number => firstIndex(items, (other) => compare(other, item) >= 0);
  return {
    items,
    add: (item) => void items.splice(indexOf(item), 0, item),
    remove: (item) => {
      const index = indexOf(item);
      if (items[index] === item) items.splice(index, 1);
    },
  };
}

/** The first item for which it holds; it holds for all that come after one. */
export function firstIndex<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item === undefined || holds(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
