/** Saves the registry's state of devices from time to time, so that a start need not read all readings again. */
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { Store } from "../ports/readings-store.ts";
import type { Registry } from "./registry.ts";

export interface StateSaver {
  /** `count` readings were stored. */
  stored(count: number): void;
  /** Saves what has changed. Settles when that is done, or when it failed; it is then tried again with the next save. */
  saveNow(): Promise<void>;
  /** Saves a last time. */
  close(): Promise<void>;
}

/** A start has about so many readings at most to read again: some tenths of a second. */
export const SAVE_AFTER_READINGS = 100_000;
/** Usual intervals are not in the rows: after a crash they are at most so old. */
const SAVE_AFTER_MS = 5 * 60_000;
const CHECK_EVERY_MS = 1_000;
/** Less is a clock that is slewed. */
const STEP_MS = 1_000;

export interface StateSaverOptions {
  readonly store: Pick<Store, "saveState">;
  readonly registry: Pick<Registry, "takeDirty" | "markDirty">;
  /** Settles when all that came of the readings so far is durable: a start judges only those again that are not in the saved state. */
  readonly judged: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

export function createStateSaver({ store, registry, judged, clock, log }: StateSaverOptions): StateSaver {
  let offsetMs = clock.nowMs() - clock.monotonicMs();
  let unsavedReadings = 0;
  let savedMs = clock.monotonicMs();
  let saving: Promise<void> | undefined;
  const stop = clock.every(CHECK_EVERY_MS, () => {
    const isOld = unsavedReadings > 0 && clock.monotonicMs() - savedMs >= SAVE_AFTER_MS;
    if (unsavedReadings >= SAVE_AFTER_READINGS || isOld) saving ??= save();
  });

  /** Of what came before and after it, a start could not tell which came first. */
  function wasClockSet(): boolean {
    const before = offsetMs;
    offsetMs = clock.nowMs() - clock.monotonicMs();
    return Math.abs(before - offsetMs) >= STEP_MS;
  }

  async function save(): Promise<void> {
    unsavedReadings = 0;
    savedMs = clock.monotonicMs();
    const states = registry.takeDirty();
    try {
      const done = judged();
      done.catch(() => undefined); // a store that refuses at once does not wait for it
      await store.saveState(states, done);
    } catch (cause) {
      registry.markDirty(states);
      log.warn("latest values could not be saved; the hub tries again", { cause }); // no reading is lost; the next start takes longer
    }
    saving = undefined;
  }

  async function saveNow(): Promise<void> {
    await saving; // it may have begun before the last change
    saving ??= save();
    await saving;
  }

  return {
    saveNow,
    stored: (count) => {
      unsavedReadings += count;
      if (wasClockSet() && count > 0) saving ??= save();
    },
    close: async () => {
      stop();
      await saving;
      await save();
    },
  };
}
