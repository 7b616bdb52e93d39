/**
 * Deletes a range of one device, or some metrics in it, in small steps: rollups, hot rows, segments. The remaining work is in a
 * table, so that it resumes after a crash. Runs in the writer's thread.
 */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { MAX_INSTANT_MS } from "../../../contract/epoch.ts";
import { DAY_MS, startOf } from "../../../core/model/utc-day.ts";
import type { EraseRequest } from "../../../core/ports/history.ts";
import type { LatestMetric } from "../../../core/ports/stored-device.ts";
import type { NoteDamage } from "../db/damage-note.ts";
import { inTransaction } from "../db/transaction.ts";
import { filterColumns } from "../format/merge-columns.ts";
import { parseLatest, parseList, parseMetrics } from "../format/stored-text.ts";
import { historyOfKey, openSegment, type Range, type SegmentHead, segmentHeads } from "../read/history.ts";
import { latestOf } from "../read/latest-query.ts";
import { deleteSegment, replaceSegment } from "../tables/segment-table.ts";
import { eraseRollups } from "./erase-rollups.ts";
import { createNextWindow } from "./next-window.ts";
import type { RollupUpdater } from "./rollup-updater.ts";

export interface Eraser {
  /** The number of the job; undefined: there is no such device. */
  begin(request: EraseRequest): number | undefined;
  /** Jobs that are not done yet. */
  pending(): number[];
  /** True: it is done. */
  step(job: number): boolean;
}

export interface EraserOptions {
  readonly db: DatabaseSyncInstance;
  readonly rollups: RollupUpdater;
  /** Rows of the device were changed or deleted; `hot`: among them rows that wait to be sealed. */
  readonly onErased: (key: number, hot: boolean) => void;
  readonly note: NoteDamage;
}

interface Job {
  readonly id: number;
  readonly key: number;
  /** Everything before it is done. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly metrics: readonly string[] | undefined;
  /** The range is all time: no latest value can be left. */
  readonly isAll: boolean;
}

export function createEraser({ db, rollups, onErased, note }: EraserOptions): Eraser {
  const sql = prepare(db);
  const nextWindow = createNextWindow(db);

  function begin({ deviceId, fromMs, toMs, metrics }: EraseRequest): number | undefined {
    const key = sql.key.get(deviceId)?.["key"];
    if (key === undefined) return undefined;
    const { lastInsertRowid } = sql.begin.run(
      Number(key),
      Math.max(0, Math.floor(fromMs)),
      Math.ceil(toMs),
      metrics === undefined ? null : JSON.stringify(metrics),
      Number(fromMs <= 0 && toMs >= MAX_INSTANT_MS),
    );
    return Number(lastInsertRowid);
  }

  function step(id: number): boolean {
    const row = sql.job.get(id);
    if (row === undefined) return true;
    const job = toJob(row);
    if (job === undefined) {
      // Which metrics is lost; the jobs behind it must not wait.
      note({ what: "an unfinished deletion of metrics (request it again)" });
      sql.done.run(id);
      return true;
    }
    const device = historyOfKey(db, job.key);
    if (device === undefined) {
      sql.done.run(id); // the whole device was deleted meanwhile
      return true;
    }
    const rolledToMs = Math.min(job.toMs, device.rawSinceMs);
    return job.fromMs < rolledToMs ? stepRollups(job, rolledToMs) : stepRaw(job);
  }

  /** Readings of a clock that was set back may be in a time whose raw readings are deleted. They are deleted too: they are few. */
  function stepRollups(job: Job, rolledToMs: number): false {
    let hot = false;
    inTransaction(db, () => {
      const untilMs = eraseRollups(db, rollups, { ...job, toMs: rolledToMs });
      hot = eraseHot(job, job.fromMs, untilMs);
      for (const head of segmentHeads(db, job.key, { fromMs: job.fromMs, toMs: untilMs })) {
        eraseSegment(job, head, { fromMs: job.fromMs, toMs: untilMs });
      }
      sql.goOn.run(untilMs, job.id);
    });
    onErased(job.key, hot);
    return false;
  }

  function stepRaw(job: Job): boolean {
    const window = nextWindow(job.key, job);
    if (window === undefined) return finish(job);
    let hot = false;
    inTransaction(db, () => {
      hot = eraseHot(job, window.fromMs, window.toMs);
      const uncut = window.heads.filter((head) => !eraseSegment(job, head, window));
      // A damaged segment was counted before its damage, and its hours are not counted again: those of the range are deleted completely.
      if (uncut.length > 0) eraseRollups(db, rollups, { ...job, fromMs: window.fromMs, toMs: window.toMs });
      sql.markDue.run(job.key, startOf(window.fromMs, DAY_MS));
      sql.goOn.run(window.toMs, job.id);
    });
    onErased(job.key, hot);
    return false;
  }

  /** True: rows that wait to be sealed changed. Rows that are sealed already are deleted: their segment is changed instead. */
  function eraseHot({ key, metrics }: Job, fromMs: number, toMs: number): boolean {
    if (metrics === undefined) return Number(sql.deleteHot.run(key, fromMs, toMs).changes) > 0;
    sql.deleteDead.run(key, fromMs, toMs, key);
    let changed = false;
    for (const row of sql.hot.all(key, key, fromMs, toMs)) {
      const values = parseMetrics(row["body"]);
      if (values === undefined) continue; // metrics cannot be removed from what cannot be read; it is deleted with whole readings only
      const kept = Object.entries(values).filter(([name]) => !metrics.includes(name));
      if (kept.length === Object.keys(values).length) continue;
      changed = true;
      if (kept.length === 0) sql.deleteRow.run(Number(row["seq"]));
      // Without its hash it is compared in full.
      else sql.setBody.run(JSON.stringify(Object.fromEntries(kept)), Number(row["seq"]));
    }
    return changed;
  }

  /** False: the segment cannot be read, so part of it cannot be deleted. */
  function eraseSegment({ toMs: lastMs, metrics }: Job, head: SegmentHead, { fromMs, toMs }: Range): boolean {
    // It may end behind the window, but not behind the range of the job.
    const isWhole = head.fromAt >= fromMs && head.toAt < lastMs;
    if (isWhole && metrics === undefined) {
      deleteSegment(db, head.id);
      return true;
    }
    const segment = openSegment(db, head, () => {});
    if (segment === undefined) return false;
    if (metrics?.every((name) => !segment.has(name)) === true) return true;
    const left = filterColumns(segment.columns(), { fromMs, toMs, metrics });
    if (left.at.length === 0) deleteSegment(db, head.id);
    else replaceSegment(db, head.id, left);
    return true;
  }

  /** A start must not load deleted values as the latest ones. */
  function finish({ id, key, metrics, isAll }: Job): true {
    const device = sql.device.get(key);
    const latest = parseLatest(device?.["latest"]) ?? new Map<string, LatestMetric>();
    const asked = [...latest.keys()].filter((name) => metrics === undefined || metrics.includes(name));
    const found = isAll
      ? new Map<string, LatestMetric>()
      : latestOf(db, String(device?.["device_id"]), asked, () => {});
    const kept = [...latest].filter(([name]) => !asked.includes(name));
    const now = [...kept, ...found].map(([name, { value, atMs }]) => [name, [value, atMs]] as const);
    inTransaction(db, () => {
      sql.setLatest.run(JSON.stringify(Object.fromEntries(now)), key);
      sql.done.run(id);
    });
    return true;
  }

  return {
    begin,
    pending: () => sql.pending.all().map((row) => Number(row["id"])),
    step,
  };
}

/** Undefined: it is damaged. */
function toJob(row: Record<string, unknown>): Job | undefined {
  const metrics = row["metrics"] === null ? undefined : parseList(row["metrics"], "string");
  if (metrics === undefined && row["metrics"] !== null) return undefined;
  return {
    id: Number(row["id"]),
    key: Number(row["device"]),
    fromMs: Number(row["from_at"]),
    toMs: Number(row["to_at"]),
    metrics,
    isAll: row["is_all"] === 1,
  };
}

function prepare(db: DatabaseSyncInstance) {
  return {
    key: db.prepare("SELECT key FROM device WHERE device_id = ?"),
    device: db.prepare("SELECT device_id, latest FROM device WHERE key = ?"),
    begin: db.prepare("INSERT INTO erasing (device, from_at, to_at, metrics, is_all) VALUES (?, ?, ?, ?, ?)"),
    pending: db.prepare("SELECT id FROM erasing ORDER BY id"),
    job: db.prepare("SELECT * FROM erasing WHERE id = ?"),
    goOn: db.prepare("UPDATE erasing SET from_at = ? WHERE id = ?"),
    done: db.prepare("DELETE FROM erasing WHERE id = ?"),
    deleteHot: db.prepare("DELETE FROM hot WHERE device = ? AND at >= ? AND at < ?"),
    deleteDead: db.prepare(
      `DELETE FROM hot
       WHERE device = ? AND at >= ? AND at < ? AND seq <= (SELECT sealed_seq FROM device WHERE key = ?)`,
    ),
    hot: db.prepare(
      `SELECT seq, body FROM hot
       WHERE device = ? AND seq > (SELECT sealed_seq FROM device WHERE key = ?) AND at >= ? AND at < ?`,
    ),
    deleteRow: db.prepare("DELETE FROM hot WHERE seq = ?"),
    setBody: db.prepare("UPDATE hot SET body = ?, hash = NULL WHERE seq = ?"),
    markDue: db.prepare("INSERT OR IGNORE INTO rollup_due (device, day) VALUES (?, ?)"),
    setLatest: db.prepare("UPDATE device SET latest = ? WHERE key = ?"),
  };
}
