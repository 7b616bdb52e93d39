/** UTC hours and days, in ms, and ages in whole days. */

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** The beginning of the UTC hour, day … that an instant lies in. */
export const startOf = (atMs: number, widthMs: number): number => Math.floor(atMs / widthMs) * widthMs;

/**
 * Before which instant data of an age is deleted: one rule for messages, imports and deletions. The beginning of a UTC day, epoch
 * ms, since whole days are deleted. `days` 0: everything is kept, and the answer is 0.
 */
export const keptSinceMs = (days: number, nowMs: number): number =>
  days === 0 ? 0 : startOf(nowMs - days * DAY_MS, DAY_MS);
