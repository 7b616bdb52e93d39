/** Writes readings with their ids as BSON, straight into one buffer. */
import { DocumentSequence } from "mongodb/lib/cmap/commands.js";
import type { MetricValue } from "../../../contract/readings.ts";
import { readingId } from "../../../core/model/identity.ts";
import { MetricList, type ReadingMetrics } from "../../../core/model/metric-list.ts";
import { hashOf } from "../format/reading-documents.ts";
import { toStored } from "../format/values.ts";
import type { AssignedReading } from "./id-assignment.ts";

/**
 * The documents of an insert command. Objects for the driver to serialize cost 4 µs a reading of 14 metrics, most of it
 * garbage; this costs 1. A test holds it to what the driver makes of the same documents, byte for byte.
 */
export class ReadingSequence extends DocumentSequence {
  readonly #readings: readonly AssignedReading[];
  readonly #write: WriteSection;

  constructor(readings: readonly AssignedReading[], write: WriteSection) {
    super("documents");
    this.#readings = readings;
    this.#write = write;
  }

  override toBin(): Uint8Array {
    return this.#write(this.#readings);
  }
}

/** The next call overwrites the answer. */
export type WriteSection = (readings: readonly AssignedReading[]) => Uint8Array;

/** bsonspec.org, version 1.1: types of elements. */
const DOUBLE = 0x01;
const STRING = 0x02;
const DOCUMENT = 0x03;
const BINARY = 0x05;
const BOOLEAN = 0x08;
const UTC = 0x09;
const INT32 = 0x10;
const USER_DEFINED = 0x80;

const keyBytes = (name: string): Uint8Array => Buffer.from(`${name}\0`);

const ID = keyBytes("_id");
const DEVICE = keyBytes("device");
const AT = keyBytes("at");
const N = keyBytes("n");
const RECEIVED_AT = keyBytes("receivedAt");
const METRICS = keyBytes("metrics");
const HASH = keyBytes("hash");
const PACKET = keyBytes("packet");
const CLIENT = keyBytes("client");
const PACKET_ID = keyBytes("id");
const ELEMENT = keyBytes("element");
const GENERATION = keyBytes("life");
/** OP_MSG, section kind 1: the kind, four bytes for the size, the name. */
const SECTION = Buffer.concat([Uint8Array.of(1, 0, 0, 0, 0), keyBytes("documents")]);

const FIRST_BYTES = 1 << 20;
/** More than all keys and numbers of a document beside its metrics. */
const MOST_FIXED = 256;
/** Of UTF-8 for one UTF-16 unit. */
const MOST_OF_UNIT = 3;

export function createSectionWriter(): WriteSection {
  let bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  let view = new DataView(bytes.buffer);
  const keysOfNames = new WeakMap<readonly string[], readonly Uint8Array[]>();

  function section(readings: readonly AssignedReading[]): Uint8Array {
    let at = copy(0, SECTION);
    for (const reading of readings) at = document(at, reading);
    view.setInt32(1, at - 1, true);
    return bytes.subarray(0, at);
  }

  function document(from: number, reading: AssignedReading): number {
    const { write, n, cursor } = reading;
    const { deviceId, atMs, receivedAtMs, timed, packet } = write;
    reserve(from, MOST_FIXED + (2 * deviceId.length + (packet?.clientId.length ?? 0)) * MOST_OF_UNIT);
    let at = from + 4;
    at = text(at, ID, readingId(deviceId, atMs, n));
    at = text(at, DEVICE, deviceId);
    at = instant(at, AT, atMs);
    at = number(at, N, n);
    if (receivedAtMs !== atMs) at = instant(at, RECEIVED_AT, receivedAtMs);
    at = metricsOf(at, write.metrics);
    reserve(at, MOST_FIXED + (packet?.clientId.length ?? 0) * MOST_OF_UNIT);
    const hash = hashOf(reading);
    if (hash !== undefined) at = number(at, HASH, hash);
    if (!timed && packet !== undefined) {
      const begun = open(at, PACKET);
      at = text(begun, CLIENT, packet.clientId);
      at = number(at, PACKET_ID, packet.id);
      at = close(begun, number(at, ELEMENT, write.element));
    }
    if (cursor.generation > 0) at = number(at, GENERATION, cursor.generation);
    return close(from + 4, at);
  }

  function metricsOf(from: number, metrics: ReadingMetrics): number {
    const begun = open(from, METRICS);
    let at = begun;
    if (metrics instanceof MetricList) {
      const keys = keysOf(metrics.names);
      for (let index = 0; index < keys.length; index++) {
        const [key, said] = [keys[index], metrics.values[index]];
        if (key !== undefined && said !== undefined) at = value(at, key, said);
      }
    } else for (const [name, said] of metrics) at = value(at, keyBytes(name), said);
    return close(begun, at);
  }

  function keysOf(names: readonly string[]): readonly Uint8Array[] {
    const known = keysOfNames.get(names);
    if (known !== undefined) return known;
    const keys = names.map(keyBytes);
    keysOfNames.set(names, keys);
    return keys;
  }

  function value(at: number, key: Uint8Array, said: MetricValue): number {
    reserve(at, key.length + 32 + (typeof said === "string" ? said.length * MOST_OF_UNIT : 0));
    if (typeof said === "number") return number(at, key, said);
    if (typeof said === "string") return textOrBinary(at, key, said);
    const behind = header(at, BOOLEAN, key);
    bytes[behind] = said ? 1 : 0;
    return behind + 1;
  }

  function textOrBinary(at: number, key: Uint8Array, said: string): number {
    const stored = toStored(said);
    if (typeof stored !== "object") return text(at, key, said);
    const behind = header(at, BINARY, key);
    view.setInt32(behind, stored.position, true);
    bytes[behind + 4] = USER_DEFINED;
    bytes.set(stored.buffer.subarray(0, stored.position), behind + 5);
    return behind + 5 + stored.position;
  }

  /** An integer of 32 bits, or a double, as the driver does. */
  function number(at: number, key: Uint8Array, said: number): number {
    if ((said | 0) === said && !Object.is(said, -0)) {
      const behind = header(at, INT32, key);
      view.setInt32(behind, said, true);
      return behind + 4;
    }
    const behind = header(at, DOUBLE, key);
    view.setFloat64(behind, said, true);
    return behind + 8;
  }

  function instant(at: number, key: Uint8Array, ms: number): number {
    const behind = header(at, UTC, key);
    view.setUint32(behind, ms >>> 0, true);
    view.setInt32(behind + 4, Math.floor(ms / 2 ** 32), true);
    return behind + 8;
  }

  function text(at: number, key: Uint8Array, said: string): number {
    const behind = header(at, STRING, key);
    const from = behind + 4;
    let end = from;
    for (let index = 0; index < said.length; index++) {
      const unit = said.charCodeAt(index);
      if (unit > 127) {
        end = from + bytes.write(said, from, "utf8");
        break;
      }
      bytes[end++] = unit;
    }
    bytes[end++] = 0;
    view.setInt32(behind, end - from, true);
    return end;
  }

  /** Where its elements begin. */
  const open = (at: number, key: Uint8Array): number => header(at, DOCUMENT, key) + 4;

  /** `begun`: behind its size. */
  function close(begun: number, end: number): number {
    bytes[end] = 0;
    view.setInt32(begun - 4, end + 1 - (begun - 4), true);
    return end + 1;
  }

  function header(at: number, type: number, key: Uint8Array): number {
    bytes[at] = type;
    return copy(at + 1, key);
  }

  /** They are short: a call of `set` costs more. */
  function copy(at: number, from: Uint8Array): number {
    for (let index = 0; index < from.length; index++) bytes[at + index] = from[index] ?? 0;
    return at + from.length;
  }

  function reserve(at: number, more: number): void {
    if (at + more <= bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * bytes.length, at + more));
    larger.set(bytes.subarray(0, at));
    bytes = larger;
    view = new DataView(bytes.buffer);
  }

  return section;
}
