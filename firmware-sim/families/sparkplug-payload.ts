/** Writes Sparkplug B payloads, and recognizes the one command that a node obeys. Specification 3.0, chapter 6; protobuf.dev/programming-guides/encoding */

export type SparkplugValue =
  | { readonly type: "double"; readonly value: number }
  | { readonly type: "boolean"; readonly value: boolean }
  | { readonly type: "int64"; readonly value: number }
  | { readonly type: "string"; readonly value: string };

export interface SparkplugMetric {
  /** Left out where the alias of the birth says it. */
  readonly name?: string;
  readonly alias?: number;
  readonly value: SparkplugValue;
}

/** Data types of metrics, and the fields of a metric that hold their values. */
const TYPES = {
  double: { dataType: 10, field: 13 },
  boolean: { dataType: 11, field: 14 },
  int64: { dataType: 4, field: 11 },
  string: { dataType: 12, field: 15 },
} as const;

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;

/** `seq` undefined: NDEATH has none. */
export function sparkplugPayload(atMs: number, metrics: readonly SparkplugMetric[], seq?: number): Buffer {
  return Buffer.concat([
    number(1, atMs),
    ...metrics.map((metric) => bytes(2, encodeMetric(metric, atMs))),
    ...(seq === undefined ? [] : [number(3, seq)]),
  ]);
}

/** `Node Control/Rebirth` is the only command that this node knows. */
export const asksForRebirth = (payload: Buffer): boolean => payload.includes("Node Control/Rebirth");

function encodeMetric({ name, alias, value }: SparkplugMetric, atMs: number): Buffer {
  const { dataType, field } = TYPES[value.type];
  return Buffer.concat([
    ...(name === undefined ? [] : [bytes(1, Buffer.from(name))]),
    ...(alias === undefined ? [] : [number(2, alias)]),
    number(3, atMs),
    number(4, dataType),
    encodeValue(field, value),
  ]);
}

function encodeValue(field: number, value: SparkplugValue): Buffer {
  switch (value.type) {
    case "double": {
      const eight = Buffer.alloc(8);
      eight.writeDoubleLE(value.value);
      return Buffer.concat([varint((field << 3) | FIXED_64), eight]);
    }
    case "boolean":
      return number(field, value.value ? 1 : 0);
    case "int64":
      return number(field, value.value);
    case "string":
      return bytes(field, Buffer.from(value.value));
  }
}

const number = (field: number, value: number): Buffer => Buffer.concat([varint((field << 3) | VARINT), varint(value)]);

const bytes = (field: number, value: Buffer): Buffer =>
  Buffer.concat([varint((field << 3) | BYTES), varint(value.length), value]);

function varint(value: number): Buffer {
  const out: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128);
  out.push(rest);
  return Buffer.from(out);
}
