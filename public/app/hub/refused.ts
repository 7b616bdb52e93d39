/** Merges live refusals into those that were read: newest first, bounded. */
import type { Refusal } from "../../../src/contract/refusal.ts";
import type { RefusalsAnswer } from "../../../src/contract/rest.ts";

export type Refused = RefusalsAnswer;

/** As many as the hub keeps. */
export const MAX_ROWS = 500;

/** Refusals of one kind and one subject are one row, which the hub counts up. */
export const refusalKey = ({ code, kind, clientId, address, topic, deviceId, metric }: Refusal): string =>
  JSON.stringify([code, kind, clientId, address, topic, deviceId, metric]);

/** Until when a person holds a cause for solved, in this browser. What is refused later counts from then on. */
export interface SolvedMark {
  /** When the newest refusal was that is meant. */
  readonly at: string;
  /** How often this cause had been refused by then, since this start of the hub. */
  readonly count: number;
  readonly since: string;
}
export type SolvedMarks = { readonly [code: string]: SolvedMark };

/** It was not accepted since, and nobody holds it for solved. */
export const isOpen = ({ acceptedAt, lastAt }: Refusal, mark: SolvedMark | undefined): boolean =>
  acceptedAt === undefined && (mark === undefined || lastAt > mark.at);

export function mergeRefusals(known: Refused | undefined, live: readonly Refusal[]): Refused {
  const rows = new Map((known?.rejections ?? []).map((refusal) => [refusalKey(refusal), refusal]));
  const counts = new Map(Object.entries(known?.counts ?? {}));
  for (const refusal of live) {
    const key = refusalKey(refusal);
    const former = rows.get(key);
    const more = refusal.count - (former?.firstAt === refusal.firstAt ? former.count : 0);
    if (former !== undefined && (more < 0 || refusal.firstAt < former.firstAt)) continue; // older than what was read
    rows.set(key, refusal);
    counts.set(refusal.code, (counts.get(refusal.code) ?? 0) + more);
  }
  const rejections = [...rows.values()].sort((a, b) => Date.parse(b.lastAt) - Date.parse(a.lastAt)).slice(0, MAX_ROWS);
  const { since = "", limits = {}, maxima = {} } = known ?? {};
  return { counts: Object.fromEntries(counts), since, rejections, limits, maxima };
}

/** Codes of what is refused now. */
export const openCauses = ({ rejections }: Refused, marks: SolvedMarks): string[] => [
  ...new Set(rejections.flatMap((refusal) => (isOpen(refusal, marks[refusal.code]) ? [refusal.code] : []))),
];
