/** Puts a chart together, and writes it as JSON bytes, one buffer for each metric, so that threads can transfer it instead of copying it. */
import type { SeriesColumns } from "../../contract/rest.ts";
import type { Series, SeriesQuery } from "../ports/history.ts";

/** A chart whose columns are still lists, not JSON bytes. */
export interface SeriesLists extends Pick<Series, "resolutionMs"> {
  /** In the order of the query's metrics. */
  readonly columns: readonly SeriesColumns[];
}

/** `columns`: of the metrics in `names`; any other metric has none. */
export function seriesLists(
  { metrics }: SeriesQuery,
  resolutionMs: number,
  names: readonly string[],
  columns: readonly SeriesColumns[],
): SeriesLists {
  const empty: SeriesColumns = { t: [], mean: [], min: [], max: [], count: [] };
  return { resolutionMs, columns: metrics.map((metric) => columns[names.indexOf(metric)] ?? empty) };
}

/** Each point is one reading. */
export const readingColumns = (t: number[], value: number[]): SeriesColumns => ({
  t,
  mean: value,
  min: value,
  max: value,
  count: new Array<number>(t.length).fill(1),
});

const encoder = new TextEncoder();

export const columnsJson = (columns: SeriesColumns): Uint8Array<ArrayBuffer> => encoder.encode(JSON.stringify(columns));

/** Each metric has a buffer of its own. */
export const seriesJson = ({ resolutionMs, columns }: SeriesLists): Omit<Series, "damaged"> => ({
  resolutionMs,
  columns: columns.map(columnsJson),
});
