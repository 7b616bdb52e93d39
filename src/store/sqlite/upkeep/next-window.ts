/** Decides how far the next small step of work on a device's raw readings goes. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { DAY_MS, startOf } from "../../../core/model/utc-day.ts";
import { type Range, type SegmentHead, segmentHeads } from "../read/history.ts";

/** Within one UTC day. */
export interface Window extends Range {
  readonly heads: readonly SegmentHead[];
}

const STEP_SEGMENTS = 4;
const STEP_ROWS = 500;

/** The first readings in the range: few segments, few hot rows. Undefined: there are none. */
export function createNextWindow(db: DatabaseSyncInstance): (key: number, range: Range) => Window | undefined {
  const nextHot = db.prepare("SELECT min(at) AS at FROM hot WHERE device = ? AND at >= ? AND at < ?");
  const nextSegment = db.prepare(
    "SELECT from_at FROM segment WHERE device = ? AND from_at >= ? AND from_at < ? AND to_at >= ? ORDER BY from_at LIMIT 1",
  );
  const hotBeyond = db.prepare(
    "SELECT at FROM hot WHERE device = ? AND at >= ? AND at < ? ORDER BY at LIMIT 1 OFFSET ?",
  );

  return (key, { fromMs, toMs }) => {
    if (fromMs >= toMs) return undefined;
    const hot = nextHot.get(key, fromMs, toMs)?.["at"] ?? Number.POSITIVE_INFINITY;
    const sealed = nextSegment.get(key, startOf(fromMs, DAY_MS), toMs, fromMs)?.["from_at"];
    const first = Math.min(Number(hot), sealed === undefined ? Number.POSITIVE_INFINITY : Number(sealed));
    if (first === Number.POSITIVE_INFINITY) return undefined;
    const start = Math.max(fromMs, first);
    const endMs = Math.min(toMs, startOf(start, DAY_MS) + DAY_MS);
    const heads = segmentHeads(db, key, { fromMs: start, toMs: endMs });
    const beyond = heads[STEP_SEGMENTS]?.fromAt ?? endMs;
    const beyondHot = Number(hotBeyond.get(key, start, endMs, STEP_ROWS)?.["at"] ?? endMs);
    // If many share one instant, all of them are in one step.
    const untilMs = Math.max(start + 1, Math.min(endMs, beyond, beyondHot));
    return { fromMs: start, toMs: untilMs, heads: heads.filter(({ fromAt }) => fromAt < untilMs) };
  };
}
