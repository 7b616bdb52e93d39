/** What an expression asks of readings before this one: `previous(m)`, `delta(m)`, `rate(m)`, `average(m, '15m')`. */

export type Term =
  | { readonly kind: "previous" | "delta" | "rate"; readonly metric: string }
  | { readonly kind: "average"; readonly metric: string; readonly overMs: number };

/** An average is of this many readings at most: the newest. */
export const MAX_AVERAGED = 1_000;
const MAX_PERIOD_MS = 24 * 3_600_000;

/** The name by which it is looked up: with a space in it, it is none of a metric. */
export const nameOfTerm = (term: Term): string =>
  term.kind === "average" ? `average ${term.metric} ${term.overMs}` : `${term.kind} ${term.metric}`;

const UNITS: ReadonlyMap<string, number> = new Map([
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

/** `90s`, `15m`, `2h` → ms; undefined: it is none, or longer than a day. */
export function parsePeriod(text: string): number | undefined {
  const [, count, unit = ""] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS.get(unit) ?? Number.NaN);
  return ms > 0 && ms <= MAX_PERIOD_MS ? ms : undefined;
}
