/** The tables of `hub.db`, as numbered migrations. */
import type { FileFormat } from "../db/schema.ts";

/** Its name in the data directory. */
export const HUB_FILE = "hub.db";

/** `AERH`, so that it is not taken for `aerie.db`. Never edit a migration that was released. */
export const HUB_FORMAT: FileFormat = {
  applicationId: 0x41455248,
  migrations: [
    {
      name: "first",
      sql: `
        -- what a dialect learned about a device, or (family "owner") what its owner set
        CREATE TABLE learned (
          id INTEGER PRIMARY KEY,
          family TEXT NOT NULL,
          device_id TEXT NOT NULL,
          key TEXT NOT NULL,
          data TEXT NOT NULL,
          -- CRC-32 of the other columns
          crc INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX learned_by_key ON learned (device_id, family, key);

        -- in the order in which they were made
        CREATE TABLE mapping (
          id INTEGER PRIMARY KEY,
          mapping_id TEXT NOT NULL UNIQUE,
          data TEXT NOT NULL,
          crc INTEGER NOT NULL
        ) STRICT;

        -- devices with changes of presence
        CREATE TABLE device (key INTEGER PRIMARY KEY, device_id TEXT NOT NULL UNIQUE) STRICT;

        -- at: epoch ms; since: null where it is the same as at; detail: null where it says the same as online
        CREATE TABLE presence (
          device INTEGER NOT NULL,
          at INTEGER NOT NULL,
          since INTEGER,
          online INTEGER NOT NULL,
          detail TEXT,
          PRIMARY KEY (device, at)
        ) STRICT, WITHOUT ROWID;

        -- when the hub ran
        CREATE TABLE run (started_at INTEGER PRIMARY KEY, alive_at INTEGER NOT NULL) STRICT;
      `,
    },
    {
      name: "alerts",
      sql: `
        -- rules, channels, states of alerts, notifications on their way, derived metrics; in the order in which they were made
        CREATE TABLE record (
          id INTEGER PRIMARY KEY,
          kind TEXT NOT NULL,
          record_id TEXT NOT NULL,
          data TEXT NOT NULL,
          crc INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX record_by_id ON record (kind, record_id);

        -- the alert log. at: epoch ms; device_id: null of the hub itself
        CREATE TABLE alert_event (
          id INTEGER PRIMARY KEY,
          event_id TEXT NOT NULL UNIQUE,
          at INTEGER NOT NULL,
          rule_id TEXT NOT NULL,
          device_id TEXT,
          severity TEXT NOT NULL,
          data TEXT NOT NULL,
          crc INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX alert_event_by_time ON alert_event (at);
        CREATE INDEX alert_event_by_device ON alert_event (device_id, at);
      `,
    },
  ],
};
