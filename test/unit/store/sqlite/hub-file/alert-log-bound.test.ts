/** A board that flaps fills no disk, and does not push out what others logged. */
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, onTestFinished, test } from "vitest";
import type { DeviceId } from "../../../../../src/contract/readings.ts";
import type { AlertEventChange } from "../../../../../src/core/ports/hub-file.ts";
import { AT_ONCE, MOST_LINES } from "../../../../../src/store/sqlite/hub-file/alert-log-bound.ts";
import { createHubAlerts } from "../../../../../src/store/sqlite/hub-file/hub-alerts.ts";
import { HUB_FORMAT } from "../../../../../src/store/sqlite/hub-file/hub-schema.ts";

const lineOf = (device: string | undefined, n: number): AlertEventChange => ({
  of: "alertEvent",
  id: `r~${device}/${n}/firing`,
  atMs: n,
  ruleId: "r",
  deviceId: device === undefined ? undefined : (device as DeviceId),
  severity: "info",
  data: "{}",
});

test("of too many lines those of the device with the most give way, the oldest first", () => {
  const db = new DatabaseSync(":memory:");
  onTestFinished(() => db.close());
  for (const { sql } of HUB_FORMAT.migrations) db.exec(sql);
  const alerts = createHubAlerts(db);
  const count = (device: string | null): number =>
    Number(db.prepare("SELECT count(*) AS n FROM alert_event WHERE device_id IS ?").get(device)?.["n"]);
  db.exec("BEGIN");
  for (let n = 0; n < 50; n++) {
    alerts.writeEvent(lineOf("quiet", n));
    alerts.writeEvent(lineOf(undefined, n));
  }
  // As many as there may be, made where that is fast.
  db.exec(`WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < ${MOST_LINES - 1})
    INSERT INTO alert_event (event_id, at, rule_id, device_id, severity, data, crc)
    SELECT 'r~flapping/' || i || '/firing', i, 'r', 'flapping', 'info', '{}', 0 FROM n`);
  for (let n = MOST_LINES; n < MOST_LINES + 2 * AT_ONCE; n++) alerts.writeEvent(lineOf("flapping", n));
  db.exec("COMMIT");

  const flapping = count("flapping");
  expect([count("quiet"), count(null)]).toEqual([50, 50]);
  expect(flapping + 100).toBeGreaterThanOrEqual(MOST_LINES);
  expect(flapping + 100).toBeLessThanOrEqual(MOST_LINES + AT_ONCE);
  const newest = db.prepare("SELECT min(at) AS first, max(at) AS last FROM alert_event WHERE device_id = ?");
  expect(newest.get("flapping")).toEqual({
    last: MOST_LINES + 2 * AT_ONCE - 1,
    first: MOST_LINES + 2 * AT_ONCE - flapping,
  });
});
