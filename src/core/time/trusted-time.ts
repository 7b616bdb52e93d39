/**
 * The hub's own time, by which sessions, messages, wills, sign-ins and tokens expire. It continues through a wrong clock, a jump and
 * a restart. (docs/decisions/0015)
 */

import { messageOf } from "../model/message-of.ts";
import { DAY_MS } from "../model/utc-day.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { type ClockSanity, IF_RIGHT } from "./clock-sanity.ts";
import { durationWords } from "./duration-words.ts";

export interface TrustedTime {
  /** Epoch ms: the wall clock's, as far as it is trusted; while it is not, only the hub's running time is added. Never runs backwards. */
  nowMs(): number;
  /**
   * Takes what `nowMs()` returned in this run or an earlier one, and returns the least time that has passed since then. Use it where
   * data is lost when the time is over.
   */
  sinceMs(atMs: number): number;
  /** Returns the time that has passed if the wall clock is right after all. Use it where access ends when the time is over. */
  sinceAtMostMs(atMs: number): number;
  /** The date of that instant, to be shown to people. */
  dateOf(atMs: number): Date;
  /** For the owner, while the wall clock is not trusted. */
  problem(): string | undefined;
  /** For the owner, while the record cannot be put on disk. */
  saveProblem(): string | undefined;
  /** Settles when the record is on disk. */
  close(): Promise<void>;
}

/** What was noted by the hub's time from `fromMs` until before `toMs` is newer by `addMs` than it seems. */
export interface TimeShift {
  readonly fromMs: number;
  readonly toMs: number;
  readonly addMs: number;
}

/** The wall clock differs from the expected time. */
export interface TimeHold {
  /** Positive: the wall clock is ahead. */
  readonly differenceMs: number;
  /** How long the hub has run with this difference. */
  readonly heldMs: number;
}

/** What a restart needs. */
export interface TimeRecord {
  readonly nowMs: number;
  /** The accepted difference between the wall clock and `nowMs`. */
  readonly aheadMs: number;
  /** What was noted since then does not age by a difference, because it may have been noted after that time had passed. */
  readonly fromMs: number | undefined;
  readonly hold: TimeHold | undefined;
  readonly shifts: readonly TimeShift[];
}

export interface TrustedTimeOptions {
  readonly clock: Clock;
  readonly clockSanity: Pick<ClockSanity, "problem">;
  readonly log: Log;
  /** The record of the last run. */
  readonly record: TimeRecord | undefined;
  readonly save: (record: TimeRecord) => Promise<void>;
  /** The newest time of the stored data; 0: nothing is stored. It replaces a missing record. */
  readonly newestMs: number;
  /** A correct clock shows no time before that. */
  readonly builtAtMs: number;
}

/** Corrections up to this are ignored. */
const STEP_MS = 60_000;
/** How long the hub runs with a difference before it counts. */
const HOLD_MS = 10 * 60_000;
const LONG_HOLD_MS = DAY_MS;
const CHECK_EVERY_MS = 1_000;
const SAVE_EVERY_MS = 10 * 60_000;
const SAVE_AGAIN_MS = 2_000;
const MOST_SHIFTS = 64;
/** A record that is further than this past everything else is not trusted. */
const LEAP_MS = 5 * 365 * DAY_MS;
const LONGER = "MQTT sessions, messages with an expiry, delayed wills and sign-ins may last longer";

export function createTrustedTime(options: TrustedTimeOptions): TrustedTime {
  const { clock, clockSanity, log, save } = options;
  let { baseMs, aheadMs, fromMs, hold, shifts } = started(options);
  const startedMs = nowMs();
  let checkedMs = clock.monotonicMs();
  let savedMs = checkedMs;
  let saving = Promise.resolve();
  let unsaved: string | undefined;
  if (hold !== undefined) warn();
  keep();
  const stop = clock.every(CHECK_EVERY_MS, check);

  function nowMs(): number {
    return Math.floor(baseMs + clock.monotonicMs());
  }

  /** Between the wall clock and the expected time. */
  const differenceMs = (): number => clock.nowMs() - nowMs() - aheadMs;

  function check(): void {
    const passedMs = clock.monotonicMs() - checkedMs;
    checkedMs += passedMs;
    const difference = differenceMs();
    if (Math.abs(difference) <= STEP_MS) {
      aheadMs = Math.min(aheadMs + difference, STEP_MS); // many small steps count as one
      if (hold !== undefined) trustAgain(0);
    } else if (hold === undefined || Math.abs(difference - hold.differenceMs) > STEP_MS) {
      const heldMs = difference > DAY_MS ? heldMsOf(hold, difference) : 0;
      fromMs ??= startedMs;
      hold = { differenceMs: difference, heldMs };
      warn();
      keep();
    } else {
      hold = { ...hold, heldMs: hold.heldMs + passedMs };
      if (hold.heldMs >= holdMsOf(hold) && clockSanity.problem() === undefined) count(hold);
    }
    if (clock.monotonicMs() - savedMs >= (unsaved === undefined ? SAVE_EVERY_MS : SAVE_AGAIN_MS)) keep();
  }

  /** The difference has stayed: either that time has passed, or the clock was wrong before. */
  function count({ differenceMs: difference }: TimeHold): void {
    const addMs = difference > 0 ? Math.max(0, clock.nowMs() - nowMs()) : 0;
    shifts = withShift(shifts, { fromMs: fromMs ?? startedMs, toMs: nowMs() + 1, addMs });
    baseMs += addMs;
    aheadMs = clock.nowMs() - nowMs();
    trustAgain(addMs);
  }

  function trustAgain(countedMs: number): void {
    hold = undefined;
    if (!isBehind(aheadMs)) fromMs = undefined;
    log.info("the clock is trusted again", { countedS: Math.round(countedMs / 1_000) });
    keep();
  }

  function warn(): void {
    log.warn("the clock is not trusted: nothing expires by it", { reason: problem() });
  }

  function keep(): void {
    savedMs = clock.monotonicMs();
    const record = { nowMs: nowMs(), aheadMs, fromMs, hold, shifts };
    saving = saving
      .then(() => save(record))
      .then(
        () => {
          unsaved = undefined;
        },
        (cause: unknown) => {
          if (unsaved === undefined) log.warn("the hub's time could not be saved; the hub tries again", { cause });
          unsaved = messageOf(cause);
        },
      );
  }

  function sinceMs(atMs: number): number {
    return Math.max(0, nowMs() - atMs - addedTo(atMs));
  }

  const addedTo = (atMs: number): number => addedBy(shifts, atMs);

  /** The time that would be counted if the wall clock were trusted now. */
  function uncountedMs(): number {
    const difference = differenceMs();
    return difference <= STEP_MS ? 0 : Math.max(0, clock.nowMs() - nowMs());
  }

  const isInHold = (atMs: number): boolean => atMs >= (fromMs ?? startedMs);

  function problem(): string | undefined {
    if (hold === undefined) return undefined;
    const { differenceMs: difference, heldMs } = hold;
    const what = `The clock of this machine is ${durationWords(Math.abs(difference))} ${difference > 0 ? "ahead of" : "behind"} the time that the hub expects`;
    const insane = clockSanity.problem();
    if (insane !== undefined)
      return `${what}. Until it is right, the hub does not trust it: ${LONGER}. Check the time of this machine (timedatectl, NTP)`;
    const untilMs = clock.nowMs() + Math.max(0, holdMsOf(hold) - heldMs);
    return `${what}. Until ${new Date(untilMs).toISOString()} the hub does not trust it: ${LONGER}. ${IF_RIGHT}`;
  }

  return {
    nowMs,
    sinceMs,
    sinceAtMostMs: (atMs) => sinceMs(atMs) + (isInHold(atMs) ? 0 : uncountedMs()),
    dateOf: (atMs) => new Date(atMs + addedTo(atMs) + (isInHold(atMs) ? uncountedMs() : 0)),
    problem,
    saveProblem: () =>
      unsaved &&
      `The hub's time could not be saved: ${unsaved}. If the hub restarts now, it may not notice that its clock is wrong. It tries again by itself.`,
    close: async () => {
      stop();
      keep();
      await saving;
    },
  };
}

const holdMsOf = ({ differenceMs }: TimeHold): number => (Math.abs(differenceMs) > DAY_MS ? LONG_HOLD_MS : HOLD_MS);

/** The time that the hub was off counts at once up to a day, by the wall clock. */
function started({ clock, record, newestMs, builtAtMs }: TrustedTimeOptions) {
  const wallMs = clock.nowMs();
  const known = record ?? (newestMs > 0 ? { ...NOTHING, nowMs: newestMs } : undefined);
  const from = (nowMs: number): number => nowMs - clock.monotonicMs();
  if (known === undefined) {
    const nowMs = Math.max(wallMs, builtAtMs);
    return { ...NOTHING, baseMs: from(nowMs), aheadMs: wallMs - nowMs };
  }
  const { nowMs, aheadMs, fromMs = nowMs + 1, hold: former } = known;
  const witnessMs = record === undefined ? 0 : newestMs; // what replaces the record is no evidence for itself
  const shifts = withoutLeap(known, Math.max(wallMs, witnessMs, builtAtMs));
  const differenceMs = wallMs - nowMs - aheadMs;
  if (differenceMs >= -STEP_MS && differenceMs <= DAY_MS) {
    // Where the wall clock was set back, the hub's time waits for it.
    const offMs = Math.max(0, differenceMs + Math.min(aheadMs, 0));
    const shift = former && { fromMs, toMs: nowMs + 1, addMs: offMs };
    const leftMs = Math.min(aheadMs, wallMs - nowMs - offMs);
    return {
      baseMs: from(nowMs + offMs),
      aheadMs: leftMs,
      fromMs: isBehind(leftMs) ? known.fromMs : undefined,
      hold: undefined,
      shifts: shift ? withShift(shifts, shift) : shifts,
    };
  }
  const hold = { differenceMs, heldMs: heldMsOf(former, differenceMs) };
  return { baseMs: from(nowMs + 1), aheadMs, fromMs, hold, shifts };
}

/**
 * A record that lies years past the wall clock and all that is stored does not age what was noted before: nothing shows that those
 * years have passed. What was noted in the last of those years ages normally.
 */
function withoutLeap({ nowMs, shifts }: TimeRecord, witnessMs: number): readonly TimeShift[] {
  const addMs = nowMs - witnessMs - addedBy(shifts, witnessMs);
  return addMs > LEAP_MS ? withShift(shifts, { fromMs: 0, toMs: nowMs - LEAP_MS, addMs }) : shifts;
}

function addedBy(shifts: readonly TimeShift[], atMs: number): number {
  let addedMs = 0;
  for (const { fromMs, toMs, addMs } of shifts) if (atMs >= fromMs && atMs < toMs) addedMs += addMs;
  return addedMs;
}

const NOTHING: Omit<TimeRecord, "nowMs"> = { aheadMs: 0, fromMs: undefined, hold: undefined, shifts: [] };

/** The wall clock was set back, and that was accepted. Whether it was right shows when it is set forward again. */
const isBehind = (aheadMs: number): boolean => aheadMs < -STEP_MS;

/** How long the same difference has been held, allowing for up to a day in which the hub was off or suspended. */
function heldMsOf(former: TimeHold | undefined, differenceMs: number): number {
  if (former === undefined) return 0;
  const offMs = differenceMs - former.differenceMs;
  return offMs >= -STEP_MS && offMs <= DAY_MS ? former.heldMs : 0;
}

/** If there are too many, the two oldest are merged, so that nothing counts as older than it is. */
function withShift(shifts: readonly TimeShift[], shift: TimeShift): readonly TimeShift[] {
  if (shift.addMs <= 0) return shifts;
  const [first, second, ...rest] = [...shifts, shift];
  if (first === undefined || second === undefined || rest.length + 2 <= MOST_SHIFTS) return [...shifts, shift];
  const { min, max } = Math;
  const addMs = first.addMs + second.addMs;
  return [{ fromMs: min(first.fromMs, second.fromMs), toMs: max(first.toMs, second.toMs), addMs }, ...rest];
}
