/** Which devices of the overview are selected, to change several at once. */
import { signal } from "@preact/signals";

/** Ids; undefined: nobody is selecting. */
export const selected = signal<ReadonlySet<string> | undefined>(undefined);
/** From it on a range is selected. */
let anchor: string | undefined;

const NONE: ReadonlySet<string> = new Set();

export function startSelecting(): void {
  anchor = undefined;
  selected.value = NONE;
}

export function stopSelecting(): void {
  selected.value = undefined;
}

export function selectAll(ids: Iterable<string>): void {
  selected.value = new Set([...(selected.peek() ?? NONE), ...ids]);
}

export const selectNone = (): void => {
  selected.value = NONE;
};

/** `ids`: as they are listed. `isRange`: with it all between it and the one before. */
export function select(
  id: string,
  { isOn, isRange, ids }: { isOn: boolean; isRange: boolean; ids: readonly (string | undefined)[] },
): void {
  const next = new Set(selected.peek());
  for (const each of isRange ? between(ids, anchor, id) : [id]) {
    if (isOn) next.add(each);
    else next.delete(each);
  }
  anchor = id;
  selected.value = next;
}

function between(ids: readonly (string | undefined)[], from: string | undefined, to: string): string[] {
  const ends = [from === undefined ? -1 : ids.indexOf(from), ids.indexOf(to)].sort((a, b) => a - b);
  const [first = -1, last = -1] = ends;
  return first < 0 ? [to] : ids.slice(first, last + 1).filter((id) => id !== undefined);
}
