/** Decides whether a device sends so regularly that its silence means something. */
import { DAY_MS } from "../model/utc-day.ts";
import { KEPT_GAPS, MOST_MIDDLES } from "./usual-interval.ts";

/** A board that is switched off each night never gets there, and nobody is woken for it. */
const KNOWN_FOR_MS = DAY_MS;
/** A silence of so long is a night, or a weekend. Outages are mostly shorter, or last until somebody comes. */
const OFF_MS = 2 * 3_600_000;
const MOST_OFFS = 6;
/** What was before so long a time without a silence is no habit of now. */
const HABIT_MS = 7 * DAY_MS;

/** What is known of how a device keeps its interval, beside the gaps. */
export interface Known {
  /** How long it had been sending without a longer silence when its last reading came. */
  readonly forMs: number;
  /** How often it was off for hours. One that often is must be known for a day longer each time: it may be left on for a night. */
  readonly offs?: number;
  /** Its gaps were alike before a restart, for the first ones after it. */
  readonly wasAlike?: boolean;
}

/** `gaps`: the last ones between its readings, in ms. */
export function isRegular(gaps: readonly number[], { forMs, offs = 0, wasAlike = false }: Known): boolean {
  return forMs >= (1 + offs) * KNOWN_FOR_MS && (gaps.length >= KEPT_GAPS || wasAlike) && areAlike(gaps);
}

/** How often it was off, after a silence of `outMs` that followed `knownForMs` without one. */
export function offsAfter(offs: number, knownForMs: number, outMs: number): number {
  const before = knownForMs >= HABIT_MS ? 0 : offs;
  return outMs >= OFF_MS ? Math.min(before + 1, MOST_OFFS) : before;
}

/** None is longer than three times their middle. */
export function areAlike(gaps: readonly number[]): boolean {
  const sorted = gaps.toSorted((a, b) => a - b);
  const middleMs = sorted[(sorted.length - 1) >> 1] ?? 0;
  return (sorted.at(-1) ?? 0) <= MOST_MIDDLES * middleMs;
}
