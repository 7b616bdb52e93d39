/** What charts are compared with: kept in the address, and which instants stand for each other; pure. */
import { clockOffsetMs, instantAt } from "../preferences/time-zone.ts";

export type Comparison =
  | { readonly kind: "none" }
  /** The same charts so many calendar days before. */
  | { readonly kind: "days"; readonly days: number; readonly words: string }
  /** The same metrics of another device at the same time. */
  | { readonly kind: "device"; readonly id: string };

export const NO_COMPARISON: Comparison = { kind: "none" };
export const YESTERDAY: Comparison = { kind: "days", days: 1, words: "yesterday" };
export const LAST_WEEK: Comparison = { kind: "days", days: 7, words: "last week" };

const PARAMETER = "compare";
const DEVICE = "device:";
const WORDS: ReadonlyMap<string | null, Comparison> = new Map([
  ["yesterday", YESTERDAY],
  ["week", LAST_WEEK],
]);

export function parseComparison(query: string): Comparison {
  const word = new URLSearchParams(query).get(PARAMETER);
  if (word?.startsWith(DEVICE) && word.length > DEVICE.length) return { kind: "device", id: word.slice(DEVICE.length) };
  return WORDS.get(word) ?? NO_COMPARISON;
}

/** The address's query with another comparison, and all else as it is. */
export function withComparison(query: string, next: Comparison): string {
  const all = new URLSearchParams(query);
  all.delete(PARAMETER);
  if (next.kind === "device") all.set(PARAMETER, DEVICE + next.id);
  else for (const [word, comparison] of WORDS) if (comparison === next && word !== null) all.set(PARAMETER, word);
  return all.toString();
}

/** What the clock of the viewer's zone showed the same so many days before: 23 or 25 hours back where the clocks were changed. */
export function daysBefore(ms: number, days: number): number {
  return instantAt(ms + clockOffsetMs(ms) - days * DAY_MS);
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** By so much clocks are changed. */
const CHANGES_MS = [-HOUR_MS, -HOUR_MS / 2, 0, HOUR_MS / 2, HOUR_MS];

/** At which instants this one is `days` before: none in an hour that is left out, two in one that comes twice. */
export function instantsAfter(ms: number, days: number): number[] {
  const likely = daysBefore(ms, -days);
  return CHANGES_MS.map((change) => likely + change).filter((at) => daysBefore(at, days) === ms);
}
