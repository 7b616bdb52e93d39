/** Reads readings and series in short transactions. Runs in the reader's thread; writes nothing. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { SeriesColumns } from "../../contract/rest.ts";
import { isMetricName } from "../../core/device-id.ts";
import type { ReadingsWish, Series, SeriesWish, StoredReading } from "../../core/ports.ts";
import { bucketWidthMs } from "../../core/series.ts";

export function readReadings(db: DatabaseSyncInstance, wish: ReadingsWish): StoredReading[] {
  const key = deviceKey(db, wish.deviceId);
  if (key === undefined) return [];
  const [beyond, direction] = wish.order === "asc" ? [">", "ASC"] : ["<", "DESC"];
  const behind = wish.behind === undefined ? "" : `AND (at, n) ${beyond} (?, ?)`;
  const place = wish.behind === undefined ? [] : [wish.behind.atMs, wish.behind.n];
  const rows = db
    .prepare(
      `SELECT at AS atMs, n, coalesce(received_at, at) AS receivedAtMs, body FROM hot
       WHERE device = ? AND at >= ? AND at < ? ${behind} ORDER BY at ${direction}, n ${direction} LIMIT ?`,
    )
    .all(key, wish.fromMs, wish.toMs, ...place, wish.limit) as unknown as Omit<StoredReading, "deviceId">[];
  return rows.map((row) => ({ ...row, deviceId: wish.deviceId }));
}

/** Raw readings where no metric has more of them than points; else buckets of one width for all. */
export function readSeries(db: DatabaseSyncInstance, wish: SeriesWish): Series {
  const key = deviceKey(db, wish.deviceId);
  const metrics = wish.metrics.map((metric) => (isMetricName(metric) ? metric : undefined));
  if (key === undefined) return { resolutionMs: 0, columns: metrics.map(emptyColumns) };
  const raw: SeriesColumns[] = [];
  for (const metric of metrics) {
    const columns = metric === undefined ? emptyColumns() : rawColumns(db, key, metric, wish);
    if (columns === undefined) return bucketed(db, key, metrics, wish);
    raw.push(columns);
  }
  return { resolutionMs: 0, columns: raw };
}

/** Undefined: there are more than the wish's points. */
function rawColumns(
  db: DatabaseSyncInstance,
  key: number,
  metric: string,
  wish: SeriesWish,
): SeriesColumns | undefined {
  const rows = db
    .prepare(`SELECT at, value FROM (${VALUES}) WHERE typeof(value) IN ('integer', 'real') ORDER BY at, n LIMIT ?`)
    .all(`$."${metric}"`, key, wish.fromMs, wish.toMs, wish.points + 1) as unknown as { at: number; value: number }[];
  if (rows.length > wish.points) return undefined;
  const value = rows.map((row) => row.value);
  return { t: rows.map((row) => row.at), mean: value, min: value, max: value, count: rows.map(() => 1) };
}

function bucketed(
  db: DatabaseSyncInstance,
  key: number,
  metrics: readonly (string | undefined)[],
  wish: SeriesWish,
): Series {
  const width = bucketWidthMs(wish.fromMs, wish.toMs, wish.points);
  const statement = db.prepare(
    `SELECT CAST(at / ? AS INTEGER) AS bucket, avg(value) AS mean, min(value) AS min, max(value) AS max, count(value) AS count
     FROM (${VALUES}) WHERE typeof(value) IN ('integer', 'real') GROUP BY bucket ORDER BY bucket`,
  );
  const columns = metrics.map((metric) => {
    const into = emptyColumns();
    if (metric === undefined) return into;
    for (const row of statement.iterate(width, `$."${metric}"`, key, wish.fromMs, wish.toMs)) {
      const { bucket, mean, min, max, count } = row as Record<"bucket" | "mean" | "min" | "max" | "count", number>;
      into.t.push(bucket * width);
      into.mean.push(mean);
      into.min.push(min);
      into.max.push(max);
      into.count.push(count);
    }
    return into;
  });
  return { resolutionMs: width, columns };
}

/**
 * One metric of a device's readings; true and false are 1 and 0. As doubles, like everywhere: an integer beyond 2^53
 * could not be handed over.
 */
const VALUES = `SELECT at, n, CASE typeof(extracted) WHEN 'integer' THEN CAST(extracted AS REAL) ELSE extracted END AS value
  FROM (SELECT at, n, json_extract(body, ?) AS extracted FROM hot WHERE device = ? AND at >= ? AND at < ?)`;

const emptyColumns = (): SeriesColumns => ({ t: [], mean: [], min: [], max: [], count: [] });

function deviceKey(db: DatabaseSyncInstance, deviceId: string): number | undefined {
  const key = db.prepare("SELECT key FROM device WHERE device_id = ?").get(deviceId)?.["key"];
  return key === undefined ? undefined : Number(key);
}
