/** The channel `telegram`: a message of a bot to a chat, as plain text, with a button to acknowledge. */
import type { ChannelAdapter, OutgoingMessage } from "../../core/ports/alert-channel.ts";
import { composeText } from "../text/compose-text.ts";
import { inert } from "../text/plain-text.ts";
import type { AcknowledgeButtons } from "./acknowledge-buttons.ts";
import { type BotApi, botOf } from "./bot-api.ts";
import type { ButtonPolling } from "./button-polling.ts";

export interface TelegramOptions {
  readonly api: BotApi;
  readonly buttons: AcknowledgeButtons;
  readonly polling: ButtonPolling;
}

/** `text` of https://core.telegram.org/bots/api#sendmessage: 1 to 4,096 characters. */
const MOST_OF_TEXT = 4_096;

export function createTelegram({ api, buttons, polling }: TelegramOptions): ChannelAdapter["send"] {
  return async (message, settings) => {
    if (settings.kind !== "telegram") return { kind: "refused", reason: "This is no channel of Telegram" };
    const bot = botOf(settings);
    const { chatId } = settings;
    const data = await buttons.add(message, bot, chatId);
    const answer = await api.call(bot, "sendMessage", {
      chat_id: chatId,
      text: textOf(message, data !== undefined),
      link_preview_options: { is_disabled: true },
      ...(data !== undefined && {
        reply_markup: { inline_keyboard: [[{ text: "Acknowledge", callback_data: data }]] },
      }),
    });
    polling.wake();
    if (answer.kind === "ok") return { kind: "sent" };
    const { kind, reason } = answer;
    if (kind === "refused") return { kind, reason };
    const { afterMs, neverArrived } = answer;
    return { kind, reason, ...(afterMs !== undefined && { afterMs }), ...(neverArrived && { neverArrived }) };
  };
}

/** Without a parse mode nothing in it is markup. The button is there in place of the link to acknowledge. */
function textOf({ acknowledgeUrl, ...message }: OutgoingMessage, hasButton: boolean): string {
  const shown = hasButton || acknowledgeUrl === undefined ? message : { ...message, acknowledgeUrl };
  return composeText(shown, {
    most: MOST_OF_TEXT,
    size: (part) => part.length,
    escapeText: inert,
    link: (label, url) => `${label}: ${url}`,
  });
}
