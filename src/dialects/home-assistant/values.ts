/** Makes metric values of what a template or a payload says, by the kind of the metric. */
import type { MetricValue } from "../../contract/readings.ts";
import { isLonger, MAX_TEXT_BYTES, type Read } from "../../core/model/metric-value.ts";
import { fault, ok } from "../../core/model/result.ts";
import { LOSES_DIGITS, losesDigits, readWritten, trimmed } from "../../core/model/written-value.ts";

/** What an entity without a unit turned out to send. */
export type ObservedKind = "number" | "boolean" | "text";

/** What entities send where they have no value. */
const ABSENT: ReadonlySet<string> = new Set(["", "none", "null", "nan", "unknown", "unavailable"]);
const CONTROL = /\p{Cc}/u;

export const isAbsentText = (text: string): boolean => ABSENT.has(text.toLowerCase());

export function numberValue(value: unknown): Read {
  if (typeof value === "number") return checkedNumber(value);
  if (typeof value !== "string") return wrongType("a number", value);
  const text = trimmed(value);
  if (isAbsentText(text)) return ok(undefined);
  const written = readWritten(text);
  return written.kind === "number" ? checkedNumber(written.value, text) : wrongType("a number", text);
}

function checkedNumber(value: number, written?: string): Read {
  if (!Number.isFinite(value)) return fault("METRIC_VALUE_INVALID", "the number is not finite");
  if (losesDigits(value, written)) return fault("METRIC_VALUE_INVALID", LOSES_DIGITS);
  return ok(value === 0 ? 0 : value);
}

export function textValue(value: unknown): Read {
  if (typeof value === "number" || typeof value === "boolean") return ok(String(value));
  if (typeof value !== "string") return wrongType("a text", value);
  const text = trimmed(value);
  if (isAbsentText(text)) return ok(undefined);
  if (CONTROL.test(text)) return fault("METRIC_VALUE_INVALID", `${shown(text)} has a control character`);
  return isLonger(text, MAX_TEXT_BYTES) ? fault("METRIC_TEXT_TOO_LONG") : ok(text);
}

/** What an entity sends that says neither that it is a number nor that it is none. */
export function observedKind(value: unknown): ObservedKind | undefined {
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "boolean";
  if (typeof value !== "string" || isAbsentText(trimmed(value))) return undefined;
  return isPlainNumber(trimmed(value)) ? "number" : "text";
}

/** `007` and `+49` are no numbers that somebody measured. */
const isPlainNumber = (text: string): boolean =>
  readWritten(text).kind === "number" && !/^(\+|-?0\d)/.test(text) && checkedNumber(Number(text), text).ok;

export function observedValue(kind: ObservedKind, value: unknown): Read {
  if (kind === "text") return textValue(value);
  return kind === "boolean" && typeof value === "boolean" ? ok(value) : numberValue(value);
}

/** By the payloads that the entity names; else true and false as JSON or words have them, unless those were named for the opposite. */
export function booleanValue(value: unknown, on: string, off: string): Read {
  const text = typeof value === "boolean" ? (value ? "True" : "False") : scalarText(value);
  if (text === undefined) return wrongType(`${on} or ${off}`, value);
  if (text === on || text === off) return ok(text === on);
  const lower = text.toLowerCase();
  if (lower === on.toLowerCase() || lower === off.toLowerCase()) return ok(lower === on.toLowerCase());
  if (isSameNumber(text, on) || isSameNumber(text, off)) return ok(isSameNumber(text, on));
  if (isAbsentText(lower)) return ok(undefined);
  const written = readWritten(text);
  return written.kind === "boolean" ? ok(written.value) : wrongType(`${on} or ${off}`, text);
}

const isSameNumber = (a: string, b: string): boolean =>
  readWritten(a).kind === "number" && readWritten(b).kind === "number" && Number(a) === Number(b);

/** Of a plain value; undefined: it is a list or an object. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === "string") return trimmed(value);
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** One of the words that an entity names, as its own; others are refused. */
export function wordValue(value: unknown, words: ReadonlyMap<string, MetricValue>): Read {
  const text = scalarText(value);
  if (text === undefined) return wrongType("a text", value);
  const word = words.get(text);
  if (word !== undefined || isAbsentText(text)) return ok(word);
  return fault("METRIC_VALUE_INVALID", `${shown(text)} is none of ${[...words.keys()].join(", ").slice(0, 100)}`);
}

function wrongType(expected: string, value: unknown): Read {
  const found = typeof value === "object" ? "a list or an object" : shown(String(value));
  return fault("METRIC_VALUE_INVALID", `its announcement says ${expected}, and it sent ${found}`);
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 40));
