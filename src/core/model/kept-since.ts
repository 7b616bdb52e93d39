/** Decides before which instant data of an age is deleted: one rule for messages, imports and deletions. */
import { DAY_MS, startOf } from "./utc-day.ts";

/** The beginning of a UTC day, epoch ms, since whole days are deleted. `days` 0: everything is kept, and the answer is 0. */
export const keptSinceMs = (days: number, nowMs: number): number =>
  days === 0 ? 0 : startOf(nowMs - days * DAY_MS, DAY_MS);
