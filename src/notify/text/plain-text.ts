/** Makes text from devices harmless to those who show it: one line, no links, no mentions, of bounded length. */

/** C0, C1 and other separators of lines. */
const BREAKS = /[\p{Cc}\u2028\u2029]+/gu;
/** Marks that turn the direction of writing, which can make a text look like another one, and the byte order mark. */
const DIRECTIONS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff]/g;
const ZERO_WIDTH = "\u200b";

/** Without halves of surrogate pairs, which strict receivers refuse. */
export const wellFormed = (text: string): string => Buffer.from(text, "utf8").toString("utf8");

/** No line break, no control character, no half of a surrogate pair. */
export const oneLine = (text: string): string => wellFormed(text).replace(BREAKS, " ").replace(DIRECTIONS, "").trim();

/**
 * Reads as before, and no program makes a link or a mention of it: a character of no width stands behind `@`, behind the colon of `https:`,
 * behind the dot of `example.org`, and behind `/`, `#` and `$` where a word begins.
 */
export const inert = (text: string): string =>
  oneLine(text)
    .replace(/@/g, `@${ZERO_WIDTH}`)
    .replace(/([A-Za-z][\w+.-]*):(?=\S)/g, `$1:${ZERO_WIDTH}`)
    .replace(/(?<=[\p{L}\p{N}_-])([.\u3002\uff0e\uff61])(?=\p{L})/gu, `$1${ZERO_WIDTH}`)
    .replace(/(?<=^|[\s([])([/#$])(?=\S)/g, `$1${ZERO_WIDTH}`);

const ELLIPSIS = "…";

/** At most `most` UTF-16 units, whole characters. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = most - ELLIPSIS.length;
  const isHalf = /[\ud800-\udbff]/.test(text.charAt(end - 1));
  return text.slice(0, isHalf ? end - 1 : end) + ELLIPSIS;
}

/** At most `most` bytes of UTF-8, whole characters. */
export function cutBytes(text: string, most: number): string {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= most) return text;
  let end = most - Buffer.byteLength(ELLIPSIS);
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString("utf8") + ELLIPSIS;
}
