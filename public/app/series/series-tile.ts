/** Reads the series of a time range from the hub, and the readings needed to continue them live. */
import type { Reading } from "../../../src/contract/readings.ts";
import type { DamagedSpan, PartialAnswer, SeriesAnswer } from "../../../src/contract/rest.ts";
import { getReadings } from "../hub/api.ts";
import { EARLIEST_MS, FUTURE_MS, type Preset } from "../range/chart-range.ts";
import { readSeries } from "./read-series.ts";
import { bucketStart, createSeriesBuffer, type SeriesBuffer, trimBefore, trimFrom } from "./series-buffer.ts";
import type { Held, TileRequest } from "./tile-request.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A device of ten minutes' history deserves finer buckets than a day's, let alone a year's. */
const SPANS_MS = [
  ...[HOUR_MS / 4, HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS],
  ...[1, 2, 4, 7, 14, 30, 60, 120, 240].map((days) => days * DAY_MS),
];
/** If less than this part of the beginning is missing, the window counts as complete. */
const WHOLE = 1 / 24;
const MAX_TAIL_READINGS = 2_000;

export interface SeriesTile extends Held {
  readonly resolution: number;
  readonly buffers: Map<string, SeriesBuffer>;
  /** Of a live window. */
  readonly preset: Preset | undefined;
  /** The device has no reading from before the preset's window, and much of that is empty. */
  readonly young: boolean;
  readonly tail: SeriesTail;
  /** What the hub could not read of it. */
  readonly damaged: readonly DamagedSpan[];
  /** It is not whole: the store is away, or takes what came while it was. */
  readonly partial: PartialAnswer | undefined;
}

export interface SeriesTail {
  /** Live readings from this instant on are added to the buffers; earlier ones change buckets that only the hub can compute. */
  readonly fromMs: number;
  /** They make the newest buckets. Some of them also come live a moment later; their ids show it. */
  readonly readings: readonly Reading[];
}

/** Live readings are not added to it. */
const CLOSED: SeriesTail = { fromMs: Number.POSITIVE_INFINITY, readings: [] };

export async function readTile(
  id: string,
  metrics: readonly string[],
  request: TileRequest & { readonly mayBeShorter: boolean },
  nowMs: number,
  abort: AbortSignal,
): Promise<SeriesTile> {
  const { preset, points, toMs } = request;
  const ask = (fromMs: number) => readSeries(id, metrics, { from: fromMs, to: toMs, points }, abort);
  let answer = await ask(request.fromMs);
  let { fromMs, forSpanMs } = request;
  const firstMs = firstInstant(answer);
  const late = firstMs !== undefined && firstMs - fromMs > WHOLE * (nowMs - fromMs);
  const young = request.mayBeShorter && preset !== undefined && late && !(await hasReadingBefore(id, fromMs, abort));
  if (young && answer.resolution > 0) {
    forSpanMs = SPANS_MS.find((span) => span >= nowMs - firstMs && span < forSpanMs) ?? forSpanMs;
    if (nowMs - forSpanMs > fromMs) answer = await ask(nowMs - forSpanMs);
    fromMs = nowMs - forSpanMs;
  }
  const buffers = buffersOf(answer, metrics);
  const { resolution, damaged = [], partial } = answer;
  // Its first bucket is a part of one only, and would never be what a later read of the moving window says.
  if (preset !== undefined && resolution > 0) for (const buffer of buffers.values()) trimBefore(buffer, fromMs);
  const reachesNow = toMs > nowMs;
  const tail = reachesNow ? await readTail(id, buffers, nowMs, abort) : CLOSED;
  const of = { forSpanMs, resolution, buffers, preset, young, tail, damaged, partial };
  return { fromMs, toMs: reachesNow ? Infinity : toMs, ...of };
}

/** Takes the two newest buckets off and reads their readings instead, so that live ones can be added to exactly those. */
async function readTail(
  id: string,
  buffers: ReadonlyMap<string, SeriesBuffer>,
  nowMs: number,
  abort: AbortSignal,
): Promise<SeriesTail> {
  const [first] = buffers.values();
  if (first === undefined || first.resolution === 0) return { fromMs: Number.NEGATIVE_INFINITY, readings: [] };
  const fromMs = bucketStart(first, nowMs - first.resolution);
  const page = await getReadings(id, { from: fromMs, to: nowMs + FUTURE_MS, limit: MAX_TAIL_READINGS }, abort);
  if (page.nextCursor !== null) return CLOSED;
  for (const buffer of buffers.values()) trimFrom(buffer, fromMs);
  return { fromMs, readings: page.readings };
}

async function hasReadingBefore(id: string, instant: number, abort: AbortSignal): Promise<boolean> {
  const page = await getReadings(id, { from: EARLIEST_MS, to: instant, limit: 1 }, abort);
  return page.readings.length > 0;
}

function buffersOf(answer: SeriesAnswer, metrics: readonly string[]): Map<string, SeriesBuffer> {
  const anchorMs = metrics.map((metric) => answer.metrics[metric]?.t[0]).find((t) => t !== undefined) ?? 0;
  return new Map(
    metrics.map((metric) => [metric, createSeriesBuffer(answer.resolution, anchorMs, answer.metrics[metric])]),
  );
}

function firstInstant(answer: SeriesAnswer): number | undefined {
  const firsts = Object.values(answer.metrics).flatMap(({ t }) => t.slice(0, 1));
  return firsts.length === 0 ? undefined : Math.min(...firsts);
}
