/** Makes a table's row of what pairs of runs gave: both peers, and how each pair compares. */

import { figure } from "../helpers/figure.ts";
import { spread } from "../helpers/spread.ts";
import type { Pair } from "./bench-run.ts";

/** Median (least – greatest), or the one value. */
export function ranged(values: readonly number[], digits: number): string {
  const { median, min, max } = spread(values);
  return values.length === 1
    ? figure(median, digits)
    : `${figure(median, digits)} (${figure(min, digits)} – ${figure(max, digits)})`;
}

export interface Comparison {
  sign: string;
  digits: number;
  of(bare: number, aerie: number): number;
}

export const ratio: Comparison = { sign: "×", digits: 2, of: (bare, aerie) => aerie / bare };
export const difference: Comparison = { sign: "+", digits: 1, of: (bare, aerie) => aerie - bare };

/** One row: both peers, and in the last column how each pair compares. */
export function compared<T>(
  title: string,
  pairs: readonly Pair<T>[],
  read: (run: T) => number,
  digits: number,
  compare?: Comparison,
): string[] {
  const bare = pairs.map((pair) => read(pair.bare));
  const aerie = pairs.map((pair) => read(pair.aerie));
  const both = pairs.map((pair) => compare?.of(read(pair.bare), read(pair.aerie)) ?? Number.NaN);
  const last = compare === undefined ? "" : `${compare.sign} ${ranged(both, compare.digits)}`;
  return [title, ranged(bare, digits), ranged(aerie, digits), last];
}

export const comparedHead = (title: string): string[] => [title, "bare Aedes", "Aerie", "Aerie to bare, by pair"];
