import { afterEach, beforeEach, expect, test } from "vitest";
import type { Channel, ChannelSettings } from "../../../src/contract/channels.ts";
import type { ChannelAdapter, SendOutcome } from "../../../src/core/ports/alert-channel.ts";
import { type ChannelAdapters, openChannelAdapters } from "../../../src/notify/channel-adapters.ts";
import { createManualClock } from "../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../support/memory/memory-log.ts";
import { createMemoryRecords } from "../../support/notify/memory-records.ts";
import { messageOf } from "../../support/notify/messages.ts";
import { createNames } from "../../support/notify/names.ts";
import { openPushService, type PushService } from "../../support/notify/push-service.ts";
import { answer, openReceiver, type Receiver } from "../../support/notify/receiver.ts";
import { openTelegramServer, type TelegramServer } from "../../support/notify/telegram-server.ts";
import { until } from "../../support/until.ts";

const records = createMemoryRecords();
const log = createMemoryLog();
let receiver: Receiver;
let telegram: TelegramServer;
let pushService: PushService;
let adapters: ChannelAdapters;
let channels: Channel[];
let acknowledged: string[];
let shown: SendOutcome;

beforeEach(async () => {
  [receiver, telegram, pushService] = await Promise.all([openReceiver(), openTelegramServer(), openPushService()]);
  channels = [];
  acknowledged = [];
  shown = { kind: "sent" };
  adapters = open();
});
afterEach(async () => {
  adapters.close();
  await Promise.all([receiver, telegram, pushService].map((each) => each.close()));
});

const adapterOf = (send: ChannelAdapter["send"]): ChannelAdapter => ({ send, close: () => undefined });

const open = (): ChannelAdapters =>
  openChannelAdapters({
    clock: createManualClock(),
    log,
    hubFile: records,
    stored: records.stored(),
    own: { ports: () => [pushService.port], addresses: () => ["127.0.0.1"] },
    pushHosts: ["push.example"],
    publicUrl: "",
    channels: () => channels,
    onAcknowledge: async (alertId, by) => {
      acknowledged.push(`${alertId} ${by}`);
      return true;
    },
    isAccount: () => true,
    mqtt: adapterOf(async () => ({ kind: "failed", reason: "the broker's" })),
    pages: adapterOf(async () => shown),
    lookup: createNames({ "push.example": ["127.0.0.1"] }).lookup,
    ca: pushService.ca,
  });

const telegramSettings = (): ChannelSettings => ({
  kind: "telegram",
  token: telegram.token,
  chatId: "5",
  server: telegram.url,
});

test("each kind has its adapter, and refuses settings of another kind", async () => {
  for (const kind of ["webhook", "ntfy", "telegram", "email"] as const) {
    expect(await adapters.of(kind).send(messageOf(), { kind: "browser" })).toMatchObject({ kind: "refused" });
  }
  expect(await adapters.of("mqtt").send(messageOf(), { kind: "mqtt", topic: "a" })).toMatchObject({
    reason: "the broker's",
  });
  const ntfy: ChannelSettings = { kind: "ntfy", server: receiver.url, topic: "a" };
  expect(await adapters.of("ntfy").send(messageOf(), ntfy)).toEqual({ kind: "sent" });
});

test("the heartbeat is a GET by the same rules", async () => {
  expect(await adapters.heartbeat(`${receiver.url}/ping/secret-uuid`)).toEqual({ kind: "sent" });
  expect(receiver.received[0]).toMatchObject({ method: "GET", url: "/ping/secret-uuid" });
  receiver.respond(answer(404, "no secret-uuid"));
  expect(await adapters.heartbeat(`${receiver.url}/ping/secret-uuid`)).toEqual({
    kind: "refused",
    reason: "127.0.0.1 answered 404",
  });
  expect(await adapters.heartbeat(`https://127.0.0.1:${pushService.port}/`)).toMatchObject({
    kind: "refused",
    reason: expect.stringContaining("this hub itself"),
  });
});

test("the channel browser is pages and Web Push: it fails where either does", async () => {
  const send = () => adapters.of("browser").send(messageOf(), { kind: "browser" });
  expect(await send()).toEqual({ kind: "sent" });
  const browser = pushService.subscribe(await adapters.pushKey(), "push.example");
  expect(await adapters.pushSubscriptions.add(browser.subscription, undefined)).toEqual({ kind: "added" });
  // Its push service is a port of this hub.
  expect(await send()).toMatchObject({ kind: "refused", reason: expect.stringContaining("this hub itself") });
  shown = { kind: "failed", reason: "no page" };
  expect(await send()).toEqual(shown);
});

test("a hub that closes leaves what is under way, and one that starts asks for presses of buttons that it sent before", async () => {
  channels = [{ id: "t", name: "T", enabled: true, atLeast: "info", settings: telegramSettings() }];
  expect(await adapters.of("telegram").send(messageOf(), telegramSettings())).toEqual({ kind: "sent" });
  await until("it asks for presses", () => telegram.polls() === 1);
  receiver.respond(() => undefined);
  const outcome = adapters.heartbeat(receiver.url);
  await until("a request is under way", () => receiver.received.length === 1);
  adapters.close();
  expect(await outcome).toMatchObject({ kind: "failed", reason: "The hub stops: no answer from 127.0.0.1" });
  await until("it no longer asks", () => telegram.polls() === 0);

  adapters = open();
  adapters.start();
  await until("it asks again", () => telegram.polls() === 1);
  const id = telegram.press({ data: telegram.sent[0]?.button ?? "", chatId: 5 });
  await until("it answers", () => telegram.answers.find((each) => each.id === id));
  expect(acknowledged).toEqual(["gas~kitchen Ann (Telegram)"]);
  expect(JSON.stringify(log.lines)).not.toMatch(/secret|AAF-bot/);
});
