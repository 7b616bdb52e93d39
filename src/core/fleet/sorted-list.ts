/** A list that stays in order while items come and go: to move one costs a microsecond, however many there are. */

/** Below 0: `a` comes first. 0 only for an item and itself. */
export type Compare<Item> = (a: Item, b: Item) => number;

export interface SortedList<Item> {
  /** All items in order, in parts of a few hundred. */
  readonly parts: readonly (readonly Item[])[];
  add(item: Item): void;
  /** Before what it is sorted by changes. */
  remove(item: Item): void;
}

/** To insert into an array moves all that is behind: of 10,000 items that takes 100 times as long. */
const MOST_IN_PART = 512;

export function createSortedList<Item>(compare: Compare<Item>): SortedList<Item> {
  const parts: Item[][] = [];

  /** The first part that ends with this item or a later one. */
  function partOf(item: Item): number {
    return firstIndex(parts, (part) => {
      const last = part.at(-1);
      return last !== undefined && compare(last, item) >= 0;
    });
  }

  const indexIn = (part: readonly Item[], item: Item): number => firstIndex(part, (other) => compare(other, item) >= 0);

  function add(item: Item): void {
    const index = Math.min(partOf(item), parts.length - 1);
    const part = parts[index];
    if (part === undefined) return void parts.push([item]);
    part.splice(indexIn(part, item), 0, item);
    if (part.length > MOST_IN_PART) parts.splice(index + 1, 0, part.splice(MOST_IN_PART / 2));
  }

  function remove(item: Item): void {
    const index = partOf(item);
    const part = parts[index];
    if (part === undefined) return;
    const at = indexIn(part, item);
    if (part[at] !== item) return;
    part.splice(at, 1);
    if (part.length === 0) parts.splice(index, 1);
  }

  return { parts, add, remove };
}

/** The first item for which it holds; it holds for all that come after one. */
function firstIndex<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item === undefined || holds(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
