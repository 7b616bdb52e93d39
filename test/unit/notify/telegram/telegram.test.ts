import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Channel, ChannelSettings } from "../../../../src/contract/channels.ts";
import { createAcknowledgeButtons } from "../../../../src/notify/telegram/acknowledge-buttons.ts";
import { createBotApi } from "../../../../src/notify/telegram/bot-api.ts";
import { createButtonPolling } from "../../../../src/notify/telegram/button-polling.ts";
import { createTelegram } from "../../../../src/notify/telegram/telegram.ts";
import { createManualClock, type ManualClock } from "../../../support/clock/manual-clock.ts";
import { type ChannelWorld, createChannelWorld } from "../../../support/notify/channel-world.ts";
import { createMemoryRecords, type MemoryRecords } from "../../../support/notify/memory-records.ts";
import { entryOf, hostileMessage, hugeMessage, messageOf } from "../../../support/notify/messages.ts";
import { answer } from "../../../support/notify/receiver.ts";
import { openTelegramServer, type TelegramServer } from "../../../support/notify/telegram-server.ts";
import { until } from "../../../support/until.ts";

const CHAT = 4_242;
const DAY_MS = 24 * 3_600_000;

let world: ChannelWorld;
/** Of the waits between failures only. */
let retries: ManualClock;
let server: TelegramServer;
let records: MemoryRecords;
let channels: Channel[];
let acknowledged: string[];
let acknowledgeAnswer: () => Promise<boolean>;

beforeEach(async () => {
  world = createChannelWorld();
  retries = createManualClock();
  server = await openTelegramServer();
  records = createMemoryRecords();
  channels = [channelOf(settingsOf())];
  acknowledged = [];
  acknowledgeAnswer = () => Promise.resolve(true);
});

afterEach(async () => {
  world.stop();
  await server.close();
});

const settingsOf = (fields: object = {}): ChannelSettings => ({
  kind: "telegram",
  token: server.token,
  chatId: String(CHAT),
  server: server.url,
  ...fields,
});

const channelOf = (settings: ChannelSettings): Channel => ({
  id: "t",
  name: "Telegram",
  enabled: true,
  atLeast: "info",
  settings,
});

/** On what hub.db has; again: as after a restart. */
function openTelegram() {
  const api = createBotApi(world);
  const buttons = createAcknowledgeButtons({ ...world, stored: records.stored(), hubFile: records });
  const polling = createButtonPolling({
    ...world,
    clock: retries,
    api,
    buttons,
    channels: () => channels,
    onAcknowledge: (alertId, by, episode) => {
      acknowledged.push(`${alertId} ${episode} ${by}`);
      return acknowledgeAnswer();
    },
  });
  return { send: createTelegram({ api, buttons, polling }), wake: polling.wake };
}

const isPolling = () => until("the hub asks for presses", () => server.polls() === 1);
const answered = async (id: string): Promise<string | undefined> =>
  (await until("the press is answered", () => server.answers.find((answer) => answer.id === id))).text;
const buttonOf = (index = -1): string => server.sent.at(index)?.button ?? "";

describe("a message", () => {
  test("arrives as plain text with a button, and the link to the page", async () => {
    const { send } = openTelegram();
    expect(await send(messageOf(), settingsOf())).toEqual({ kind: "sent" });
    expect(server.sent).toEqual([
      {
        chatId: "4242",
        text: expect.stringMatching(
          /^CRITICAL: Gas, Kitchen\n• 2026-[-\d]+ [\d:]+ Kitchen: gas is 1,204 ppm, above 400 ppm\nAll alerts: https:\/\/hub\.example\/#\/alerts$/,
        ),
        button: expect.stringMatching(/^[\w-]{32}$/),
      },
    ]);
    expect(String(server.received[0]?.body)).not.toMatch(/parse_mode|k3J_9x/);
  });

  test("about what is over has no button, and nobody is asked for", async () => {
    const { send } = openTelegram();
    await send(messageOf({ entries: [entryOf({ kind: "resolved" })], acknowledgeUrl: undefined }), settingsOf());
    expect([server.sent[0]?.button, server.pollCount(), records.stored()]).toEqual([undefined, 0, []]);
  });

  test.each(["*", "😀", "ä", "@", "a.b:c/"])("is never too long, full of %s", async (sign) => {
    expect(await openTelegram().send(hugeMessage(sign), settingsOf())).toEqual({ kind: "sent" });
    expect(server.sent[0]?.text).toMatch(/and \d+ more/);
  });

  test("makes no link and no mention of text of a device", async () => {
    await openTelegram().send(hostileMessage({ pageUrl: undefined }), settingsOf());
    expect(server.sent[0]?.text).not.toMatch(/https?:\/\/|evil\.example|@everyone|tg:\/\//);
  });
});

describe("what Telegram says", () => {
  test.each([
    [
      400,
      "Bad Request: chat not found",
      {},
      { kind: "refused", reason: "127.0.0.1 answered 400: Bad Request: chat not found" },
    ],
    [401, "Unauthorized", {}, { kind: "refused", reason: "127.0.0.1 answered 401: Unauthorized" }],
    [
      429,
      "Too Many Requests: retry after 7",
      { retry_after: 7 },
      {
        kind: "failed",
        reason: "127.0.0.1 answered 429: Too Many Requests: retry after 7",
        afterMs: 7_000,
        neverArrived: true,
      },
    ],
    [500, "Internal Server Error", {}, { kind: "failed", reason: "127.0.0.1 answered 500: Internal Server Error" }],
  ])("with %i is understood", async (status, description, parameters, outcome) => {
    server.fail("sendMessage", status, description, parameters);
    expect(await openTelegram().send(messageOf(), settingsOf())).toEqual(outcome);
  });

  test("never shows the token, and one that is none goes nowhere", async () => {
    server.fail("sendMessage", 404, `no /bot${server.token}/sendMessage`);
    expect(await openTelegram().send(messageOf(), settingsOf())).toEqual({
      kind: "refused",
      reason: "127.0.0.1 answered 404",
    });
    const requests = server.received.length;
    for (const token of ["../../x", "123:a/b", "123456:ABC\r\nHost: x", "?x"]) {
      expect(await openTelegram().send(messageOf({ id: token }), settingsOf({ token }))).toMatchObject({
        kind: "refused",
      });
    }
    expect(server.received.length).toBe(requests);
  });

  test("as something else that answers 200 is no success", async () => {
    server.fail("sendMessage", 200, "");
    expect(await openTelegram().send(messageOf(), settingsOf())).toMatchObject({
      kind: "failed",
      reason: "127.0.0.1 does not answer as Telegram does",
    });
  });
});

describe("a press of the button", () => {
  test("acknowledges what the message said, and says so", async () => {
    const { send } = openTelegram();
    await send(
      messageOf({ entries: [entryOf(), entryOf({ alertId: "gas~hall", episode: 1 }), entryOf({ kind: "resolved" })] }),
      settingsOf(),
    );
    await isPolling();
    expect(await answered(server.press({ data: buttonOf(), chatId: CHAT }))).toBe("Acknowledged.");
    expect(acknowledged).toEqual(["gas~kitchen 3 Ann (Telegram)", "gas~hall 1 Ann (Telegram)"]);
    await isPolling();
  });

  test("is taken once, although the hub asks again and again", async () => {
    const { send } = openTelegram();
    await send(messageOf(), settingsOf());
    await isPolling();
    const ids = [1, 2, 3].map(() => server.press({ data: buttonOf(), chatId: CHAT }));
    for (const id of ids) await answered(id);
    await isPolling();
    expect([acknowledged.length, server.answers.length]).toEqual([3, 3]);
  });

  test("still acknowledges after a restart, and within a day only", async () => {
    await openTelegram().send(messageOf(), settingsOf());
    await isPolling();
    world.stop();
    await until("the poll has ended", () => server.polls() === 0);
    world = { ...createChannelWorld(), clock: world.clock };
    openTelegram().wake();
    await isPolling();
    expect(await answered(server.press({ data: buttonOf(), chatId: CHAT }))).toBe("Acknowledged.");
    await isPolling();
    world.clock.stepWall(DAY_MS);
    expect(await answered(server.press({ data: buttonOf(), chatId: CHAT }))).toMatch(/no longer works/);
    expect(acknowledged).toHaveLength(1);
    const polls = server.pollCount();
    openTelegram().wake();
    expect([server.polls(), server.pollCount()]).toEqual([0, polls]);
  });

  test("of another chat, of nothing known, or of another bot's message, acknowledges nothing", async () => {
    const { send } = openTelegram();
    await send(messageOf(), settingsOf());
    await isPolling();
    expect(await answered(server.press({ data: buttonOf(), chatId: 666 }))).toBe("This button is for another chat.");
    expect(await answered(server.press({ data: "x".repeat(32), chatId: CHAT }))).toMatch(/no longer works/);
    expect(acknowledged).toEqual([]);
  });

  test("of what is over already, and of what cannot be stored, says that", async () => {
    const { send } = openTelegram();
    await send(messageOf(), settingsOf());
    await isPolling();
    acknowledgeAnswer = () => Promise.resolve(false);
    expect(await answered(server.press({ data: buttonOf(), chatId: CHAT }))).toBe("It is over already.");
    acknowledgeAnswer = () => Promise.reject(new Error("disk full"));
    expect(await answered(server.press({ data: buttonOf(), chatId: CHAT }))).toBe(
      "The hub could not store it. Press again.",
    );
  });

  test("with a message that is too long to read is passed over, and the next one is not", async () => {
    const { send } = openTelegram();
    await send(messageOf(), settingsOf());
    await isPolling();
    server.press({ data: buttonOf(), chatId: CHAT, text: "x".repeat(80_000) });
    expect(await answered(server.press({ data: buttonOf(), chatId: CHAT, name: "\u202eAnn\r\n" }))).toBe(
      "Acknowledged.",
    );
    expect(acknowledged).toEqual(["gas~kitchen 3 Ann (Telegram)"]);
  });

  test("works for this run where hub.db cannot be written", async () => {
    records.failWith(new Error("disk full"));
    const { send } = openTelegram();
    expect(await send(messageOf(), settingsOf())).toEqual({ kind: "sent" });
    await isPolling();
    expect(await answered(server.press({ data: buttonOf(), chatId: CHAT }))).toBe("Acknowledged.");
    expect(world.log.lines).toContainEqual(expect.objectContaining({ level: "warn" }));
  });
});

describe("asking for presses", () => {
  test("is done once for a bot of several channels, and no more when its channel is gone", async () => {
    channels = [channelOf(settingsOf()), channelOf(settingsOf({ chatId: "-100" }))];
    const { send } = openTelegram();
    await send(messageOf(), settingsOf());
    await send(messageOf({ id: "other" }), settingsOf({ chatId: "-100" }));
    await isPolling();
    channels = [];
    const id = server.press({ data: buttonOf(0), chatId: CHAT });
    expect(await answered(id)).toBe("Acknowledged.");
    await until("it ends", () => server.polls() === 0);
  });

  test("begins again by itself after a failure, later each time, and says it once", async () => {
    server.fail("getUpdates", 502, "Bad Gateway");
    const { send } = openTelegram();
    await send(messageOf(), settingsOf());
    const polled = (count: number) =>
      until("it has asked", () => server.pollsTried() === count && retries.timers() === 1);
    await polled(1);
    for (const [count, ms] of [
      [2, 1_000],
      [3, 2_000],
      [4, 4_000],
    ] as const) {
      retries.advance(ms - 1);
      expect(server.pollsTried()).toBe(count - 1);
      retries.advance(1);
      await polled(count);
    }
    server.works();
    retries.advance(8_000);
    await isPolling();
    server.press({ data: buttonOf(), chatId: CHAT });
    await until("it is acknowledged", () => acknowledged.length === 1);
    expect(world.log.lines.map(({ event }) => event)).toEqual([
      "buttons of Telegram do not work",
      "buttons of Telegram work again",
    ]);
    expect(JSON.stringify(world.log.lines)).not.toContain(server.token);
  });

  test.each([
    ["nothing", []],
    ["the same press again and again", [{ update_id: 7, callback_query: { id: "p", from: { first_name: "Eve" } } }]],
  ])("of a server that holds no answer, but says %s at once, is done once a second", async (_, result) => {
    server.respond(answer(200, JSON.stringify({ ok: true, result })));
    const { send } = openTelegram();
    await send(messageOf(), settingsOf());
    const waits = () => until("it waits", () => retries.timers() === 1);
    await waits();
    const first = server.pollsTried();
    expect(first).toBeLessThan(30);
    retries.advance(999);
    expect(server.pollsTried()).toBe(first);
    retries.advance(1);
    await until("it asks again", () => server.pollsTried() === first + 1);
    await waits();
  });

  test("waits a quarter of an hour where another program asks for the same bot", async () => {
    server.fail("getUpdates", 409, "Conflict: terminated by other getUpdates request");
    const { send } = openTelegram();
    await send(messageOf(), settingsOf());
    await until("it waits", () => server.pollsTried() === 1 && retries.timers() === 1);
    retries.advance(15 * 60_000 - 1);
    expect(server.pollsTried()).toBe(1);
    retries.advance(1);
    await until("it asks again", () => server.pollsTried() === 2);
  });
});

test("a thousand buttons are kept: the oldest gives way, in hub.db too", async () => {
  channels = [];
  const buttons = createAcknowledgeButtons({ ...world, stored: [], hubFile: records });
  const bot = { server: server.url, token: server.token };
  const made = [];
  for (let index = 0; index < 1_001; index++) made.push(await buttons.add(messageOf({ id: String(index) }), bot, "1"));
  expect([records.stored().length, buttons.get(made[0] ?? "", bot), buttons.get(made[1] ?? "", bot)]).toEqual([
    1_000,
    undefined,
    expect.objectContaining({ chatId: "1" }),
  ]);
  expect(JSON.stringify(records.stored())).not.toContain(server.token);
});
