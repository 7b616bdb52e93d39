/** Asks Telegram whether somebody pressed *Acknowledge*, as long as a message has a button that works: Telegram cannot call a hub in a home network. */
import { z } from "zod";
import type { Channel } from "../../contract/channels.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { cutText, oneLine } from "../text/plain-text.ts";
import type { AcknowledgeButtons } from "./acknowledge-buttons.ts";
import { type Bot, type BotAnswer, type BotApi, botOf } from "./bot-api.ts";

/** `by`: who pressed. `episode`: the time that it fired then. False: it does not fire any more. Rejects where it cannot be stored. */
export type OnAcknowledge = (alertId: string, by: string, episode: number | undefined) => Promise<boolean>;

export interface ButtonPollingOptions {
  readonly api: BotApi;
  readonly buttons: AcknowledgeButtons;
  readonly channels: () => readonly Channel[];
  readonly onAcknowledge: OnAcknowledge;
  readonly clock: Pick<Clock, "after" | "monotonicMs">;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export interface ButtonPolling {
  /** Looks which bots have to be asked. */
  wake(): void;
}

/** Telegram holds an answer so long if nobody presses; a request ends after 20 s. */
const HOLD_S = 15;
/** One press may come with 4,096 characters of the message, and an answer is read up to 64 KiB. */
const AT_ONCE = 1;
const FIRST_RETRY_MS = 1_000;
const MOST_RETRY_MS = 60_000;
/** The token is wrong, or another program asks for the same bot. */
const REFUSED_RETRY_MS = 15 * 60_000;
/** So many answers at once are presses of people; more in a row come from a server that does not hold its answer. */
const MOST_QUICK = 20;
const QUICK_MS = 1_000;
const MOST_OF_NAME = 64;

const user = z.object({ first_name: z.string(), last_name: z.string().optional(), username: z.string().optional() });
const press = z.object({
  id: z.string(),
  from: user,
  data: z.string().optional(),
  message: z.object({ chat: z.object({ id: z.number(), username: z.string().optional() }) }).optional(),
});
type Press = z.infer<typeof press>;
const update = z.object({ update_id: z.int(), callback_query: z.unknown().optional() });

export function createButtonPolling(options: ButtonPollingOptions): ButtonPolling {
  const { api, buttons, channels, onAcknowledge, clock, log, signal } = options;
  const asked = new Set<string>();

  const bots = (): Bot[] =>
    channels().flatMap(({ enabled, settings }) => (enabled && settings.kind === "telegram" ? [botOf(settings)] : []));
  const isNeeded = (bot: Bot): boolean =>
    !signal.aborted && buttons.isWaiting(bot) && bots().some((each) => keyOf(each) === keyOf(bot));

  function wake(): void {
    for (const bot of bots()) if (isNeeded(bot) && !asked.has(keyOf(bot))) void poll(bot);
  }

  async function poll(bot: Bot): Promise<void> {
    asked.add(keyOf(bot));
    let offset: number | undefined;
    let failures = 0;
    let quick = 0;
    while (isNeeded(bot)) {
      const beganMs = clock.monotonicMs();
      const answer = await api.call(bot, "getUpdates", {
        ...(offset !== undefined && { offset }),
        limit: AT_ONCE,
        timeout: HOLD_S,
        allowed_updates: ["callback_query"],
      });
      if (signal.aborted) break;
      const updates = updatesOf(answer);
      if (updates !== undefined) {
        if (failures > 0) log.info("buttons of Telegram work again", { server: bot.server });
        failures = 0;
        for (const { update_id, callback_query } of updates) {
          offset = Math.max(offset ?? 0, update_id + 1);
          await pressed(bot, callback_query);
        }
        quick = clock.monotonicMs() - beganMs < QUICK_MS ? quick + 1 : 0;
        if (quick > MOST_QUICK) await wait(QUICK_MS);
      } else {
        failures++;
        if (failures === 1) {
          log.warn("buttons of Telegram do not work", { server: bot.server, reason: reasonOf(answer) });
        }
        await wait(retryMs(answer, failures));
      }
    }
    asked.delete(keyOf(bot));
  }

  async function pressed(bot: Bot, query: unknown): Promise<void> {
    const { data: found } = press.safeParse(query);
    if (found === undefined) return;
    const text = await acknowledge(bot, found);
    await api.call(bot, "answerCallbackQuery", { callback_query_id: found.id, text });
  }

  /** What the person who pressed reads. */
  async function acknowledge(bot: Bot, { data = "", from, message }: Press): Promise<string> {
    const button = buttons.get(data, bot);
    if (button === undefined) return "This button no longer works. Acknowledge on the page of alerts.";
    if (message === undefined || !isChat(button.chatId, message.chat)) return "This button is for another chat.";
    try {
      let count = 0;
      for (const { alertId, episode } of button.alerts) {
        if (await onAcknowledge(alertId, nameOf(from), episode)) count++;
      }
      return count === 0 ? "It is over already." : "Acknowledged.";
    } catch (cause) {
      log.warn("an acknowledgement by Telegram could not be stored", { cause });
      return "The hub could not store it. Press again.";
    }
  }

  function wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        signal.removeEventListener("abort", end);
        resolve();
      };
      const cancel = clock.after(ms, end);
      signal.addEventListener("abort", end);
      if (signal.aborted) end();
    });
  }

  return { wake };
}

const keyOf = ({ server, token }: Bot): string => `${server} ${token}`;

/** Undefined: there is no answer that can be read. */
function updatesOf(answer: BotAnswer): z.infer<typeof update>[] | undefined {
  if (answer.kind === "ok") return z.array(update).safeParse(answer.result).data;
  // Its id comes first: the next request leaves it behind.
  const [, id] = /"update_id"\s*:\s*(\d{1,15})/.exec(answer.cut ?? "") ?? [];
  return id === undefined ? undefined : [{ update_id: Number(id) }];
}

const reasonOf = (answer: BotAnswer): string => (answer.kind === "ok" ? "its answer cannot be read" : answer.reason);

function retryMs(answer: BotAnswer, failures: number): number {
  if (answer.kind === "refused") return REFUSED_RETRY_MS;
  const asked = answer.kind === "failed" ? (answer.afterMs ?? 0) : 0;
  return Math.max(asked, Math.min(MOST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10)));
}

/** A chat is named by its number, or by the name of a public channel. */
const isChat = (chatId: string, chat: { id: number; username?: string | undefined }): boolean =>
  chatId === String(chat.id) ||
  (chat.username !== undefined && chatId.toLowerCase() === `@${chat.username.toLowerCase()}`);

function nameOf({ first_name, last_name, username }: z.infer<typeof user>): string {
  const name = oneLine([first_name, last_name].filter((part) => part !== undefined).join(" "));
  return `${cutText(name === "" ? (username ?? "somebody") : name, MOST_OF_NAME)} (Telegram)`;
}
