/** Iterates over the readings of one device in order, hot or sealed. Reads lazily, in its caller's transaction. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { MetricValue } from "../../../contract/readings.ts";
import type { ReadingPosition } from "../../../core/ports/history.ts";
import { metricsAt, type Segment } from "../format/segment-format.ts";
import { type DeviceHistory, eachHead, type OnDamage, openSegment, type Range } from "./history.ts";
import { hotRows } from "./hot-rows.ts";

export interface EachReadingQuery extends Range {
  readonly order: "asc" | "desc";
  /** Begin behind this position. */
  readonly behind: ReadingPosition | undefined;
}

export interface HistoryReading extends ReadingPosition {
  readonly receivedAtMs: number;
  /** JSON text of one object; for a sealed reading it is made on demand. */
  body(): string;
  metrics(): { [metric: string]: MetricValue };
}

/** By (instant, n). */
export function* eachReading(
  db: DatabaseSyncInstance,
  device: DeviceHistory,
  query: EachReadingQuery,
  onDamage: OnDamage,
): Generator<HistoryReading> {
  const sign = query.order === "asc" ? 1 : -1;
  const hot = eachHot(db, device, query, onDamage);
  const sealed = eachSealed(db, device, query, onDamage);
  try {
    let [a, b] = [hot.next(), sealed.next()];
    while (a.done !== true || b.done !== true) {
      if (b.done === true || (a.done !== true && sign * compare(a.value, b.value) < 0)) {
        if (a.done !== true) yield a.value;
        a = hot.next();
      } else {
        yield b.value;
        b = sealed.next();
      }
    }
  } finally {
    // An open cursor would hold the snapshot, so that the log could not be reset.
    hot.return(undefined);
    sealed.return(undefined);
  }
}

export const compare = (a: ReadingPosition, b: ReadingPosition): number => a.atMs - b.atMs || a.n - b.n;

function* eachHot(
  db: DatabaseSyncInstance,
  device: DeviceHistory,
  query: EachReadingQuery,
  onDamage: OnDamage,
): Generator<HistoryReading> {
  for (const { atMs, n, receivedAtMs, body, metrics } of hotRows(db, device, query, onDamage)) {
    yield { atMs, n, receivedAtMs, body: () => body, metrics: () => metrics };
  }
}

function* eachSealed(
  db: DatabaseSyncInstance,
  { key }: DeviceHistory,
  { fromMs, toMs, order, behind }: EachReadingQuery,
  onDamage: OnDamage,
): Generator<HistoryReading> {
  const range =
    behind === undefined
      ? { fromMs, toMs }
      : order === "asc"
        ? { fromMs: Math.max(fromMs, behind.atMs), toMs }
        : { fromMs, toMs: Math.min(toMs, behind.atMs + 1) };
  const sign = order === "asc" ? 1 : -1;
  for (const head of eachHead(db, key, range, order)) {
    const segment = openSegment(db, head, onDamage);
    if (segment === undefined) continue;
    const columns = sealedColumns(segment);
    for (let step = 0; step < segment.count; step++) {
      const index = order === "asc" ? step : segment.count - 1 - step;
      const atMs = segment.at[index] ?? 0;
      const n = segment.n[index] ?? 0;
      if (atMs < range.fromMs || atMs >= range.toMs) continue;
      if (behind !== undefined && sign * compare({ atMs, n }, behind) <= 0) continue;
      const metrics = () => metricsAt(columns(), index);
      yield { atMs, n, receivedAtMs: segment.receivedAt(index), metrics, body: () => JSON.stringify(metrics()) };
    }
  }
}

/** Decoded once, for the first reading whose metrics are needed. */
function sealedColumns(segment: Segment) {
  let columns: ReturnType<Segment["columns"]>["metrics"] | undefined;
  return () => {
    columns ??= new Map([...segment.names()].map((name) => [name, segment.values(name)]));
    return columns;
  };
}
