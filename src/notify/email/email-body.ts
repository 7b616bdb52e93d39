/** A message as an e-mail: its subject, its text, and the same as simple HTML. */
import type { MessageEntry, OutgoingMessage } from "../../core/ports/alert-channel.ts";
import { entrySentence, localTime, moreLine, titleOf } from "../text/compose-text.ts";
import { cutText, inert } from "../text/plain-text.ts";

export interface EmailBody {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const MOST_OF_SUBJECT = 200;
const MOST_OF_ENTRY = 2_000;

export function emailBody(message: OutgoingMessage): EmailBody {
  return {
    subject: titleOf(message, MOST_OF_SUBJECT),
    text: textOf(message),
    html: htmlOf(message),
  };
}

const entryText = (entry: MessageEntry): string => inert(cutText(entrySentence(entry), MOST_OF_ENTRY));

function linksOf({ acknowledgeUrl, pageUrl }: OutgoingMessage): (readonly [label: string, url: string])[] {
  return [
    ...(acknowledgeUrl === undefined ? [] : [["Acknowledge", acknowledgeUrl] as const]),
    ...(pageUrl === undefined ? [] : [["All alerts", pageUrl] as const]),
  ];
}

function textOf(message: OutgoingMessage): string {
  const { entries, more, hint } = message;
  const lines = entries.flatMap((entry) => [
    `* ${localTime(entry.atMs)} ${entryText(entry)}`,
    ...(entry.runbook === undefined ? [] : [`  ${entry.runbook}`]),
  ]);
  const blocks = [
    [inert(titleOf(message, MOST_OF_ENTRY))],
    [...lines, ...(more > 0 ? [moreLine(more)] : [])],
    linksOf(message).map(([label, url]) => `${label}: ${url}`),
    hint === undefined ? [] : [inert(hint)],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const html = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);

const htmlLink = (label: string, url: string): string => `<a href="${html(url)}">${html(label)}</a>`;

function htmlOf(message: OutgoingMessage): string {
  const { entries, more, hint } = message;
  const items = entries.map((entry) => {
    const runbook = entry.runbook === undefined ? "" : ` ${htmlLink("Runbook", entry.runbook)}`;
    return `<li>${localTime(entry.atMs)} ${html(entryText(entry))}${runbook}</li>`;
  });
  const links = linksOf(message).map(([label, url]) => htmlLink(label, url));
  return [
    '<!doctype html><meta charset="utf-8">',
    `<p><strong>${html(inert(titleOf(message, MOST_OF_ENTRY)))}</strong></p>`,
    ...(items.length > 0 ? ["<ul>", ...items, "</ul>"] : []),
    ...(more > 0 ? [`<p>${moreLine(more)}</p>`] : []),
    ...(links.length > 0 ? [`<p>${links.join(" · ")}</p>`] : []),
    ...(hint === undefined ? [] : [`<p>${html(inert(hint))}</p>`]),
  ].join("\n");
}
