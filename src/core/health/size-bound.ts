/** Reports what the size limit of the database did: deleted raw readings before their age, or found nothing left to delete. */

import { DAY_MS, keptSinceMs } from "../model/utc-day.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { Retention } from "../ports/stored-device.ts";
import type { UpkeepRequest, UpkeepStep } from "../ports/upkeep.ts";

export interface SizeBound {
  noteStep(step: UpkeepStep, request: UpkeepRequest): void;
  /** For the owner; undefined while the limit deletes nothing before its age. */
  problem(): string | undefined;
}

export interface SizeBoundOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly retention: Retention & { readonly maxBytes: number };
}

export function createSizeBound({ clock, log, retention }: SizeBoundOptions): SizeBound {
  const { maxBytes, rawDays } = retention;
  let shortenedToMs: number | undefined;
  let loggedMs: number | undefined;
  let tooLarge = false;

  function noteShortened(toMs: number): void {
    shortenedToMs = Math.max(toMs, shortenedToMs ?? toMs);
    if (loggedMs !== undefined && toMs < loggedMs + DAY_MS) return;
    loggedMs = toMs;
    log.warn("raw readings deleted before their age: the store is at its size limit", { before: iso(toMs), maxBytes });
  }

  function noteTooLarge(now: boolean): void {
    if (now && !tooLarge) log.warn("the store is larger than its limit, and nothing is left to delete", { maxBytes });
    if (!now && tooLarge) log.info("the store is within its limit again", { maxBytes });
    tooLarge = now;
  }

  /** Readings of that instant would be past their age by now. */
  const isPast = (toMs: number): boolean => toMs <= keptSinceMs(rawDays, clock.nowMs());

  return {
    noteStep: (step, request) => {
      if (step.shortenedToMs !== undefined) noteShortened(step.shortenedToMs);
      // Only a step that found nothing to do has certainly checked the size, and only if it was allowed to delete.
      if (step.tooLarge === true) noteTooLarge(true);
      else if (step.did === "nothing" && request.retention !== undefined) noteTooLarge(false);
    },
    problem: () => {
      if (tooLarge) {
        return "The database is larger than its size limit, and nothing is left to delete: raise the limit (AERIE_MAX_STORE_BYTES), or delete devices";
      }
      if (shortenedToMs === undefined || isPast(shortenedToMs)) return undefined;
      return `The database reached its size limit (AERIE_MAX_STORE_BYTES): raw readings before ${iso(shortenedToMs)} were deleted, although AERIE_RAW_DAYS would still keep them. Raise the limit, or lower AERIE_RAW_DAYS`;
    },
  };
}

const iso = (atMs: number): string => new Date(atMs).toISOString();
