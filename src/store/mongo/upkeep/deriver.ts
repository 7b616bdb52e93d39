/**
 * Recomputes derived metrics of stored readings, some of them at a time, in the order of (instant, n). Hours are marked before anything
 * is written. A step has the same result however often it is done.
 */
import type { AnyBulkWriteOperation, Filter } from "mongodb";
import { MAX_INSTANT_MS } from "../../../contract/epoch.ts";
import type { DeviceId, MetricValue } from "../../../contract/readings.ts";
import { createReplay, type Replay } from "../../../core/derived/replay.ts";
import type { DeriveRequest, DeriveStep } from "../../../core/ports/derived.ts";
import type { ReadingDocument } from "../format/documents.ts";
import { fromStored, toStored } from "../format/values.ts";
import { type HistoryParts, horizonsOf, inRanges } from "../read/history-parts.ts";
import { hourOf } from "../write/marks.ts";

const STEP_READINGS = 500;
const IN_ORDER = { at: 1, n: 1 } as const;

export function createDeriver(parts: HistoryParts): (request: DeriveRequest) => Promise<DeriveStep> {
  const { collections, marks, inFlight } = parts;

  async function derive(request: DeriveRequest): Promise<DeriveStep> {
    const { deviceId, history } = request;
    const horizons = await horizonsOf(parts, deviceId);
    const fromMs = Math.max(request.fromMs, horizons?.rawSinceMs ?? 0);
    const documents = horizons === undefined ? [] : await next(deviceId, fromMs);
    const last = documents.at(-1);
    if (last === undefined) return { toMs: undefined, history, readings: 0, changed: 0 };
    const replay = createReplay(request);
    const operations = documents.flatMap((document) => operationOf(document, replay));
    if (operations.length > 0) {
      const writing = write(deviceId, documents, operations);
      inFlight.add(writing); // hours that rely on these marks are not counted before it is done
      await writing;
    }
    const toMs = last.at.getTime() + 1;
    return { toMs, history: replay.history(), readings: documents.length, changed: operations.length };
  }

  async function write(
    device: DeviceId,
    documents: readonly ReadingDocument[],
    operations: AnyBulkWriteOperation<ReadingDocument>[],
  ): Promise<void> {
    const hours = new Set(documents.map(({ at }) => hourOf(at.getTime())));
    await marks.mark([...hours].map((hourMs) => ({ device, hourMs })));
    await collections().readings.bulkWrite(operations, { ordered: false });
  }

  /** All of the instants that it has. */
  async function next(device: DeviceId, fromMs: number): Promise<ReadingDocument[]> {
    const { readings } = collections();
    const find = (filter: Filter<ReadingDocument>) => readings.find(filter).sort(IN_ORDER);
    const found = await find(inRanges(parts, device, [{ fromMs, toMs: MAX_INSTANT_MS }]))
      .limit(STEP_READINGS)
      .toArray();
    const last = found.at(-1)?.at.getTime();
    if (last === undefined || found.length < STEP_READINGS) return found;
    const whole = found.filter(({ at }) => at.getTime() < last);
    if (whole.length > 0) return whole;
    return find(inRanges(parts, device, [{ fromMs: last, toMs: last + 1 }])).toArray();
  }

  return derive;
}

/** None: nothing of it changes. Only these metrics are written: others may be erased meanwhile. */
function operationOf(document: ReadingDocument, replay: Replay): AnyBulkWriteOperation<ReadingDocument>[] {
  const { _id, at, metrics, life } = document;
  const stored = (metric: string): MetricValue | undefined => {
    const value = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
    return value === undefined ? undefined : fromStored(value);
  };
  const values = replay.next(at.getTime(), stored);
  let input: object | string = "$metrics";
  for (const [index, metric] of replay.metrics.entries()) {
    const value = values[index];
    if (stored(metric) === value) continue;
    const set = value === undefined ? "$$REMOVE" : { $literal: toStored(value) };
    input = { $setField: { field: { $literal: metric }, input, value: set } };
  }
  if (typeof input === "string") return [];
  const filter = { _id, ...(life === undefined ? { life: { $exists: false } } : { life }) };
  return [{ updateOne: { filter: filter as Filter<ReadingDocument>, update: [{ $set: { metrics: input } }] } }];
}
