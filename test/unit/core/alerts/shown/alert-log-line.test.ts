/** The alert log as CSV: each line has a cell for each column, whatever texts are in it. */
import { expect, test } from "vitest";
import type { AlertEvent } from "../../../../../src/contract/alerts.ts";
import { ALERT_LOG_HEADER, alertLogLine } from "../../../../../src/core/alerts/shown/alert-log-line.ts";
import { readRecord } from "../../../../../src/core/transfer/csv.ts";

test("a line has the columns of the head, and a text that a spreadsheet would take for a formula is escaped", () => {
  const event: AlertEvent = {
    id: "gas~cellar/1/acknowledged",
    at: "2026-11-29T12:00:00.000Z",
    kind: "acknowledged",
    alertId: "gas~cellar",
    episode: 1,
    ruleId: "gas",
    ruleName: '=HYPERLINK("x")',
    severity: "critical",
    deviceId: "cellar",
    value: "5",
    text: 'gasPpm is 5, "high"',
    by: "Ada",
    note: "on\nmy way",
  };
  const columns = ALERT_LOG_HEADER.replace("\uFEFF", "").trimEnd().split(",");
  const cells = readRecord(alertLogLine(event).slice(0, -2)) ?? [];
  expect(Object.fromEntries(columns.map((column, at) => [column, cells[at]]))).toEqual({
    at: event.at,
    kind: "acknowledged",
    severity: "critical",
    ruleId: "gas",
    ruleName: `'${event.ruleName}`,
    deviceId: "cellar",
    deviceName: "",
    metric: "",
    value: "'5",
    unit: "",
    text: event.text,
    by: "Ada",
    note: event.note,
    from: "",
    to: "",
    episode: "1",
    alertId: "gas~cellar",
  });
});
