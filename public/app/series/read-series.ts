/** Reads the series of any number of a device's metrics, of which the hub answers at most 64 at once, and joins the answers. */
import type { DamagedSpan, SeriesAnswer, SeriesColumns } from "../../../src/contract/rest.ts";
import { getSeries } from "../hub/api.ts";

export const MOST_AT_ONCE = 64;

interface SeriesRange {
  readonly from: number;
  readonly to: number;
  readonly points: number;
}

export const readSeries = (
  id: string,
  metrics: readonly string[],
  range: SeriesRange,
  abort: AbortSignal,
): Promise<SeriesAnswer> => inParts(metrics, (part) => getSeries(id, { metrics: part.join(","), ...range }, abort));

/** One part after the other: the hub has others to answer, too. */
export async function inParts(
  metrics: readonly string[],
  ask: (part: readonly string[]) => Promise<SeriesAnswer>,
): Promise<SeriesAnswer> {
  let joined = await ask(metrics.slice(0, MOST_AT_ONCE));
  for (let from = MOST_AT_ONCE; from < metrics.length; from += MOST_AT_ONCE) {
    joined = join(joined, await ask(metrics.slice(from, from + MOST_AT_ONCE)));
  }
  return joined;
}

/** The hub answers readings where no metric of a part has many, and buckets else: the wider of both holds for all. */
function join(a: SeriesAnswer, b: SeriesAnswer): SeriesAnswer {
  const resolution = Math.max(a.resolution, b.resolution);
  const damaged = distinct([...(a.damaged ?? []), ...(b.damaged ?? [])]);
  const partial = a.partial ?? b.partial;
  return {
    ...a,
    resolution,
    metrics: { ...widened(a, resolution), ...widened(b, resolution) },
    ...(damaged.length > 0 && { damaged }),
    ...(partial !== undefined && { partial }),
  };
}

function widened(answer: SeriesAnswer, resolution: number): SeriesAnswer["metrics"] {
  if (answer.resolution === resolution) return answer.metrics;
  return Object.fromEntries(
    Object.entries(answer.metrics).map(([metric, columns]) => [metric, inBuckets(columns, resolution)]),
  );
}

/** Buckets begin at whole multiples of their width, as the hub's do. */
function inBuckets({ t, mean, min, max, count }: SeriesColumns, width: number): SeriesColumns {
  const buckets: SeriesColumns = { t: [], mean: [], min: [], max: [], count: [] };
  for (const [index, atMs] of t.entries()) {
    const value = mean[index] ?? 0;
    const [low, high, many] = [min[index] ?? value, max[index] ?? value, count[index] ?? 1];
    const start = Math.floor(atMs / width) * width;
    const last = buckets.t.length - 1;
    if (buckets.t[last] !== start) {
      buckets.t.push(start);
      buckets.mean.push(value);
      buckets.min.push(low);
      buckets.max.push(high);
      buckets.count.push(many);
      continue;
    }
    const former = buckets.mean[last] ?? 0;
    const all = (buckets.count[last] ?? 0) + many;
    buckets.mean[last] = former + ((value - former) * many) / all;
    buckets.min[last] = Math.min(buckets.min[last] ?? low, low);
    buckets.max[last] = Math.max(buckets.max[last] ?? high, high);
    buckets.count[last] = all;
  }
  return buckets;
}

/** Damage is that of the device: each answer has it. */
const distinct = (spans: readonly DamagedSpan[]): DamagedSpan[] => [
  ...new Map(spans.map((span) => [`${span.from} ${span.to}`, span])).values(),
];
