/** What readings that came late say of conditions that are joined: each may have some of their metrics. */
import type { CompiledRule } from "./compiled-rule.ts";
import { MORE_WITHIN_MS } from "./late-episode.ts";
import { joinVerdicts, type Verdict } from "./verdict.ts";

export interface LateVerdicts {
  /** What each condition said last, in this backlog. */
  readonly verdicts: (Verdict | undefined)[];
  /** Instant of the reading that said the last of them. */
  readonly atMs: number;
  /** When that came, monotonic ms. */
  readonly seenMs: number;
}

/** A condition says something. What a former backlog said is forgotten. */
export function withLate(
  known: LateVerdicts | undefined,
  index: number,
  { verdict, atMs, nowMs }: { readonly verdict: Verdict; readonly atMs: number; readonly nowMs: number },
): LateVerdicts {
  const verdicts = known !== undefined && nowMs - known.seenMs < MORE_WITHIN_MS ? known.verdicts : [];
  verdicts[index] = verdict;
  return { verdicts, atMs, seenMs: nowMs };
}

/** A condition of which this backlog said nothing, as one about silence, is neither past nor clear. */
export const joinedLate = ({ verdicts }: LateVerdicts, { join, leaves }: CompiledRule): Verdict =>
  join === "one"
    ? "between"
    : joinVerdicts(
        join,
        leaves.map((_, index) => verdicts[index] ?? "between"),
      );
