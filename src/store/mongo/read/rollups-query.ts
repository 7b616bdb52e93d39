/** Reads hours or days of a device. Those that are not counted yet are counted now. */
import { DAY_MS, startOf } from "../../../core/model/utc-day.ts";
import type { RollupRow, RollupsQuery } from "../../../core/ports/history.ts";
import { type Counted, count } from "./counting.ts";
import { dueDays, type HistoryParts, horizonsOf, inRanges, rangesOf } from "./history-parts.ts";
import { readRollups, together, widthOf } from "./rollup-documents.ts";

/** By (beginning, metric). */
export async function readRollupRows(parts: HistoryParts, query: RollupsQuery): Promise<RollupRow[]> {
  const { deviceId: device, level, metrics } = query;
  const horizons = await horizonsOf(parts, device);
  if (horizons === undefined) return [];
  // An hour or day that begins in the range is whole, also where it ends beyond.
  const width = widthOf(level);
  const range = {
    fromMs: Math.ceil(query.fromMs / width) * width,
    toMs: Math.ceil(query.toMs / width) * width,
  };
  const due = await dueDays(parts, device, range);
  const found = new Map<number, Counted>();
  for (const each of await readRollups(parts.collections(), { device, level, ...range }, metrics)) {
    const day = startOf(each.startMs, DAY_MS);
    if (!due.has(day) || day < horizons.rawSinceMs) found.set(each.startMs, each);
  }
  const ranges = rangesOf(due, range);
  if (ranges.length > 0) {
    const match = inRanges(parts, device, ranges);
    for (const each of await count(parts.collections().readings, match, level, metrics)) {
      const former = found.get(each.startMs);
      // Raw readings of the day are deleted: those that came since are added to what was counted.
      found.set(each.startMs, former === undefined ? each : together(each.startMs, [former, each]));
    }
  }
  return [...found.values()].sort((a, b) => a.startMs - b.startMs).flatMap(rowsOf);
}

const rowsOf = ({ startMs, metrics }: Counted): RollupRow[] =>
  [...metrics].sort(([a], [b]) => (a < b ? -1 : 1)).map(([metric, rollup]) => ({ startMs, metric, rollup }));
