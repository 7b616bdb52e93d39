/** Decides what a text says: a number, true or false, nothing, or itself. One rule for MQTT, JSON and CSV. */

export type Written =
  /** The device or the file says that there is no value. */
  | { readonly kind: "absent" }
  | { readonly kind: "boolean"; readonly value: boolean }
  /** The number may be infinite, or one that loses digits. */
  | { readonly kind: "number"; readonly value: number }
  /** It is meant as a number, and which one cannot be told for certain. */
  | { readonly kind: "unclear" }
  | { readonly kind: "text" };

/** `text`: without white space at its ends (`trimmed`). */
export function readWritten(text: string): Written {
  if (ABSENT.test(text)) return { kind: "absent" };
  const truth = text.length <= LONGEST_TRUTH ? TRUTHS.get(text.toLowerCase()) : undefined;
  if (truth !== undefined) return { kind: "boolean", value: truth };
  if (NUMERIC.test(text)) return { kind: "number", value: Number(text) };
  if (text.length <= MAX_NUMBER_CHARS && UNCLEAR.some((pattern) => pattern.test(text))) return { kind: "unclear" };
  return { kind: "text" };
}

/** What programs and sensors write where they have no value. */
const ABSENT = /^(null|NULL|None|[+-]?(nan|NaN|NAN)|NA|N\/A)?$/;

const LONGEST_TRUTH = 5;
const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["on", true],
  ["false", false],
  ["off", false],
]);

/** With a decimal point, as JSON and programming languages write it; a plus, `.5` and `5.` are taken too. */
const NUMERIC = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** A longer text is not meant as a number, and no pattern has to look at it. */
const MAX_NUMBER_CHARS = 64;

/** As people and spreadsheets write numbers. Not `1.2.3`, `12:30` or `192.168.0.1`. */
const UNCLEAR = [
  /^[+-]?\d*,\d+$/, // 23,5  1,234
  /^[+-]?\d{1,3}(,\d{3}){2,}$/, // 1,234,567
  /^[+-]?\d{1,3}(,\d{3})+\.\d+$/, // 1,234.5
  /^[+-]?\d{1,3}(\.\d{3})+,\d+$/, // 1.234,5
  /^[+-]?\d{1,3}(['’\u00a0\u202f]\d{3})+([.,]\d+)?$/, // 1'234
  /^[+-]?\d{1,3}( \d{3})+[.,]\d+$/, // 1 234,5
  /^\u2212\d+([.,]\d+)?$/, // −3
  /^[+-]?inf(inity)?$/i,
];

const DECIMAL_COMMA = /^[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?([eE][+-]?\d+)?$/;

/** A number with a decimal comma and, perhaps, points between its thousands: `23,5`, `1.234,5`. Undefined: it is none. */
export const readDecimalComma = (text: string): number | undefined =>
  DECIMAL_COMMA.test(text) ? Number(text.replaceAll(".", "").replace(",", ".")) : undefined;

/** JSON and JavaScript write whole numbers below it digit by digit, so that wrong digits would look right. */
const WRITTEN_WHOLE_BELOW = 1e21;

/** A whole number beyond 2^53, of which a double holds only some. `written`: as it came, where that is known. */
export const losesDigits = (value: number, written?: string): boolean =>
  Number.isInteger(value) &&
  !Number.isSafeInteger(value) &&
  Math.abs(value) < WRITTEN_WHOLE_BELOW &&
  String(value) !== written;

/** Up to 2^53 - 1, written out: the first `toLocaleString` of each thread takes 13 ms of a start. */
export const LOSES_DIGITS = "whole numbers are exact up to 9,007,199,254,740,991: send a larger one as text";

/** C strings are often sent with the NUL that ends them. */
const END = /[\s\0]/;

export function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && END.test(text.charAt(from))) from++;
  while (to > from && END.test(text.charAt(to - 1))) to--;
  return text.slice(from, to);
}
