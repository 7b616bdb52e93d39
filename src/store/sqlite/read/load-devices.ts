/**
 * Loads every device at the start, with its latest values updated by the rows that came after they were saved. Damaged fields are
 * left out and reported; it only writes to reset a field that its column could not hold.
 */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { MAX_INSTANT_MS } from "../../../contract/epoch.ts";
import type { DeviceId } from "../../../contract/readings.ts";
import { laterOf } from "../../../core/devices/device-record.ts";
import { mergeLatest } from "../../../core/devices/latest-values.ts";
import { parseDeviceId } from "../../../core/model/device-id.ts";
import type { LatestMetric, StoredDevice } from "../../../core/ports/stored-device.ts";
import type { NoteDamage } from "../db/damage-note.ts";
import { ifReadable } from "../db/file-damage.ts";
import { fieldsOf, isText, isWholeUpTo } from "../format/stored-fields.ts";
import { isInstant, parseAttributes, parseLatest, parseMetrics } from "../format/stored-text.ts";
import { eachReading } from "./each-reading.ts";
import { historyOfKey, type Range } from "./history.ts";
import { rowsSince, savedSeq } from "./rows-since.ts";

type Row = Record<string, unknown>;

/** The newest readings of a device contain its latest values, except for rare metrics. */
const READINGS_FOR_LATEST = 500;
/** Former versions wrote it for a device that was only known by its last will. */
const NEVER = 0;
/** The maximum of the settings. */
const MAX_DAYS = 36_500;
const ALWAYS: Range = { fromMs: 0, toMs: MAX_INSTANT_MS };

export function loadDevices(db: DatabaseSyncInstance, note: NoteDamage): StoredDevice[] {
  const byKey = new Map<number, StoredDevice>();
  for (const { key, deviceId, row } of deviceRows(db, note)) byKey.set(key, toDevice(db, key, deviceId, row, note));
  for (const { device: key, at, received, body } of rowsSince(db, savedSeq(db))) {
    const device = byKey.get(Number(key));
    if (device === undefined) continue; // it is being deleted
    const metrics = parseMetrics(body);
    if (metrics === undefined || !isInstant(at) || !isInstant(received)) {
      const atMs = isInstant(at) ? at : 0;
      const span = { fromMs: atMs, toMs: atMs };
      note({ deviceId: device.deviceId, ...span, reason: "a reading that is not compressed yet is damaged" });
      continue;
    }
    mergeLatest(device.latest, new Map(Object.entries(metrics)), at);
    device.lastHeardAtMs = laterOf(device.lastHeardAtMs, received);
  }
  return [...byKey.values()];
}

interface DeviceRow {
  readonly key: number;
  readonly deviceId: DeviceId;
  /** Undefined: its page is damaged. */
  readonly row: Row | undefined;
}

/** Devices are found by the index of their ids, so the id comes from the index, not from the row. */
function deviceRows(db: DatabaseSyncInstance, note: NoteDamage): DeviceRow[] {
  const byId = "SELECT key, device_id FROM device INDEXED BY sqlite_autoindex_device_1";
  const ids = ifReadable(() => db.prepare(byId).all());
  const all = ifReadable(() => db.prepare("SELECT * FROM device").all());
  const rows = new Map((all ?? []).map((row) => [Number(row["key"]), row as Row]));
  const one = db.prepare("SELECT * FROM device WHERE key = ?");
  const found: DeviceRow[] = [];
  for (const { key, device_id: id } of ids ?? db.prepare("SELECT key, device_id FROM device NOT INDEXED").all()) {
    const parsed = parseDeviceId(String(id));
    const row = rows.get(Number(key)) ?? ifReadable(() => one.get(key as number) as Row | undefined);
    if (parsed.ok) found.push({ key: Number(key), deviceId: parsed.value, row });
    else note({ what: "the id of a device, with all its stored data" });
  }
  return found;
}

function toDevice(
  db: DatabaseSyncInstance,
  key: number,
  deviceId: DeviceId,
  row: Row | undefined,
  note: NoteDamage,
): StoredDevice {
  const { get, need, damaged } = fieldsOf(row);
  const [attributes, latest] = [parseAttributes(row?.["attributes"]), parseLatest(row?.["latest"])];
  const statusAtMs = get("status_at", isInstant);
  const heardAtMs = need("heard_at", isInstant);
  const [rawDays, hourDays, dayDays] = ["raw_days", "hour_days", "day_days"].map((name) => get(name, isDays));
  const device: StoredDevice = {
    deviceId,
    name: get("name", isText),
    place: get("place", isText),
    attributes: attributes ?? new Map(),
    clockSuspect: need("clock_suspect", isFlag) === 1,
    status: statusAtMs === undefined ? undefined : { online: get("status_online", isFlag) === 1, atMs: statusAtMs },
    lastHeardAtMs: heardAtMs === NEVER ? undefined : heardAtMs,
    intervalMs: get("interval_ms", isInterval),
    latest: latest ?? ifReadable(() => newestOf(db, key)) ?? new Map(),
    retention: {
      ...(rawDays !== undefined && { rawDays }),
      ...(hourDays !== undefined && { hourDays }),
      ...(dayDays !== undefined && { dayDays }),
    },
  };
  for (const name of ["raw_since", "hours_since"]) need(name, isInstant);
  need("sealed_seq", isWholeUpTo(Number.MAX_SAFE_INTEGER));
  if (row !== undefined) reset(db, key, [...damaged, ...TEXTS.filter((name) => !isText(row[name]))]);
  const left = [...damaged, ...(attributes ? [] : ["attributes"]), ...(latest ? [] : ["latest values"])];
  if (left.length > 0)
    note({ what: `the stored data of the device ${deviceId} beside its readings (${left.join(", ")})` });
  return device;
}

const isFlag = isWholeUpTo(1);
const isDays = isWholeUpTo(MAX_DAYS);
const isInterval = (value: unknown): value is number =>
  typeof value === "number" && value > 0 && Number.isFinite(value);

const TEXTS = ["attributes", "latest"];
const NUMBERS = ["heard_at", "clock_suspect", "raw_since", "hours_since", "sealed_seq"];

/** SQLite refuses every later change of a row with a value that its column cannot hold. */
function reset(db: DatabaseSyncInstance, key: number, columns: readonly string[]): void {
  if (columns.length === 0) return;
  const emptyOf = (name: string): string => (TEXTS.includes(name) ? "'{}'" : NUMBERS.includes(name) ? "0" : "NULL");
  const values = columns.map((name) => `${name} = ${emptyOf(name)}`);
  try {
    db.prepare(`UPDATE device SET ${values.join(", ")} WHERE key = ?`).run(key);
  } catch {
    // The damage was reported; the next start tries again.
  }
}

/** From the readings themselves. */
function newestOf(db: DatabaseSyncInstance, key: number): Map<string, LatestMetric> {
  const latest = new Map<string, LatestMetric>();
  const history = historyOfKey(db, key);
  if (history === undefined) return latest;
  let left = READINGS_FOR_LATEST;
  for (const reading of eachReading(db, history, { ...ALWAYS, order: "desc", behind: undefined }, () => {})) {
    if (left-- === 0) break;
    mergeLatest(latest, new Map(Object.entries(reading.metrics())), reading.atMs);
  }
  return latest;
}
