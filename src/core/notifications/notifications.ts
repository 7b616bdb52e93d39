/** Notifications: what of each transition goes to which channel, kept until it arrived. */
import type { Rule } from "../../contract/alerts.ts";
import type { Channel } from "../../contract/channels.ts";
import type { Secrets } from "../access/access-records.ts";
import type { NotificationSink, RuleBook } from "../alerts/alert-types.ts";
import type { OutgoingMessage, SendOutcome } from "../ports/alert-channel.ts";
import type { Clock } from "../ports/clock.ts";
import type { HubFile, RecordKind, StoredRecord } from "../ports/hub-file.ts";
import type { Log } from "../ports/log.ts";
import { type AcknowledgeLinks, type AcknowledgeLinksOptions, createAcknowledgeLinks } from "./acknowledge-links.ts";
import { type ChannelSender, createChannelSender } from "./channel-sender.ts";
import { createMessageSource } from "./message-source.ts";
import { createNoticeBook } from "./notice-book.ts";
import { createNoticeSink } from "./notice-sink.ts";
import { type Notice, withoutChannel } from "./notices/notice.ts";
import { targetsOf } from "./notices/targets.ts";
import { type Delivery, HINT_SETTING, readDelivery } from "./notification-records.ts";
import type { ChannelBook, NotificationCounts, Notifications } from "./notification-types.ts";
import { createRecordSaver } from "./record-saver.ts";
import { createReminderSweep } from "./reminder-sweep.ts";
import { undeliveredEvent } from "./undelivered-event.ts";

export interface NotificationsOptions {
  readonly hubFile: Pick<HubFile, "write">;
  /** Records of hub.db as they were loaded. */
  readonly stored: readonly StoredRecord[];
  readonly channels: ChannelBook;
  readonly rules: Pick<RuleBook, "get">;
  /** Silenced, or explained by another alert, as of now. */
  readonly isBlocked: (notice: Notice) => boolean;
  /** By the adapter of its kind. */
  readonly send: (message: OutgoingMessage, channel: Channel) => Promise<SendOutcome>;
  readonly acknowledge: AcknowledgeLinksOptions["acknowledge"];
  readonly silence: AcknowledgeLinksOptions["silence"];
  readonly secrets: Pick<Secrets, "make" | "hash">;
  /** Origin; empty: notifications have no links. */
  readonly publicUrl: string;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly log: Log;
}

export interface OpenedNotifications extends Notifications {
  readonly sink: NotificationSink;
  readonly links: AcknowledgeLinks;
  /** Silences or explanations changed: what they held back may be due. */
  lookAgain(): void;
  /** Once; what was on its way when the hub stopped is sent again. */
  start(): void;
}

const HINT =
  "This hub watches its boards and itself from the start. The page Alerts shows what it sends, to whom, and how to change that.";
const TEST = "This is a test. If you can read it, the channel works.";
/** Silences end, and alerts that explain others. */
const LOOK_MS = 5_000;

export function createNotifications(options: NotificationsOptions): OpenedNotifications {
  const { hubFile, stored, channels, rules, secrets, publicUrl, clock, random, log } = options;
  const book = createNoticeBook(stored, log);
  const saver = createRecordSaver({ hubFile, dataOf, clock, log });
  const links = createAcknowledgeLinks({
    ...options,
    saver,
    noticeOf: book.get,
    channelName: (channelId) => channels.get(channelId)?.name,
  });
  const deliveries = new Map(storedDeliveries(stored, log).map((each) => [each.id, each]));
  const senders = new Map<string, ChannelSender>();
  const counts = { sent: 0, failed: 0, refused: 0, givenUp: 0 };
  let isHintGiven = stored.some(({ kind, id }) => kind === "setting" && id === HINT_SETTING);
  let isStarted = false;
  const pageUrl = publicUrl === "" ? undefined : `${publicUrl}/#/alerts`;
  const reminders = createReminderSweep({
    book,
    ruleOf: rules.get,
    targetsOf: targetsIn,
    isBlocked,
    clock,
    onChange: (_before, after) => {
      book.set(after.alertId, after);
      saver.mark("notification", after.alertId);
      lookSoon();
    },
  });
  const sink = createNoticeSink({
    book,
    saver,
    targetsOf: ({ rule }) => targetsIn(rule.channels, rule),
    onFiring: reminders.began,
    onDecided: lookSoon,
  });
  const stopLooking = clock.every(LOOK_MS, () => {
    for (const [channelId, sender] of senders) if (book.countFor(channelId) > 0) sender.wake();
  });
  let willLook = false;

  function dataOf(kind: RecordKind, id: string): string | undefined {
    if (kind === "acknowledge-link") return links.dataOf(id);
    if (kind === "setting") return JSON.stringify({ given: true });
    const kept = kind === "delivery" ? deliveries.get(id) : book.get(id);
    return kept && JSON.stringify(kept);
  }

  function targetsIn(ids: Rule["channels"], rule: Rule): string[] {
    return targetsOf(ids, rule.severity, channels.list());
  }

  /** What is known of it is noted, for the end of an episode of which nobody heard. */
  function isBlocked(notice: Notice): boolean {
    const now = options.isBlocked(notice);
    if (now !== notice.isBlocked) book.set(notice.alertId, { ...notice, isBlocked: now });
    return now;
  }

  /** Once for all that happens in a turn. */
  function lookSoon(): void {
    if (willLook) return;
    willLook = true;
    clock.soon(() => {
      willLook = false;
      for (const sender of senders.values()) sender.wake();
    });
  }

  function takeHint(): string | undefined {
    if (isHintGiven) return undefined;
    isHintGiven = true;
    saver.mark("setting", HINT_SETTING);
    return HINT;
  }

  function open(channelId: string): void {
    const source = createMessageSource({
      ...{ channelId, book, saver, deliveries, takeHint, pageUrl, clock },
      hash: secrets.hash,
      maySend: (notice) => sink.isDecided(notice.alertId) && !isBlocked(notice),
      onGivenUp: (delivery, reason) => saver.log(undeliveredEvent(delivery, nameOf(channelId), reason, clock.nowMs())),
    });
    const restored = [...deliveries.values()].find((delivery) => delivery.channelId === channelId);
    const onOutcome = (kind: keyof NotificationCounts): void => void counts[kind]++;
    const send = createSend(channelId);
    senders.set(channelId, createChannelSender({ channelId, source, send, restored, onOutcome, clock, random, log }));
  }

  const nameOf = (channelId: string): string => channels.get(channelId)?.name ?? channelId;

  /** Each delivery has one link in a run of the hub, which is a secret and not kept. */
  function createSend(channelId: string): (delivery: Delivery) => Promise<SendOutcome> {
    let linked: { readonly id: string; readonly url: string } | undefined;
    return async ({ id, message, firing }) => {
      const channel = channels.get(channelId);
      if (channel === undefined) return { kind: "refused", reason: "the channel was deleted" };
      if (publicUrl !== "" && firing.length > 0 && linked?.id !== id) {
        linked = { id, url: `${publicUrl}/acknowledge/${links.make(channelId, firing)}` };
        if (saver.isWritable()) await saver.save();
      }
      const acknowledgeUrl = linked?.id === id ? linked.url : undefined;
      return sendBy(channel, acknowledgeUrl === undefined ? message : { ...message, acknowledgeUrl });
    };
  }

  async function sendBy(channel: Channel, message: OutgoingMessage): Promise<SendOutcome> {
    try {
      return await options.send(message, channel);
    } catch (cause) {
      log.error("a channel failed in an unexpected way", { channel: channel.id, cause });
      return { kind: "failed", reason: "the hub could not send it; its log says why" };
    }
  }

  async function discard(channelId: string): Promise<void> {
    const sender = senders.get(channelId);
    senders.delete(channelId);
    for (const { id } of [...deliveries.values()].filter((each) => each.channelId === channelId)) {
      deliveries.delete(id);
      saver.mark("delivery", id);
    }
    for (const notice of [...book.all()].filter((each) => Object.hasOwn(each.channels, channelId))) {
      book.set(notice.alertId, withoutChannel(notice, channelId));
      saver.mark("notification", notice.alertId);
    }
    await Promise.all([sender?.close(), saver.save()]);
  }

  channels.onChange((_before, after) => {
    if (!isStarted || after === undefined) return;
    if (!after.enabled) return void discard(after.id);
    if (senders.has(after.id)) senders.get(after.id)?.retry();
    else open(after.id);
  });
  channels.onChange((before, after) => {
    if (isStarted && before !== undefined && after === undefined) void discard(before.id);
  });

  function start(): void {
    isStarted = true;
    const enabled = new Set(channels.list().flatMap(({ id, enabled }) => (enabled ? [id] : [])));
    const known = [
      ...[...deliveries.values()].map(({ channelId }) => channelId),
      ...[...book.all()].flatMap((notice) => Object.keys(notice.channels)),
    ];
    for (const channelId of new Set(known)) if (!enabled.has(channelId)) void discard(channelId);
    for (const channelId of enabled) open(channelId);
  }

  async function test(channelId: string): Promise<SendOutcome | undefined> {
    const channel = channels.get(channelId);
    if (channel === undefined) return undefined;
    const outcome = await sendBy(channel, {
      id: `test-${secrets.make(96)}`,
      severity: "info",
      title: "Test of Aerie",
      entries: [],
      more: 0,
      createdAtMs: clock.nowMs(),
      pageUrl,
      hint: TEST,
    });
    if (outcome.kind === "sent") senders.get(channelId)?.retry();
    return outcome;
  }

  return {
    sink,
    links,
    lookAgain: lookSoon,
    start,
    stateOf: (channelId) => senders.get(channelId)?.state() ?? { kind: "idle" },
    test,
    failing: () =>
      channels.list().flatMap(({ id: channelId, name }) => {
        const state = senders.get(channelId)?.state();
        return state?.kind === "failing" ? [{ channelId, name, reason: state.reason, sinceMs: state.sinceMs }] : [];
      }),
    counts: () => ({ ...counts }),
    close: async () => {
      stopLooking();
      reminders.close();
      links.close();
      await Promise.all([...senders.values()].map((sender) => sender.close()));
      await saver.close();
    },
  };
}

function storedDeliveries(stored: readonly StoredRecord[], log: Log): Delivery[] {
  return stored.flatMap(({ kind, id, data }) => {
    if (kind !== "delivery") return [];
    const delivery = readDelivery(data);
    if (delivery === undefined) log.warn("a notification on its way cannot be read, and is left as it is", { id });
    return delivery ?? [];
  });
}
