/** A payload as text and as JSON, with the place of what is wrong in it. */
import { fault, ok, type Result } from "../../core/model/result.ts";
import { trimmed } from "../../core/model/written-value.ts";
import { jsonFaultAt } from "./json-fault.ts";

export type JsonObject = { readonly [key: string]: unknown };

const utf8 = new TextDecoder("utf-8", { fatal: true });
/** Writes U+FFFD for each byte that is not UTF-8, so that the rest can be read. */
const lenientUtf8 = new TextDecoder("utf-8");
export const REPLACED = "\uFFFD";

/** Boards send the NUL that ends a C string, and the line end that `println` adds. */
export function withoutEnd(payload: Uint8Array): Uint8Array {
  let end = payload.length;
  while (end > 0 && isEndOfLine(payload[end - 1])) end--;
  return end === payload.length ? payload : payload.subarray(0, end);
}

const isEndOfLine = (code: number | undefined): boolean => code === 0 || code === 10 || code === 13;

/** A payload as text. */
export interface PayloadText {
  readonly text: string;
  /** Some bytes were not UTF-8; they became U+FFFD. */
  readonly isDamaged: boolean;
}

export function decode(bytes: Uint8Array): PayloadText {
  try {
    return { text: utf8.decode(bytes), isDamaged: false };
  } catch {
    return { text: lenientUtf8.decode(bytes), isDamaged: true };
  }
}

export function parseJson({ text, isDamaged }: PayloadText): Result<unknown> {
  try {
    return ok(JSON.parse(text));
  } catch {
    if (isDamaged) return fault("PAYLOAD_NOT_UTF8");
    const at = jsonFaultAt(text);
    const detail = at === text.length ? "it ends too early" : `at character ${at + 1}`;
    const location = { before: text.slice(Math.max(0, at - SHOWN_BEFORE), at), from: text.slice(at, at + SHOWN_FROM) };
    return { ok: false, fault: { code: "PAYLOAD_NOT_JSON", detail, location } };
  }
}

/** As much as one sees at a glance. */
const SHOWN_BEFORE = 60;
const SHOWN_FROM = 20;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The object of a payload that is to be one. */
export function jsonObjectOf(payload: Uint8Array): Result<JsonObject> {
  const bytes = withoutEnd(payload);
  if (bytes.length === 0) return fault("PAYLOAD_EMPTY");
  const json = parseJson(decode(bytes));
  if (!json.ok) return json;
  return isObject(json.value) ? ok(json.value) : fault("PAYLOAD_WRONG_SHAPE", "a JSON object belongs here");
}

/** Text without white space and NUL at its ends. */
export const plainTextOf = (payload: Uint8Array): string => trimmed(lenientUtf8.decode(payload));
