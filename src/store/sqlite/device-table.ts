/** Loads and saves what is kept of devices besides their readings. Runs in the writer's thread. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { AttributeValue, DeviceId, MetricValue } from "../../contract/readings.ts";
import { mergeLatest } from "../../core/device-record.ts";
import type { DeviceState, LatestMetric, Retention, StoredDevice } from "../../core/ports.ts";
import { type Pieces, removePieces } from "./pieces.ts";
import { inTransaction } from "./transaction.ts";

interface DeviceRow {
  key: number;
  device_id: DeviceId;
  name: string | null;
  place: string | null;
  attributes: string;
  clock_suspect: number;
  status_online: number | null;
  status_at: number | null;
  heard_at: number;
  interval_ms: number | null;
  latest: string;
  raw_days: number | null;
  hour_days: number | null;
  day_days: number | null;
}

/** Rows that one step of a deletion takes. */
const DELETE_STEP = 500;

/** Every device, its latest values brought forward over the rows that came after they were saved. */
export function loadDevices(db: DatabaseSyncInstance): StoredDevice[] {
  const byKey = new Map<number, StoredDevice>();
  for (const row of db.prepare("SELECT * FROM device").iterate()) {
    const device = fromRow(row as unknown as DeviceRow);
    byKey.set(Number((row as unknown as DeviceRow).key), device);
  }
  const since = Number(db.prepare("SELECT value FROM meta WHERE key = 'state_seq'").get()?.["value"] ?? 0);
  const rows = db.prepare(
    "SELECT device, at, coalesce(received_at, at) AS received, body FROM hot WHERE seq > ? ORDER BY seq",
  );
  for (const row of rows.iterate(since)) {
    const { device: key, at, received, body } = row as { device: number; at: number; received: number; body: string };
    const device = byKey.get(key);
    if (device === undefined) continue; // it is being deleted
    mergeLatest(device.latest, new Map(Object.entries(JSON.parse(body) as Record<string, MetricValue>)), at);
    device.lastHeardAtMs = Math.max(device.lastHeardAtMs, received);
  }
  return [...byKey.values()];
}

function fromRow(row: DeviceRow): StoredDevice {
  return {
    deviceId: row.device_id,
    name: row.name ?? undefined,
    place: row.place ?? undefined,
    attributes: new Map(Object.entries(JSON.parse(row.attributes) as Record<string, AttributeValue>)),
    clockSuspect: row.clock_suspect === 1,
    status: row.status_at === null ? undefined : { online: row.status_online === 1, atMs: row.status_at },
    lastHeardAtMs: row.heard_at,
    intervalMs: row.interval_ms ?? undefined,
    latest: new Map(
      Object.entries(JSON.parse(row.latest) as Record<string, [MetricValue, number]>).map(
        ([metric, [value, atMs]]): [string, LatestMetric] => [metric, { value, atMs }],
      ),
    ),
    retention: {
      ...(row.raw_days !== null && { rawDays: row.raw_days }),
      ...(row.hour_days !== null && { hourDays: row.hour_days }),
      ...(row.day_days !== null && { dayDays: row.day_days }),
    },
  };
}

export function setRetention(db: DatabaseSyncInstance, deviceId: DeviceId, retention: Partial<Retention>): void {
  const { rawDays = null, hourDays = null, dayDays = null } = retention;
  inTransaction(db, () => {
    db.prepare("UPDATE device SET raw_days = ?, hour_days = ?, day_days = ? WHERE device_id = ?").run(
      rawDays,
      hourDays,
      dayDays,
      deviceId,
    );
  });
}

/** `throughSeq`: the newest row that all states saved so far know of; undefined while more are to come. */
export function saveState(
  db: DatabaseSyncInstance,
  states: readonly DeviceState[],
  throughSeq: number | undefined,
): void {
  const save = db.prepare("UPDATE device SET heard_at = ?, interval_ms = ?, latest = ? WHERE device_id = ?");
  inTransaction(db, () => {
    for (const { deviceId, lastHeardAtMs, intervalMs, latest } of states) {
      const values = [...latest].map(([metric, { value, atMs }]) => [metric, [value, atMs]]);
      save.run(lastHeardAtMs, intervalMs ?? null, JSON.stringify(Object.fromEntries(values)), deviceId);
    }
    if (throughSeq === undefined) return;
    db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('state_seq', ?)").run(throughSeq);
  });
}

export function nameDevice(
  db: DatabaseSyncInstance,
  deviceId: DeviceId,
  name: string | null,
  place: string | null,
): void {
  inTransaction(db, () => {
    db.prepare("UPDATE device SET name = ?, place = ? WHERE device_id = ?").run(name, place, deviceId);
  });
}

/** The device's row goes at once; `deleteStep` takes its readings. */
export function markDeleted(db: DatabaseSyncInstance, deviceId: DeviceId): void {
  inTransaction(db, () => {
    db.prepare("INSERT INTO deleting SELECT key FROM device WHERE device_id = ?").run(deviceId);
    db.prepare("DELETE FROM device WHERE device_id = ?").run(deviceId);
  });
}

/** Deletes some of what there is of deleted devices; true while there is more. */
export function deleteStep(db: DatabaseSyncInstance): boolean {
  const key = db.prepare("SELECT device FROM deleting LIMIT 1").get()?.["device"];
  if (key === undefined) return false;
  inTransaction(db, () => {
    let left = DELETE_STEP;
    const taken = (changes: number | bigint): void => {
      left -= Number(changes);
    };
    taken(
      db.prepare("DELETE FROM hot WHERE seq IN (SELECT seq FROM hot WHERE device = ? LIMIT ?)").run(key, left).changes,
    );
    for (const table of ["segment", "rollup"] as const) {
      const rows = db
        .prepare(`SELECT id, piece, bytes FROM ${table} WHERE device = ? LIMIT ?`)
        .all(key, Math.ceil(left / ROWS_A_SEGMENT)) as unknown as (Pieces & { id: number })[];
      for (const row of rows) {
        removePieces(db, `${table}_piece`, row);
        db.prepare(`DELETE FROM ${table} WHERE id = ?`).run(row.id);
        taken(ROWS_A_SEGMENT);
      }
    }
    if (left <= 0) return;
    for (const table of ["erasing", "rollup_due", "deleting"]) {
      db.prepare(`DELETE FROM ${table} WHERE device = ?`).run(key);
    }
  });
  return true;
}

/** Hot rows that take as long as one row of pieces. */
const ROWS_A_SEGMENT = 20;

/** A small durable write, to see whether the store can be written. */
export function probe(db: DatabaseSyncInstance): void {
  inTransaction(db, () => {
    db.exec(
      "INSERT OR REPLACE INTO meta (key, value) VALUES ('probe', coalesce((SELECT value + 1 FROM meta WHERE key = 'probe'), 0))",
    );
  });
}
