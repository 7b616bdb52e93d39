/** Counts the messages that a rule would have sent to one channel, by the rules of notifications. */
import type { AlertEvent, Rule } from "../../../contract/alerts.ts";
import { dueOf, GATHER_MS, type SentOfRule } from "../../notifications/notices/due.ts";
import { afterComposing, afterReminder, afterTransition, type Notice } from "../../notifications/notices/notice.ts";
import { GO_ALONG_MS, repeatAtMs } from "../../notifications/notices/reminders.ts";
import type { TrialEvent } from "../../ports/rule-trial.ts";
import type { Transition } from "../alert-types.ts";

/** Of all devices, in order of time. */
export interface TrialTransition {
  readonly alertId: string;
  readonly event: TrialEvent;
}

export interface TrialMessages {
  /** Without repetitions. */
  readonly messages: number;
  /** Repetitions, if nobody acknowledges; not counted beyond `MOST_REPEATS`. */
  readonly repeats: number;
}

/** A rule that repeats each second would be counted for minutes. */
export const MOST_REPEATS = 10_000;

const CHANNEL = "any";
const TARGETS = [CHANNEL];

/** `untilMs`: until then what fires is repeated. */
export function countMessages(rule: Rule, transitions: readonly TrialTransition[], untilMs: number): TrialMessages {
  const notices = new Map<string, Notice>();
  const sent = new Map<string, SentOfRule>();
  let [messages, repeats] = [0, 0];
  let nowMs = Number.NEGATIVE_INFINITY;

  function set(alertId: string, notice: Notice | undefined): void {
    if (notice === undefined) notices.delete(alertId);
    else notices.set(alertId, notice);
  }

  /** Sends and repeats what is due until then. */
  function passUntil(toMs: number): void {
    for (;;) {
      const due = dueOf(waiting(), CHANNEL, sent, nowMs);
      if (due.kind === "now") send(due.notices);
      else {
        const nextMs = Math.min(due.kind === "later" ? due.atMs : Number.POSITIVE_INFINITY, nextRepeatMs());
        if (nextMs > toMs) break;
        nowMs = Math.max(nowMs, nextMs);
        if (nextRepeatMs() <= nowMs) repeat();
      }
    }
    nowMs = toMs;
  }

  const waiting = (): Notice[] => [...notices.values()].filter((notice) => waitingIn(notice).length > 0);

  function send(some: readonly Notice[]): void {
    const isRepeat = some.every((notice) => waitingIn(notice).every(({ kind }) => kind === "repeated"));
    if (isRepeat) repeats++;
    else messages++;
    const isFiring = some.some((notice) => waitingIn(notice).some(({ kind }) => kind === "firing"));
    const firingMs = isFiring ? nowMs : sent.get(rule.id)?.firingMs;
    sent.set(rule.id, { anyMs: nowMs, ...(firingMs !== undefined && { firingMs }) });
    for (const notice of some) set(notice.alertId, afterComposing(notice, CHANNEL, String(messages)));
  }

  const repeatMsOf = ({ firedAtMs, remindedAtMs }: Notice): number =>
    repeatAtMs(rule, { firedMs: firedAtMs, remindedMs: remindedAtMs }) ?? Number.POSITIVE_INFINITY;

  function nextRepeatMs(): number {
    if (repeats >= MOST_REPEATS) return Number.POSITIVE_INFINITY;
    let nextMs = Number.POSITIVE_INFINITY;
    for (const notice of notices.values()) if (notice.phase === "firing") nextMs = Math.min(nextMs, repeatMsOf(notice));
    return nextMs;
  }

  function repeat(): void {
    for (const notice of [...notices.values()]) {
      if (notice.phase === "firing" && repeatMsOf(notice) <= nowMs + GO_ALONG_MS)
        set(notice.alertId, afterReminder(notice, "repeated", TARGETS, nowMs));
    }
  }

  for (const { alertId, event } of transitions) {
    passUntil(event.atMs);
    const lastMs = sent.get(rule.id)?.anyMs;
    if (lastMs !== undefined && lastMs + GATHER_MS <= nowMs) sent.delete(rule.id);
    set(alertId, afterTransition(notices.get(alertId), transitionOf(rule, alertId, event), TARGETS));
  }
  passUntil(untilMs);
  return { messages: messages + Number(waiting().length > 0), repeats };
}

const waitingIn = ({ channels }: Notice): NonNullable<Notice["channels"][string]>["waiting"] =>
  channels[CHANNEL]?.waiting ?? [];

function transitionOf(rule: Rule, alertId: string, { kind, atMs, fromMs, episode }: TrialEvent): Transition {
  const { id: ruleId, name: ruleName, severity } = rule;
  const about = { ruleId, ruleName, severity, episode, text: "" };
  const at = new Date(atMs).toISOString();
  const event: AlertEvent = {
    ...about,
    id: `${alertId}/${episode}/${kind}`,
    at,
    kind,
    alertId,
    ...(fromMs !== undefined && { from: new Date(fromMs).toISOString() }),
  };
  return { event, alert: { ...about, id: alertId, state: "firing", data: "fresh", since: at }, rule };
}
