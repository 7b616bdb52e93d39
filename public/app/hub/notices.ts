/** Notifications that the hub sends to open pages, for a channel of the kind `browser`. Each is heard once, however often it comes. */
import type { NotificationEvent } from "../../../src/contract/live/events.ts";

type Watcher = (notice: NotificationEvent) => void;

/** So many ids are remembered. */
const MOST_KNOWN = 200;

const watchers = new Set<Watcher>();
const known = new Set<string>();

export function onNotice(notice: NotificationEvent): void {
  if (known.has(notice.id)) return;
  known.add(notice.id);
  const [oldest] = known;
  if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
  for (const watcher of watchers) watcher(notice);
}

export function watchNotices(watcher: Watcher): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
