/** Rows that came after the state of devices was saved, in the order of arrival. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { parseDeviceId } from "../../../core/model/device-id.ts";
import { ifReadable, isDamage } from "../db/file-damage.ts";
import { isWholeUpTo } from "../format/stored-fields.ts";
import { isInstant } from "../format/stored-text.ts";

type Row = Record<string, unknown>;

/** The last row that is in the saved state. */
export const savedSeq = (db: DatabaseSyncInstance): number =>
  Number(db.prepare("SELECT value FROM meta WHERE key = 'state_seq'").get()?.["value"] ?? 0);

const COLUMNS = "seq, device, at, n, coalesce(received_at, at) AS received, body";

/** If a page is damaged, each row that the index knows is read alone. */
export function* rowsSince(db: DatabaseSyncInstance, since: number): Generator<Row> {
  let last = since;
  try {
    const rows = db.prepare(`SELECT ${COLUMNS} FROM hot WHERE seq > ? ORDER BY seq`);
    for (const row of rows.iterate(since)) {
      last = Number(row["seq"]);
      yield row;
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    const one = db.prepare(`SELECT ${COLUMNS} FROM hot WHERE seq = ?`);
    const known = db.prepare("SELECT seq, device, at FROM hot INDEXED BY hot_by_instant WHERE seq > ? ORDER BY seq");
    for (const row of known.all(last)) yield ifReadable(() => one.get(Number(row["seq"]))) ?? row;
  }
}

export interface UnsavedRow {
  readonly deviceId: string;
  readonly atMs: number;
  readonly n: number;
  readonly receivedAtMs: number;
  /** JSON text of one object. */
  readonly body: string;
}

export interface UnsavedRows {
  readonly rows: readonly UnsavedRow[];
  /** The newest row up to which these go. */
  readonly throughSeq: number;
  /** Ask again from here; undefined: there are no more. */
  readonly behindSeq: number | undefined;
}

const CHUNK_ROWS = 2_000;

/** `behindSeq` undefined: from the first. A damaged row is left out: it was reported when devices were loaded. */
export function unsavedRows(db: DatabaseSyncInstance, behindSeq = savedSeq(db)): UnsavedRows {
  const ids = new Map<number, string>();
  for (const { key, device_id: id } of ifReadable(() => db.prepare(DEVICES).all()) ?? []) {
    if (parseDeviceId(String(id)).ok) ids.set(Number(key), String(id));
  }
  const rows: UnsavedRow[] = [];
  let read = 0;
  let throughSeq = behindSeq;
  for (const { seq, device, at, n, received, body } of rowsSince(db, behindSeq)) {
    throughSeq = Number(seq);
    const deviceId = ids.get(Number(device));
    const isWhole = isInstant(at) && isInstant(received) && isOrder(n) && typeof body === "string";
    if (deviceId !== undefined && isWhole) rows.push({ deviceId, atMs: at, n, receivedAtMs: received, body });
    if (++read === CHUNK_ROWS) return { rows, throughSeq, behindSeq: throughSeq };
  }
  return { rows, throughSeq, behindSeq: undefined };
}

const DEVICES = "SELECT key, device_id FROM device INDEXED BY sqlite_autoindex_device_1";
const isOrder = isWholeUpTo(Number.MAX_SAFE_INTEGER);
