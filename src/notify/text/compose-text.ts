/** A message as text of a bounded length: its title, as many alerts as fit, how many did not, and the links. */
import type { MessageEntry, OutgoingMessage } from "../../core/ports/alert-channel.ts";
import { cutText, oneLine } from "./plain-text.ts";

export interface TextFormat {
  /** Of the text as a whole, as `size` measures it. */
  readonly most: number;
  readonly size: (text: string) => number;
  /** Of text that may come from a device. */
  readonly escapeText: (text: string) => string;
  /** A link that the owner or the hub named; undefined: the channel has another way to show it. */
  readonly link: ((label: string, url: string) => string) | undefined;
  /** The channel has a field of its own for the title. */
  readonly withoutTitle?: true;
}

const MOST_OF_TITLE = 200;
/** Of one alert, in characters before they are escaped; the second if not even one fits with the first. */
const MOST_OF_ENTRY = [500, 120] as const;
const MOST_OF_HINT = 300;

const WORDS: Readonly<Record<MessageEntry["kind"], string>> = {
  firing: "",
  repeated: "Still: ",
  escalated: "Nobody has acknowledged: ",
  noData: "No data: ",
  resolved: "Over: ",
  ended: "Ended: ",
  passed: "Was, and is over: ",
};

export function composeText(message: OutgoingMessage, format: TextFormat): string {
  const head = format.withoutTitle === true ? [] : [format.escapeText(titleOf(message, MOST_OF_TITLE))];
  const foot = footOf(message, format, head);
  for (const mostOfEntry of MOST_OF_ENTRY) {
    const lines = linesThatFit(message, format, [...head, ...foot], mostOfEntry);
    if (lines.length > 0 || mostOfEntry === MOST_OF_ENTRY[1]) {
      const left = message.entries.length - lines.length + message.more;
      return [...head, ...lines, ...(left > 0 ? [moreLine(left)] : []), ...foot].join("\n");
    }
  }
  return head.join("\n");
}

/** Links and the hint, so far as they leave space for an alert; the way to acknowledge is the last to go. */
function footOf(
  message: OutgoingMessage,
  { link, escapeText, most, size }: TextFormat,
  head: readonly string[],
): string[] {
  const { acknowledgeUrl, pageUrl, hint } = message;
  const lines: string[] = [];
  if (link !== undefined && acknowledgeUrl !== undefined) lines.push(link("Acknowledge", acknowledgeUrl));
  if (link !== undefined && pageUrl !== undefined) lines.push(link("All alerts", pageUrl));
  if (hint !== undefined) lines.push(escapeText(cutText(hint, MOST_OF_HINT)));
  while (lines.length > 0 && size([...head, ...lines].join("\n")) > most * 0.75) lines.pop();
  return lines;
}

function linesThatFit(
  message: OutgoingMessage,
  format: TextFormat,
  around: readonly string[],
  mostOfEntry: number,
): string[] {
  const { most, size } = format;
  const lines: string[] = [];
  const longestMore = moreLine(message.entries.length + message.more);
  let used = size([...around, longestMore].join("\n"));
  for (const entry of message.entries) {
    const line = entryLine(entry, format, mostOfEntry);
    used += size(`\n${line}`);
    if (used > most) break;
    lines.push(line);
  }
  return lines;
}

function entryLine(entry: MessageEntry, { escapeText, link }: TextFormat, most: number): string {
  const text = cutText(entrySentence(entry), most);
  const runbook = link !== undefined && entry.runbook !== undefined ? ` ${link("Runbook", entry.runbook)}` : "";
  return `• ${localTime(entry.atMs)} ${escapeText(text)}${runbook}`;
}

/** Never empty: some receivers take no message without a text. */
export function titleOf({ title }: OutgoingMessage, most: number): string {
  const text = oneLine(title);
  return text === "" ? "Aerie" : cutText(text, most);
}

/** What became of it, whose it is, and what is wrong. The text of a device begins with its name already. */
export function entrySentence({ kind, device, text }: MessageEntry): string {
  const subject = `${device ?? "The hub"}: `;
  return `${WORDS[kind]}${text.startsWith(subject) ? "" : subject}${text}`;
}

/** What can be acknowledged. */
export const isFiring = ({ kind }: MessageEntry): boolean =>
  kind === "firing" || kind === "repeated" || kind === "escalated" || kind === "noData";

export const moreLine = (count: number): string => `… and ${count} more`;

/** In the time zone of the hub: `2026-11-30 20:46`. */
export function localTime(atMs: number): string {
  const at = new Date(atMs);
  if (Number.isNaN(at.getTime())) return "";
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
