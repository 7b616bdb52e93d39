/** A message as a workflow of Microsoft Teams takes it: an Adaptive Card, whose text runs are no Markdown. */
import type { OutgoingMessage } from "../../core/ports/alert-channel.ts";
import { composeText, titleOf } from "../text/compose-text.ts";
import { inert } from "../text/plain-text.ts";

/**
 * A message may have 28 KB: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook.
 * Teams counts more than what is sent: a request of 24,453 bytes was 28,897 of 28,672 (MicrosoftDocs/msteams-docs, issue 11274), and others
 * found that 21,000 get through. The card around the text takes up to 4 KB.
 */
const MOST_OF_TEXT_BYTES = 16_000;
const MOST_OF_TITLE = 200;

const COLOURS = { critical: "attention", warning: "warning", info: "default" } as const;

/** `RichTextBlock`: a `TextBlock` would read Markdown in it. */
const block = (text: string, style: object = {}): object => ({
  type: "RichTextBlock",
  inlines: [{ type: "TextRun", text, ...style }],
});

export function teamsBody(message: OutgoingMessage): object {
  const text = composeText(message, {
    most: MOST_OF_TEXT_BYTES,
    size: (part) => Buffer.byteLength(JSON.stringify(part)),
    escapeText: inert,
    link: undefined,
    withoutTitle: true,
  });
  const { acknowledgeUrl, pageUrl, severity, entries } = message;
  const runbook = entries.find((entry) => entry.runbook !== undefined)?.runbook;
  const actions = [
    ["Acknowledge", acknowledgeUrl],
    ["All alerts", pageUrl],
    ["Runbook", runbook],
  ].flatMap(([title, url]) => (url === undefined ? [] : [{ type: "Action.OpenUrl", title, url }]));
  const content = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    body: [
      block(inert(titleOf(message, MOST_OF_TITLE)), { weight: "bolder", size: "medium", color: COLOURS[severity] }),
      ...text.split("\n").flatMap((line) => (line === "" ? [] : [block(line)])),
    ],
    ...(actions.length > 0 && { actions }),
  };
  return {
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content }],
  };
}
