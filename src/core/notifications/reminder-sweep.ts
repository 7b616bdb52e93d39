/** Looks each second for alerts that are to be sent again, or to further channels, because nobody acknowledged them. */
import type { Rule } from "../../contract/alerts.ts";
import type { Clock } from "../ports/clock.ts";
import type { NoticeBook } from "./notice-book.ts";
import { afterReminder, type Notice } from "./notices/notice.ts";
import { escalateAtMs, GO_ALONG_MS, type ReminderTimes, repeatAtMs } from "./notices/reminders.ts";

export interface ReminderSweepOptions {
  readonly book: NoticeBook;
  readonly ruleOf: (ruleId: string) => Rule | undefined;
  readonly targetsOf: (channels: Rule["channels"], rule: Rule) => readonly string[];
  readonly isBlocked: (notice: Notice) => boolean;
  readonly onChange: (before: Notice, after: Notice) => void;
  readonly clock: Clock;
}

export interface ReminderSweep {
  /** An episode begins now. */
  began(alertId: string): void;
  close(): void;
}

const SWEEP_MS = 1_000;
/** Rules and silences change. */
const LOOK_AGAIN_MS = 30_000;
/** Those that are due this soon, as a share of their distance, go along. */
const GO_ALONG_SHARE = 4;

export function createReminderSweep(options: ReminderSweepOptions): ReminderSweep {
  const { book, ruleOf, targetsOf, isBlocked, onChange, clock } = options;
  /** On the monotonic clock; the notice has wall time, for the next start. */
  const times = new Map<string, ReminderTimes>();
  const nowMs = clock.monotonicMs();
  const since = (wallMs: number): number => nowMs - Math.max(0, clock.nowMs() - wallMs);
  for (const { alertId, firedAtMs, remindedAtMs } of book.all()) {
    times.set(alertId, { firedMs: since(firedAtMs), remindedMs: since(remindedAtMs) });
  }
  let lookAtMs = nowMs;
  const stop = clock.every(SWEEP_MS, () => {
    if (clock.monotonicMs() >= lookAtMs) sweep();
  });

  function sweep(): void {
    const nowMs = clock.monotonicMs();
    const found: { readonly notice: Notice; readonly rule: Rule; readonly atMs: number }[] = [];
    lookAtMs = nowMs + LOOK_AGAIN_MS;
    for (const alertId of times.keys()) if (book.get(alertId)?.phase !== "firing") times.delete(alertId);
    for (const [alertId, time] of times) {
      const notice = book.get(alertId);
      const rule = notice && ruleOf(notice.ruleId);
      if (notice === undefined || rule === undefined || notice.isAcknowledged || isBlocked(notice)) continue;
      const escalateMs = notice.isEscalated ? undefined : escalateAtMs(rule, time);
      if (escalateMs !== undefined && escalateMs <= nowMs) escalate(notice, rule);
      else noteNext(escalateMs);
      const repeatMs = repeatAtMs(rule, time);
      if (repeatMs !== undefined) found.push({ notice, rule, atMs: repeatMs });
    }
    const areDue = found.some(({ atMs }) => atMs <= nowMs);
    for (const { notice, rule, atMs } of found) {
      const everyMs = atMs - (times.get(notice.alertId)?.remindedMs ?? atMs);
      const along = areDue ? Math.min(GO_ALONG_MS, everyMs / GO_ALONG_SHARE) : 0;
      if (atMs <= nowMs + along) repeat(notice.alertId, rule);
      else noteNext(atMs);
    }
  }

  function noteNext(atMs: number | undefined): void {
    if (atMs !== undefined) lookAtMs = Math.min(lookAtMs, atMs);
  }

  function escalate(notice: Notice, rule: Rule): void {
    if (rule.escalate === undefined) return;
    const after = afterReminder(notice, "escalated", targetsOf(rule.escalate.channels, rule), clock.nowMs());
    onChange(notice, after);
  }

  function repeat(alertId: string, rule: Rule): void {
    const notice = book.get(alertId);
    const time = times.get(alertId);
    if (notice === undefined || time === undefined) return;
    times.set(alertId, { ...time, remindedMs: clock.monotonicMs() });
    noteNext(repeatAtMs(rule, { ...time, remindedMs: clock.monotonicMs() }));
    const further = notice.isEscalated && rule.escalate ? targetsOf(rule.escalate.channels, rule) : [];
    const targets = new Set([...targetsOf(rule.channels, rule), ...further]);
    onChange(notice, afterReminder(notice, "repeated", [...targets], clock.nowMs()));
  }

  return {
    began: (alertId) => {
      const nowMs = clock.monotonicMs();
      const time = { firedMs: nowMs, remindedMs: nowMs };
      times.set(alertId, time);
      const notice = book.get(alertId);
      const rule = notice && ruleOf(notice.ruleId);
      if (rule === undefined) return;
      noteNext(escalateAtMs(rule, time));
      noteNext(repeatAtMs(rule, time));
    },
    close: stop,
  };
}
