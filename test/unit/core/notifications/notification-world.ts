/** Notifications on a clock that a test moves, with receivers that do as they are told and a hub file in memory. */
import { onTestFinished } from "vitest";
import type { Alert, AlertEvent, AlertEventKind, Rule } from "../../../../src/contract/alerts.ts";
import type { Channel, ChannelFields } from "../../../../src/contract/channels.ts";
import type { Transition } from "../../../../src/core/alerts/alert-types.ts";
import { createChannelBook } from "../../../../src/core/notifications/channel-book.ts";
import type { ChannelBook } from "../../../../src/core/notifications/notification-types.ts";
import { createNotifications, type OpenedNotifications } from "../../../../src/core/notifications/notifications.ts";
import type { OutgoingMessage, SendOutcome } from "../../../../src/core/ports/alert-channel.ts";
import { createSecrets } from "../../../../src/platform/access/secrets.ts";
import { createManualClock, type ManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryHubFile, type MemoryHubFile } from "../../../support/memory/memory-hub-file.ts";
import { createMemoryLog, type MemoryLog } from "../../../support/memory/memory-log.ts";

export type Receiver = (message: OutgoingMessage) => SendOutcome | Promise<SendOutcome>;

export interface Received {
  readonly channelId: string;
  readonly message: OutgoingMessage;
  /** Monotonic. */
  readonly atMs: number;
}

export interface NotificationWorld {
  readonly clock: ManualClock;
  readonly hubFile: MemoryHubFile;
  readonly log: MemoryLog;
  readonly channels: ChannelBook;
  readonly notifications: OpenedNotifications;
  /** What receivers took. */
  readonly received: readonly Received[];
  /** What was sent, whatever became of it. */
  readonly attempts: readonly Received[];
  readonly acknowledged: readonly string[];
  /** By links. */
  readonly silenced: readonly string[];
  setRule(rule: Partial<Rule> & { id: string }): Rule;
  setBlocked(blocked: readonly string[]): void;
  /** How often it was asked whether an alert is blocked. */
  looks(): number;
  receive(channelId: string, receiver: Receiver): void;
  /** As the engine does it: the transitions are written with what the notifications add. */
  happen(...events: readonly Happening[]): Promise<void>;
  /** The same where the disk takes nothing: said at once, written when `later` is called. */
  happenUnwritten(...events: readonly Happening[]): Promise<{ later(): Promise<void> }>;
  /** Time that passes, in steps. */
  pass(ms: number, stepMs?: number): Promise<void>;
  /** The hub is gone without notice, and starts again `downMs` later. */
  restart(downMs?: number): Promise<NotificationWorld>;
  titles(channelId: string): string[];
}

export interface Happening {
  readonly kind: AlertEventKind;
  readonly ruleId: string;
  readonly device: string;
  readonly episode?: number;
  readonly alert?: Partial<Alert>;
}

export const WEBHOOK: ChannelFields = {
  name: "hook",
  enabled: true,
  atLeast: "info",
  settings: { kind: "webhook", url: "http://127.0.0.1:9/", preset: "json" },
};

export const ruleOf = (rule: Partial<Rule> & { id: string }): Rule => ({
  name: `Rule ${rule.id}`,
  enabled: true,
  severity: "critical",
  scope: { all: true },
  condition: { kind: "above", metric: "co", threshold: 100 },
  forS: 0,
  keepFiringS: 0,
  channels: "all",
  ...rule,
});

export const SENT: SendOutcome = { kind: "sent" };
export const DOWN: SendOutcome = { kind: "failed", reason: "no connection", neverArrived: true };
export const LOST: SendOutcome = { kind: "failed", reason: "no answer" };

interface WorldOptions {
  readonly channels?: readonly ChannelFields[];
  readonly publicUrl?: string;
  readonly mostSilences?: number;
}

export async function createWorld({
  channels = [WEBHOOK],
  publicUrl = "",
  mostSilences = 1_000,
}: WorldOptions = {}): Promise<NotificationWorld> {
  const base = {
    clock: createManualClock(),
    hubFile: createMemoryHubFile(),
    rules: new Map<string, Rule>(),
    publicUrl,
    mostSilences,
  };
  const world = open(base);
  for (const fields of channels) await world.channels.add(fields);
  return world;
}

interface Base {
  readonly clock: ManualClock;
  readonly hubFile: MemoryHubFile;
  readonly rules: Map<string, Rule>;
  readonly publicUrl: string;
  readonly mostSilences: number;
}

export async function settle(clock: ManualClock): Promise<void> {
  for (let turn = 0; turn < 8; turn++) {
    clock.runSoon();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

function open(base: Base, receivers = new Map<string, Receiver>()): NotificationWorld {
  const { clock, hubFile, rules, publicUrl } = base;
  const log = createMemoryLog();
  const received: Received[] = [];
  const attempts: Received[] = [];
  const acknowledged: string[] = [];
  const silenced: string[] = [];
  let blocked: readonly string[] = [];
  let looks = 0;
  let isGone = false;
  const file: Pick<MemoryHubFile, "write"> = {
    write: (changes) => (isGone ? new Promise(() => undefined) : hubFile.write(changes)),
  };
  const stored = hubFile.records();
  const channels = createChannelBook({ hubFile: file, stored, readers: { claimedBy: () => undefined }, clock, log });
  const notifications = createNotifications({
    hubFile: file,
    stored,
    channels,
    rules: { get: (id) => rules.get(id) },
    isBlocked: ({ alertId }) => {
      looks++;
      return blocked.includes(alertId);
    },
    send: async (message: OutgoingMessage, { id: channelId }: Channel) => {
      if (isGone) return new Promise(() => undefined);
      const each = { channelId, message, atMs: clock.monotonicMs() };
      attempts.push(each);
      const outcome = await (receivers.get(channelId) ?? (() => SENT))(message);
      if (outcome.kind === "sent") received.push(each);
      return outcome;
    },
    acknowledge: (alertId, by) => {
      acknowledged.push(`${alertId} by ${by}`);
      return Promise.resolve("done");
    },
    silence: ({ ruleId, deviceId = "", until }, by) => {
      if (silenced.length >= base.mostSilences) return Promise.resolve("full");
      silenced.push(`${ruleId} ${deviceId} for ${(Date.parse(until) - clock.nowMs()) / 3_600_000} h by ${by}`);
      return Promise.resolve("done");
    },
    secrets: createSecrets(new Uint8Array()),
    publicUrl,
    clock,
    random: () => 0.5,
    log,
  });
  notifications.start();

  async function pass(ms: number, stepMs = 1_000): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      clock.advance(Math.min(stepMs, left));
      await settle(clock);
    }
  }

  const world: NotificationWorld = {
    ...{ clock, hubFile, log, channels, notifications, received, attempts, acknowledged, silenced, pass },
    setRule: (fields) => {
      const rule = ruleOf(fields);
      rules.set(rule.id, rule);
      return rule;
    },
    looks: () => looks,
    setBlocked: (now) => {
      blocked = now;
    },
    receive: (channelId, receiver) => void receivers.set(channelId, receiver),
    happen: async (...events) => {
      const transitions = events.map((each) => transitionOf(each, rules, clock));
      const changes = notifications.sink.changesOf(transitions);
      await file.write(changes).then(
        () => notifications.sink.committed(transitions),
        () => notifications.sink.unwritable(transitions),
      );
      await settle(clock);
    },
    happenUnwritten: async (...events) => {
      const transitions = events.map((each) => transitionOf(each, rules, clock));
      notifications.sink.unwritable(transitions);
      await settle(clock);
      return {
        later: async () => {
          await file.write(notifications.sink.changesOf(transitions));
          notifications.sink.committed(transitions);
          await settle(clock);
        },
      };
    },
    restart: async (downMs = 0) => {
      isGone = true;
      clock.advance(downMs);
      const next = open(base, receivers);
      await settle(clock);
      return next;
    },
    titles: (channelId) => received.filter((each) => each.channelId === channelId).map(({ message }) => message.title),
  };
  onTestFinished(async () => {
    isGone = false;
    void notifications.close();
    await settle(clock);
  });
  return world;
}

function transitionOf(
  { kind, ruleId, device, episode = 1, alert: more = {} }: Happening,
  rules: ReadonlyMap<string, Rule>,
  clock: ManualClock,
): Transition {
  const rule = rules.get(ruleId) ?? ruleOf({ id: ruleId });
  const at = new Date(clock.nowMs()).toISOString();
  const alertId = `${ruleId}~${device}`;
  const text = kind === "firing" ? `${device} is above 100.` : `${device} is ${kind}.`;
  const about = {
    ruleId,
    ruleName: rule.name,
    severity: rule.severity,
    deviceId: device,
    deviceName: device,
    episode,
    text,
  };
  const event: AlertEvent = { ...about, id: `${alertId}/${episode}/${kind}`, at, kind, alertId };
  const state = kind === "resolved" || kind === "ended" || kind === "passed" ? "normal" : "firing";
  const alert: Alert = { ...about, id: alertId, state, data: "fresh", since: at, ...more };
  return { event, alert, rule };
}

/** Ids of channels in the order in which they were added. */
export const idsOf = (world: NotificationWorld): string[] => world.channels.list().map(({ id }) => id);
