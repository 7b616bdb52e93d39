/** The channel `ntfy`: a message to a topic of an ntfy server, as JSON. */
import type { Severity } from "../../contract/alerts.ts";
import type { ChannelAdapter, OutgoingMessage } from "../../core/ports/alert-channel.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { answerWords } from "../request/answer-words.ts";
import type { GuardedRequest } from "../request/guarded-request.ts";
import { sendOutcome } from "../request/send-outcome.ts";
import { composeText, isFiring, titleOf } from "../text/compose-text.ts";
import { cutBytes, inert } from "../text/plain-text.ts";

export interface NtfyOptions {
  readonly request: GuardedRequest;
  readonly clock: Pick<Clock, "nowMs">;
  readonly signal: AbortSignal;
}

/**
 * With 4,096 bytes a message becomes an attachment, which many servers do not take: `message-size-limit` of
 * https://docs.ntfy.sh/config, and `LimitReached` in `util/peek.go` of binwiederhier/ntfy, which begins at the limit itself.
 */
const MOST_OF_MESSAGE_BYTES = 4_095;
/**
 * As JSON: `transformBodyJSON` in `server/server.go` of binwiederhier/ntfy refuses a body of more than 8,192 bytes, of which title,
 * topic and addresses need a part.
 */
const MOST_OF_ESCAPED_BYTES = 5_500;
const MOST_OF_TITLE_BYTES = 200;

/** 5 rings through *do not disturb*, 3 is the default. */
const PRIORITY: Readonly<Record<Severity, number>> = { critical: 5, warning: 4, info: 3 };
/** ntfy shows those that are names of an emoji as such. */
const TAGS: Readonly<Record<Severity, string>> = {
  critical: "rotating_light",
  warning: "warning",
  info: "information_source",
};
const OVER = { priority: 3, tag: "white_check_mark" };

export function createNtfy({ request, clock, signal }: NtfyOptions): ChannelAdapter["send"] {
  return async (message, settings) => {
    if (settings.kind !== "ntfy") return { kind: "refused", reason: "This is no channel of ntfy" };
    const { server, topic, token } = settings;
    const outcome = await request({
      url: server,
      method: "POST",
      headers: { "Content-Type": "application/json" },
      secretHeaders: token === undefined ? {} : { Authorization: `Bearer ${token}` },
      body: JSON.stringify({ topic, ...ntfyMessage(message) }),
      signal,
    });
    return sendOutcome(outcome, clock.nowMs(), ({ body }) => answerWords(body, [token, topic]));
  };
}

function ntfyMessage(message: OutgoingMessage): object {
  const { severity, entries, acknowledgeUrl, pageUrl } = message;
  const isOver = entries.length > 0 && !entries.some(isFiring);
  const text = composeText(message, {
    most: MOST_OF_MESSAGE_BYTES,
    size: sizeOf,
    escapeText: inert,
    link: undefined,
    withoutTitle: true,
  });
  const runbook = entries.find((entry) => entry.runbook !== undefined)?.runbook;
  const actions = [
    ["Acknowledge", acknowledgeUrl],
    ["Runbook", runbook],
  ].flatMap(([label, url]) => (url === undefined ? [] : [{ action: "view", label, url }]));
  return {
    title: cutBytes(inert(titleOf(message, MOST_OF_TITLE_BYTES)), MOST_OF_TITLE_BYTES),
    // An empty one would be shown as "triggered".
    ...(text !== "" && { message: text }),
    priority: isOver ? OVER.priority : PRIORITY[severity],
    tags: [isOver ? OVER.tag : TAGS[severity]],
    ...(pageUrl !== undefined && { click: pageUrl }),
    ...(actions.length > 0 && { actions }),
  };
}

/** What is escaped in JSON counts for as much of the message as it takes of the body. */
function sizeOf(text: string): number {
  const escaped = Buffer.byteLength(JSON.stringify(text)) - 2;
  return Math.max(Buffer.byteLength(text), (escaped * MOST_OF_MESSAGE_BYTES) / MOST_OF_ESCAPED_BYTES);
}
