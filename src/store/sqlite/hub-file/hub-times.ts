/** Changes of presence, and when the hub ran. Runs in the thread of `hub.db`. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { DeviceId, Presence } from "../../../contract/readings.ts";
import { parseDeviceId } from "../../../core/model/device-id.ts";
import type {
  HubFile,
  PresenceChange,
  PresenceChanges,
  PresencesQuery,
  RunChange,
  StoredPresence,
  StoredRun,
} from "../../../core/ports/hub-file.ts";
import { isPresenceState } from "../../../core/presence/presence-rules.ts";
import { prepared } from "../db/prepared.ts";
import { isWholeUpTo } from "../format/stored-fields.ts";
import { isInstant } from "../format/stored-text.ts";

type PresenceQuery = Parameters<HubFile["presence"]>[0];
type RunsQuery = Parameters<HubFile["runs"]>[0];

export interface HubTimes {
  /** In a transaction. */
  writePresence(change: PresenceChange): void;
  writeRun(change: RunChange): void;
  deletePresence(deviceId: DeviceId): void;
  presence(query: PresenceQuery): StoredPresence[];
  presences(query: PresencesQuery): PresenceChanges[];
  /** Of each device. */
  lastPresence(): StoredPresence[];
  runs(query: RunsQuery): StoredRun[];
  lastRun(): StoredRun | undefined;
  /** In a transaction; deletes a part of what `expire` deletes. True: there is more. */
  expireStep(beforeMs: number): boolean;
}

/** Rows of one transaction, so that writes wait for some milliseconds only. */
const EXPIRE_STEP = 5_000;

const KEY_OF = "SELECT key FROM device WHERE device_id = ?";
const SHOWN = "SELECT at, since, online, detail FROM presence WHERE device = ?";

type Row = Readonly<Record<string, unknown>>;

export function createHubTimes(db: DatabaseSyncInstance): HubTimes {
  const keyOf = (deviceId: DeviceId): number | undefined => numberOf(prepared(db, KEY_OF).get(deviceId)?.["key"]);

  /** A later change of the same millisecond replaces the former: it is what held. */
  function writePresence({ deviceId, atMs, sinceMs, state, detail }: PresenceChange): void {
    prepared(db, "INSERT OR IGNORE INTO device (device_id) VALUES (?)").run(deviceId);
    prepared(db, "INSERT OR REPLACE INTO presence (device, at, since, online, detail) VALUES (?, ?, ?, ?, ?)").run(
      keyOf(deviceId) ?? null,
      atMs,
      sinceMs === atMs ? null : sinceMs,
      Number(state === "online"),
      detail === state ? null : detail,
    );
  }

  function lastPresence(): StoredPresence[] {
    const devices: Row[] = db.prepare("SELECT key, device_id FROM device").all();
    return devices.flatMap(({ key, device_id: id }) => {
      const parsed = parseDeviceId(String(id));
      const row: Row | undefined = prepared(db, `${SHOWN} ORDER BY at DESC LIMIT 1`).get(Number(key));
      return parsed.ok && row !== undefined ? toPresence(parsed.value, row) : [];
    });
  }

  function presence({ deviceId, fromMs, toMs, limit }: PresenceQuery): StoredPresence[] {
    const key = keyOf(deviceId);
    if (key === undefined) return [];
    const before: Row[] = prepared(db, `${SHOWN} AND at < ? ORDER BY at DESC LIMIT 1`).all(key, fromMs);
    const within: Row[] = prepared(db, `${SHOWN} AND at >= ? AND at < ? ORDER BY at LIMIT ?`).all(
      ...[key, fromMs, toMs, limit],
    );
    return [...before, ...within].flatMap((row) => toPresence(deviceId, row));
  }

  function presences({ deviceIds, fromMs, toMs, mostChanges }: PresencesQuery): PresenceChanges[] {
    let left = mostChanges;
    return deviceIds.map((deviceId, index) => {
      const limit = Math.max(1, Math.floor(left / (deviceIds.length - index)));
      const found = presence({ deviceId, fromMs, toMs, limit: limit + 1 });
      const next = found.filter(({ atMs }) => atMs >= fromMs)[limit];
      const changes = next === undefined ? found : found.slice(0, found.indexOf(next));
      left -= changes.length;
      return { changes: changes.map(({ atMs, detail }) => ({ atMs, detail })), nextMs: next?.atMs };
    });
  }

  function runs({ fromMs, toMs }: RunsQuery): StoredRun[] {
    const sql = "SELECT started_at, alive_at FROM run WHERE started_at < ? AND alive_at >= ? ORDER BY started_at";
    return prepared(db, sql).all(toMs, fromMs).flatMap(toRun);
  }

  function lastRun(): StoredRun | undefined {
    return db.prepare("SELECT started_at, alive_at FROM run ORDER BY started_at DESC LIMIT 1").all().flatMap(toRun)[0];
  }

  /** The newest change before that time stays: it says what held then. */
  function expireStep(beforeMs: number): boolean {
    prepared(db, "DELETE FROM run WHERE alive_at < ?").run(beforeMs);
    let left = EXPIRE_STEP;
    for (const { key } of db.prepare("SELECT key FROM device").all()) {
      left -= expireOf(Number(key), beforeMs, left);
      if (left <= 0) return true;
    }
    return false;
  }

  function expireOf(device: number, beforeMs: number, atMost: number): number {
    const held = numberOf(prepared(db, HELD_AT).get(device, beforeMs)?.["at"]);
    if (held === undefined) return 0;
    const last = numberOf(prepared(db, AFTER_MOST).get(device, atMost)?.["at"]) ?? held;
    return Number(prepared(db, DELETE_BEFORE).run(device, Math.min(held, last)).changes);
  }

  return {
    writePresence,
    writeRun: ({ startedAtMs, aliveAtMs }) =>
      void prepared(db, "INSERT OR REPLACE INTO run (started_at, alive_at) VALUES (?, ?)").run(startedAtMs, aliveAtMs),
    deletePresence: (deviceId) => {
      const key = keyOf(deviceId);
      if (key === undefined) return;
      prepared(db, "DELETE FROM presence WHERE device = ?").run(key);
      prepared(db, "DELETE FROM device WHERE key = ?").run(key);
    },
    presence,
    presences,
    lastPresence,
    runs,
    lastRun,
    expireStep,
  };
}

const HELD_AT = "SELECT max(at) AS at FROM presence WHERE device = ? AND at <= ?";
const AFTER_MOST = "SELECT at FROM presence WHERE device = ? ORDER BY at LIMIT 1 OFFSET ?";
const DELETE_BEFORE = "DELETE FROM presence WHERE device = ? AND at < ?";

const numberOf = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

const isFlag = isWholeUpTo(1);

/** A damaged row is left out. */
function toPresence(deviceId: DeviceId, { at, since, online, detail }: Row): StoredPresence[] {
  if (!isInstant(at) || !isFlag(online)) return [];
  const state: Presence = online === 1 ? "online" : "offline";
  return [
    {
      deviceId,
      atMs: at,
      sinceMs: isInstant(since) ? since : at,
      state,
      detail: isPresenceState(detail) ? detail : state,
    },
  ];
}

const toRun = ({ started_at: startedAtMs, alive_at: aliveAtMs }: Row): StoredRun[] =>
  isInstant(startedAtMs) && isInstant(aliveAtMs) ? [{ startedAtMs, aliveAtMs }] : [];
