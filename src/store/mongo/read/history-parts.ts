/** What the modules of history share: their parts, ranges as filters, and which days are not counted yet. */
import type { Filter } from "mongodb";
import type { DeviceId } from "../../../contract/readings.ts";
import type { Horizons } from "../../../core/history/chart-source.ts";
import type { SerialQueue } from "../../../core/model/serial-queue.ts";
import { DAY_MS, startOf } from "../../../core/model/utc-day.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Log } from "../../../core/ports/log.ts";
import type { Collections } from "../db/collections.ts";
import type { ReadingDocument } from "../format/documents.ts";
import { dateOf } from "../format/values.ts";
import type { Appender } from "../write/append.ts";
import { type DeviceCursors, generationFilter } from "../write/device-cursors.ts";
import type { InFlight } from "../write/in-flight.ts";
import type { Marks } from "../write/marks.ts";

export interface HistoryParts {
  readonly collections: () => Collections;
  readonly cursors: DeviceCursors;
  readonly marks: Marks;
  readonly inFlight: InFlight;
  /** For writes to the documents of devices. */
  readonly deviceQueue: SerialQueue;
  readonly appender: Pick<Appender, "between">;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Undefined: there is no such device. */
export async function horizonsOf({ collections }: HistoryParts, device: DeviceId): Promise<Horizons | undefined> {
  const document = await collections().devices.findOne({ _id: device }, { projection: { rawSince: 1, hoursSince: 1 } });
  return document === null
    ? undefined
    : { rawSinceMs: document.rawSince?.getTime() ?? 0, hoursSinceMs: document.hoursSince?.getTime() ?? 0 };
}

/** Beginnings of the UTC days in the range of which some hour is not counted yet. */
export async function dueDays({ collections }: HistoryParts, device: DeviceId, range: Range): Promise<Set<number>> {
  const found = collections().due.aggregate<{ _id: Date }>([
    {
      $match: { device, hour: { $gte: dateOf(startOf(range.fromMs, DAY_MS)), $lt: dateOf(range.toMs) } },
    },
    { $group: { _id: { $dateTrunc: { date: "$hour", unit: "day" } } } },
  ]);
  return new Set((await found.toArray()).map(({ _id }) => _id.getTime()));
}

/** Readings of the device in any of these ranges. */
export function inRanges(
  { cursors }: HistoryParts,
  device: DeviceId,
  ranges: readonly Range[],
): Filter<ReadingDocument> {
  const at = ranges.map(({ fromMs, toMs }) => ({ at: { $gte: dateOf(fromMs), $lt: dateOf(toMs) } }));
  const [only] = at;
  return {
    device,
    ...(at.length === 1 && only !== undefined ? only : { $or: at }),
    ...generationFilter(cursors.earlierGenerations, device),
  };
}

/** Adjacent days are one range; all are cut to `within`. */
export function rangesOf(days: Iterable<number>, within: Range): Range[] {
  const ranges: Range[] = [];
  for (const day of [...days].sort((a, b) => a - b)) {
    const fromMs = Math.max(day, within.fromMs);
    const toMs = Math.min(day + DAY_MS, within.toMs);
    const last = ranges.at(-1);
    if (fromMs >= toMs) continue;
    if (last?.toMs === fromMs) ranges[ranges.length - 1] = { fromMs: last.fromMs, toMs };
    else ranges.push({ fromMs, toMs });
  }
  return ranges;
}
