/** Sends changes of alerts to browsers, at most four times a second; of an alert that changes meanwhile only how it is now. */
import type { Alert, AlertsEvent, FiringCounts } from "../contract/alerts.ts";
import type { Clock } from "../core/ports/clock.ts";

export interface AlertFeed {
  /** `firing`: after the change. */
  changed(alerts: readonly Alert[], firing: FiringCounts): void;
  /** For a browser that has just connected: it asks for the alerts themselves. */
  now(): AlertsEvent;
  close(): void;
}

export interface AlertFeedOptions {
  readonly clock: Pick<Clock, "after">;
  /** False: nobody would get it. */
  readonly isWanted: () => boolean;
  readonly send: (event: AlertsEvent) => void;
}

const SEND_EVERY_MS = 250;
/** In one event. The others wait for the next. */
const MOST_AT_ONCE = 250;

export function createAlertFeed({ clock, isWanted, send }: AlertFeedOptions): AlertFeed {
  /** By id; bounded by the number of alerts. */
  const waiting = new Map<string, Alert>();
  let counts: FiringCounts = { critical: 0, warning: 0, info: 0 };
  let stop: (() => void) | undefined;

  function sendNext(): void {
    stop = undefined;
    if (!isWanted()) waiting.clear();
    if (waiting.size === 0) return;
    const some = [...waiting.values()].slice(0, MOST_AT_ONCE);
    for (const { id } of some) waiting.delete(id);
    send({ alerts: some, firing: counts });
    stop = clock.after(SEND_EVERY_MS, sendNext);
  }

  return {
    changed: (alerts, firing) => {
      counts = firing;
      if (!isWanted()) return;
      for (const alert of alerts) {
        waiting.delete(alert.id); // the newest change comes last
        waiting.set(alert.id, alert);
      }
      if (stop === undefined) sendNext();
    },
    now: () => ({ alerts: [], firing: counts }),
    close: () => stop?.(),
  };
}
