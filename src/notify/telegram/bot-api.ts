/** Calls of Telegram's Bot API, and what its answers mean. The token is in the address, so no address is ever shown. */
import { z } from "zod";
import type { ChannelSettings } from "../../contract/channels.ts";
import type { SendOutcome } from "../../core/ports/alert-channel.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { answerWords } from "../request/answer-words.ts";
import type { GuardedRequest } from "../request/guarded-request.ts";
import { MAX_RETRY_AFTER_MS, sendOutcome } from "../request/send-outcome.ts";
import { jsonOf } from "../text/json-text.ts";

export type TelegramSettings = Extract<ChannelSettings, { kind: "telegram" }>;

/** A bot, as a server knows it. */
export interface Bot {
  readonly server: string;
  readonly token: string;
}

export type BotAnswer =
  | { readonly kind: "ok"; readonly result: unknown }
  | (Exclude<SendOutcome, { kind: "sent" }> & {
      /** Of the answer; undefined: there was none. */
      readonly status?: number | undefined;
      /** What came of an answer that is too long. */
      readonly cut?: string | undefined;
    });

export interface BotApi {
  call(bot: Bot, method: string, parameters: object): Promise<BotAnswer>;
}

export interface BotApiOptions {
  readonly request: GuardedRequest;
  readonly clock: Pick<Clock, "nowMs">;
  readonly signal: AbortSignal;
}

const TELEGRAM = "https://api.telegram.org";

const reply = z.object({
  ok: z.boolean(),
  result: z.unknown().optional(),
  parameters: z.object({ retry_after: z.number().min(0).optional() }).optional(),
});

export const botOf = ({ token, server = TELEGRAM }: TelegramSettings): Bot => ({
  token,
  server: server.replace(/\/+$/, ""),
});

export function createBotApi({ request, clock, signal }: BotApiOptions): BotApi {
  async function call({ server, token }: Bot, method: string, parameters: object): Promise<BotAnswer> {
    // Anything else would be another path of that server.
    if (!/^\d{1,20}:[\w-]{1,100}$/.test(token)) {
      return { kind: "refused", reason: "The token is not one of a bot of Telegram, such as 123456:ABC-DEF" };
    }
    const outcome = await request({
      url: `${server}/bot${token}/${method}`,
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(parameters),
      signal,
    });
    if (outcome.kind !== "answered") return outcome;
    const { status, host, body, isCut } = outcome;
    const text = body.toString("utf8");
    const said = reply.safeParse(jsonOf(text)).data;
    if (said?.ok === true) return { kind: "ok", result: said.result };
    if (status >= 200 && status < 300) {
      return {
        kind: "failed",
        reason: `${host} does not answer as Telegram does`,
        status,
        ...(isCut && { cut: text }),
      };
    }
    const sent = sendOutcome(outcome, clock.nowMs(), () => answerWords(body, [token]));
    if (sent.kind === "sent") return { kind: "failed", reason: `${host} answered ${status}`, status };
    const waitS = said?.parameters?.retry_after;
    const afterMs = waitS === undefined ? undefined : Math.min(waitS * 1_000, MAX_RETRY_AFTER_MS);
    return { ...sent, status, ...(sent.kind === "failed" && afterMs !== undefined && { afterMs }) };
  }
  return { call };
}
