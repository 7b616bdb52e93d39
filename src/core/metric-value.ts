/** Decides what one value from the wire is: number, boolean, text, or none. Knows the catalogue; knows no topic. */
import { METRICS } from "../contract/metrics.ts";
import type { MetricValue } from "../contract/readings.ts";
import { fault, ok, type Result } from "./result.ts";

const MAX_TEXT_BYTES = 256;
const NUMERIC = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;

/** A value inside JSON: `23.5`, `true`, `"auto"`. */
export function jsonValue(name: string, value: unknown): Result<MetricValue> {
  switch (typeof value) {
    case "number":
      return numberValue(name, value);
    case "boolean":
      return booleanValue(name, value);
    case "string":
      return textValue(name, value);
    default:
      return fault("METRIC_VALUE_INVALID", Array.isArray(value) ? "a list is no value" : undefined, name);
  }
}

/** A plain payload that is the value itself: `23.5`, `true`, `ON`, `auto`. */
export function plainValue(name: string, text: string): Result<MetricValue> {
  if (NUMERIC.test(text)) return numberValue(name, Number(text));
  const truth = plainBoolean(text);
  if (truth !== undefined) return booleanValue(name, truth);
  if (NOT_FINITE.test(text)) return fault("METRIC_VALUE_INVALID", `${text} is not a finite number`, name);
  return textValue(name, text);
}

function numberValue(name: string, value: number): Result<MetricValue> {
  if (!Number.isFinite(value)) return fault("METRIC_VALUE_INVALID", "the number is not finite", name);
  if (METRICS.get(name)?.kind !== "boolean") return ok(value === 0 ? 0 : value); // −0 reads as 0
  if (value === 0 || value === 1) return ok(value === 1);
  return fault("METRIC_WRONG_TYPE", `${name} is true or false, not ${value}`, name);
}

function booleanValue(name: string, value: boolean): Result<MetricValue> {
  if (METRICS.get(name)?.kind !== "number") return ok(value);
  return fault("METRIC_WRONG_TYPE", `${name} is a number, not ${value}`, name);
}

function textValue(name: string, text: string): Result<MetricValue> {
  const kind = METRICS.get(name)?.kind;
  if (kind === "number") {
    return NUMERIC.test(text)
      ? numberValue(name, Number(text))
      : fault("METRIC_WRONG_TYPE", `${name} is a number, not ${JSON.stringify(text.slice(0, 40))}`, name);
  }
  if (kind === "boolean") {
    const truth = plainBoolean(text) ?? (text === "1" ? true : text === "0" ? false : undefined);
    return truth !== undefined
      ? ok(truth)
      : fault("METRIC_WRONG_TYPE", `${name} is true or false, not ${JSON.stringify(text.slice(0, 40))}`, name);
  }
  return isLonger(text, MAX_TEXT_BYTES) ? fault("METRIC_TEXT_TOO_LONG", undefined, name) : ok(text);
}

function plainBoolean(text: string): boolean | undefined {
  if (text === "true" || text === "ON" || text === "on") return true;
  if (text === "false" || text === "OFF" || text === "off") return false;
  return undefined;
}

/** In bytes of UTF-8, of which a UTF-16 unit takes one to three. */
export function isLonger(text: string, maxBytes: number): boolean {
  if (text.length * 3 <= maxBytes) return false;
  return text.length > maxBytes || new TextEncoder().encode(text).length > maxBytes;
}
