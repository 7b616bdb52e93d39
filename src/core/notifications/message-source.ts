/** What waits for one channel becomes deliveries, and each is kept until it arrived. */
import type { Severity } from "../../contract/alerts.ts";
import type { MessageEntry, OutgoingMessage } from "../ports/alert-channel.ts";
import type { Clock } from "../ports/clock.ts";
import type { MessageSource, NextMessage } from "./channel-sender.ts";
import type { NoticeBook } from "./notice-book.ts";
import { composeMessage, entryOf, fires } from "./notices/compose-message.ts";
import { dueOf, GATHER_MS, gatheredUntilMs, type SentOfRule } from "./notices/due.ts";
import { afterAmending, afterComposing, afterGivingUp, isActive, type Notice, passedOf } from "./notices/notice.ts";
import type { Delivery } from "./notification-records.ts";
import type { RecordSaver } from "./record-saver.ts";

export interface MessageSourceOptions {
  readonly channelId: string;
  readonly book: NoticeBook;
  readonly saver: RecordSaver;
  /** Deliveries on their way, by id. */
  readonly deliveries: Map<string, Delivery>;
  /** It may be sent now: its transition is durable, and it is neither silenced nor explained by another alert. */
  readonly maySend: (notice: Notice) => boolean;
  readonly hash: (text: string) => string;
  /** Once in the life of a hub. */
  readonly takeHint: () => string | undefined;
  readonly pageUrl: string | undefined;
  readonly onGivenUp: (delivery: Delivery, reason: string) => void;
  readonly clock: Clock;
}

/** So often all that waits is looked at, for what silences and explains it; in between only what may be due. */
const WHOLE_LOOK_MS = 5_000;
/** Alerts that one link acknowledges. */
const MOST_LINKED = 100;

export function createMessageSource(options: MessageSourceOptions): MessageSource {
  const { channelId, book, saver, deliveries, maySend, hash, takeHint, pageUrl, onGivenUp, clock } = options;
  const sent = new Map<string, SentOfRule>();
  let wholeLookMs = Number.NEGATIVE_INFINITY;

  const waitingOf = (notice: Notice) => notice.channels[channelId]?.waiting ?? [];

  function next(): NextMessage {
    const nowMs = clock.monotonicMs();
    for (const [ruleId, { anyMs }] of sent) if (anyMs + GATHER_MS <= nowMs) sent.delete(ruleId);
    const free: Notice[] = [];
    const isWhole = nowMs >= wholeLookMs + WHOLE_LOOK_MS;
    if (isWhole) wholeLookMs = nowMs;
    let gatheredMs = Number.POSITIVE_INFINITY;
    for (const { ruleId, notices, hasUngathered } of book.rulesWaitingFor(channelId)) {
      const untilMs = isWhole || hasUngathered ? undefined : gatheredUntilMs(sent.get(ruleId), nowMs);
      if (untilMs === undefined) free.push(...thatMayBeSent(notices));
      else gatheredMs = Math.min(gatheredMs, untilMs);
    }
    const due = dueOf(free, channelId, sent, nowMs);
    if (due.kind === "now") return { ...due, isUrgent: due.notices.some(isUrgent) };
    const atMs = Math.min(gatheredMs, due.kind === "later" ? due.atMs : Number.POSITIVE_INFINITY);
    return atMs === Number.POSITIVE_INFINITY ? { kind: "never" } : { kind: "later", atMs };
  }

  /** As they are after it was noted whether they are blocked. */
  function thatMayBeSent(notices: Iterable<Notice>): Notice[] {
    const free: Notice[] = [];
    for (const notice of [...notices]) {
      const noted = maySend(notice) ? book.get(notice.alertId) : undefined;
      if (noted !== undefined) free.push(noted);
    }
    return free;
  }

  const isUrgent = (notice: Notice): boolean =>
    isCritical(notice.severity) && waitingOf(notice).some(({ kind }) => kind !== "repeated" && isActive({ kind }));

  async function keep(delivery: Delivery): Promise<Delivery> {
    deliveries.set(delivery.id, delivery);
    saver.mark("delivery", delivery.id);
    // What was just seen to fail holds nothing up.
    const saved = saver.save();
    if (saver.isWritable()) await saved;
    return delivery;
  }

  function change(notice: Notice, after: Notice | undefined): void {
    book.set(notice.alertId, after);
    saver.mark("notification", notice.alertId);
  }

  function compose(notices: readonly Notice[]): Promise<Delivery> {
    const entries = notices.flatMap((notice) => waitingOf(notice).map((entry) => entryOf(notice, entry)));
    const episodes = new Map(notices.map(({ alertId, episode }) => [alertId, episode]));
    const id = idOf(entries.map((entry) => [entry.alertId, episodes.get(entry.alertId), entry.kind, entry.atMs]));
    noteSent(notices);
    for (const notice of notices) change(notice, afterComposing(notice, channelId, id));
    const hint = takeHint();
    const composedAtMs = clock.nowMs();
    const about = { id, createdAtMs: composedAtMs, pageUrl, ...(hint !== undefined && { hint }) };
    const saidToFire = new Set(entries.filter(fires).map(({ alertId }) => alertId));
    const firing = notices.filter(
      ({ phase, isAcknowledged, alertId }) => phase === "firing" && !isAcknowledged && saidToFire.has(alertId),
    );
    return keep({
      id,
      channelId,
      composedAtMs,
      message: composeMessage(about, entries),
      firing: firing.slice(0, MOST_LINKED).map(({ alertId, episode }) => ({ alertId, episode })),
    });
  }

  /** The same content has the same id, whenever it is composed. */
  const idOf = (content: readonly unknown[]): string => hash(JSON.stringify([channelId, content]));

  function noteSent(notices: readonly Notice[]): void {
    const nowMs = clock.monotonicMs();
    for (const notice of notices) {
      const isFiring = waitingOf(notice).some(({ kind }) => kind === "firing" || kind === "escalated");
      const firingMs = isFiring ? nowMs : sent.get(notice.ruleId)?.firingMs;
      sent.set(notice.ruleId, { anyMs: nowMs, ...(firingMs !== undefined && { firingMs }) });
    }
  }

  async function amend(delivery: Delivery): Promise<Delivery> {
    const over = new Set<string>();
    for (const notice of book.waitingFor(channelId)) {
      const amended = afterAmending(notice, channelId, delivery.id);
      if (amended === undefined) continue;
      over.add(notice.alertId);
      change(notice, amended.notice);
    }
    if (over.size === 0) return delivery;
    const { message } = delivery;
    const entries = message.entries.flatMap((entry) => (over.has(entry.alertId) ? passedEntry(entry) : entry));
    const id = idOf([delivery.id, [...over]]);
    deliveries.delete(delivery.id);
    saver.mark("delivery", delivery.id);
    renameDelivery(delivery.id, id);
    return keep({
      ...delivery,
      id,
      message: composeMessage({ ...aboutOf(message), id }, entries, message.more),
      firing: delivery.firing.filter(({ alertId }) => !over.has(alertId)),
    });
  }

  /** Of the others that are in it. */
  function renameDelivery(from: string, to: string): void {
    for (const notice of [...book.all()]) {
      const of = notice.channels[channelId];
      if (of?.notifiedIn !== from) continue;
      change(notice, { ...notice, channels: { ...notice.channels, [channelId]: { ...of, notifiedIn: to } } });
    }
  }

  function ended(delivery: Delivery, givenUp?: string): void {
    deliveries.delete(delivery.id);
    saver.mark("delivery", delivery.id);
    if (givenUp !== undefined) {
      onGivenUp(delivery, givenUp);
      for (const notice of [...book.all()].filter((each) => each.channels[channelId]?.notifiedIn === delivery.id)) {
        change(notice, afterGivingUp(notice, channelId));
      }
    }
    void saver.save();
  }

  return { next, compose, amend, ended, waiting: () => book.countFor(channelId) };
}

const isCritical = (severity: Severity): boolean => severity === "critical";

const passedEntry = (entry: MessageEntry): MessageEntry[] =>
  entry.kind === "noData" ? [] : [{ ...entry, ...passedOf(entry), kind: fires(entry) ? "passed" : entry.kind }];

function aboutOf({ createdAtMs, pageUrl, hint }: OutgoingMessage) {
  return { createdAtMs, pageUrl, ...(hint !== undefined && { hint }) };
}
