/**
 * Reads and writes the fields of a Sparkplug B payload (Protocol Buffers). The numbers are those of the payload's definition; what
 * the hub does not use (metadata, data sets, templates) is skipped. [Sparkplug 3.0, 6.4]
 */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { DATATYPE } from "./datatype.ts";
import { aliasOf, type MetricProperties, type RawValue, type SparkplugMetric } from "./sparkplug-metric.ts";

export interface SparkplugPayload {
  /** Epoch ms. */
  readonly timestampMs: number | undefined;
  readonly metrics: readonly SparkplugMetric[];
  /** Metrics that came beyond those that are read. */
  readonly leftOut: number;
  readonly seq: number | undefined;
  readonly uuid: string | undefined;
  readonly body: Uint8Array | undefined;
}

/** More than a device may have, so that those beyond its limit can be named. */
const MAX_METRICS_READ = 2_048;
const MAX_PROPERTIES_READ = 64;
/** Of a payload and all messages in it: what means harm has millions, of two bytes each. */
const MAX_FIELDS = 300_000;

interface Fields {
  left: number;
}

const PAYLOAD = { timestamp: 1, metric: 2, seq: 3, uuid: 4, body: 5 } as const;
const METRIC = {
  name: 1,
  alias: 2,
  timestamp: 3,
  datatype: 4,
  isHistorical: 5,
  isTransient: 6,
  isNull: 7,
  properties: 9,
  int: 10,
  long: 11,
  float: 12,
  double: 13,
  boolean: 14,
  string: 15,
  /** Bytes, data set, template, extension. */
  others: [16, 17, 18, 19],
} as const;
const PROPERTIES = { key: 1, value: 2 } as const;
const PROPERTY = { isNull: 2, int: 3, long: 4, float: 5, double: 6, string: 8 } as const;

/** Throws where the bytes are no Protocol Buffers; `where` says how far they could be read. */
export function readPayload(bytes: Uint8Array): SparkplugPayload {
  const reader = new BinaryReader(bytes);
  const metrics: SparkplugMetric[] = [];
  const found: { -readonly [Key in "timestampMs" | "seq" | "uuid" | "body"]: SparkplugPayload[Key] } = {
    timestampMs: undefined,
    seq: undefined,
    uuid: undefined,
    body: undefined,
  };
  let count = 0;
  let isKnown = false;
  const fields: Fields = { left: MAX_FIELDS };
  eachField(reader, bytes.length, fields, (field, wire) => {
    if (wire === WireType.Varint && field === PAYLOAD.timestamp) found.timestampMs = numberOf(reader);
    else if (wire === WireType.Varint && field === PAYLOAD.seq) found.seq = numberOf(reader);
    else if (wire !== WireType.LengthDelimited) return false;
    else if (field === PAYLOAD.uuid) found.uuid = reader.string();
    else if (field === PAYLOAD.body) found.body = reader.bytes();
    else if (field !== PAYLOAD.metric) return false;
    else if (++count > MAX_METRICS_READ) reader.skip(wire);
    else metrics.push(readMetric(reader, fields));
    isKnown = true;
    return true;
  });
  if (!isKnown) throw new Error("no field of a payload");
  return { ...found, metrics, leftOut: Math.max(0, count - MAX_METRICS_READ) };
}

function readMetric(reader: BinaryReader, fields: Fields): SparkplugMetric {
  const metric: { -readonly [Key in keyof SparkplugMetric]: SparkplugMetric[Key] } = {
    name: undefined,
    alias: undefined,
    timestampMs: undefined,
    datatype: undefined,
    isHistorical: false,
    isTransient: false,
    isNull: false,
    properties: undefined,
    value: undefined,
  };
  eachField(reader, endOf(reader), fields, (field, wire) => {
    const value = readValue(reader, field, wire);
    if (value !== undefined) metric.value = value;
    else if (wire === WireType.Varint && field === METRIC.alias) metric.alias = aliasOf(BigInt(reader.uint64()));
    else if (wire === WireType.Varint && field === METRIC.timestamp) metric.timestampMs = numberOf(reader);
    else if (wire === WireType.Varint && field === METRIC.datatype) metric.datatype = reader.uint32();
    else if (wire === WireType.Varint && field === METRIC.isHistorical) metric.isHistorical = reader.bool();
    else if (wire === WireType.Varint && field === METRIC.isTransient) metric.isTransient = reader.bool();
    else if (wire === WireType.Varint && field === METRIC.isNull) metric.isNull = reader.bool();
    else if (wire === WireType.LengthDelimited && field === METRIC.name) metric.name = reader.string();
    else if (wire === WireType.LengthDelimited && field === METRIC.properties)
      metric.properties = readProperties(reader, fields);
    else return false;
    return true;
  });
  return metric;
}

/** Undefined: the field is no value. */
function readValue(reader: BinaryReader, field: number, wire: WireType): RawValue | undefined {
  if (wire === WireType.Varint && field === METRIC.int) return { kind: "int", value: reader.uint32() };
  if (wire === WireType.Varint && field === METRIC.long) return { kind: "long", value: BigInt(reader.uint64()) };
  if (wire === WireType.Varint && field === METRIC.boolean) return { kind: "boolean", value: reader.bool() };
  if (wire === WireType.Bit32 && field === METRIC.float) return { kind: "float", value: reader.float() };
  if (wire === WireType.Bit64 && field === METRIC.double) return { kind: "double", value: reader.double() };
  if (wire !== WireType.LengthDelimited) return undefined;
  if (field === METRIC.string) return { kind: "string", value: reader.string() };
  if (!METRIC.others.some((each) => each === field)) return undefined;
  reader.skip(wire);
  return { kind: "other" };
}

/** Two lists of the same length: names, and their values. */
function readProperties(reader: BinaryReader, fields: Fields): MetricProperties {
  const keys: string[] = [];
  const values: (string | number | undefined)[] = [];
  eachField(reader, endOf(reader), fields, (field, wire) => {
    if (wire !== WireType.LengthDelimited) return false;
    if (field === PROPERTIES.key && keys.length < MAX_PROPERTIES_READ) keys.push(reader.string());
    else if (field === PROPERTIES.value && values.length < MAX_PROPERTIES_READ)
      values.push(readProperty(reader, fields));
    else return false;
    return true;
  });
  return new Map(keys.map((key, index) => [key.toLowerCase(), values[index]]));
}

/** Undefined: it has none that is a number or text. */
function readProperty(reader: BinaryReader, fields: Fields): string | number | undefined {
  let isNull = false;
  let value: string | number | undefined;
  eachField(reader, endOf(reader), fields, (field, wire) => {
    if (wire === WireType.Varint && field === PROPERTY.isNull) isNull = reader.bool();
    else if (wire === WireType.Varint && field === PROPERTY.int) value = reader.int32();
    else if (wire === WireType.Varint && field === PROPERTY.long) value = Number(reader.int64());
    else if (wire === WireType.Bit32 && field === PROPERTY.float) value = reader.float();
    else if (wire === WireType.Bit64 && field === PROPERTY.double) value = reader.double();
    else if (wire === WireType.LengthDelimited && field === PROPERTY.string) value = reader.string();
    else return false;
    return true;
  });
  return isNull ? undefined : value;
}

/** `take` answers false where it did not read the field. */
function eachField(
  reader: BinaryReader,
  end: number,
  fields: Fields,
  take: (field: number, wire: WireType) => boolean,
): void {
  while (reader.pos < end) {
    if (fields.left-- <= 0) throw new Error("too many fields");
    const [field, wire] = reader.tag();
    // Sparkplug has no groups; what begins one is most likely text.
    if (wire === WireType.StartGroup || wire === WireType.EndGroup) throw new Error("a group");
    if (!take(field, wire)) reader.skip(wire, field);
    if (reader.pos > end) throw new Error("a field is longer than its message");
  }
}

/** Of a message within the message, whose length comes next. */
function endOf(reader: BinaryReader): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new Error("a message is longer than the payload");
  return end;
}

const numberOf = (reader: BinaryReader): number => Number(reader.uint64());

/** Asks an edge node for its BIRTH messages. [Sparkplug 3.0, 6.4.24] */
export function rebirthRequest(nowMs: number): Uint8Array {
  const writer = new BinaryWriter().tag(PAYLOAD.timestamp, WireType.Varint).uint64(nowMs);
  writer.tag(PAYLOAD.metric, WireType.LengthDelimited).fork();
  writer.tag(METRIC.name, WireType.LengthDelimited).string("Node Control/Rebirth");
  writer.tag(METRIC.timestamp, WireType.Varint).uint64(nowMs);
  writer.tag(METRIC.datatype, WireType.Varint).uint32(DATATYPE.boolean);
  writer.tag(METRIC.boolean, WireType.Varint).bool(true);
  return writer.join().finish();
}
