/** Opaque cursors of paged answers: a position in an order. A cursor never expires. */
import type { ReadingPosition } from "../../core/ports/history.ts";
import { invalidField } from "./problem.ts";

export const deviceCursor = (deviceId: string): string => Buffer.from(deviceId).toString("base64url");

export const readingCursor = ({ atMs, n }: ReadingPosition): string =>
  Buffer.from(`${atMs.toString(36)}.${n.toString(36)}`).toString("base64url");

export function parseDeviceCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, "base64url").toString();
  if (text === "" || deviceCursor(text) !== cursor) throw notOurs();
  return text;
}

export function parseReadingCursor(cursor: string | undefined): ReadingPosition | undefined {
  if (cursor === undefined) return undefined;
  const match = /^([0-9a-z]{1,11})\.([0-9a-z]{1,7})$/.exec(Buffer.from(cursor, "base64url").toString());
  if (match?.[1] === undefined || match[2] === undefined) throw notOurs();
  const position = { atMs: Number.parseInt(match[1], 36), n: Number.parseInt(match[2], 36) };
  if (readingCursor(position) !== cursor) throw notOurs();
  return position;
}

export const seqCursor = (seq: number): string => Buffer.from(seq.toString(36)).toString("base64url");

export function parseSeqCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const seq = Number.parseInt(Buffer.from(cursor, "base64url").toString(), 36);
  if (!Number.isSafeInteger(seq) || seqCursor(seq) !== cursor) throw notOurs();
  return seq;
}

const notOurs = () => invalidField("cursor", "expected the nextCursor of an earlier answer");
