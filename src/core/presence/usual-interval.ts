/** Learns a usual time between events, and whether it is kept. One outage does not count. */

export interface UsualInterval {
  /** Its middle where it is kept, else the longest gap but one. */
  readonly ms: number;
  readonly isRegular: boolean;
}

export const KEPT_GAPS = 9;
/** A gap longer than so many middles is none that a regular device makes. */
export const MOST_MIDDLES = 3;

/** The last nine gaps. A class: there are three of them for each device. */
export class Gaps {
  readonly #gaps: number[] = [];
  #usual: UsualInterval | undefined;
  #isJudged = true;

  add(gapMs: number): void {
    this.#gaps.push(gapMs);
    if (this.#gaps.length > KEPT_GAPS) this.#gaps.shift();
    this.#isJudged = false; // many gaps come for each time that somebody asks
  }

  /** In order. */
  get all(): readonly number[] {
    return this.#gaps;
  }

  /** Undefined until there are two. */
  get usual(): UsualInterval | undefined {
    if (!this.#isJudged) this.#usual = judge(this.#gaps);
    this.#isJudged = true;
    return this.#usual;
  }
}

function judge(gaps: readonly number[]): UsualInterval | undefined {
  const sorted = gaps.toSorted((a, b) => a - b);
  const middleMs = sorted[(sorted.length - 1) >> 1];
  const longestButOneMs = sorted.at(-2);
  if (middleMs === undefined || longestButOneMs === undefined) return undefined;
  const isRegular = longestButOneMs <= MOST_MIDDLES * middleMs;
  return { ms: isRegular ? middleMs : longestButOneMs, isRegular };
}
