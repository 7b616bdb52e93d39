/** What values are to an expression, as Python has it, whose rules Jinja follows: truth, text, number, order. */
import { readWritten, trimmed } from "../model/written-value.ts";

/** No value: a path that is not there. */
export const ABSENT = Symbol("absent");

/** JSON, or `ABSENT`. */
export type Value = unknown;

export type ObjectValue = { readonly [key: string]: unknown };

export const isObject = (value: Value): value is ObjectValue =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function isTrue(value: Value): boolean {
  if (value === ABSENT || value === null || value === undefined) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (isObject(value)) return hasKeys(value);
  return Boolean(value);
}

function hasKeys(value: ObjectValue): boolean {
  for (const key in value) if (Object.hasOwn(value, key)) return true;
  return false;
}

/** For arithmetic: true and false are 1 and 0. Undefined: it is none. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "boolean" ? Number(value) : undefined;
}

/** As `float(x)` reads it. Undefined: it is none; `ABSENT`: it says that there is no value. */
export function readNumber(value: Value): number | undefined | typeof ABSENT {
  if (value === ABSENT || value === null || value === undefined) return ABSENT;
  if (typeof value !== "string") return numberOf(value);
  const written = readWritten(trimmed(value));
  if (written.kind === "absent") return ABSENT;
  return written.kind === "number" && Number.isFinite(written.value) ? written.value : undefined;
}

/** As a template writes it. Undefined: too large for one. */
export function textOf(value: Value): string | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return String(value);
    case "boolean":
      return value ? "True" : "False";
    default:
      return value === null ? "None" : jsonOf(value);
  }
}

/** Undefined: it has none, as what nests too deep. */
export function jsonOf(value: Value): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** Undefined: they cannot be compared. */
export function isEqual(a: Value, b: Value): boolean | undefined {
  if (typeof a === "object" && a !== null && typeof b === "object" && b !== null) return undefined;
  const [left, right] = [numberOf(a), numberOf(b)];
  return left !== undefined && right !== undefined ? left === right : a === b;
}

/** Negative, 0 or positive; undefined: they have no order. */
export function orderOf(a: Value, b: Value): number | undefined {
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== undefined && right !== undefined) return left - right;
  if (typeof a !== "string" || typeof b !== "string") return undefined;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Of an object or a list, by name or index; a list counts from its end below 0. Nothing that was inherited. */
export function elementOf(of: Value, key: Value): Value {
  if (typeof of === "string" || Array.isArray(of)) {
    if (typeof key !== "number" || !Number.isInteger(key)) return ABSENT;
    return of[key < 0 ? of.length + key : key] ?? ABSENT;
  }
  if (!isObject(of) || typeof key !== "string" || !Object.hasOwn(of, key)) return ABSENT;
  return of[key];
}
