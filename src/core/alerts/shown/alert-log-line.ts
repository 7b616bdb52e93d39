/** The alert log as CSV (RFC 4180). */
import type { AlertEvent } from "../../../contract/alerts.ts";
import type { MetricValue } from "../../../contract/readings.ts";
import { textCell, valueCell } from "../../transfer/csv.ts";

const COLUMNS = [
  "at",
  "kind",
  "severity",
  "ruleId",
  "ruleName",
  "deviceId",
  "deviceName",
  "metric",
  "value",
  "unit",
  "text",
  "by",
  "note",
  "from",
  "to",
  "episode",
  "alertId",
] as const satisfies readonly (keyof AlertEvent)[];

/** With a byte order mark: without it Excel reads umlauts wrong. */
export const ALERT_LOG_HEADER = `\uFEFF${COLUMNS.join(",")}\r\n`;

export const alertLogLine = (event: AlertEvent): string =>
  `${COLUMNS.map((column) => cellOf(column, event[column])).join(",")}\r\n`;

function cellOf(column: keyof AlertEvent, value: MetricValue | undefined): string {
  if (value === undefined) return "";
  return column === "value" ? valueCell(value) : textCell(String(value));
}
