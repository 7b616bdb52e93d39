/** Knows which rows a message has taken already. Looks none up. */

/** The rows that readings of one message have taken: elements of one array are never merged with each other. */
export interface MatchedRows {
  /** What comes next is of that message. */
  begin(message: number): void;
  add(atMs: number, n: number): void;
  has(atMs: number, n: number): boolean;
}

export function createMatchedRows(): MatchedRows {
  let message = -1;
  const taken = new Set<string>();
  return {
    begin: (next) => {
      if (next === message) return;
      message = next;
      if (taken.size > 0) taken.clear();
    },
    add: (atMs, n) => void taken.add(`${atMs}-${n}`),
    has: (atMs, n) => taken.has(`${atMs}-${n}`),
  };
}
