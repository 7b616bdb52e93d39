/** What was learned of devices, and mappings: rows with a checksum. Runs in the thread of `hub.db`. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { FAMILIES } from "../../../contract/families.ts";
import type { DeviceId } from "../../../contract/readings.ts";
import { parseDeviceId } from "../../../core/model/device-id.ts";
import { fromColumn, toColumn } from "../../../core/model/text-column.ts";
import type {
  KeptOfHub,
  LearnedChange,
  MappingChange,
  StoredLearned,
  StoredMapping,
} from "../../../core/ports/hub-file.ts";
import type { NoteDamage } from "../db/damage-note.ts";
import { prepared } from "../db/prepared.ts";
import { sumOf, type Texts, wholeRows } from "./whole-rows.ts";

export interface HubEntries {
  /** A row whose checksum does not match is reported and deleted. */
  load(note: NoteDamage): Pick<KeptOfHub, "learned" | "mappings">;
  /** In a transaction. */
  writeLearned(change: LearnedChange): void;
  writeMapping(change: MappingChange): void;
  /** What its owner set. */
  deleteOwners(deviceId: DeviceId): void;
}

export function createHubEntries(db: DatabaseSyncInstance): HubEntries {
  function writeLearned({ family, deviceId, key, data }: LearnedChange): void {
    const columns = [family, deviceId, toColumn(key)] as const;
    if (data === undefined) return void prepared(db, DELETE_LEARNED).run(...columns);
    const text = toColumn(data);
    prepared(db, PUT_LEARNED).run(...columns, text, sumOf(...columns, text));
  }

  function writeMapping({ id, data }: MappingChange): void {
    const column = toColumn(id);
    if (data === undefined) return void prepared(db, DELETE_MAPPING).run(column);
    const text = toColumn(data);
    prepared(db, PUT_MAPPING).run(column, text, sumOf(column, text));
  }

  function load(note: NoteDamage): Pick<KeptOfHub, "learned" | "mappings"> {
    const learned = wholeRows(db, {
      table: "learned",
      columns: ["family", "device_id", "key", "data"],
      nameOf: (row) => `what was learned about the device ${String(row["device_id"])} (${String(row["key"])})`,
      note,
    });
    const mappings = wholeRows(db, {
      table: "mapping",
      columns: ["mapping_id", "data"],
      nameOf: (row) => `the mapping ${String(row["mapping_id"])}`,
      note,
    });
    return { learned: learned.flatMap(toLearned), mappings: mappings.map(toMapping) };
  }

  return {
    load,
    writeLearned,
    writeMapping,
    deleteOwners: (deviceId) => void prepared(db, DELETE_OWNERS).run(deviceId),
  };
}

const PUT_LEARNED = `INSERT INTO learned (family, device_id, key, data, crc) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (device_id, family, key) DO UPDATE SET data = excluded.data, crc = excluded.crc`;
const DELETE_LEARNED = "DELETE FROM learned WHERE family = ? AND device_id = ? AND key = ?";
const DELETE_OWNERS = "DELETE FROM learned WHERE family = 'owner' AND device_id = ?";
/** A mapping that is changed keeps its place in the order. */
const PUT_MAPPING = `INSERT INTO mapping (mapping_id, data, crc) VALUES (?, ?, ?)
  ON CONFLICT (mapping_id) DO UPDATE SET data = excluded.data, crc = excluded.crc`;
const DELETE_MAPPING = "DELETE FROM mapping WHERE mapping_id = ?";

/** Of a family that a later version knows: it is left out and kept. */
function toLearned([family, deviceId, key, data]: Texts): StoredLearned[] {
  const known = family === "owner" ? family : FAMILIES.find((each) => each === family);
  const parsed = parseDeviceId(deviceId ?? "");
  if (known === undefined || !parsed.ok || key === undefined || data === undefined) return [];
  return [{ family: known, deviceId: parsed.value, key: fromColumn(key), data: fromColumn(data) }];
}

const toMapping = ([id = "", data = ""]: Texts): StoredMapping => ({ id: fromColumn(id), data: fromColumn(data) });
