/** The tables of the embedded store, as numbered migrations. */
import { statSync } from "node:fs";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { copyFileWhole } from "../../../files/durable-file.ts";
import { fileFault } from "../../../files/file-fault.ts";

/** `AERI`: distinguishes an Aerie database from any other SQLite file. */
export const APPLICATION_ID = 0x41455249;

export interface Migration {
  /** What it changes; of the first of an upgrade, part of the file name of the copy made before. */
  readonly name: string;
  readonly sql: string;
}

/** Applied in order; the number of those applied is the file's `user_version`. Never edit one that was released. */
export const MIGRATIONS: readonly Migration[] = [
  {
    name: "first",
    sql: `
      -- keys are never used again: readings of a deleted device still have theirs
      CREATE TABLE device (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        device_id TEXT NOT NULL UNIQUE,
        name TEXT,
        place TEXT,
        attributes TEXT NOT NULL DEFAULT '{}',
        clock_suspect INTEGER NOT NULL DEFAULT 0,
        status_online INTEGER,
        status_at INTEGER,
        -- what memory knew of it when state_seq of meta was the newest row
        heard_at INTEGER NOT NULL,
        interval_ms REAL,
        latest TEXT NOT NULL DEFAULT '{}'
      ) STRICT;

      -- readings as they came, append-only; received_at is left out where it is the instant
      CREATE TABLE hot (
        seq INTEGER PRIMARY KEY,
        device INTEGER NOT NULL,
        at INTEGER NOT NULL,
        n INTEGER NOT NULL,
        received_at INTEGER,
        packet INTEGER,
        client TEXT,
        element INTEGER,
        -- of what the body says; only where n > 0 and the device gave the instant
        hash INTEGER,
        body TEXT NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX hot_by_instant ON hot (device, at, n);
      -- finds an equal reading among many of one instant, such as a board sends whose clock stands still
      CREATE INDEX hot_by_content ON hot (device, at, hash) WHERE n > 0;
      -- finds the first copy of a redelivered reading that has no instant of its own
      CREATE INDEX hot_by_packet ON hot (device, packet) WHERE packet IS NOT NULL;

      -- devices that are gone and whose readings go in small steps
      CREATE TABLE deleting (device INTEGER PRIMARY KEY) STRICT;
      CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
    `,
  },
  {
    name: "broker",
    sql: `
      -- what the MQTT broker must not forget; times are wall time, epoch ms
      CREATE TABLE mqtt_session (
        client TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        expiry_s INTEGER NOT NULL,
        -- null: connected
        disconnected_at INTEGER,
        -- deliveries up to this place may have been sent
        sent_through INTEGER
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE mqtt_subscription (
        client TEXT NOT NULL,
        filter TEXT NOT NULL,
        qos INTEGER NOT NULL,
        no_local INTEGER NOT NULL,
        retain_as_published INTEGER NOT NULL,
        subscription_id INTEGER,
        PRIMARY KEY (client, filter)
      ) STRICT, WITHOUT ROWID;

      -- the six columns of a message stand last, the long ones behind the short ones
      CREATE TABLE mqtt_retained (
        topic TEXT PRIMARY KEY,
        qos INTEGER NOT NULL,
        retain INTEGER NOT NULL,
        expires_at INTEGER,
        publisher TEXT,
        properties BLOB NOT NULL,
        payload BLOB NOT NULL
      ) STRICT, WITHOUT ROWID;

      -- each row has its message to itself; topic null: only the packet id is still of use
      CREATE TABLE mqtt_delivery (
        client TEXT NOT NULL,
        place INTEGER NOT NULL,
        delivery_qos INTEGER NOT NULL,
        delivery_retain INTEGER NOT NULL,
        -- JSON array; null: none
        subscription_ids TEXT,
        share TEXT,
        topic TEXT,
        qos INTEGER,
        retain INTEGER,
        expires_at INTEGER,
        publisher TEXT,
        properties BLOB,
        payload BLOB,
        PRIMARY KEY (client, place)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE mqtt_inbound (
        client TEXT NOT NULL,
        packet INTEGER NOT NULL,
        PRIMARY KEY (client, packet)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE mqtt_will (
        client TEXT PRIMARY KEY,
        delay_s INTEGER NOT NULL,
        keep_alive_s INTEGER NOT NULL,
        expiry_s INTEGER,
        -- null: its client is connected
        due_at INTEGER,
        topic TEXT NOT NULL,
        qos INTEGER NOT NULL,
        retain INTEGER NOT NULL,
        expires_at INTEGER,
        publisher TEXT,
        properties BLOB NOT NULL,
        payload BLOB NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: "history",
    sql: `
      -- its rows of hot up to this one are in segments: what is left of them only waits to be deleted
      ALTER TABLE device ADD COLUMN sealed_seq INTEGER NOT NULL DEFAULT 0;
      -- raw readings and hours before these (whole UTC days) are forgotten; none with an instant of its own is taken any more
      ALTER TABLE device ADD COLUMN raw_since INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE device ADD COLUMN hours_since INTEGER NOT NULL DEFAULT 0;
      -- days that its owner set apart; 0: for ever, null: as the hub
      ALTER TABLE device ADD COLUMN raw_days INTEGER;
      ALTER TABLE device ADD COLUMN hour_days INTEGER;
      ALTER TABLE device ADD COLUMN day_days INTEGER;

      -- readings of one device and UTC day, compressed: bytes of segment_piece from this piece on
      CREATE TABLE segment (
        id INTEGER PRIMARY KEY,
        device INTEGER NOT NULL,
        from_at INTEGER NOT NULL,
        from_n INTEGER NOT NULL,
        to_at INTEGER NOT NULL,
        -- 0: it is damaged, and nothing is merged with it
        count INTEGER NOT NULL,
        piece INTEGER NOT NULL,
        bytes INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX segment_by_instant ON segment (device, from_at, from_n, to_at, count);
      CREATE INDEX segment_in_slot ON segment (device) WHERE piece < 0;

      -- hours (level 1) and days (level 2) of one device, many in one compressed row
      CREATE TABLE rollup (
        id INTEGER PRIMARY KEY,
        device INTEGER NOT NULL,
        level INTEGER NOT NULL,
        start_at INTEGER NOT NULL,
        piece INTEGER NOT NULL,
        bytes INTEGER NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX rollup_by_start ON rollup (device, level, start_at);

      -- id < 0: of those that still change, each in a slot of its own
      CREATE TABLE segment_piece (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
      CREATE TABLE rollup_piece (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;

      -- UTC days (their beginnings) whose segments changed since they were rolled up
      CREATE TABLE rollup_due (
        device INTEGER NOT NULL,
        day INTEGER NOT NULL,
        PRIMARY KEY (device, day)
      ) STRICT, WITHOUT ROWID;

      -- what is being deleted; metrics: a JSON array, null: whole readings
      CREATE TABLE erasing (
        id INTEGER PRIMARY KEY,
        device INTEGER NOT NULL,
        from_at INTEGER NOT NULL,
        to_at INTEGER NOT NULL,
        metrics TEXT,
        is_all INTEGER NOT NULL
      ) STRICT;
    `,
  },
  {
    name: "outbox",
    sql: `
      -- groups that wait for MongoDB; former versions made it where they needed it. Its records: docs/storage-format.md
      CREATE TABLE IF NOT EXISTS outbox (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        writes INTEGER NOT NULL,
        batch BLOB NOT NULL,
        -- null: the other store has not decided what becomes of it
        places BLOB
      ) STRICT;
    `,
  },
];

/** What distinguishes one kind of database file from another, and how its tables came about. */
export interface FileFormat {
  readonly applicationId: number;
  readonly migrations: readonly Migration[];
}

export const STORE_FORMAT: FileFormat = { applicationId: APPLICATION_ID, migrations: MIGRATIONS };

/** Throws, with a text for the owner, if another program owns the file. To be called before anything is changed in it. */
export function checkOwner(
  db: DatabaseSyncInstance,
  file: string,
  { applicationId }: Pick<FileFormat, "applicationId"> = STORE_FORMAT,
): { isNew: boolean } {
  const isNew = Number(db.prepare("SELECT count(*) AS count FROM sqlite_schema").get()?.["count"]) === 0;
  if (!isNew && pragma(db, "application_id") !== applicationId) {
    throw new Error(
      `${file} is a database of another program, or its first page is damaged. Give the hub another directory (AERIE_DATA_DIR), or restore a backup (aerie restore)`,
    );
  }
  return { isNew };
}

/** For the owner. */
export const newerWords = (file: string, version: number, known: number): string =>
  `${file} was written by a newer Aerie (schema ${version}; this one knows ${known}). Start that version, or restore the copy that it made before it changed the file (${file}.v…-before-…).`;

/** Migrates the file to the newest schema. Throws, with a text for the owner, if the file is too new. */
export function migrate(
  db: DatabaseSyncInstance,
  file: string,
  migrations: readonly Migration[] = MIGRATIONS,
  applicationId = APPLICATION_ID,
): void {
  const { isNew } = checkOwner(db, file, { applicationId });
  const version = pragma(db, "user_version");
  if (version > migrations.length) {
    throw new Error(newerWords(file, version, migrations.length));
  }
  const [first] = migrations.slice(version);
  if (first !== undefined && !isNew) copyBefore(db, file, `${file}.v${version}-before-${first.name}`);
  for (const [index, migration] of migrations.entries()) {
    if (index < version) continue;
    db.exec("BEGIN IMMEDIATE");
    try {
      db.exec(migration.sql);
      db.exec(`PRAGMA user_version = ${index + 1}; PRAGMA application_id = ${applicationId}; COMMIT`);
    } catch (error) {
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  }
}

/**
 * Each step is one transaction, so the upgrade itself needs no copy. The owner does who goes back: a former version refuses the new schema.
 * The log is emptied into the file first, so that the file alone is complete.
 */
function copyBefore(db: DatabaseSyncInstance, file: string, copy: string): void {
  try {
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    copyFileWhole(file, copy);
  } catch (cause) {
    const mb = Math.ceil(statSync(file).size / 1_000_000);
    throw new Error(
      `${file} is of an earlier version, and the copy that is made before its upgrade (${copy}, ${mb} MB) cannot be written: ${fileFault(cause)}. Nothing was changed. See to it that there is space for the copy, and start the hub again.`,
      { cause },
    );
  }
}

function pragma(db: DatabaseSyncInstance, name: "user_version" | "application_id"): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}
