/** Queries of stored readings, and their answers. */
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

/** What of a query's range cannot be shown. */
export interface WithDamage {
  /** Ranges that cannot be read because they are damaged: those that were met now, and those met before, which an hour may lack. */
  readonly damaged: readonly Span[];
}

export interface ReadingsChunk extends WithDamage {
  /** UTF-8: readings as JSON objects of the REST API, with commas between them. */
  readonly json: Uint8Array;
  readonly readings: number;
  /** Position of the last of them; undefined: there are no further readings. */
  readonly behind: ReadingPosition | undefined;
}

export interface SeriesQuery {
  readonly deviceId: DeviceId;
  readonly metrics: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly points: number;
}

export interface Series extends WithDamage {
  /** A bucket's width in ms; 0: each point is one reading. */
  readonly resolutionMs: number;
  /** In the order of the query's metrics, each as JSON (UTF-8) as in the REST API: `{t, mean, min, max, count}`. */
  readonly columns: readonly Uint8Array[];
}

export interface Span {
  /** Both are instants of readings in it. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** What to delete of one device; `fromMs` ≤ instant < `toMs`. Beyond raw age every hour that overlaps the range is deleted completely, and every day where only days are left. */
export interface EraseRequest {
  readonly deviceId: DeviceId;
  readonly fromMs: number;
  readonly toMs: number;
  /** Undefined: whole readings. */
  readonly metrics: readonly string[] | undefined;
}

/** One metric over one UTC hour or day. Booleans count as 0 and 1; texts are counted separately. */
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

/** An hour from an import whose raw readings the hub may have deleted; or a day whose hours are deleted too. */
export interface RebuiltHour {
  readonly deviceId: DeviceId;
  readonly startMs: number;
  /** Left out: an hour. For such a day, and the days before it, no hours are accepted any more. */
  readonly level?: "day";
  readonly metrics: ReadonlyMap<string, Rollup>;
}

/** Readings that were received from then on are from this board. */
export interface HardwareSince {
  readonly hardwareId: DeviceId;
  readonly sinceMs: number;
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
  /** Oldest first. The lines say which board each reading is from; undefined: they do not. */
  readonly hardware?: readonly HardwareSince[] | undefined;
}

export interface ExportChunk {
  /** Whole lines, UTF-8; some hundred KB. */
  readonly lines: Uint8Array;
  readonly readings: number;
  /** Undefined: this was the last. */
  readonly behind: ReadingPosition | undefined;
}
