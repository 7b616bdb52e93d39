/** Saves what memory knows of devices, so that a start need not read all readings again. Saves no reading. */
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { Store } from "../ports/readings-store.ts";
import type { Registry } from "./registry.ts";

export interface StateSaver {
  /** So many readings were stored. */
  stored(count: number): void;
  /** Saves what changed so far; settles when that is done, or failed and is to be done the next time. */
  saveNow(): Promise<void>;
  /** Saves a last time. */
  close(): Promise<void>;
}

/** A start brings at most about so many readings forward: some tenths of a second. */
const SAVE_AFTER_READINGS = 100_000;
/** The usual intervals, which no row tells, are at most so old after a crash. */
const SAVE_AFTER_MS = 5 * 60_000;
const CHECK_EVERY_MS = 1_000;

export function createStateSaver(options: { store: Store; registry: Registry; clock: Clock; log: Log }): StateSaver {
  const { store, registry, clock, log } = options;
  let since = 0;
  let savedMs = clock.monotonicMs();
  let saving: Promise<void> | undefined;
  const stop = clock.every(CHECK_EVERY_MS, () => {
    const isOld = since > 0 && clock.monotonicMs() - savedMs >= SAVE_AFTER_MS;
    if (since >= SAVE_AFTER_READINGS || isOld) saving ??= save();
  });

  async function save(): Promise<void> {
    since = 0;
    savedMs = clock.monotonicMs();
    const states = registry.takeDirty();
    try {
      await store.saveState(states);
    } catch (cause) {
      registry.markDirty(states);
      log.warn("device state not saved", { cause }); // the readings are; the next start takes longer
    }
    saving = undefined;
  }

  async function saveNow(): Promise<void> {
    await saving; // it may know nothing of what changed just now
    saving ??= save();
    await saving;
  }

  return {
    saveNow,
    stored: (count) => {
      since += count;
    },
    close: async () => {
      stop();
      await saving;
      await save();
    },
  };
}
