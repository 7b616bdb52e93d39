/** The data types of Sparkplug, and the value that a field means by its type. [Sparkplug 3.0, 6.4.16] */

import { MAX_INSTANT_MS } from "../../contract/epoch.ts";
import type { MetricKind } from "../../contract/metrics.ts";
import type { MetricValue } from "../../contract/readings.ts";
import type { RawValue } from "./sparkplug-metric.ts";

export const DATATYPE = {
  int8: 1,
  int16: 2,
  int32: 3,
  int64: 4,
  uint8: 5,
  uint16: 6,
  uint32: 7,
  uint64: 8,
  float: 9,
  double: 10,
  boolean: 11,
  string: 12,
  dateTime: 13,
  text: 14,
  uuid: 15,
  dataSet: 16,
  bytes: 17,
  file: 18,
  template: 19,
} as const;

/** The last of those that are lists: of numbers, texts and instants. */
const LAST = 34;
const NAMES: ReadonlyMap<number, string> = new Map([
  [DATATYPE.dataSet, "a data set"],
  [DATATYPE.bytes, "bytes"],
  [DATATYPE.file, "a file"],
  [DATATYPE.template, "a template"],
]);

/** `a data set`; undefined: the hub understands the type. */
export function notUnderstood(datatype: number): string | undefined {
  if (datatype >= DATATYPE.int8 && datatype <= DATATYPE.uuid) return undefined;
  return NAMES.get(datatype) ?? (datatype > DATATYPE.template && datatype <= LAST ? "a list" : `of type ${datatype}`);
}

export function kindOf(datatype: number): MetricKind {
  if (datatype === DATATYPE.boolean) return "boolean";
  return datatype <= DATATYPE.double ? "number" : "text";
}

/** Bits of the signed types: the payload holds their values without a sign. */
const SIGNED: ReadonlyMap<number, number> = new Map([
  [DATATYPE.int8, 8],
  [DATATYPE.int16, 16],
  [DATATYPE.int32, 32],
  [DATATYPE.int64, 64],
]);

/**
 * Undefined: there is none, or which one is meant cannot be told. `datatype` undefined: no BIRTH said it; then only a value that is
 * the same for each type counts.
 */
export function metricValueOf(raw: RawValue, datatype: number | undefined): MetricValue | undefined {
  switch (raw.kind) {
    case "string":
    case "boolean":
      return raw.value;
    case "float":
      return Number.isNaN(raw.value) ? undefined : shortest(raw.value);
    case "double":
      return Number.isNaN(raw.value) ? undefined : raw.value;
    case "int":
      return wholeOf(BigInt(raw.value), 32, datatype);
    case "long":
      return wholeOf(raw.value, 64, datatype);
    case "other":
      return undefined;
  }
}

function wholeOf(value: bigint, bits: number, datatype: number | undefined): MetricValue | undefined {
  if (datatype === undefined) return value < 1n << BigInt(bits - 1) ? Number(value) : undefined;
  if (datatype === DATATYPE.boolean) return value !== 0n;
  if (datatype === DATATYPE.dateTime) return instantOf(Number(value));
  const signed = SIGNED.get(datatype);
  return Number(signed === undefined ? value : BigInt.asIntN(Math.min(signed, bits), value));
}

const instantOf = (ms: number): string | undefined => (ms <= MAX_INSTANT_MS ? new Date(ms).toISOString() : undefined);

/** The shortest decimal number of which a float of 32 bits is the nearest: 12.3, not 12.300000190734863. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}
