/** The buttons `Acknowledge` below messages of Telegram: what each one acknowledges, for a day, over restarts of the hub. */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { OutgoingMessage } from "../../core/ports/alert-channel.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { HubChange, HubFile, StoredRecord } from "../../core/ports/hub-file.ts";
import type { Log } from "../../core/ports/log.ts";
import { isFiring } from "../text/compose-text.ts";
import { jsonOf } from "../text/json-text.ts";
import type { Bot } from "./bot-api.ts";

/** An alert, and which time that it fired. */
const pressable = z.object({ alertId: z.string(), episode: z.number().optional() });
const button = z.object({
  bot: z.string(),
  chatId: z.string(),
  endsAtMs: z.number(),
  alerts: z.array(pressable),
});
export type AcknowledgeButton = z.infer<typeof button>;

export interface AcknowledgeButtons {
  /** The data of its button, durable where that is possible; undefined: nothing in it can be acknowledged. */
  add(message: OutgoingMessage, bot: Bot, chatId: string): Promise<string | undefined>;
  /** Undefined: there is none, or its day is over. */
  get(data: string, bot: Bot): AcknowledgeButton | undefined;
  /** A message of it has a button that still works. */
  isWaiting(bot: Bot): boolean;
}

export interface AcknowledgeButtonsOptions {
  /** Records of hub.db as they were loaded. */
  readonly stored: readonly StoredRecord[];
  readonly hubFile: Pick<HubFile, "write">;
  readonly clock: Pick<Clock, "nowMs">;
  readonly log: Log;
}

const PREFIX = "telegram-button/";
const LASTS_MS = 24 * 3_600_000;
/** The oldest give way. */
const MOST_BUTTONS = 1_000;
const MOST_ALERTS = 100;

export function createAcknowledgeButtons(options: AcknowledgeButtonsOptions): AcknowledgeButtons {
  const { stored, hubFile, clock, log } = options;
  /** The oldest first. */
  const buttons = new Map<string, AcknowledgeButton>();
  for (const { kind, id, data } of stored) {
    if (kind !== "setting" || !id.startsWith(PREFIX)) continue;
    const read = button.safeParse(jsonOf(data)).data;
    if (read !== undefined) buttons.set(id.slice(PREFIX.length), read);
  }

  const isOver = ({ endsAtMs }: AcknowledgeButton): boolean => endsAtMs <= clock.nowMs();

  function expire(): HubChange[] {
    const gone = [...buttons].filter(([, each], index) => isOver(each) || index < buttons.size - MOST_BUTTONS);
    for (const [key] of gone) buttons.delete(key);
    return gone.map(([key]) => recordOf(key, undefined));
  }

  async function write(changes: readonly HubChange[]): Promise<void> {
    try {
      await hubFile.write(changes);
    } catch (cause) {
      log.warn("a button of Telegram works until the hub stops only: it could not be stored", { cause });
    }
  }

  return {
    add: async (message, bot, chatId) => {
      const firing = message.entries.filter(isFiring).slice(0, MOST_ALERTS);
      if (firing.length === 0) return undefined;
      const key = keyOf(message.id, bot, chatId);
      const alerts = firing.map(({ alertId, episode }) => ({ alertId, ...(episode !== undefined && { episode }) }));
      const made = { bot: botKey(bot), chatId, endsAtMs: clock.nowMs() + LASTS_MS, alerts };
      buttons.set(key, made);
      await write([...expire(), recordOf(key, JSON.stringify(made))]);
      return key;
    },
    get: (data, bot) => {
      const found = buttons.get(data);
      return found === undefined || isOver(found) || found.bot !== botKey(bot) ? undefined : found;
    },
    isWaiting: (bot) => {
      const key = botKey(bot);
      return [...buttons.values()].some((each) => each.bot === key && !isOver(each));
    },
  };
}

const recordOf = (key: string, data: string | undefined): HubChange => ({
  of: "record",
  kind: "setting",
  id: `${PREFIX}${key}`,
  data,
});

/** The same for each attempt of a message; nobody without the token can guess one. */
const keyOf = (messageId: string, { token }: Bot, chatId: string): string =>
  createHash("sha256")
    .update(JSON.stringify([token, chatId, messageId]))
    .digest("base64url")
    .slice(0, 32);

/** Says which bot without saying its token. */
const botKey = ({ server, token }: Bot): string =>
  createHash("sha256")
    .update(JSON.stringify([server, token]))
    .digest("base64url");
