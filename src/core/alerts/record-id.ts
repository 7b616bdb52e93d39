/** Ids of rules and silences: short, and in the order in which they were made. */

/** Never that of one that was removed: the log names it. */
export function newRecordId(taken: { has(id: string): boolean }, nowMs: number): string {
  for (let at = nowMs; ; at++) {
    const id = at.toString(36);
    if (!taken.has(id)) return id;
  }
}
