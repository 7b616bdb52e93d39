/** Stored readings: what is asked of them and what is answered. */
import type { DeviceId } from "../../contract/readings.ts";

export interface StoredReading {
  readonly deviceId: DeviceId;
  readonly atMs: number;
  readonly n: number;
  readonly receivedAtMs: number;
  /** JSON text of one object. */
  readonly body: string;
}

/** A position in the order (instant, n) of one device's readings. */
export interface ReadingPosition {
  readonly atMs: number;
  readonly n: number;
}

export interface ReadingsQuery {
  readonly deviceId: DeviceId;
  /** `fromMs` ≤ instant < `toMs`. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
  readonly order: "asc" | "desc";
  /** Begin behind this position. */
  readonly behind: ReadingPosition | undefined;
}

export interface ReadingsChunk {
  /** UTF-8: readings in the shape of REST, with commas between them. */
  readonly json: Uint8Array;
  readonly readings: number;
  /** Of the last of them; undefined: no further reading lies behind it. */
  readonly behind: ReadingPosition | undefined;
}

export interface SeriesQuery {
  readonly deviceId: DeviceId;
  readonly metrics: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly points: number;
}

export interface Series {
  /** A bucket's width in ms; 0: each point is one reading. */
  readonly resolutionMs: number;
  /** In the order of the query's metrics, each as JSON (UTF-8) in the shape of REST: `{t, mean, min, max, count}`. */
  readonly columns: readonly Uint8Array[];
}

export interface Span {
  /** Both are instants of readings in it. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** What is deleted of one device; both ends as in a range. Beyond raw age whole hours go where any part is in the range, and whole days where only days are left. */
export interface EraseRequest {
  readonly deviceId: DeviceId;
  readonly fromMs: number;
  readonly toMs: number;
  /** Undefined: whole readings. */
  readonly metrics: readonly string[] | undefined;
}

/** One metric over one UTC hour or day. Booleans count as 0 and 1; what is text counts apart. */
export interface Rollup {
  /** Of numbers and booleans; 0: only text came. */
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly texts: number;
  /** The value of the greatest instant, ties by arrival. */
  readonly last: number | string;
  readonly lastAtMs: number;
}

export interface RollupsQuery {
  readonly deviceId: DeviceId;
  readonly level: "hour" | "day";
  /** Hours or days that begin in [`fromMs`, `toMs`). */
  readonly fromMs: number;
  readonly toMs: number;
  /** Undefined: all. */
  readonly metrics: readonly string[] | undefined;
}

export interface RollupRow {
  readonly startMs: number;
  readonly metric: string;
  readonly rollup: Rollup;
}

/** An hour whose raw readings the hub may have forgotten, as an import knows it; or a day of which the hours are, too. */
export interface RebuiltHour {
  readonly deviceId: DeviceId;
  readonly startMs: number;
  /** Left out: an hour. Of a day that is given so, and those before it, no hours are taken any more. */
  readonly level?: "day";
  readonly metrics: ReadonlyMap<string, Rollup>;
}

export interface ExportQuery {
  readonly deviceId: DeviceId;
  readonly fromMs: number;
  readonly toMs: number;
  /** Undefined: all. Of CSV the columns, so it must be given. */
  readonly metrics: readonly string[] | undefined;
  readonly format: "csv" | "ndjson";
  /** Begin behind this position. */
  readonly behind: ReadingPosition | undefined;
}

export interface ExportChunk {
  /** Whole lines, UTF-8; some hundred KB. */
  readonly lines: Uint8Array;
  readonly readings: number;
  /** Undefined: this was the last. */
  readonly behind: ReadingPosition | undefined;
}
