/** Writes a stored reading as one line of NDJSON or CSV. Looks nothing up, and opens nothing. */
import type { MetricValue } from "../contract/readings.ts";
import { textCell, valueCell } from "./csv.ts";
import { createInstantText } from "./instant-text.ts";

/** A reading as the store has it: its metrics in their order, or the JSON text of one object. */
export interface RecordedReading {
  readonly atMs: number;
  readonly n: number;
  readonly receivedAtMs: number;
  readonly metrics: readonly (readonly [name: string, value: MetricValue])[] | string;
}

export interface LineOptions {
  readonly deviceId: string;
  readonly format: "csv" | "ndjson";
  /** Undefined: all. Of CSV the columns, so it must be given. */
  readonly metrics: readonly string[] | undefined;
}

/** The line with its end; undefined where the reading has none of the metrics. */
export type LineWriter = (reading: RecordedReading) => string | undefined;

export const CSV_ABOUT = ["_id", "deviceId", "timestamp", "receivedAt"] as const;

/** Of a CSV file, with its end. Metric names need no quotes. */
export const csvHeader = (metrics: readonly string[]): string => `${[...CSV_ABOUT, ...metrics].join(",")}\r\n`;

export function createLineWriter({ deviceId, format, metrics }: LineOptions): LineWriter {
  return format === "csv" ? csvWriter(deviceId, metrics ?? []) : ndjsonWriter(deviceId, metrics);
}

function ndjsonWriter(deviceId: string, wished: readonly string[] | undefined): LineWriter {
  const instantText = createInstantText();
  const instantId = createInstantId();
  const begin = `{"_id":${JSON.stringify(deviceId).slice(0, -1)}-`;
  const middle = `","deviceId":${JSON.stringify(deviceId)},"timestamp":"`;
  const wishedSet = wished === undefined ? undefined : new Set(wished);
  const members = createMembers();

  return ({ atMs, n, receivedAtMs, metrics }) => {
    const body =
      wishedSet === undefined && typeof metrics === "string"
        ? oneLine(metrics)
        : members(entriesOf(metrics), wishedSet);
    if (body === undefined) return undefined;
    const received = receivedAtMs === atMs ? "" : `","receivedAt":"${instantText(receivedAtMs)}`;
    return `${begin}${instantId(atMs)}-${n}${middle}${instantText(atMs)}${received}","metrics":${body}}\n`;
  };
}

/** A board may have written its object over several lines; inside a JSON text there is no raw line end. */
const oneLine = (body: string): string =>
  body.includes("\n") || body.includes("\r") ? body.replace(/[\r\n]/g, " ") : body;

function entriesOf(metrics: RecordedReading["metrics"]): Exclude<RecordedReading["metrics"], string> {
  return typeof metrics === "string" ? Object.entries(JSON.parse(metrics) as Record<string, MetricValue>) : metrics;
}

/** JSON of the entries that are wished; undefined: none is. */
function createMembers() {
  const quotedNames = new Map<string, string>();
  const quoted = (name: string): string => {
    const former = quotedNames.get(name);
    if (former !== undefined) return former;
    const made = `${JSON.stringify(name)}:`;
    quotedNames.set(name, made);
    return made;
  };
  return (
    entries: readonly (readonly [string, MetricValue])[],
    wished: ReadonlySet<string> | undefined,
  ): string | undefined => {
    let text = "";
    for (let place = 0; place < entries.length; place++) {
      const entry = entries[place];
      if (entry === undefined || (wished !== undefined && !wished.has(entry[0]))) continue;
      const value = entry[1];
      text += text === "" ? "{" : ",";
      text += quoted(entry[0]);
      text += typeof value === "string" ? JSON.stringify(value) : value;
    }
    return text === "" ? undefined : `${text}}`;
  };
}

function csvWriter(deviceId: string, columns: readonly string[]): LineWriter {
  const instantText = createInstantText();
  const instantId = createInstantId();
  const begin = `${textCell(deviceId)}-`;
  const middle = `,${textCell(deviceId)},`;
  const places = new Map(columns.map((name, place) => [name, place]));
  const absent: readonly string[] = columns.map(() => "");

  return ({ atMs, n, receivedAtMs, metrics }) => {
    const cells = absent.slice();
    let isEmpty = true;
    for (const [name, value] of entriesOf(metrics)) {
      const place = places.get(name);
      if (place === undefined) continue;
      cells[place] = valueCell(value);
      isEmpty = false;
    }
    if (isEmpty) return undefined;
    const received = receivedAtMs === atMs ? "" : instantText(receivedAtMs);
    const about = `${begin}${instantId(atMs)}-${n}${middle}${instantText(atMs)},${received}`;
    return `${about},${cells.join(",")}\r\n`;
  };
}

/** 36 to the fifth: below it, and above it for a hundred years, both halves are small integers. */
const HALF = 60_466_176;

/** `atMs.toString(36)`, in a fourth of its time. */
function createInstantId(): (atMs: number) => string {
  let upper = Number.NaN;
  let upperText = "";
  return (atMs) => {
    if (!(atMs >= HALF)) return atMs.toString(36);
    const above = Math.floor(atMs / HALF);
    if (above !== upper) {
      upper = above;
      upperText = above.toString(36);
    }
    return upperText + (atMs - above * HALF + HALF).toString(36).slice(1);
  };
}
