/** Telegram's Bot API as far as a channel needs it, as strict as https://core.telegram.org/bots/api: unknown fields and what is too long are refused. */
import type { ServerResponse } from "node:http";
import { z } from "zod";
import { openReceiver, type Receiver } from "./receiver.ts";

const sendMessage = z.strictObject({
  chat_id: z.union([z.string().min(1), z.int()]),
  text: z.string().min(1).max(4_096),
  disable_notification: z.boolean().optional(),
  link_preview_options: z.strictObject({ is_disabled: z.boolean() }).optional(),
  reply_markup: z
    .strictObject({
      inline_keyboard: z.array(
        z.array(
          z.strictObject({
            text: z.string().min(1).max(64),
            callback_data: z.string().refine((data) => data.length > 0 && Buffer.byteLength(data) <= 64),
          }),
        ),
      ),
    })
    .optional(),
});
const getUpdates = z.strictObject({
  offset: z.int().optional(),
  limit: z.int().min(1).max(100).optional(),
  timeout: z.int().min(0).max(50).optional(),
  allowed_updates: z.array(z.string()).optional(),
});
const answerCallbackQuery = z.strictObject({
  callback_query_id: z.string().min(1),
  text: z.string().max(200).optional(),
  show_alert: z.boolean().optional(),
});

export interface SentMessage {
  readonly chatId: string;
  readonly text: string;
  /** Data of its button. */
  readonly button: string | undefined;
}

export interface Press {
  readonly data: string;
  readonly chatId: number;
  readonly name?: string;
  /** In place of what Telegram sends of the message. */
  readonly text?: string;
}

export interface TelegramServer extends Receiver {
  readonly token: string;
  readonly sent: SentMessage[];
  /** What the persons who pressed read, by the id of the press. */
  readonly answers: { readonly id: string; readonly text: string | undefined }[];
  /** Polls that are held. */
  polls(): number;
  /** How often it was asked for presses. */
  pollCount(): number;
  /** With those that failed. */
  pollsTried(): number;
  /** Somebody presses a button. Answers the id. */
  press(press: Press): string;
  /** The next calls of a method are answered so. */
  fail(method: string, status: number, description: string, parameters?: object): void;
  works(): void;
}

interface Held {
  readonly response: ServerResponse;
  readonly limit: number;
}

export async function openTelegramServer(token = "123456:AAF-bot_token"): Promise<TelegramServer> {
  const sent: SentMessage[] = [];
  const answers: { id: string; text: string | undefined }[] = [];
  const failures = new Map<string, { status: number; description: string; parameters: object }>();
  let updates: { update_id: number }[] = [];
  let held: Held[] = [];
  let nextUpdate = 700_000_001;
  let polled = 0;

  const reply = (response: ServerResponse, result: unknown): void =>
    void response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ ok: true, result }));
  const refuse = (response: ServerResponse, status: number, description: string, parameters?: object): void =>
    void response
      .writeHead(status, { "Content-Type": "application/json" })
      .end(JSON.stringify({ ok: false, error_code: status, description, ...(parameters && { parameters }) }));

  function poll(response: ServerResponse, body: unknown): void {
    polled++;
    const { data } = getUpdates.safeParse(body);
    if (data === undefined) return refuse(response, 400, "Bad Request: wrong parameters");
    const { offset = 0, limit = 100, timeout = 0, allowed_updates = [] } = data;
    if (!allowed_updates.includes("callback_query")) return refuse(response, 400, "Bad Request: no callback queries");
    for (const other of held) {
      refuse(other.response, 409, "Conflict: terminated by other getUpdates request");
    }
    held = [];
    updates = updates.filter(({ update_id }) => update_id >= offset);
    if (updates.length > 0 || timeout === 0) return reply(response, updates.slice(0, limit));
    const one = { response, limit };
    held.push(one);
    response.on("close", () => {
      held = held.filter((each) => each !== one);
    });
  }

  function send(response: ServerResponse, body: unknown): void {
    const { data, error } = sendMessage.safeParse(body);
    if (data === undefined) return refuse(response, 400, `Bad Request: ${error?.message}`);
    const button = data.reply_markup?.inline_keyboard[0]?.[0]?.callback_data;
    sent.push({ chatId: String(data.chat_id), text: data.text, button });
    reply(response, { message_id: sent.length, date: 1, chat: { id: 42, type: "private" }, text: data.text });
  }

  function answer(response: ServerResponse, body: unknown): void {
    const { data } = answerCallbackQuery.safeParse(body);
    if (data === undefined) return refuse(response, 400, "Bad Request: wrong parameters");
    answers.push({ id: data.callback_query_id, text: data.text });
    reply(response, true);
  }

  const receiver = await openReceiver({
    respond: ({ method, url, headers, body }, response) => {
      const [, bot, name = "", ...more] = url.split("/");
      if (bot !== `bot${token}` || more.length > 0) return refuse(response, 404, "Not Found");
      if (method !== "POST" || headers["content-type"] !== "application/json")
        return refuse(response, 400, "Bad Request");
      const failure = failures.get(name);
      if (failure !== undefined) return refuse(response, failure.status, failure.description, failure.parameters);
      const parameters: unknown = JSON.parse(body.toString("utf8"));
      if (name === "getUpdates") return poll(response, parameters);
      if (name === "sendMessage") return send(response, parameters);
      if (name === "answerCallbackQuery") return answer(response, parameters);
      return refuse(response, 404, "Not Found: method not found");
    },
  });

  return {
    ...receiver,
    token,
    sent,
    answers,
    polls: () => held.length,
    pollCount: () => polled,
    pollsTried: () => receiver.received.filter(({ url }) => url.endsWith("/getUpdates")).length,
    press: ({ data, chatId, name = "Ann", text = "CRITICAL: Gas" }) => {
      const update_id = nextUpdate++;
      const chat = { id: chatId, type: "private" };
      updates.push({
        update_id,
        callback_query: {
          id: `press-${update_id}`,
          from: { id: 7, is_bot: false, first_name: name },
          message: { message_id: 1, date: 1, chat, text },
          chat_instance: "1",
          data,
        },
      } as { update_id: number });
      const polls = held;
      held = [];
      for (const { response, limit } of polls) reply(response, updates.slice(0, limit));
      return `press-${update_id}`;
    },
    fail: (method, status, description, parameters = {}) =>
      void failures.set(method, { status, description, parameters }),
    works: () => failures.clear(),
  };
}
