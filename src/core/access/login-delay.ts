/** Delays sign-ins after failures, by name and address and by address. No account is ever locked. */
import { setNewest } from "../model/bounded-map.ts";
import type { Clock } from "../ports/clock.ts";

export interface LoginDelay {
  /** Of the next try; 0: now. */
  waitMs(name: string, address: string): number;
  failed(name: string, address: string): void;
  succeeded(name: string, address: string): void;
}

/** So many mistypings are free. */
const FREE_BY_NAME = 3;
/** Behind one address there may be a household. */
const FREE_BY_ADDRESS = 20;
const FIRST_MS = 1_000;
const MOST_MS = 60_000;
/** A failure no longer counts after this. */
const KEEP_MS = 15 * 60_000;
/** Of each kind; the failures of longest ago are dropped first. */
const MOST_KEPT = 10_000;

interface Failures {
  count: number;
  lastMs: number;
}

export function createLoginDelay({ clock }: { readonly clock: Clock }): LoginDelay {
  const byName = new Map<string, Failures>();
  const byAddress = new Map<string, Failures>();
  /** Guessing at a name delays sign-ins of that name only from the same address. */
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
    setNewest(kept, key, { count, lastMs: clock.monotonicMs() }, MOST_KEPT);
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
