/** Bounds the alert log: where there are too many lines, the device that has the most loses its oldest. Runs in the thread of `hub.db`. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { prepared } from "../db/prepared.ts";

/**
 * About 100 MB. A board that flaps a thousand times a second would fill the disk within days, and `hub.db` is in memory as a whole while
 * it is copied for a backup.
 */
export const MOST_LINES = 200_000;
/** Looked at so often, and deleted together: some milliseconds each. */
export const AT_ONCE = 2_000;

export interface AlertLogBound {
  /** A line was added. In a transaction. */
  added(): void;
}

export function createAlertLogBound(db: DatabaseSyncInstance): AlertLogBound {
  let untilLook = 0;

  /** What all others logged stays, however much one device does. */
  function trim(): void {
    const counts: { device_id?: unknown; lines?: unknown }[] = prepared(db, COUNT).all();
    const total = counts.reduce((sum, { lines }) => sum + Number(lines), 0);
    const [most] = counts;
    if (most === undefined || total <= MOST_LINES) return;
    const device = typeof most.device_id === "string" ? most.device_id : null;
    prepared(db, DELETE_OLDEST).run(device, Math.min(Number(most.lines), total - MOST_LINES));
  }

  return {
    added: () => {
      if (untilLook-- > 0) return;
      untilLook = AT_ONCE - 1;
      trim();
    },
  };
}

const COUNT = "SELECT device_id, count(*) AS lines FROM alert_event GROUP BY device_id ORDER BY lines DESC";
const DELETE_OLDEST =
  "DELETE FROM alert_event WHERE id IN (SELECT id FROM alert_event WHERE device_id IS ? ORDER BY at LIMIT ?)";
