/** Writes a chart as JSON bytes, one buffer for each metric, so that threads can transfer it instead of copying it. */
import type { SeriesColumns } from "../../contract/rest.ts";
import type { Series } from "../ports/history.ts";

/** A chart whose columns are still lists, not JSON bytes. */
export interface SeriesLists extends Pick<Series, "resolutionMs"> {
  /** In the order of the query's metrics. */
  readonly columns: readonly SeriesColumns[];
}

const encoder = new TextEncoder();

export const columnsJson = (columns: SeriesColumns): Uint8Array<ArrayBuffer> => encoder.encode(JSON.stringify(columns));

/** Each metric has a buffer of its own. */
export const seriesJson = ({ resolutionMs, columns }: SeriesLists): Series => ({
  resolutionMs,
  columns: columns.map(columnsJson),
});
