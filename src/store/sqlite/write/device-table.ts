/** Saves the data of devices other than their readings. Runs in the writer's thread. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { DeviceId } from "../../../contract/readings.ts";
import type { DeviceState, Retention } from "../../../core/ports/stored-device.ts";
import { ifReadable, isDamage } from "../db/file-damage.ts";
import { inTransaction } from "../db/transaction.ts";
import { type RowParts, removeParts } from "../tables/row-parts.ts";

/** Rows deleted in one step. */
const DELETE_STEP = 500;

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

/**
 * `throughSeq`: the newest row that all states saved so far include; undefined while more are to come. Devices in damaged pages
 * are left out: the next start finds their state in their readings.
 */
export function saveState(
  db: DatabaseSyncInstance,
  states: readonly DeviceState[],
  throughSeq: number | undefined,
): void {
  const row = db.prepare("SELECT * FROM device WHERE device_id = ?");
  const isReadable = ({ deviceId }: DeviceState): boolean =>
    ifReadable(() => ({ row: row.get(deviceId) })) !== undefined;
  let left = states;
  for (;;) {
    const failed = saveStates(db, left, throughSeq);
    if (failed === undefined) return;
    // SQLite does not commit a transaction that met damage. A row that grows may need the page beside its own.
    left = left.filter((each) => each !== failed && isReadable(each));
  }
}

/** Undefined: all are saved. Otherwise none is, because of damage at the returned one. */
function saveStates(
  db: DatabaseSyncInstance,
  states: readonly DeviceState[],
  throughSeq: number | undefined,
): DeviceState | undefined {
  const save = db.prepare(
    "UPDATE device SET heard_at = coalesce(?, heard_at), interval_ms = ?, latest = ? WHERE device_id = ?",
  );
  let at: DeviceState | undefined;
  try {
    inTransaction(db, () => {
      for (at of states) {
        const { deviceId, lastHeardAtMs, intervalMs, latest } = at;
        const values = [...latest].map(([metric, { value, atMs, wasNumber }]) => [
          metric,
          wasNumber ? [value, atMs, 1] : [value, atMs],
        ]);
        save.run(lastHeardAtMs ?? null, intervalMs ?? null, JSON.stringify(Object.fromEntries(values)), deviceId);
      }
      at = undefined;
      if (throughSeq === undefined) return;
      db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('state_seq', ?)").run(throughSeq);
    });
    return undefined;
  } catch (error) {
    if (at === undefined || !isDamage(error)) throw error;
    return at;
  }
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

export function relocate(db: DatabaseSyncInstance, deviceIds: readonly DeviceId[], place: string | null): void {
  const update = db.prepare("UPDATE device SET place = ? WHERE device_id = ?");
  inTransaction(db, () => {
    for (const deviceId of deviceIds) update.run(place, deviceId);
  });
}

/** Deletes the device's row at once; `deleteStep` deletes its readings. */
export function markDeleted(db: DatabaseSyncInstance, deviceId: DeviceId): void {
  inTransaction(db, () => {
    db.prepare("INSERT INTO deleting SELECT key FROM device WHERE device_id = ?").run(deviceId);
    db.prepare("DELETE FROM device WHERE device_id = ?").run(deviceId);
  });
}

/** Deletes some data of deleted devices; true while there is more. */
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
        .prepare(`SELECT id, piece AS firstPart, bytes FROM ${table} WHERE device = ? LIMIT ?`)
        .all(key, Math.ceil(left / ROWS_A_SEGMENT)) as unknown as (RowParts & { id: number })[];
      for (const row of rows) {
        removeParts(db, `${table}_piece`, row);
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

/** Hot rows that take as long to delete as one compressed row. */
const ROWS_A_SEGMENT = 20;

/** A small durable write that tests whether the store can be written. */
export function probe(db: DatabaseSyncInstance): void {
  inTransaction(db, () => {
    db.exec(
      "INSERT OR REPLACE INTO meta (key, value) VALUES ('probe', coalesce((SELECT value + 1 FROM meta WHERE key = 'probe'), 0))",
    );
  });
}

/** A small durable write, and all that is kept of devices: what a change of one reads and writes. */
export function testDisk(db: DatabaseSyncInstance): void {
  probe(db);
  ifReadable(() => db.prepare("SELECT sum(length(attributes) + length(latest)) FROM device").get());
}
