/** Keeps maps within a bound. */

/** As the newest of its map; beyond `most` entries, those set longest ago are dropped. */
export function setNewest<Key, Value>(kept: Map<Key, Value>, key: Key, value: Value, most: number): void {
  kept.delete(key); // set again at the end: a Map keeps the order of insertion
  kept.set(key, value);
  dropOldest(kept, most);
}

/** Those inserted longest ago go. */
export function dropOldest<Key>(
  kept: Pick<Map<Key, unknown> | Set<Key>, "size" | "keys" | "delete">,
  most: number,
): void {
  for (const oldest of kept.keys()) {
    if (kept.size <= most) return;
    kept.delete(oldest);
  }
}

/** For what is quickly found out again: a map that is full is emptied, which costs less than to know the oldest. */
export function setCached<Key, Value>(kept: Map<Key, Value>, key: Key, value: Value, most: number): void {
  if (kept.size >= most) kept.clear();
  kept.set(key, value);
}
