/**
 * Keeps hours and days up to date: a day with a marked hour is counted again in the server. Its marks are removed when that is done,
 * so that after a crash it is only counted once more.
 */
import type { DeviceId } from "../../../contract/readings.ts";
import { DAY_MS, HOUR_MS, startOf } from "../../../core/model/utc-day.ts";
import type { Rollup } from "../../../core/ports/history.ts";
import type { DueDocument, JobDocument } from "../format/documents.ts";
import { dateOf } from "../format/values.ts";
import { type Counted, count, mergeHours } from "../read/counting.ts";
import { type HistoryParts, horizonsOf, inRanges } from "../read/history-parts.ts";
import { ofRollups, putOperation, readRollups, together } from "../read/rollup-documents.ts";

export interface DayCounter {
  /** Counts a marked day that ended at least an hour ago; false: there is none. */
  step(nowMs: number): Promise<boolean>;
  /** Counts the oldest marked day of this device before `beforeMs`; false: there is none. */
  stepBefore(device: DeviceId, beforeMs: number): Promise<boolean>;
  countDay(device: DeviceId, dayMs: number): Promise<void>;
  /** Finishes what a crash left. */
  finish(job: JobDocument): Promise<void>;
}

/** Late readings of the evening are mostly there by then. */
const SETTLED_AFTER_MS = HOUR_MS;

/** Readings of a day whose raw readings are deleted, added to its rollups: the rollups as they will be. */
interface FoldJob extends JobDocument {
  readonly kind: "fold";
  readonly hours: readonly StoredCount[];
  readonly days: readonly StoredCount[];
  readonly ids: readonly string[];
}

interface StoredCount {
  readonly startMs: number;
  readonly readings: number;
  readonly metrics: readonly (readonly [string, StoredSums])[];
}

interface StoredSums {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly texts: number;
  readonly last: number | string;
  readonly lastAtMs: number;
}

export const FOLD = "fold";

export function createDayCounter(parts: HistoryParts, bootId: string): DayCounter {
  const { collections, marks } = parts;
  let runs = 0;

  async function step(nowMs: number): Promise<boolean> {
    const before = startOf(nowMs - SETTLED_AFTER_MS, DAY_MS);
    const due = await collections().due.findOne({ hour: { $lt: dateOf(before) } }, { sort: { hour: 1 } });
    if (due === null) return false;
    await countDay(due.device, startOf(due.hour.getTime(), DAY_MS));
    return true;
  }

  async function stepBefore(device: DeviceId, beforeMs: number): Promise<boolean> {
    const due = await collections().due.findOne(
      { device, hour: { $lt: dateOf(beforeMs) } },
      { sort: { device: 1, hour: 1 } },
    );
    if (due === null) return false;
    await countDay(device, startOf(due.hour.getTime(), DAY_MS));
    return true;
  }

  async function countDay(device: DeviceId, dayMs: number): Promise<void> {
    const hours = await collections()
      .due.find({ device, hour: { $gte: dateOf(dayMs), $lt: dateOf(dayMs + DAY_MS) } })
      .toArray();
    await marks.release(hours.map(({ hour }) => ({ device, hourMs: hour.getTime() })));
    const horizons = await horizonsOf(parts, device);
    if (horizons !== undefined) {
      if (dayMs < horizons.rawSinceMs) await fold(device, dayMs, horizons.hoursSinceMs);
      else await replace(device, dayMs, dayMs >= horizons.hoursSinceMs);
    }
    await unmark(hours);
  }

  /** An hour that was marked again meanwhile has another token, and stays marked. */
  async function unmark(hours: readonly DueDocument[]): Promise<void> {
    if (hours.length === 0) return;
    const operations = hours.map(({ _id, mark }) => ({ deleteOne: { filter: { _id, mark } } }));
    await collections().due.bulkWrite(operations, { ordered: false });
  }

  async function replace(device: DeviceId, dayMs: number, withHours: boolean): Promise<void> {
    const { readings, rollups } = collections();
    const day = { fromMs: dayMs, toMs: dayMs + DAY_MS };
    const match = inRanges(parts, device, [day]);
    let hours: Counted[];
    if (withHours) {
      const run = `${bootId}-${runs++}`;
      await mergeHours(readings, match, { device, into: rollups.collectionName, run });
      await rollups.deleteMany({ ...ofRollups({ device, level: "hour", ...day }), run: { $ne: run } });
      hours = await readRollups(collections(), { device, level: "hour", ...day });
    } else hours = await count(readings, match, "hour");
    await rollups.bulkWrite([putOperation(device, "day", together(dayMs, hours))]);
  }

  /**
   * Readings without an instant of their own may get one of that day when the hub's clock is set back. The others of the day
   * are deleted, so these are added to its rollups and deleted too.
   */
  async function fold(device: DeviceId, dayMs: number, hoursSinceMs: number): Promise<void> {
    const { readings, jobs } = collections();
    const day = { fromMs: dayMs, toMs: dayMs + DAY_MS };
    const found = await readings.find(inRanges(parts, device, [day]), { projection: { _id: 1 } }).toArray();
    if (found.length === 0) return;
    const ids = found.map(({ _id }) => _id);
    const late = await count(readings, { _id: { $in: ids } }, "hour");
    const [earlier] = await readRollups(collections(), { device, level: "day", ...day });
    const hours = new Map(
      (await readRollups(collections(), { device, level: "hour", ...day })).map((each) => [each.startMs, each]),
    );
    const changed = late.map((each) => together(each.startMs, [...listOf(hours.get(each.startMs)), each]));
    const job: FoldJob = {
      _id: `fold-${device}-${dayMs}`,
      kind: FOLD,
      device,
      hours: dayMs < hoursSinceMs ? [] : changed.map(toStoredCount),
      days: [toStoredCount(together(dayMs, [...listOf(earlier), ...late]))],
      ids,
    };
    await jobs.replaceOne({ _id: job._id }, job as never, { upsert: true });
    await finish(job);
  }

  async function finish(job: JobDocument): Promise<void> {
    const { device, hours, days, ids } = job as FoldJob;
    const { readings, rollups, jobs } = collections();
    await rollups.bulkWrite([
      ...hours.map((each) => putOperation(device, "hour", fromStoredCount(each))),
      ...days.map((each) => putOperation(device, "day", fromStoredCount(each))),
    ]);
    await readings.deleteMany({ _id: { $in: [...ids] } });
    await jobs.deleteOne({ _id: job._id });
  }

  return { step, stepBefore, countDay, finish };
}

const listOf = (counted: Counted | undefined): Counted[] => (counted === undefined ? [] : [counted]);

const toStoredCount = ({ startMs, readings, metrics }: Counted): StoredCount => ({
  startMs,
  readings,
  metrics: [...metrics].map(([name, rollup]) => [name, toStoredSums(rollup)]),
});

const fromStoredCount = ({ startMs, readings, metrics }: StoredCount): Counted => ({
  startMs,
  readings,
  metrics: new Map(metrics.map(([name, sums]) => [name, fromStoredSums(sums)])),
});

const toStoredSums = ({ count: many, sum, min, max, texts, last, lastAtMs }: Rollup): StoredSums => ({
  count: many,
  sum,
  min,
  max,
  texts,
  last,
  lastAtMs,
});

const fromStoredSums = ({ count: many, sum, min, max, texts, last, lastAtMs }: StoredSums): Rollup => ({
  count: many,
  sum,
  min,
  max,
  texts,
  last,
  lastAtMs,
});
