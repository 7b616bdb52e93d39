/** Decides whether the hub's clock may be trusted for retention: what retention deletes does not come back. */

import { DAY_MS } from "../model/utc-day.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { type ClockSanity, IF_RIGHT } from "../time/clock-sanity.ts";
import { stepWords } from "../time/duration-words.ts";

export interface RetentionClock {
  /** While this is false, nothing may be deleted or refused because of its age. */
  mayExpire(): boolean;
  /** Why not, for the owner. */
  problem(): string | undefined;
  close(): void;
}

export interface RetentionClockOptions {
  readonly clock: Clock;
  readonly clockSanity: Pick<ClockSanity, "problem">;
  readonly log: Log;
  /** When the newest stored reading was received, epoch ms; 0: nothing is stored. */
  readonly newestMs: number;
  /** The newest stored reading before that instant, epoch ms, as far as is known; undefined: there is none. */
  readonly newestBefore: (beforeMs: number) => Promise<number | undefined>;
}

const CHECK_EVERY_MS = 1_000;

export function createRetentionClock(options: RetentionClockOptions): RetentionClock {
  const { clock, clockSanity, log, newestMs, newestBefore } = options;
  let offsetMs = clock.nowMs() - clock.monotonicMs();
  let hold: { readonly reason: string; readonly untilMs: number; readonly untilWallMs: number } | undefined;
  /** A query is under way: whether the hub has run by this clock for a day. */
  let asking = false;
  let former: string | undefined;
  start();
  const stop = clock.every(CHECK_EVERY_MS, report);

  function start(): void {
    if (newestMs === 0) return;
    if (clock.nowMs() - newestMs > DAY_MS) return pause("The newest stored reading is more than a day old");
    // If the clock was a year ahead before this start too, there are older readings, but none of yesterday.
    const yesterdayMs = clock.nowMs() - DAY_MS;
    asking = true;
    newestBefore(yesterdayMs)
      .then((atMs) => {
        if (atMs !== undefined && atMs < yesterdayMs - DAY_MS)
          pause("The hub has older readings, but none of yesterday");
      })
      .catch(() => pause("The hub could not read whether it has readings of yesterday"))
      .finally(() => {
        asking = false;
      });
  }

  function pause(why: string): void {
    const reason = `${why}, and the hub's clock could be wrong`;
    hold = { reason, untilMs: clock.monotonicMs() + DAY_MS, untilWallMs: clock.nowMs() + DAY_MS };
  }

  /** Small steps add up. Each detected jump starts a new day of waiting. */
  function lookForStep(): void {
    const offset = clock.nowMs() - clock.monotonicMs();
    const stepMs = offset - offsetMs;
    if (Math.abs(stepMs) <= DAY_MS) return;
    offsetMs = offset;
    pause(`The hub's clock jumped ${stepWords(stepMs)}`);
  }

  function problem(): string | undefined {
    lookForStep();
    const insane = clockSanity.problem();
    if (insane !== undefined) return `${insane}. Meanwhile nothing is deleted by age`;
    if (hold === undefined || clock.monotonicMs() >= hold.untilMs) return undefined;
    return `${hold.reason}: nothing is deleted by age before ${new Date(hold.untilWallMs).toISOString()}. ${IF_RIGHT}`;
  }

  function report(): void {
    const now = problem();
    if (now !== undefined && former === undefined) log.warn("retention paused", { reason: now });
    if (now === undefined && former !== undefined) log.info("retention resumed");
    former = now;
  }

  return { mayExpire: () => !asking && problem() === undefined, problem, close: stop };
}
