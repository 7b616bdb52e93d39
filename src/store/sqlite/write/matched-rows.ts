/** Remembers which stored rows the readings of one message have been matched with. */

import type { Stored } from "../../../core/model/identity.ts";

/** A stored row that a reading is compared with. */
export type FoundRow = Stored & { readonly atMs: number };

/** The stored row that a duplicate is a copy of. */
export type MatchedRow = Pick<FoundRow, "atMs" | "n">;

/** Elements of one array are never merged with each other, so each stored row is matched at most once per message. */
export interface MatchedRows {
  /** The following calls are for this message. */
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
