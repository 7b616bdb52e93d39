/** Opens what judges the machine's clock: whether it is sane, by which time things end, and whether retention may delete. */
import type { DamageNotes } from "../core/health/damage.ts";
import { createRetentionClock, type RetentionClock } from "../core/history/retention-clock.ts";
import type { Journal } from "../core/ports/broker-state.ts";
import { type ClockSanity, createClockSanity } from "../core/time/clock-sanity.ts";
import { newestBefore, newestHeardMs } from "../core/time/newest-before.ts";
import { createTrustedTime, type TrustedTime } from "../core/time/trusted-time.ts";
import type { Build } from "../platform/build.ts";
import { openTimeFile } from "../platform/time-file.ts";
import type { PartOptions } from "./hub-options.ts";
import type { Storage } from "./open-storage.ts";

export interface TimesOptions extends PartOptions {
  readonly build: Build;
  readonly storage: Storage;
  readonly damage: DamageNotes;
}

export interface Times {
  readonly clockSanity: ClockSanity;
  readonly time: TrustedTime;
  readonly retentionClock: RetentionClock;
}

export function openTimes({ config, clock, log, own, build, storage, damage }: TimesOptions): Times {
  const { store, kept } = storage;
  const { builtAtMs } = build;
  const newestMs = newestHeardMs(kept.devices);
  const clockSanity = own("clock sanity", createClockSanity({ clock, builtAtMs, newestMs }));
  const { record, save } = openTimeFile({ dataDir: config.dataDir, onDamage: damage.note });
  const time = own(
    "time",
    createTrustedTime({
      clock,
      clockSanity,
      log,
      record,
      save,
      builtAtMs,
      newestMs: Math.max(newestMs, newestDisconnectMs(kept.journal, clock.nowMs())),
    }),
  );
  const retentionClock = own(
    "retention clock",
    createRetentionClock({
      clock,
      clockSanity,
      log,
      newestMs,
      newestBefore: (beforeMs) => newestBefore(store, kept.devices, beforeMs),
    }),
  );
  return { clockSanity, time, retentionClock };
}

/** When a client last disconnected from its session. An instant in the future was noted by a wrong clock. */
const newestDisconnectMs = ({ sessions }: Journal, nowMs: number): number =>
  sessions.reduce((newest, { value: { disconnectedAtMs = 0 } }) => {
    return disconnectedAtMs > nowMs ? newest : Math.max(newest, disconnectedAtMs);
  }, 0);
