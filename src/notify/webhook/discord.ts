/** A message as Discord's webhooks take it: nobody is mentioned, no page is previewed. */
import type { OutgoingMessage } from "../../core/ports/alert-channel.ts";
import { composeText } from "../text/compose-text.ts";
import { escapeMarkdown, markdownUrl } from "./markdown.ts";

/** `content` of https://docs.discord.com/developers/resources/webhook#execute-webhook: up to 2,000 characters. */
const MOST_OF_CONTENT = 2_000;
/** Discord makes no preview of links: https://docs.discord.com/developers/resources/message#message-object-message-flags */
const SUPPRESS_EMBEDS = 4;

export function discordBody(message: OutgoingMessage): object {
  const content = composeText(message, {
    most: MOST_OF_CONTENT,
    size: (text) => text.length,
    escapeText: escapeMarkdown,
    link: (label, url) => `[${label}](<${markdownUrl(url)}>)`,
  });
  return { content, allowed_mentions: { parse: [] }, flags: SUPPRESS_EMBEDS };
}
