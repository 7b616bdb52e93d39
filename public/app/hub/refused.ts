/** Merges live refusals into those that were read: newest first, bounded. */
import type { Refusal } from "../../../src/contract/refusal.ts";
import type { RefusalsAnswer } from "../../../src/contract/rest.ts";

export type Refused = RefusalsAnswer;

const MAX_ROWS = 500;

/** Refusals of one kind and one subject are one row, which the hub counts up. */
export const refusalKey = ({ code, kind, clientId, address, topic, deviceId, metric }: Refusal): string =>
  JSON.stringify([code, kind, clientId, address, topic, deviceId, metric]);

export function mergeRefusals(known: Refused | undefined, live: readonly Refusal[]): Refused {
  const rows = new Map((known?.rejections ?? []).map((refusal) => [refusalKey(refusal), refusal]));
  const counts = new Map(Object.entries(known?.counts ?? {}));
  for (const refusal of live) {
    const key = refusalKey(refusal);
    const more = refusal.count - (rows.get(key)?.count ?? 0);
    if (more < 0) continue; // older than what was read
    rows.set(key, refusal);
    counts.set(refusal.code, (counts.get(refusal.code) ?? 0) + more);
  }
  const rejections = [...rows.values()].sort((a, b) => Date.parse(b.lastAt) - Date.parse(a.lastAt)).slice(0, MAX_ROWS);
  const { since = "", limits = {}, maxima = {} } = known ?? {};
  return { counts: Object.fromEntries(counts), since, rejections, limits, maxima };
}

/** Codes of what is refused and was not accepted since. */
export const openCauses = ({ rejections }: Refused): string[] => [
  ...new Set(rejections.flatMap(({ code, acceptedAt }) => (acceptedAt === undefined ? [code] : []))),
];
