/** Reads the most common payload, one flat JSON object of plain values, in one pass over its bytes. Declines everything else. */

import { METRICS, type MetricKind } from "../../contract/metrics.ts";
import type { MetricValue } from "../../contract/readings.ts";
import type { ParsedReading } from "../../core/dialects/parsed-message.ts";
import { setCached } from "../../core/model/bounded-map.ts";
import { isMetricName } from "../../core/model/device-id.ts";
import { createNameLists, MAX_METRICS, MetricList } from "../../core/model/metric-list.ts";
import { MAX_TEXT_BYTES } from "../../core/model/metric-value.ts";

/**
 * Undefined: not such a payload (nested, a list, escapes, null, other than ASCII, duplicate or unknown names, a value
 * that would be converted, left out or refused, not JSON at all), and the general reader has to judge it. Where this one
 * answers, it answers what the general reader would. Parsing, checking and writing again cost 14 µs a reading of 14
 * metrics, this pass 3: the difference is half of what a reading costs the main thread.
 */
export type ReadFlat = (bytes: Uint8Array) => ParsedReading | undefined;

interface Key {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly isInstant: boolean;
  readonly kind: MetricKind | undefined;
}

/** Digits that a double holds exactly, so that dividing by a power of ten rounds once. */
const MAX_EXACT_DIGITS = 15;
const MAX_KNOWN_KEYS = 1_000;
const POWERS = Float64Array.from({ length: MAX_EXACT_DIGITS + 1 }, (_, power) => 10 ** power);
/** Keys that are named like metrics and are not metrics. */
const OTHER_MEANING: ReadonlySet<string> = new Set(["deviceId", "values", "receivedAt"]);
const INSTANT: ReadonlySet<string> = new Set(["timestamp", "ts", "time"]);

const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const BACKSLASH = 92;
const OPEN = 123;
const CLOSE = 125;
/** The bit by which a small letter differs from its capital. */
const LOWER = 32;
const LOWER_A = 97;
const LOWER_F = 102;
const LOWER_T = 116;
const LOWER_Z = 122;
const TRUE = Uint8Array.of(116, 114, 117, 101);
const FALSE = Uint8Array.of(102, 97, 108, 115, 101);

/** Positions and numbers are passed as arguments and in a typed cell: a closure's variables would be boxed each time. */
export function createFlatReader(): ReadFlat {
  const known = new Map<string, Key>();
  /** The keys of the former payload, by index: boards send the same keys in the same order. */
  const expected: Key[] = [];
  const cell = new Float64Array(1);
  const sharedNamesOf = createNameLists();
  /** Of the former payload. */
  let former: readonly string[] = [];

  return (bytes) => {
    let at = skipSpace(bytes, 0);
    if (bytes[at] !== OPEN) return undefined;
    const first = ++at;
    const values: MetricValue[] = [];
    /** The names so far, where they are not those of the former payload. */
    let names: string[] | undefined;
    let instant: { said: MetricValue; from: number; to: number } | undefined;
    for (let index = 0; ; index++) {
      const from = at;
      at = skipSpace(bytes, at);
      const key = keyAt(bytes, at, index);
      if (key === undefined) return undefined;
      at = skipSpace(bytes, at + key.bytes.length + 2);
      if (bytes[at] !== COLON) return undefined;
      at = skipSpace(bytes, at + 1);
      const valueFrom = at;
      at = valueEnd(bytes, at);
      if (at < 0) return undefined;
      const value = readValue(bytes, valueFrom, at);
      at = skipSpace(bytes, at);
      const end = bytes[at++];
      if (end !== COMMA && end !== CLOSE) return undefined;
      if (key.isInstant) {
        if (instant !== undefined || typeof value === "boolean") return undefined;
        instant = { said: value, from, to: at };
      } else {
        if (key.kind !== undefined && typeof value !== key.kind) return undefined;
        if (typeof value === "string" && !staysText(value)) return undefined;
        if (names === undefined && former[values.length] !== key.name) names = former.slice(0, values.length);
        names?.push(key.name);
        if (values.push(value) > MAX_METRICS) return undefined;
      }
      if (end === CLOSE) break;
    }
    if (values.length === 0 || skipSpace(bytes, at) !== bytes.length) return undefined;
    if (values.length !== former.length) names ??= former.slice(0, values.length);
    const shared = names === undefined ? former : sharedNamesOf(names);
    if (shared === undefined) return undefined; // a name came twice
    former = shared;
    return {
      said: instant?.said,
      metrics: new MetricList(shared, values),
      body: bodyOf(bytes, first, at, instant),
      element: 0,
    };
  };

  /** The key whose opening quote is at `at`. */
  function keyAt(bytes: Uint8Array, at: number, index: number): Key | undefined {
    if (bytes[at] !== QUOTE) return undefined;
    const former = expected[index];
    if (
      former !== undefined &&
      standsAt(bytes, at + 1, former.bytes) &&
      bytes[at + 1 + former.bytes.length] === QUOTE
    ) {
      return former;
    }
    const key = lookUp(bytes.subarray(at + 1, bytes.indexOf(QUOTE, at + 1)));
    if (key !== undefined && index < MAX_METRICS) expected[index] = key;
    return key;
  }

  function lookUp(bytes: Uint8Array): Key | undefined {
    const name = ascii(bytes, 0, Math.min(bytes.length, 65));
    const former = known.get(name);
    if (former !== undefined) return former;
    if (!isMetricName(name) || OTHER_MEANING.has(name)) return undefined;
    const key = { name, bytes: new Uint8Array(bytes), isInstant: INSTANT.has(name), kind: METRICS.get(name)?.kind };
    setCached(known, name, key, MAX_KNOWN_KEYS);
    return key;
  }

  /** Behind the value, or −1; a number is left in the cell. */
  function valueEnd(bytes: Uint8Array, at: number): number {
    const code = bytes[at] ?? 0;
    if (code === QUOTE) return textEnd(bytes, at + 1);
    if (code === LOWER_T) return standsAt(bytes, at, TRUE) ? at + TRUE.length : -1;
    if (code === LOWER_F) return standsAt(bytes, at, FALSE) ? at + FALSE.length : -1;
    return numberEnd(bytes, at, cell);
  }

  function readValue(bytes: Uint8Array, from: number, to: number): MetricValue {
    const code = bytes[from];
    if (code === QUOTE) return ascii(bytes, from + 1, to - 1);
    if (code === LOWER_T || code === LOWER_F) return code === LOWER_T;
    return cell[0] ?? 0;
  }
}

/** Longer words are always texts. */
const MAX_WORD = 8;
const WORDS: ReadonlySet<string> = new Set([
  "null",
  "none",
  "nan",
  "na",
  "n/a",
  "true",
  "false",
  "on",
  "off",
  "inf",
  "infinity",
]);

/** Begins with a letter, does not end with a space, and is no word for a truth value, a number or nothing. */
function staysText(text: string): boolean {
  const first = text.charCodeAt(0) | LOWER;
  if (!(first >= LOWER_A && first <= LOWER_Z) || text.endsWith(" ")) return false;
  return text.length > MAX_WORD || !WORDS.has(text.toLowerCase());
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length) {
    const code = bytes[at];
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) break;
    at++;
  }
  return at;
}

function standsAt(bytes: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let index = 0; index < word.length; index++) if (bytes[at + index] !== word[index]) return false;
  return true;
}

/** Behind the closing quote, or −1: an escape, a control character, other than ASCII, too long, or no end. */
function textEnd(bytes: Uint8Array, from: number): number {
  for (let at = from; at <= from + MAX_TEXT_BYTES; at++) {
    const code = bytes[at] ?? 0;
    if (code === QUOTE) return at + 1;
    if (code < 32 || code > 126 || code === BACKSLASH) return -1;
  }
  return -1;
}

/** RFC 8259, section 6, without exponents and with no more digits than a double holds exactly; −1: something else. */
function numberEnd(bytes: Uint8Array, from: number, cell: Float64Array): number {
  const negative = bytes[from] === MINUS;
  const digitsFrom = negative ? from + 1 : from;
  let at = digitsFrom;
  let code = bytes[at] ?? 0;
  let mantissa = 0;
  while (code >= ZERO && code <= NINE) {
    mantissa = mantissa * 10 + (code - ZERO);
    code = bytes[++at] ?? 0;
  }
  const whole = at - digitsFrom;
  if (whole === 0 || (whole > 1 && bytes[digitsFrom] === ZERO)) return -1;
  let decimals = 0;
  if (code === DOT) {
    code = bytes[++at] ?? 0;
    while (code >= ZERO && code <= NINE) {
      mantissa = mantissa * 10 + (code - ZERO);
      decimals++;
      code = bytes[++at] ?? 0;
    }
    if (decimals === 0) return -1;
  }
  if (whole + decimals > MAX_EXACT_DIGITS || code === 101 || code === 69) return -1;
  const size = mantissa / (POWERS[decimals] ?? 1);
  cell[0] = negative && size !== 0 ? -size : size; // −0 reads as 0
  return at;
}

/** The object without its instant: the member goes with the comma behind it, or, where it is last, before it. */
function bodyOf(
  bytes: Uint8Array,
  first: number,
  last: number,
  instant: { from: number; to: number } | undefined,
): readonly Uint8Array[] {
  if (instant === undefined) return [bytes.subarray(first - 1, last)];
  if (instant.to === last) return [bytes.subarray(first - 1, instant.from - 1), END];
  return [bytes.subarray(first - 1, instant.from), bytes.subarray(instant.to, last)];
}

const END = Uint8Array.of(CLOSE);
const decoder = new TextDecoder();

const ascii = (bytes: Uint8Array, from: number, to: number): string => decoder.decode(bytes.subarray(from, to));
