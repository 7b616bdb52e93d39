/** Takes transitions into the notices: each once, whether it was written, could not be, or was written later. */
import type { NotificationSink, Transition } from "../alerts/alert-types.ts";
import type { HubChange } from "../ports/hub-file.ts";
import type { NoticeBook } from "./notice-book.ts";
import { afterTransition, type Notice } from "./notices/notice.ts";
import type { RecordSaver } from "./record-saver.ts";

export interface NoticeSink extends NotificationSink {
  /** What happened to the alert is durable, or cannot be written: it may be sent. */
  isDecided(alertId: string): boolean;
}

export interface NoticeSinkOptions {
  readonly book: NoticeBook;
  readonly saver: RecordSaver;
  readonly targetsOf: (transition: Transition) => readonly string[];
  readonly onFiring: (alertId: string) => void;
  /** Something may be sent. */
  readonly onDecided: () => void;
}

/** Transitions that were sent from memory and may still be written: as many as the engine keeps. */
const MOST_APPLIED = 200_000;

export function createNoticeSink({ book, saver, targetsOf, onFiring, onDecided }: NoticeSinkOptions): NoticeSink {
  /** By alert, the ids of events that are being written, with the notice that is written with them. */
  const underWay = new Map<string, Map<string, Notice | undefined>>();
  /** Ids of events that are in the notices already, and not written yet. */
  const applied = new Set<string>();

  function apply(transition: Transition): void {
    const { alertId, kind } = transition.event;
    const before = book.get(alertId);
    const after = afterTransition(before, transition, targetsOf(transition));
    if (after === before) return;
    book.set(alertId, after);
    if (kind === "firing") onFiring(alertId);
  }

  function changesOf(transitions: readonly Transition[]): readonly HubChange[] {
    for (const transition of transitions) if (!applied.has(transition.event.id)) apply(transition);
    for (const { event } of transitions) {
      if (applied.has(event.id)) continue;
      const events = underWay.get(event.alertId) ?? new Map();
      underWay.set(event.alertId, events.set(event.id, book.get(event.alertId)));
    }
    return [...alertsIn(transitions)].map((id) => {
      saver.unmark("notification", id);
      const notice = book.get(id);
      return { of: "record", kind: "notification", id, data: notice && JSON.stringify(notice) };
    });
  }

  function committed(transitions: readonly Transition[]): void {
    let isOutdated = false;
    for (const { event } of transitions) {
      const wasApplied = applied.delete(event.id);
      const written = underWay.get(event.alertId)?.get(event.id);
      decide(event.alertId, event.id);
      // What was written is not what it is by now.
      if (!wasApplied && written === book.get(event.alertId)) continue;
      saver.mark("notification", event.alertId);
      isOutdated = true;
    }
    if (isOutdated) void saver.save();
    onDecided();
  }

  function decide(alertId: string, eventId: string): boolean {
    const events = underWay.get(alertId);
    const was = events?.delete(eventId) ?? false;
    if (events?.size === 0) underWay.delete(alertId);
    return was;
  }

  /** Before it was tried, or after. */
  function unwritable(transitions: readonly Transition[]): void {
    for (const transition of transitions) {
      const { id, alertId } = transition.event;
      if (!decide(alertId, id) && !applied.has(id)) apply(transition);
      if (applied.size < MOST_APPLIED) applied.add(id);
      saver.mark("notification", alertId);
    }
    saver.failed();
    onDecided();
  }

  return { changesOf, committed, unwritable, isDecided: (alertId) => !underWay.has(alertId) };
}

const alertsIn = (transitions: readonly Transition[]): Set<string> =>
  new Set(transitions.map(({ event }) => event.alertId));
