/** The notices in memory, by alert and by the channels that they wait for. */
import type { StoredRecord } from "../ports/hub-file.ts";
import type { Log } from "../ports/log.ts";
import { isGathered } from "./notices/due.ts";
import type { Notice } from "./notices/notice.ts";
import { readNotice } from "./notification-records.ts";

export interface NoticeBook {
  get(alertId: string): Notice | undefined;
  /** Undefined: it is deleted. */
  set(alertId: string, notice: Notice | undefined): void;
  all(): Iterable<Notice>;
  waitingFor(channelId: string): readonly Notice[];
  /** The same by rule: looked through often, while thousands wait. */
  rulesWaitingFor(channelId: string): readonly WaitingOfRule[];
  countFor(channelId: string): number;
}

export interface WaitingOfRule {
  readonly ruleId: string;
  readonly notices: Iterable<Notice>;
  /** Something of it goes out at once, whatever was sent of the rule before. */
  readonly hasUngathered: boolean;
}

interface OfRule {
  readonly notices: Map<string, Notice>;
  readonly ungathered: Set<string>;
}

export function createNoticeBook(stored: readonly StoredRecord[], log: Log): NoticeBook {
  const notices = new Map<string, Notice>();
  /** By channel and rule, those that wait. */
  const waiting = new Map<string, Map<string, OfRule>>();
  for (const { kind, id, data } of stored) {
    if (kind !== "notification") continue;
    const notice = readNotice(data);
    if (notice === undefined) log.warn("what is to be sent of an alert cannot be read, and is left as it is", { id });
    else set(id, notice);
  }

  function set(alertId: string, notice: Notice | undefined): void {
    const before = notices.get(alertId);
    if (before !== undefined) leave(before);
    if (notice === undefined) return void notices.delete(alertId);
    notices.set(alertId, notice);
    enter(notice);
  }

  function leave({ alertId, ruleId, channels }: Notice): void {
    for (const channelId of Object.keys(channels)) {
      const rules = waiting.get(channelId);
      const ofRule = rules?.get(ruleId);
      ofRule?.ungathered.delete(alertId);
      if (ofRule?.notices.delete(alertId) === true && ofRule.notices.size === 0) rules?.delete(ruleId);
    }
  }

  function enter(notice: Notice): void {
    const { alertId, ruleId } = notice;
    for (const [channelId, of] of Object.entries(notice.channels)) {
      if (of.waiting.length === 0) continue;
      const rules = waiting.get(channelId) ?? new Map<string, OfRule>();
      const ofRule = rules.get(ruleId) ?? { notices: new Map<string, Notice>(), ungathered: new Set<string>() };
      ofRule.notices.set(alertId, notice);
      if (!of.waiting.every(isGathered)) ofRule.ungathered.add(alertId);
      waiting.set(channelId, rules.set(ruleId, ofRule));
    }
  }

  const rulesOf = (channelId: string): OfRule[] => [...(waiting.get(channelId)?.values() ?? [])];

  return {
    get: (alertId) => notices.get(alertId),
    set,
    all: () => notices.values(),
    waitingFor: (channelId) => rulesOf(channelId).flatMap((ofRule) => [...ofRule.notices.values()]),
    rulesWaitingFor: (channelId) =>
      [...(waiting.get(channelId) ?? [])].map(([ruleId, ofRule]) => ({
        ruleId,
        notices: ofRule.notices.values(),
        hasUngathered: ofRule.ungathered.size > 0,
      })),
    countFor: (channelId) => rulesOf(channelId).reduce((sum, ofRule) => sum + ofRule.notices.size, 0),
  };
}
