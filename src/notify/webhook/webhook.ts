/** The channel `webhook`: a POST to an address of the owner, signed if it has a secret. */
import { createHash, createHmac } from "node:crypto";
import type { ChannelSettings } from "../../contract/channels.ts";
import { renderTemplate, type TemplateValues, templateFault } from "../../core/notifications/webhook-template.ts";
import type { ChannelAdapter, OutgoingMessage, SendOutcome } from "../../core/ports/alert-channel.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { answerWords } from "../request/answer-words.ts";
import type { GuardedRequest, RequestOutcome } from "../request/guarded-request.ts";
import { sendOutcome } from "../request/send-outcome.ts";
import { composeText } from "../text/compose-text.ts";
import { inert, wellFormed } from "../text/plain-text.ts";
import { discordBody } from "./discord.ts";
import { isoOf, jsonBody } from "./json-body.ts";
import { escapeMarkdown } from "./markdown.ts";
import { mattermostBody } from "./mattermost.ts";
import { escapeSlack, slackBody } from "./slack.ts";
import { teamsBody } from "./teams.ts";

type WebhookSettings = Extract<ChannelSettings, { kind: "webhook" }>;
type Preset = WebhookSettings["preset"];

export interface WebhookOptions {
  readonly request: GuardedRequest;
  readonly clock: Pick<Clock, "nowMs">;
  readonly signal: AbortSignal;
}

const BODIES: Readonly<Record<Preset, (message: OutgoingMessage) => object>> = {
  json: jsonBody,
  slack: slackBody,
  discord: discordBody,
  teams: teamsBody,
  mattermost: mattermostBody,
};

/** Of what stands in the owner's template: a program gets it as it is, people get it harmless. */
const ESCAPES: Readonly<Record<Preset, (text: string) => string>> = {
  json: wellFormed,
  slack: escapeSlack,
  discord: escapeMarkdown,
  teams: inert,
  mattermost: escapeMarkdown,
};

const MOST_OF_TEMPLATE_TEXT = 2_000;

export function createWebhook({ request, clock, signal }: WebhookOptions): ChannelAdapter["send"] {
  return async (message, settings) => {
    if (settings.kind !== "webhook") return { kind: "refused", reason: "This is no webhook" };
    const { url, preset, template, secret } = settings;
    const fault = template === undefined ? undefined : templateFault(template);
    if (fault !== undefined) return { kind: "refused", reason: fault };
    const { body, isJson } = bodyOf(message, preset, template);
    const outcome = await request({
      url,
      method: "POST",
      headers: {
        "Content-Type": isJson ? "application/json" : "text/plain; charset=utf-8",
        "Idempotency-Key": idempotencyKey(message.id),
      },
      secretHeaders: secret === undefined ? {} : { "X-Aerie-Signature": signatureOf(body, secret) },
      body,
      signal,
    });
    const words = (answer: Extract<RequestOutcome, { kind: "answered" }>): string =>
      answerWords(answer.body, [url, secret]);
    return teamsLimit(preset, outcome) ?? sendOutcome(outcome, clock.nowMs(), words);
  };
}

function bodyOf(message: OutgoingMessage, preset: Preset, template: string | undefined) {
  if (template === undefined) return { body: JSON.stringify(BODIES[preset](message)), isJson: true };
  return renderTemplate(template, valuesOf(message, ESCAPES[preset]));
}

function valuesOf(message: OutgoingMessage, escapeText: (text: string) => string): TemplateValues {
  const [first] = message.entries;
  const text = composeText(message, {
    most: MOST_OF_TEMPLATE_TEXT,
    size: (part) => part.length,
    escapeText,
    link: undefined,
    withoutTitle: true,
  });
  return {
    title: escapeText(message.title),
    text,
    severity: message.severity,
    id: message.id,
    time: isoOf(message.createdAtMs) ?? "",
    device: escapeText(first?.device ?? ""),
    rule: escapeText(first?.ruleName ?? ""),
    kind: first?.kind ?? "",
    more: String(message.more),
    acknowledgeUrl: message.acknowledgeUrl ?? "",
    pageUrl: message.pageUrl ?? "",
  };
}

/** `sha256=` and the HMAC of the body in hexadecimal, as GitHub's webhooks have it. */
const signatureOf = (body: string, secret: string): string =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

/** As it is where a header may hold it. */
const idempotencyKey = (id: string): string =>
  /^[\x21-\x7e]{1,200}$/.test(id) ? id : createHash("sha256").update(id).digest("hex");

/** A former kind of Teams webhook says 200 and, in its text, that there were too many messages. */
function teamsLimit(preset: Preset, outcome: RequestOutcome): SendOutcome | undefined {
  if (preset !== "teams" || outcome.kind !== "answered" || outcome.status !== 200) return undefined;
  const isLimited = /HTTP error 429/.test(outcome.body.toString("utf8"));
  return isLimited
    ? { kind: "failed", reason: `${outcome.host} says that it gets too many messages`, neverArrived: true }
    : undefined;
}
