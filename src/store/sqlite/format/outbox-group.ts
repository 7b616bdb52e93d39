/**
 * The format of a group of writes, and of the outcomes that MongoDB decided, in an outbox record: version 2 (docs/storage-
 * format.md). The names here are stored: names in memory may change, these may not.
 */
import type { AttributeValue, DeviceId } from "../../../contract/readings.ts";
import type { KeptMessage } from "../../../core/ports/broker-state.ts";
import type { ReadingWrite, Write, WriteOutcome, WritesOfMessage } from "../../../core/ports/writes.ts";
import { type ReadTables, type RecordTables, readEntry, type StoredEntry, storedEntry } from "./outbox-entry.ts";
import { bodyBytes, READING_BYTES, readReading, writeBody, writeReading } from "./outbox-reading.ts";

/**
 * The length of the JSON, the JSON, the rows of the readings, the bytes of the kept messages, and the bodies of the
 * readings.
 */
interface StoredGroup {
  /** Device ids, client ids, topics, filters, each once: others are indexes of these. */
  readonly texts: readonly string[];
  readonly kept: readonly StoredMessage[];
  readonly readings: number;
  readonly messages: readonly (readonly StoredWrite[])[];
}

interface StoredMessage {
  readonly topic: number;
  readonly publisher?: number | undefined;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly expiresAtMs?: number | undefined;
  readonly propertiesBytes: number;
  readonly payloadBytes: number;
}

/** A number is a reading: the index of its row. */
type StoredWrite =
  | number
  | {
      readonly kind: "attributes";
      readonly device: number;
      readonly receivedAtMs: number;
      readonly patch: readonly (readonly [string, AttributeValue | null])[];
      readonly clockSuspect?: boolean | undefined;
    }
  | { readonly kind: "status"; readonly device: number; readonly receivedAtMs: number; readonly online: boolean }
  | { readonly kind: "journal"; readonly entry: StoredEntry };

/** `n`, `"duplicate"`, or why it was refused. */
type StoredOutcome = number | "duplicate" | { readonly refused: string };

const LENGTH_BYTES = 4;

/** Returns a buffer that may be transferred. */
export function storedGroup(messages: readonly WritesOfMessage[]): Uint8Array<ArrayBuffer> {
  const texts = new Map<string, number>();
  const kept = new Map<KeptMessage, number>();
  const tables: RecordTables = {
    text: (text) => indexIn(texts, text),
    message: (message) => indexIn(kept, message),
  };
  const readings: ReadingWrite[] = [];
  const stored = messages.map((writes) => writes.map((write) => storedWrite(write, tables, readings)));
  const rows = rowsOf(readings, tables);
  const keptMessages = [...kept.keys()];
  const json: StoredGroup = {
    kept: keptMessages.map((message) => storedMessage(message, tables)),
    readings: readings.length,
    messages: stored,
    texts: [...texts.keys()], // the last: the others add to it
  };
  const bodies = [
    ...keptMessages.flatMap(({ properties, payload }) => [[properties], [payload]]),
    ...readings.map(({ body }) => body),
  ];
  return bytesOf(JSON.stringify(json), rows, bodies);
}

function rowsOf(readings: readonly ReadingWrite[], { text }: RecordTables): Uint8Array {
  const rows = new Uint8Array(readings.length * READING_BYTES);
  const view = new DataView(rows.buffer);
  for (let index = 0; index < readings.length; index++) {
    const reading = readings[index];
    if (reading !== undefined) writeReading(reading, view, index * READING_BYTES, text);
  }
  return rows;
}

function bytesOf(json: string, rows: Uint8Array, bodies: readonly ReadingWrite["body"][]): Uint8Array<ArrayBuffer> {
  const jsonBytes = Buffer.byteLength(json);
  const length = bodies.reduce((sum, body) => sum + bodyBytes(body), LENGTH_BYTES + jsonBytes + rows.length);
  const bytes = Buffer.from(new ArrayBuffer(length));
  bytes.writeUInt32LE(jsonBytes);
  let at = writeBody(json, bytes, LENGTH_BYTES);
  at = writeBody([rows], bytes, at);
  for (const body of bodies) at = writeBody(body, bytes, at);
  return bytes;
}

/** Throws if it is not a group. */
export function readGroup(content: Uint8Array): WritesOfMessage[] {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const jsonEnd = LENGTH_BYTES + bytes.readUInt32LE(0);
  const { texts, kept, readings, messages } = JSON.parse(bytes.toString("utf8", LENGTH_BYTES, jsonEnd)) as StoredGroup;
  let at = jsonEnd + readings * READING_BYTES;
  const take = (length: number): Uint8Array => {
    at += length;
    return content.subarray(at - length, at);
  };
  const text = (index: number): string => known(texts[index]);
  const keptMessages = kept.map((each) => readMessage(each, text, take));
  const view = new DataView(content.buffer, content.byteOffset + jsonEnd);
  const read = Array.from({ length: readings }, (_, index) =>
    readReading(view, index * READING_BYTES, text, (length) => {
      at += length;
      return bytes.toString("utf8", at - length, at);
    }),
  );
  const tables: ReadTables = { text, message: (index) => known(keptMessages[index]) };
  return messages.map((writes) =>
    writes.map((write) => (typeof write === "number" ? known(read[write]) : readOther(write, tables))),
  );
}

export function storedOutcomes(outcomes: readonly (readonly WriteOutcome[])[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(outcomes.map((each) => each.map(storedOutcome))));
}

/** Throws if they are not outcomes. */
export function readOutcomes(content: Uint8Array): WriteOutcome[][] {
  const stored = JSON.parse(new TextDecoder().decode(content)) as StoredOutcome[][];
  return stored.map((each) => each.map(readOutcome));
}

function indexIn<Item>(table: Map<Item, number>, item: Item): number {
  const found = table.get(item);
  if (found !== undefined) return found;
  table.set(item, table.size);
  return table.size - 1;
}

function known<Item>(item: Item | undefined): Item {
  if (item === undefined) throw new Error("the record refers to something that it does not contain");
  return item;
}

function storedMessage(message: KeptMessage, tables: RecordTables): StoredMessage {
  const { topic, payload, qos, retain, properties, expiresAtMs, publisher } = message;
  return {
    topic: tables.text(topic),
    publisher: publisher === undefined ? undefined : tables.text(publisher),
    qos,
    retain,
    expiresAtMs,
    propertiesBytes: properties.length,
    payloadBytes: payload.length,
  };
}

function readMessage(
  { topic, publisher, qos, retain, expiresAtMs, propertiesBytes, payloadBytes }: StoredMessage,
  text: (index: number) => string,
  take: (length: number) => Uint8Array,
): KeptMessage {
  const properties = take(propertiesBytes);
  return {
    topic: text(topic),
    payload: take(payloadBytes),
    qos,
    retain,
    properties,
    expiresAtMs,
    publisher: publisher === undefined ? undefined : text(publisher),
  };
}

function storedWrite(write: Write, tables: RecordTables, readings: ReadingWrite[]): StoredWrite {
  switch (write.kind) {
    case "reading":
      return readings.push(write) - 1;
    case "attributes": {
      const { deviceId, receivedAtMs, patch, clockSuspect } = write;
      return { kind: "attributes", device: tables.text(deviceId), receivedAtMs, patch: [...patch], clockSuspect };
    }
    case "status": {
      const { deviceId, receivedAtMs, online } = write;
      return { kind: "status", device: tables.text(deviceId), receivedAtMs, online };
    }
    case "journal":
      return { kind: "journal", entry: storedEntry(write.entry, tables) };
  }
}

function readOther(stored: Exclude<StoredWrite, number>, tables: ReadTables): Write {
  switch (stored.kind) {
    case "attributes": {
      const { device, receivedAtMs, patch, clockSuspect } = stored;
      const about = { deviceId: tables.text(device) as DeviceId, receivedAtMs, patch: new Map(patch) };
      return { kind: "attributes", ...about, ...(clockSuspect !== undefined && { clockSuspect }) };
    }
    case "status": {
      const { device, receivedAtMs, online } = stored;
      return { kind: "status", deviceId: tables.text(device) as DeviceId, receivedAtMs, online };
    }
    case "journal":
      return { kind: "journal", entry: readEntry(stored.entry, tables) };
  }
}

function storedOutcome(outcome: WriteOutcome): StoredOutcome {
  switch (outcome.kind) {
    case "stored":
      return outcome.n;
    case "duplicate":
      return "duplicate";
    case "refused":
      return { refused: outcome.reason };
  }
}

function readOutcome(stored: StoredOutcome): WriteOutcome {
  if (typeof stored === "number") return { kind: "stored", n: stored };
  return stored === "duplicate" ? { kind: "duplicate" } : { kind: "refused", reason: stored.refused };
}
