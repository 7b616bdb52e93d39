/** Tells an instant that a board sends from the time since it was switched on, which it sends while its clock is not set. */
import { toEpochMs } from "../../contract/epoch.ts";

/** 2001: a board that counts from 0 at its start would have to run for 31 years. */
const SET_AFTER_MS = 1e12;

/** As `ParsedReading.said`; undefined: it is no instant, or the clock is not set. A clock that is wrong in another way is for the hub to find. */
export function instantIfSet(said: unknown): unknown {
  const atMs = toEpochMs(said);
  return atMs === undefined || atMs < SET_AFTER_MS ? undefined : said;
}
