/** Which alerts go into the next message to a channel, and when: the first of a rule at once, what follows it together. Pure. */
import type { Notice, WaitingEntry } from "./notice.ts";

/** Further alerts of a rule are gathered for so long after its first. */
export const GATHER_MS = 30_000;

/** When messages to a channel last had entries of a rule. */
export interface SentOfRule {
  readonly firingMs?: number;
  readonly anyMs: number;
}

export type Due =
  | { readonly kind: "now"; readonly notices: readonly Notice[] }
  | { readonly kind: "later"; readonly atMs: number }
  | { readonly kind: "never" };

/** `notices`: those that wait for the channel and are not blocked. An instant of the monotonic clock. */
export function dueOf(
  notices: readonly Notice[],
  channelId: string,
  sent: ReadonlyMap<string, SentOfRule>,
  nowMs: number,
): Due {
  const groups = new Map<string, { readonly notices: Notice[]; dueMs: number }>();
  for (const notice of notices) {
    const ofRule = sent.get(notice.ruleId);
    let dueMs = Number.POSITIVE_INFINITY;
    for (const entry of notice.channels[channelId]?.waiting ?? []) dueMs = Math.min(dueMs, entryDueMs(entry, ofRule));
    const group = groups.get(notice.ruleId);
    if (group === undefined) groups.set(notice.ruleId, { notices: [notice], dueMs });
    else {
      group.notices.push(notice);
      group.dueMs = Math.min(group.dueMs, dueMs);
    }
  }
  const all = [...groups.values()];
  const due = all.filter(({ dueMs }) => dueMs <= nowMs);
  if (due.length > 0) return { kind: "now", notices: due.flatMap((group) => group.notices) };
  const atMs = Math.min(...all.map(({ dueMs }) => dueMs));
  return atMs === Number.POSITIVE_INFINITY ? { kind: "never" } : { kind: "later", atMs };
}

/** False: it is sent at once, whatever was sent of its rule before. */
export const isGathered = ({ kind }: Pick<WaitingEntry, "kind">): boolean =>
  kind !== "repeated" && kind !== "escalated";

/** Nothing of the rule that is gathered is due before; undefined: it may be due now. */
export function gatheredUntilMs(sent: SentOfRule | undefined, nowMs: number): number | undefined {
  if (sent?.firingMs === undefined) return undefined;
  const untilMs = Math.min(sent.firingMs, sent.anyMs) + GATHER_MS;
  return untilMs > nowMs ? untilMs : undefined;
}

function entryDueMs({ kind }: WaitingEntry, sent: SentOfRule | undefined): number {
  switch (kind) {
    case "repeated":
    case "escalated":
      return Number.NEGATIVE_INFINITY;
    case "firing":
      return sent?.firingMs === undefined ? Number.NEGATIVE_INFINITY : sent.firingMs + GATHER_MS;
    case "resolved":
    case "ended":
    case "noData":
    case "passed":
      return sent === undefined ? Number.NEGATIVE_INFINITY : sent.anyMs + GATHER_MS;
  }
}
