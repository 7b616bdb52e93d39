/** The notices in memory, by alert and by the channels that they wait for. */
import type { StoredRecord } from "../ports/hub-file.ts";
import type { Log } from "../ports/log.ts";
import type { Notice } from "./notices/notice.ts";
import { readNotice } from "./notification-records.ts";

export interface NoticeBook {
  get(alertId: string): Notice | undefined;
  /** Undefined: it is deleted. */
  set(alertId: string, notice: Notice | undefined): void;
  all(): Iterable<Notice>;
  waitingFor(channelId: string): readonly Notice[];
  countFor(channelId: string): number;
}

export function createNoticeBook(stored: readonly StoredRecord[], log: Log): NoticeBook {
  const notices = new Map<string, Notice>();
  /** By channel, those that wait for it: looked through often, while thousands wait. */
  const waiting = new Map<string, Map<string, Notice>>();
  for (const { kind, id, data } of stored) {
    if (kind !== "notification") continue;
    const notice = readNotice(data);
    if (notice === undefined) log.warn("what is to be sent of an alert cannot be read, and is left as it is", { id });
    else set(id, notice);
  }

  function set(alertId: string, notice: Notice | undefined): void {
    const before = notices.get(alertId);
    for (const channelId of Object.keys(before?.channels ?? {})) waiting.get(channelId)?.delete(alertId);
    if (notice === undefined) return void notices.delete(alertId);
    notices.set(alertId, notice);
    for (const [channelId, of] of Object.entries(notice.channels)) {
      if (of.waiting.length === 0) continue;
      const alerts = waiting.get(channelId) ?? new Map<string, Notice>();
      waiting.set(channelId, alerts.set(alertId, notice));
    }
  }

  return {
    get: (alertId) => notices.get(alertId),
    set,
    all: () => notices.values(),
    waitingFor: (channelId) => [...(waiting.get(channelId)?.values() ?? [])],
    countFor: (channelId) => waiting.get(channelId)?.size ?? 0,
  };
}
