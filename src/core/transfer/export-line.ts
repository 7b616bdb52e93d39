/** Writes stored readings as lines of NDJSON or CSV. */
import type { MetricValue } from "../../contract/readings.ts";
import { createInstantBytes } from "../model/instant-bytes.ts";
import type { TextBytes } from "../model/text-bytes.ts";
import type { HardwareSince } from "../ports/history.ts";
import { textCell, valueCell } from "./csv.ts";

/** Which reading it is. */
export interface ReadingHead {
  readonly atMs: number;
  readonly n: number;
  readonly receivedAtMs: number;
}

/** A metric's values, one for each of several readings; undefined: that reading has it not. */
export type MetricColumn = readonly (MetricValue | undefined)[];

export interface LineOptions {
  readonly deviceId: string;
  readonly format: "csv" | "ndjson";
  /** Undefined: all. Of CSV the columns, so it must be given. */
  readonly metrics: readonly string[] | undefined;
  /** Oldest first: each line says which board the reading is from. */
  readonly hardware?: readonly HardwareSince[] | undefined;
}

/** Each writes one line with its end; false: the reading has none of the metrics, and nothing was written. */
export interface LineWriter {
  /** Of these metrics, those that `fromColumns` is to be given, in its order. */
  selectedOf(names: Iterable<string>): readonly string[];
  fromColumns(
    into: TextBytes,
    head: ReadingHead,
    names: readonly string[],
    columns: readonly MetricColumn[],
    index: number,
  ): boolean;
  /** `body`: JSON text of one object. */
  fromBody(into: TextBytes, head: ReadingHead, body: string): boolean;
}

export const CSV_ABOUT = ["_id", "deviceId", "timestamp", "receivedAt"] as const;
/** Behind those, where the board of a device was replaced. No metric has such a name. */
export const CSV_HARDWARE = "_hardware";

/** By it a spreadsheet knows that the file is UTF-8. */
const BYTE_ORDER_MARK = "\uFEFF";

/** Of a CSV file, with its end. Metric names need no quotes. */
export const csvHeader = (metrics: readonly string[], hasHardware = false): string =>
  `${BYTE_ORDER_MARK}${[...CSV_ABOUT, ...(hasHardware ? [CSV_HARDWARE] : []), ...metrics].join(",")}\r\n`;

export function createLineWriter(options: LineOptions): LineWriter {
  return options.format === "csv" ? csvWriter(options) : ndjsonWriter(options);
}

/** The bytes that say which board a reading is from, by when it was received. Undefined: nothing says it. */
function hardwareBytes(
  { deviceId, hardware }: LineOptions,
  textOf: (hardwareId: string) => string,
): ((receivedAtMs: number) => Uint8Array) | undefined {
  if (hardware === undefined) return undefined;
  const first = ascii(textOf(deviceId));
  const newestFirst = hardware
    .map(({ hardwareId, sinceMs }) => ({ sinceMs, bytes: ascii(textOf(hardwareId)) }))
    .reverse();
  return (receivedAtMs) => newestFirst.find(({ sinceMs }) => receivedAtMs >= sinceMs)?.bytes ?? first;
}

const encoder = new TextEncoder();
const ascii = (text: string): Uint8Array => encoder.encode(text);
const COMMA = 44;
const DASH = 45;
const OPEN = 123;
const TRUE = ascii("true");
const FALSE = ascii("false");

function ndjsonWriter(options: LineOptions): LineWriter {
  const { deviceId, metrics: selected } = options;
  const hardwareOf = hardwareBytes(options, (id) => `","_hardware":${JSON.stringify(id).slice(0, -1)}`);
  const instants = createInstantBytes();
  const quotedId = JSON.stringify(deviceId);
  const begin = ascii(`{"_id":${quotedId.slice(0, -1)}-`);
  const toTimestamp = ascii(`","deviceId":${quotedId},"timestamp":"`);
  const toReceivedAt = ascii('","receivedAt":"');
  const toMetrics = ascii('","metrics":');
  const end = ascii("}\n");
  const endBoth = ascii("}}\n");
  const keyOf = createKeys();

  function about(into: TextBytes, { atMs, n, receivedAtMs }: ReadingHead): void {
    into.bytes(begin);
    instants.base36(into, atMs);
    into.byte(DASH);
    into.number(n);
    into.bytes(toTimestamp);
    instants.iso(into, atMs);
    if (receivedAtMs !== atMs) {
      into.bytes(toReceivedAt);
      instants.iso(into, receivedAtMs);
    }
    if (hardwareOf !== undefined) into.bytes(hardwareOf(receivedAtMs));
    into.bytes(toMetrics);
  }

  const writer: LineWriter = {
    selectedOf: (names) => (selected === undefined ? [...names] : [...names].filter((name) => selected.includes(name))),
    fromColumns: (into, head, names, columns, index) => {
      const from = into.length;
      about(into, head);
      let separator = OPEN;
      for (let column = 0; column < columns.length; column++) {
        const value = columns[column]?.[index];
        if (value === undefined) continue;
        into.byte(separator);
        into.bytes(keyOf(names[column] ?? ""));
        if (typeof value === "string") into.text(JSON.stringify(value));
        else plainValue(into, value);
        separator = COMMA;
      }
      if (separator === OPEN) into.cutTo(from);
      else into.bytes(endBoth);
      return separator !== OPEN;
    },
    fromBody: (into, head, body) => {
      if (selected !== undefined) return fromParsed(writer, into, head, body);
      about(into, head);
      into.text(oneLine(body));
      into.bytes(end);
      return true;
    },
  };
  return writer;
}

function csvWriter(options: LineOptions): LineWriter {
  const { deviceId, metrics: selected = [] } = options;
  const hardwareOf = hardwareBytes(options, (id) => `,${textCell(id)}`);
  const instants = createInstantBytes();
  const begin = ascii(`${textCell(deviceId)}-`);
  const toTimestamp = ascii(`,${textCell(deviceId)},`);
  const end = ascii("\r\n");

  const writer: LineWriter = {
    selectedOf: () => selected,
    fromColumns: (into, { atMs, n, receivedAtMs }, _names, columns, index) => {
      const from = into.length;
      into.bytes(begin);
      instants.base36(into, atMs);
      into.byte(DASH);
      into.number(n);
      into.bytes(toTimestamp);
      instants.iso(into, atMs);
      into.byte(COMMA);
      if (receivedAtMs !== atMs) instants.iso(into, receivedAtMs);
      if (hardwareOf !== undefined) into.bytes(hardwareOf(receivedAtMs));
      let isEmpty = true;
      for (let column = 0; column < columns.length; column++) {
        const value = columns[column]?.[index];
        into.byte(COMMA);
        if (value === undefined) continue;
        isEmpty = false;
        if (typeof value === "string") into.text(valueCell(value));
        else plainValue(into, value);
      }
      if (isEmpty) into.cutTo(from);
      else into.bytes(end);
      return !isEmpty;
    },
    fromBody: (into, head, body) => fromParsed(writer, into, head, body),
  };
  return writer;
}

function plainValue(into: TextBytes, value: number | boolean): void {
  if (typeof value === "number") into.number(value);
  else into.bytes(value ? TRUE : FALSE);
}

function fromParsed(writer: LineWriter, into: TextBytes, head: ReadingHead, body: string): boolean {
  const metrics = JSON.parse(body) as { [name: string]: MetricValue };
  const names = writer.selectedOf(Object.keys(metrics));
  // A selected name may be any text, such as one that every object has.
  const columns = names.map((name) => [Object.hasOwn(metrics, name) ? metrics[name] : undefined]);
  return writer.fromColumns(into, head, names, columns, 0);
}

/** A board may have written its object over several lines; inside a JSON text there is no raw line end. */
const oneLine = (body: string): string =>
  body.includes("\n") || body.includes("\r") ? body.replace(/[\r\n]/g, " ") : body;

/** `"temperature":` */
function createKeys(): (name: string) => Uint8Array {
  const known = new Map<string, Uint8Array>();
  return (name) => {
    const former = known.get(name);
    if (former !== undefined) return former;
    const made = ascii(`${JSON.stringify(name)}:`);
    known.set(name, made);
    return made;
  };
}
