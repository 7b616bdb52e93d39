/**
 * Recomputes derived metrics of stored readings, one small step at a time: hot rows and segments in the order of (instant, n). A step
 * is one transaction, and has the same result however often it is done. Runs in the writer's thread.
 */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { MAX_INSTANT_MS } from "../../../contract/epoch.ts";
import type { Metrics, MetricValue } from "../../../contract/readings.ts";
import { createReplay, type Replay } from "../../../core/derived/replay.ts";
import { DAY_MS, startOf } from "../../../core/model/utc-day.ts";
import type { DeriveRequest, DeriveStep } from "../../../core/ports/derived.ts";
import { inTransaction } from "../db/transaction.ts";
import type { Values } from "../format/metric-column.ts";
import type { Columns } from "../format/segment-format.ts";
import { parseMetrics } from "../format/stored-text.ts";
import { historyOf, openSegment, type Range, type SegmentHead } from "../read/history.ts";
import { replaceSegment } from "../tables/segment-table.ts";
import { createNextWindow } from "./next-window.ts";

export interface DeriverOptions {
  readonly db: DatabaseSyncInstance;
  /** Segments of the device were rewritten. */
  readonly onDerived: (key: number) => void;
}

/** A stored reading, wherever it is. */
interface Row {
  readonly atMs: number;
  readonly n: number;
  get(metric: string): MetricValue | undefined;
  set(metric: string, value: MetricValue | undefined): void;
}

/** What rows belong to, written where one of them has changed. */
interface Source {
  readonly rows: readonly Row[];
  write(): void;
}

export function createDeriver({ db, onDerived }: DeriverOptions): (request: DeriveRequest) => DeriveStep {
  const nextWindow = createNextWindow(db);
  const hot = db.prepare(
    `SELECT seq, at, n, body FROM hot
     WHERE device = ? AND seq > (SELECT sealed_seq FROM device WHERE key = ?) AND at >= ? AND at < ?`,
  );
  const setBody = db.prepare("UPDATE hot SET body = ? WHERE seq = ?");
  const markDue = db.prepare("INSERT OR IGNORE INTO rollup_due (device, day) VALUES (?, ?)");

  return (request) => {
    const device = historyOf(db, request.deviceId);
    const fromMs = Math.max(request.fromMs, device?.rawSinceMs ?? 0);
    const window = device && nextWindow(device.key, { fromMs, toMs: MAX_INSTANT_MS });
    if (device === undefined || window === undefined) {
      return { toMs: undefined, history: request.history, readings: 0, changed: 0 };
    }
    const { key } = device;
    const replay = createReplay(request);
    let readings = 0;
    let changed = 0;
    let { toMs } = window;
    inTransaction(db, () => {
      const sources = [...hotRows(key, window), ...window.heads.flatMap((head) => segmentRows(head, window))];
      const rows = sources.flatMap((source) => source.rows.map((row) => ({ row, source })));
      rows.sort((a, b) => a.row.atMs - b.row.atMs || a.row.n - b.row.n);
      const touched = new Set<Source>();
      for (const { row, source } of rows) {
        if (!replace(row, replay)) continue;
        touched.add(source);
        changed++;
      }
      for (const source of touched) source.write();
      if (touched.size > 0) markDue.run(key, startOf(window.fromMs, DAY_MS));
      readings = rows.length;
      const last = rows.at(-1);
      if (last !== undefined) toMs = last.row.atMs + 1; // what comes meanwhile is behind it, and in the next step
    });
    if (changed > 0) onDerived(key);
    return { toMs, history: replay.history(), readings, changed };
  };

  /** What cannot be read stays as it is. Rows that are sealed already are in their segment. */
  function hotRows(key: number, { fromMs, toMs }: Range): Source[] {
    return hot.all(key, key, fromMs, toMs).flatMap((found) => {
      const metrics = parseMetrics(found["body"]);
      if (metrics === undefined) return [];
      const values: Metrics = { ...metrics };
      const row: Row = {
        atMs: Number(found["at"]),
        n: Number(found["n"]),
        get: (metric) => (Object.hasOwn(values, metric) ? values[metric] : undefined),
        set: (metric, value) => {
          if (value === undefined) delete values[metric];
          else values[metric] = value;
        },
      };
      return [{ rows: [row], write: () => void setBody.run(JSON.stringify(values), Number(found["seq"])) }];
    });
  }

  /** A damaged segment stays as it is. */
  function segmentRows(head: SegmentHead, { fromMs, toMs }: Range): Source[] {
    const columns = openSegment(db, head, () => {})?.columns();
    if (columns === undefined) return [];
    const copied = new Map<string, Values>();
    const rows: Row[] = [];
    for (const [index, atMs] of columns.at.entries()) {
      if (atMs < fromMs || atMs >= toMs) continue;
      rows.push({
        atMs,
        n: columns.n[index] ?? 0,
        get: (metric) => (copied.get(metric) ?? columns.metrics.get(metric))?.[index],
        set: (metric, value) => {
          const values = copied.get(metric) ?? copyOf(columns, metric);
          copied.set(metric, values);
          values[index] = value;
        },
      });
    }
    return [{ rows, write: () => replaceSegment(db, head.id, withColumns(columns, copied)) }];
  }
}

/** True: something of it is another value now. */
function replace(row: Row, replay: Replay): boolean {
  const values = replay.next(row.atMs, row.get);
  let isChanged = false;
  for (const [index, metric] of replay.metrics.entries()) {
    if (row.get(metric) === values[index]) continue;
    row.set(metric, values[index]);
    isChanged = true;
  }
  return isChanged;
}

const copyOf = ({ at, metrics }: Columns, metric: string): Values =>
  metrics.get(metric)?.slice() ?? new Array<undefined>(at.length).fill(undefined);

/** A metric that no reading has is left out. */
function withColumns(columns: Columns, copied: ReadonlyMap<string, Values>): Columns {
  const metrics = new Map([...columns.metrics, ...copied]);
  for (const [metric, values] of copied) if (values.every((value) => value === undefined)) metrics.delete(metric);
  return { ...columns, metrics };
}
