/** A message as Slack's incoming webhooks take it. Text of devices is `plain_text`, in which Slack reads no markup. */
import type { OutgoingMessage } from "../../core/ports/alert-channel.ts";
import { composeText, titleOf } from "../text/compose-text.ts";
import { inert } from "../text/plain-text.ts";

/** https://docs.slack.dev/reference/block-kit/blocks/header-block and …/section-block: characters of their text. */
const MOST_OF_HEADER = 150;
const MOST_OF_SECTION = 3_000;

/** `&`, `<` and `>` begin mentions and links, such as `<!channel>`. */
const entities = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

export const escapeSlack = (text: string): string => entities(inert(text));

/** `|` ends the address in it. */
const slackLink = (label: string, url: string): string => `<${entities(url).replaceAll("|", "%7C")}|${label}>`;

export function slackBody(message: OutgoingMessage): object {
  const { acknowledgeUrl, pageUrl, entries } = message;
  const text = composeText(message, {
    most: MOST_OF_SECTION,
    size: (part) => part.length,
    escapeText: escapeSlack,
    link: undefined,
    withoutTitle: true,
  });
  const links = [
    ...(acknowledgeUrl === undefined ? [] : [slackLink("Acknowledge", acknowledgeUrl)]),
    ...(pageUrl === undefined ? [] : [slackLink("All alerts", pageUrl)]),
    ...new Set(entries.flatMap(({ runbook }) => (runbook === undefined ? [] : [slackLink("Runbook", runbook)]))),
  ];
  return {
    // What a notification shows, and programs that know no blocks.
    text: escapeSlack(titleOf(message, MOST_OF_HEADER)),
    blocks: [
      { type: "header", text: { type: "plain_text", text: headerOf(message), emoji: false } },
      ...(text === "" ? [] : [{ type: "section", text: { type: "plain_text", text, emoji: false } }]),
      ...(links.length === 0
        ? []
        : [{ type: "section", text: { type: "mrkdwn", text: joinedWithin(links, MOST_OF_SECTION), verbatim: true } }]),
    ],
    mrkdwn: false,
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
  };
}

/** Escapes make it longer, and none may be cut. */
function headerOf(message: OutgoingMessage): string {
  for (let most = MOST_OF_HEADER; ; most -= 10) {
    const text = escapeSlack(titleOf(message, most));
    if (text.length <= MOST_OF_HEADER) return text;
  }
}

function joinedWithin(links: readonly string[], most: number): string {
  let text = links[0] ?? "";
  for (const link of links.slice(1)) if (text.length + link.length + 3 <= most) text += ` · ${link}`;
  return text;
}
