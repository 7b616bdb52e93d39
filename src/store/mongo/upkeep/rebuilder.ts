/** Stores hours that an import made, for a time without raw readings. */
import { MAX_INSTANT_MS } from "../../../contract/epoch.ts";
import { DAY_MS, startOf } from "../../../core/model/utc-day.ts";
import type { RebuiltHour } from "../../../core/ports/history.ts";
import { LIMITED } from "../db/in-time.ts";
import { type HistoryParts, horizonsOf, inRanges } from "../read/history-parts.ts";
import { putOperation, readRollups, together } from "../read/rollup-documents.ts";
import type { DayCounter } from "./day-counter.ts";

/** Answers for each hour whether it was stored. It is not where its day has raw readings, or where only the day is left. */
export function createRebuilder(parts: HistoryParts, counter: DayCounter) {
  const { collections, cursors, deviceQueue, appender, inFlight } = parts;

  async function takeHour({ deviceId: device, startMs, metrics, level }: RebuiltHour): Promise<boolean> {
    const lastAtMs = [...metrics.values()].reduce((last, rollup) => Math.max(last, rollup.lastAtMs), startMs);
    await deviceQueue.run(() =>
      collections().devices.updateOne(
        { _id: device },
        { $setOnInsert: { heardAt: new Date(lastAtMs), attributes: [], latest: {} } },
        { upsert: true, ...LIMITED },
      ),
    );
    const horizons = await horizonsOf(parts, device);
    const dayMs = startOf(startMs, DAY_MS);
    const toMs = dayMs + DAY_MS;
    if (toMs > (horizons?.rawSinceMs ?? 0) && (await hasRaw(device, toMs))) return false;
    // The day would be made of this hour alone, and now says more.
    if (level !== "day" && dayMs < (horizons?.hoursSinceMs ?? 0)) return false;
    while (await counter.stepBefore(device, toMs));
    // A raw reading of that day is refused from now on: it would be counted without the others of this hour.
    await deviceQueue.run(() =>
      collections().devices.updateOne(
        { _id: device },
        {
          $max: { rawSince: new Date(toMs), ...(level === "day" && { hoursSince: new Date(toMs) }) },
        },
        LIMITED,
      ),
    );
    const cursor = cursors.get(device);
    if (cursor !== undefined) {
      cursor.isThere = true;
      cursor.rawSinceMs = Math.max(cursor.rawSinceMs, toMs);
    }
    const stored = await readRollups(collections(), { device, level: "hour", fromMs: dayMs, toMs });
    const hour = {
      startMs,
      readings: Math.max(0, ...[...metrics.values()].map(({ count, texts }) => count + texts)),
      metrics: new Map(metrics),
    };
    if (level === "day") {
      await collections().rollups.bulkWrite([putOperation(device, "day", hour)]);
      return true;
    }
    const hours = [...stored.filter((each) => each.startMs !== startMs), hour].sort((a, b) => a.startMs - b.startMs);
    await collections().rollups.bulkWrite([
      putOperation(device, "hour", hour),
      putOperation(device, "day", together(dayMs, hours)),
    ]);
    return true;
  }

  const hasRaw = async (device: RebuiltHour["deviceId"], toMs: number): Promise<boolean> =>
    (await collections().readings.findOne(inRanges(parts, device, [{ fromMs: -MAX_INSTANT_MS, toMs }]), {
      projection: { _id: 1 },
    })) !== null;

  /** No reading is stored between the look-up and the write. */
  return (hours: readonly RebuiltHour[]): Promise<boolean[]> =>
    appender.between(async () => {
      await inFlight.settled();
      const taken: boolean[] = [];
      for (const hour of hours) taken.push(await takeHour(hour));
      return taken;
    });
}
