/** Decides what one value from the wire is: number, boolean, text, or absent. */
import { METRICS } from "../../contract/metrics.ts";
import type { MetricValue } from "../../contract/readings.ts";
import { fault, ok, type Result } from "./result.ts";
import { LOSES_DIGITS, losesDigits, readWritten, trimmed } from "./written-value.ts";

export const MAX_TEXT_BYTES = 256;
/** C0, DEL and C1: nothing that a person reads. */
const CONTROL = /\p{Cc}/u;

/** A value, or undefined where the device says that it has none. */
export type Read = Result<MetricValue | undefined>;

/** A value inside JSON: `23.5`, `true`, `"auto"`. Numeric text of a metric that the catalogue does not know stays text. */
export function jsonValue(name: string, value: unknown): Read {
  switch (typeof value) {
    case "number":
      return numberValue(name, value);
    case "boolean":
      return booleanValue(name, value);
    case "string":
      return textValue(name, value, METRICS.has(name));
    default:
      if (value === null) return ok(undefined);
      return fault("METRIC_VALUE_INVALID", Array.isArray(value) ? "a list is not a value" : undefined, name);
  }
}

/** A plain payload that is the value itself: `23.5`, `true`, `ON`, `auto`. */
export const plainValue = (name: string, payload: string): Read => textValue(name, payload, true);

/** A text that stays one, also where it says `ON` or `12`. */
export function plainText(name: string, raw: string): Read {
  const text = trimmed(raw);
  return text === "" ? ok(undefined) : reallyText(name, text);
}

/** A value that a hub has stored before, and an export has written: exactly that one. */
export function storedValue(name: string, value: unknown): Read {
  if (typeof value === "string" && isLonger(value, MAX_TEXT_BYTES))
    return fault("METRIC_TEXT_TOO_LONG", undefined, name);
  if (typeof value === "string" || typeof value === "boolean") return ok(value);
  return typeof value === "number" && Number.isFinite(value)
    ? ok(value)
    : fault("METRIC_VALUE_INVALID", undefined, name);
}

/** The text of a metric that has been a number before; undefined where it is no number. */
export function numericText(name: string, text: string): Read | undefined {
  const written = readWritten(text);
  return written.kind === "number" ? numberValue(name, written.value, text) : undefined;
}

function numberValue(name: string, value: number, written?: string): Read {
  if (!Number.isFinite(value)) return fault("METRIC_VALUE_INVALID", "the number is not finite", name);
  if (losesDigits(value, written)) return fault("METRIC_VALUE_INVALID", LOSES_DIGITS, name);
  if (METRICS.get(name)?.kind !== "boolean") return ok(value === 0 ? 0 : value); // −0 reads as 0
  if (value === 0 || value === 1) return ok(value === 1);
  return fault("METRIC_WRONG_TYPE", `${name} is true or false, not ${value}`, name);
}

function booleanValue(name: string, value: boolean): Read {
  if (METRICS.get(name)?.kind !== "number") return ok(value);
  return fault("METRIC_WRONG_TYPE", `${name} is a number, not ${value}`, name);
}

function textValue(name: string, raw: string, isNumberWhereNumeric: boolean): Read {
  const text = trimmed(raw);
  const written = readWritten(text);
  switch (written.kind) {
    case "absent":
      return ok(undefined);
    case "boolean":
      return booleanValue(name, written.value);
    case "number":
      return isNumberWhereNumeric ? numberValue(name, written.value, text) : ok(text);
    case "unclear":
      return fault("METRIC_VALUE_INVALID", `${shown(text)} looks like a number: write it as 1234.5`, name);
    case "text":
      return reallyText(name, text);
  }
}

function reallyText(name: string, text: string): Read {
  const kind = METRICS.get(name)?.kind;
  if (kind === "number") return fault("METRIC_WRONG_TYPE", `${name} is a number, not ${shown(text)}`, name);
  if (kind === "boolean") return fault("METRIC_WRONG_TYPE", `${name} is true or false, not ${shown(text)}`, name);
  if (CONTROL.test(text)) return fault("METRIC_VALUE_INVALID", `${shown(text)} has a control character`, name);
  return isLonger(text, MAX_TEXT_BYTES) ? fault("METRIC_TEXT_TOO_LONG", undefined, name) : ok(text);
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 40));

/** In bytes of UTF-8, of which a UTF-16 unit takes one to three. */
export function isLonger(text: string, maxBytes: number): boolean {
  if (text.length * 3 <= maxBytes) return false;
  return text.length > maxBytes || new TextEncoder().encode(text).length > maxBytes;
}
