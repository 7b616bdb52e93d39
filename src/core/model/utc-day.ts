/** UTC hours and days, in ms. */

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** The beginning of the UTC hour, day … that an instant lies in. */
export const startOf = (atMs: number, widthMs: number): number => Math.floor(atMs / widthMs) * widthMs;
