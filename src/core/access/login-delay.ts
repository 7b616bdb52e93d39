/** How long who guesses passwords has to wait: longer with each failure, by name and address and by address. Locks nobody out for good. */
import type { Clock } from "../ports/clock.ts";

export interface LoginDelay {
  /** Of the next try; 0: now. */
  waitMs(name: string, address: string): number;
  failed(name: string, address: string): void;
  succeeded(name: string, address: string): void;
}

/** Slips of a finger cost nothing. */
const FREE_BY_NAME = 3;
/** Behind one address there may be a household. */
const FREE_BY_ADDRESS = 20;
const FIRST_MS = 1_000;
const MOST_MS = 60_000;
/** A failure is forgotten after so long. */
const KEEP_MS = 15 * 60_000;
/** Each; whoever failed longest ago leaves first. */
const MOST_KEPT = 10_000;

interface Failures {
  count: number;
  lastMs: number;
}

export function createLoginDelay({ clock }: { readonly clock: Clock }): LoginDelay {
  const byName = new Map<string, Failures>();
  const byAddress = new Map<string, Failures>();
  /** An owner is delayed by who guesses his name only at that one's address. */
  const keyOf = (name: string, address: string): string => JSON.stringify([name.toLowerCase(), address]);

  function waitOf(kept: Map<string, Failures>, key: string, free: number): number {
    const failures = kept.get(key);
    if (failures === undefined) return 0;
    const sinceMs = clock.monotonicMs() - failures.lastMs;
    if (sinceMs > KEEP_MS) kept.delete(key);
    if (sinceMs > KEEP_MS || failures.count < free) return 0;
    return Math.max(0, Math.min(MOST_MS, FIRST_MS * 2 ** (failures.count - free)) - sinceMs);
  }

  function note(kept: Map<string, Failures>, key: string): void {
    const count = (kept.get(key)?.count ?? 0) + 1;
    kept.delete(key); // set again at the end: a Map keeps the order of insertion
    kept.set(key, { count, lastMs: clock.monotonicMs() });
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) break;
      kept.delete(oldest);
    }
  }

  return {
    waitMs: (name, address) =>
      Math.max(waitOf(byName, keyOf(name, address), FREE_BY_NAME), waitOf(byAddress, address, FREE_BY_ADDRESS)),
    failed: (name, address) => {
      note(byName, keyOf(name, address));
      note(byAddress, address);
    },
    succeeded: (name, address) => void byName.delete(keyOf(name, address)),
  };
}
