/** Deletes changes of presence, and times in which the hub ran, after a year; earlier where they take too much space. */
import { DAY_MS } from "../model/utc-day.ts";
import type { Clock } from "../ports/clock.ts";
import type { HubFile } from "../ports/hub-file.ts";
import type { Log } from "../ports/log.ts";

export interface PresenceExpiry {
  /** Waits for what is under way. */
  close(): Promise<void>;
}

export interface PresenceExpiryOptions {
  readonly hubFile: Pick<HubFile, "expire" | "space">;
  readonly clock: Clock;
  readonly log: Log;
  /** The clock may be trusted for deletions by age. */
  readonly mayExpire: () => boolean;
}

const KEPT_DAYS = 365;
const LOOK_EVERY_MS = 3_600_000;
/** Of the file, beside free space in it. Ten devices that come and go each minute fill a third of it in a year. */
const MOST_BYTES = 256 * 1024 * 1024;
const SHORTENED_BY_DAYS = 7;

export function createPresenceExpiry({ hubFile, clock, log, mayExpire }: PresenceExpiryOptions): PresenceExpiry {
  let doneAtMs: number | undefined;
  let isFailing = false;
  let running: Promise<void> | undefined;
  const stop = clock.every(LOOK_EVERY_MS, () => {
    const isDue = doneAtMs === undefined || clock.monotonicMs() - doneAtMs >= DAY_MS;
    if (!isDue || !mayExpire()) return;
    running ??= expire().finally(() => {
      running = undefined;
    });
  });

  async function expire(): Promise<void> {
    try {
      const nowMs = clock.nowMs();
      let days = KEPT_DAYS;
      await hubFile.expire(nowMs - days * DAY_MS);
      while (days > SHORTENED_BY_DAYS && (await isTooLarge())) {
        days -= SHORTENED_BY_DAYS;
        await hubFile.expire(nowMs - days * DAY_MS);
      }
      if (days < KEPT_DAYS)
        log.warn("changes of presence deleted before their age: hub.db is at its size limit", { days });
      doneAtMs = clock.monotonicMs();
      isFailing = false;
    } catch (cause) {
      if (!isFailing)
        log.warn("old changes of presence could not be deleted; the hub tries again each hour", { cause });
      isFailing = true;
    }
  }

  async function isTooLarge(): Promise<boolean> {
    const { usedBytes, reusableBytes } = await hubFile.space();
    return usedBytes - reusableBytes > MOST_BYTES;
  }

  return {
    close: async () => {
      stop();
      await running;
    },
  };
}
