import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ChannelSettings } from "../../../../src/contract/channels.ts";
import type { OutgoingMessage } from "../../../../src/core/ports/alert-channel.ts";
import { createWebhook } from "../../../../src/notify/webhook/webhook.ts";
import { createChannelWorld } from "../../../support/notify/channel-world.ts";
import { HOSTILE, hostileMessage, hugeMessage, messageOf } from "../../../support/notify/messages.ts";
import { answer, openReceiver, type Receiver } from "../../../support/notify/receiver.ts";
import { type ChatService, openChatServices } from "../../../support/notify/strict-webhooks.ts";

type WebhookSettings = Extract<ChannelSettings, { kind: "webhook" }>;

const world = createChannelWorld();
const send = createWebhook(world);
let receiver: Receiver;
let chat: Receiver;

beforeAll(async () => {
  [receiver, chat] = await Promise.all([openReceiver(), openChatServices()]);
});
afterAll(() => Promise.all([receiver.close(), chat.close()]));
afterEach(() => {
  receiver.received.length = 0;
  chat.received.length = 0;
  receiver.respond(answer(200));
});

const settingsOf = (fields: Partial<WebhookSettings> = {}): WebhookSettings => ({
  kind: "webhook",
  preset: "json",
  url: `${receiver.url}/hooks/s3cret-path`,
  ...fields,
});

/** What a chat service got as JSON text. */
async function chatted(preset: ChatService, message: OutgoingMessage, template?: string): Promise<string> {
  const settings = settingsOf({ preset, url: `${chat.url}/${preset}/x`, ...(template !== undefined && { template }) });
  expect(await send(message, settings)).toEqual({ kind: "sent" });
  return String(chat.received.at(-1)?.body);
}

const CHATS: readonly ChatService[] = ["slack", "discord", "teams", "mattermost"];

describe("a webhook for programs", () => {
  test("has the whole message as JSON, under one key for all its attempts", async () => {
    const message = messageOf({ more: 2, hint: "How to change this" });
    for (let attempt = 0; attempt < 2; attempt++) expect(await send(message, settingsOf())).toEqual({ kind: "sent" });
    const [first, second] = receiver.received;
    expect(first?.headers).toMatchObject({ "content-type": "application/json", "idempotency-key": "3f2a9c" });
    expect(second?.headers["idempotency-key"]).toBe("3f2a9c");
    expect(JSON.parse(String(first?.body))).toEqual({
      id: "3f2a9c",
      severity: "critical",
      title: "CRITICAL: Gas, Kitchen",
      createdAt: "2026-11-30T19:46:05.000Z",
      entries: [
        {
          alertId: "gas~kitchen",
          kind: "firing",
          severity: "critical",
          rule: "Gas",
          device: "Kitchen",
          at: "2026-11-30T19:46:05.000Z",
          text: "gas is 1,204 ppm, above 400 ppm",
        },
      ],
      more: 2,
      acknowledgeUrl: "https://hub.example/acknowledge/k3J_9x",
      pageUrl: "https://hub.example/#/alerts",
      hint: "How to change this",
    });
  });

  test("is signed with its secret, which is not sent", async () => {
    await send(hostileMessage(), settingsOf({ secret: "k3y-of-the-owner" }));
    const [got] = receiver.received;
    const expected = createHmac("sha256", "k3y-of-the-owner")
      .update(got?.body ?? "")
      .digest("hex");
    expect(got?.headers["x-aerie-signature"]).toBe(`sha256=${expected}`);
    expect(JSON.stringify(got?.headers) + got?.body).not.toContain("k3y-of-the-owner");
  });

  test("keeps text of devices as it is, but for halves of characters", async () => {
    await send(hostileMessage(), settingsOf());
    const { entries } = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(receiver.received[0]?.body));
    expect(entries.map(({ text }: { text: string }) => text)).toEqual(
      HOSTILE.map((text) => text.replaceAll(/\ud83d(?!\udd25)|(?<!\ud83d)\udd25/g, "\ufffd")),
    );
    expect(JSON.stringify(receiver.received[0]?.headers)).not.toContain("victim");
  });

  test("has a key that a header can hold, whatever the id", async () => {
    for (const id of ["ä/1\r\nX: y", "x".repeat(300)]) {
      expect(await send(messageOf({ id }), settingsOf())).toEqual({ kind: "sent" });
      expect(receiver.received.at(-1)?.headers["idempotency-key"]).toMatch(/^[0-9a-f]{64}$/);
    }
  });
});

describe("a chat service", () => {
  test.each(CHATS)("%s takes the message, with the links of the hub", async (preset) => {
    const body = await chatted(preset, messageOf({ more: 3, hint: "How to change this" }));
    expect(body).toContain("https://hub.example/acknowledge/k3J_9x");
    expect(body).toContain("https://hub.example/#/alerts");
    expect(body).toMatch(/1,204 ppm/);
    expect(body).toMatch(/and 3 more/);
  });

  test.each(
    CHATS.flatMap((preset) => ["*", "<", "&", "@", "\\", '"', "😀", "ä", "a.b:c/"].map((sign) => [preset, sign])),
  )("%s takes one that is too large, cut, full of %s", async (preset, sign) => {
    const body = await chatted(preset as ChatService, hugeMessage(sign));
    expect(body).toMatch(/and \d+ more/);
    expect(body).toContain("https://hub.example/acknowledge/k3J_9x");
  });

  test.each(CHATS)("%s takes one without alerts, as a test is", async (preset) => {
    await chatted(preset, messageOf({ title: "Test of Aerie", entries: [], hint: "This is a test." }));
    await chatted(preset, {
      ...messageOf({ title: "\u0000", entries: [] }),
      acknowledgeUrl: undefined,
      pageUrl: undefined,
    });
  });
});

describe("text of a device mentions nobody and links nowhere", () => {
  const textsIn = (value: unknown): string[] =>
    typeof value === "string"
      ? [value]
      : typeof value === "object" && value !== null
        ? Object.values(value).flatMap(textsIn)
        : [];

  test.each(CHATS)("in %s", async (preset) => {
    const body = JSON.parse(await chatted(preset, hostileMessage({ acknowledgeUrl: undefined, pageUrl: undefined })));
    const text = textsIn(body).join("\n");
    expect(text).not.toMatch(/@(everyone|here|all|channel)/);
    expect(text).not.toMatch(/https?:\/\/(evil|1\.2)|www\.evil|evil\.example|mailto:a|tg:\/\//);
    expect(text).not.toMatch(/(?!\n)\p{Cc}|[\u202e\u2028]/u);
    expect(text).not.toMatch(/(^|\n)Bcc:/);
  });

  test("in Slack, by none of its marks", async () => {
    const body = await chatted("slack", hostileMessage({ acknowledgeUrl: undefined, pageUrl: undefined }));
    expect(body).not.toMatch(/<!channel>|<!here|<@U|<https|"mrkdwn","text"/);
    expect(body).toContain("&lt;!channel&gt;");
  });

  test("in Discord, not even if its own marks got through", async () => {
    const body = JSON.parse(await chatted("discord", hostileMessage()));
    expect(body.allowed_mentions).toEqual({ parse: [] });
    expect(body.content).not.toMatch(/(?<!\\)<@|(?<!\\)\]\(https:\/\/evil|(?<!\\)\*\*|(?<!\\)\|\|/);
    expect(body.content).toContain("[Acknowledge](<https://hub.example/acknowledge/k3J_9x>)");
  });

  test("in Teams, whose text runs are no Markdown", async () => {
    expect(await chatted("teams", hostileMessage())).not.toContain('"TextBlock"');
  });
});

describe("a template", () => {
  test("that is JSON is filled in inside of its strings, and stays what it is", async () => {
    const template = '{"msg": "{severity}: {title}", "list": ["{text}", 1], "{rule}": {"more": "{more}"}}';
    const message = hostileMessage({ more: 4 });
    expect(await send(message, settingsOf({ template }))).toEqual({ kind: "sent" });
    const [got] = receiver.received;
    const body = JSON.parse(String(got?.body));
    expect(got?.headers["content-type"]).toBe("application/json");
    expect(Object.keys(body)).toHaveLength(3);
    expect([body.list[1], body.msg.startsWith("critical: @everyone"), Object.values(body)[2]]).toEqual([
      1,
      true,
      { more: "4" },
    ]);
  });

  test("that is none is text", async () => {
    const template = "{device} {kind} {time} {id} {acknowledgeUrl} {pageUrl} { not: 'a word' }";
    await send(messageOf(), settingsOf({ template }));
    expect([receiver.received[0]?.headers["content-type"], String(receiver.received[0]?.body)]).toEqual([
      "text/plain; charset=utf-8",
      "Kitchen firing 2026-11-30T19:46:05.000Z 3f2a9c https://hub.example/acknowledge/k3J_9x https://hub.example/#/alerts { not: 'a word' }",
    ]);
  });

  test.each([
    "{secret}",
    '{"a": "{url}"}',
    "{password}",
    "{token}",
    "{settings.secret}",
    "{env.HOME}",
    "{constructor}",
    "{__proto__}",
  ])("that names %s is refused, and nothing is sent", async (template) => {
    const outcome = await send(messageOf(), settingsOf({ template, secret: "k3y-of-the-owner" }));
    expect(outcome).toMatchObject({ kind: "refused", reason: expect.stringContaining(", which there is not") });
    expect(receiver.received).toEqual([]);
  });

  test("that is nearly JSON is refused, in words", async () => {
    const outcome = await send(messageOf(), settingsOf({ template: '{"count": {more}}' }));
    expect(outcome).toMatchObject({ kind: "refused", reason: expect.stringContaining("quotation marks") });
  });

  test("of a chat service gets text of devices that is harmless there", async () => {
    const body = await chatted(
      "discord",
      hostileMessage(),
      '{"content": "{title}", "allowed_mentions": {"parse": []}}',
    );
    expect(body).not.toMatch(/@everyone|evil\.example/);
  });
});

describe("what the receiver says", () => {
  test("is the reason, without its address", async () => {
    receiver.respond(answer(400, "invalid_payload"));
    expect(await send(messageOf(), settingsOf())).toEqual({
      kind: "refused",
      reason: "127.0.0.1 answered 400: invalid_payload",
    });
    receiver.respond(
      ({ url, headers }, response) => void response.writeHead(404).end(`no ${url} ${JSON.stringify(headers)}`),
    );
    expect(await send(messageOf(), settingsOf({ secret: "k3y-of-the-owner" }))).toEqual({
      kind: "refused",
      reason: "127.0.0.1 answered 404",
    });
  });

  test("may be when to come again", async () => {
    receiver.respond(
      answer(429, '{"message": "You are being rate limited.", "retry_after": 2.5}', { "Retry-After": "3" }),
    );
    expect(await send(messageOf(), settingsOf({ preset: "discord" }))).toEqual({
      kind: "failed",
      reason: "127.0.0.1 answered 429: You are being rate limited.",
      afterMs: 3_000,
      neverArrived: true,
    });
  });

  test("is 200 with an error in it, where it is an old webhook of Teams", async () => {
    receiver.respond(
      answer(200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429"),
    );
    expect(await send(messageOf(), settingsOf({ preset: "teams" }))).toMatchObject({ kind: "failed" });
    expect(await send(messageOf(), settingsOf())).toEqual({ kind: "sent" });
  });
});
