/** Records of alerts and derived metrics, and the alert log. Runs in the thread of `hub.db`. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { Severity } from "../../../contract/alerts.ts";
import { parseDeviceId } from "../../../core/model/device-id.ts";
import { fromColumn, toColumn } from "../../../core/model/text-column.ts";
import {
  type AlertEventChange,
  type AlertEventsQuery,
  RECORD_KINDS,
  type RecordChange,
  type StoredAlertEvent,
  type StoredRecord,
} from "../../../core/ports/hub-file.ts";
import type { NoteDamage } from "../db/damage-note.ts";
import { prepared } from "../db/prepared.ts";
import { isText } from "../format/stored-fields.ts";
import { isInstant } from "../format/stored-text.ts";
import { createAlertLogBound } from "./alert-log-bound.ts";
import { type Row, sumOf, type Texts, wholeRows } from "./whole-rows.ts";

export interface HubAlerts {
  /** A row whose checksum does not match is reported and deleted. */
  loadRecords(note: NoteDamage): StoredRecord[];
  /** In a transaction. */
  writeRecord(change: RecordChange): void;
  /** In a transaction. Of too many lines the oldest give way. */
  writeEvent(change: AlertEventChange): void;
  /** A row whose checksum does not match is reported and left out. */
  events(query: AlertEventsQuery, note: NoteDamage): StoredAlertEvent[];
  /** In a transaction; deletes a part of the log before that time. True: there is more. */
  expireStep(beforeMs: number): boolean;
}

const EXPIRE_STEP = 5_000;

export function createHubAlerts(db: DatabaseSyncInstance): HubAlerts {
  const bound = createAlertLogBound(db);

  function writeRecord({ kind, id, data }: RecordChange): void {
    const key = toColumn(id);
    if (data === undefined) return void prepared(db, DELETE_RECORD).run(kind, key);
    const text = toColumn(data);
    prepared(db, PUT_RECORD).run(kind, key, text, sumOf(kind, key, text));
  }

  function loadRecords(note: NoteDamage): StoredRecord[] {
    return wholeRows(db, {
      table: "record",
      columns: ["kind", "record_id", "data"],
      nameOf: (row) => `the record ${String(row["kind"])} ${String(row["record_id"])} of alerts`,
      note,
    }).flatMap(toRecord);
  }

  function writeEvent({ id, atMs, ruleId, deviceId, severity: level, data }: AlertEventChange): void {
    const texts = [toColumn(id), toColumn(ruleId), level, toColumn(data)] as const;
    const [eventId, rule, , text] = texts;
    const sum = sumOf(...texts, String(atMs), deviceId ?? "");
    const { changes } = prepared(db, ADD_EVENT).run(eventId, atMs, rule, deviceId ?? null, level, text, sum);
    if (Number(changes) > 0) bound.added();
  }

  function events(query: AlertEventsQuery, note: NoteDamage): StoredAlertEvent[] {
    const conditions = ["at >= ?", "at < ?"];
    const values: (string | number)[] = [query.fromMs, query.toMs];
    const add = (condition: string, value: string | number | undefined): void => {
      if (value === undefined) return;
      conditions.push(condition);
      values.push(value);
    };
    add("rule_id = ?", query.ruleId === undefined ? undefined : toColumn(query.ruleId));
    add("device_id = ?", query.deviceId);
    add("severity = ?", query.severity);
    add("id < ?", query.beforeSeq);
    const sql = `SELECT * FROM alert_event WHERE ${conditions.join(" AND ")} ORDER BY id DESC LIMIT ?`;
    const rows: Row[] = prepared(db, sql).all(...values, query.limit);
    return rows.flatMap((row) => {
      const event = toEvent(row);
      if (event === undefined) note({ what: `the line ${String(row["event_id"])} of the alert log` });
      return event ?? [];
    });
  }

  return {
    loadRecords,
    writeRecord,
    writeEvent,
    events,
    expireStep: (beforeMs) => Number(prepared(db, EXPIRE_EVENTS).run(beforeMs, EXPIRE_STEP).changes) === EXPIRE_STEP,
  };
}

/** One that is replaced keeps its place in the order. */
const PUT_RECORD = `INSERT INTO record (kind, record_id, data, crc) VALUES (?, ?, ?, ?)
  ON CONFLICT (kind, record_id) DO UPDATE SET data = excluded.data, crc = excluded.crc`;
const DELETE_RECORD = "DELETE FROM record WHERE kind = ? AND record_id = ?";
const ADD_EVENT = `INSERT OR IGNORE INTO alert_event (event_id, at, rule_id, device_id, severity, data, crc)
  VALUES (?, ?, ?, ?, ?, ?, ?)`;
const EXPIRE_EVENTS = "DELETE FROM alert_event WHERE id IN (SELECT id FROM alert_event WHERE at < ? LIMIT ?)";

/** Of a kind that a later version knows: it is left out and kept. */
function toRecord([kind = "", id = "", data = ""]: Texts): StoredRecord[] {
  const known = RECORD_KINDS.find((each) => each === kind);
  return known === undefined ? [] : [{ kind: known, id: fromColumn(id), data: fromColumn(data) }];
}

/** A list of its own: the schema of the contract would load zod into this thread. */
const SEVERITIES: Readonly<Record<Severity, true>> = { critical: true, warning: true, info: true };
const isSeverity = (value: unknown): value is Severity => isText(value) && Object.hasOwn(SEVERITIES, value);

/** Undefined: it is damaged. */
function toEvent(row: Row): StoredAlertEvent | undefined {
  const { id: seq, event_id: id, at, rule_id: ruleId, device_id: device, severity: level, data, crc } = row;
  if (!isText(id) || !isInstant(at) || !isText(ruleId) || !isText(data) || !isSeverity(level)) return undefined;
  if (sumOf(id, ruleId, level, data, String(at), isText(device) ? device : "") !== crc) return undefined;
  const parsed = isText(device) ? parseDeviceId(device) : undefined;
  return {
    seq: Number(seq),
    id: fromColumn(id),
    atMs: at,
    ruleId: fromColumn(ruleId),
    deviceId: parsed?.ok ? parsed.value : undefined,
    severity: level,
    data: fromColumn(data),
  };
}
