/** A payload as a person sees it: its beginning as text, or in hexadecimal where it is no text. */
import type { WatchedMessage } from "../../contract/live/watched-messages.ts";

export const MOST_TEXT_BYTES = 4 * 1024;
const MOST_BINARY_BYTES = 64;
/** Control characters but tab and line ends. */
const NO_TEXT = /[^\P{Cc}\t\n\r]/u;

export interface ShownPayload extends Pick<WatchedMessage, "isBinary" | "bytes"> {
  readonly payload: string;
}

export function shownPayload(payload: Uint8Array, most = MOST_TEXT_BYTES): ShownPayload {
  const bytes = payload.length;
  const text = textOf(payload.subarray(0, most), bytes > most);
  if (text !== undefined) return { payload: text, bytes };
  const start = [...payload.subarray(0, MOST_BINARY_BYTES)];
  return { payload: start.map((byte) => byte.toString(16).padStart(2, "0")).join(" "), isBinary: true, bytes };
}

/** `isCut`: a character may be cut in two at its end. */
function textOf(bytes: Uint8Array, isCut: boolean): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isCut });
    return NO_TEXT.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
