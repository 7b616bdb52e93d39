/** The filters of the alert log, as an address has them and as the hub is asked. */
import type { Severity } from "../../../src/contract/alerts.ts";
import type { LogQuery } from "../hub/alert-api.ts";

const DAY_MS = 86_400_000;

export const SPANS = [
  { key: "day", days: 1, words: "last 24 hours" },
  { key: "week", days: 7, words: "last 7 days" },
  { key: "month", days: 30, words: "last 30 days" },
  { key: "all", days: undefined, words: "all that is kept" },
] as const;
export type SpanKey = (typeof SPANS)[number]["key"];
const USUAL: SpanKey = "week";

export interface LogFilter {
  readonly device: string;
  readonly rule: string;
  readonly severity: Severity | "";
  readonly span: SpanKey;
}

const SEVERITY_WORDS: readonly Severity[] = ["critical", "warning", "info"];

/** What cannot be understood is left out: an address has many authors. */
export function filterIn(query: string): LogFilter {
  const asked = new URLSearchParams(query);
  return {
    device: (asked.get("device") ?? "").slice(0, 64),
    rule: (asked.get("rule") ?? "").slice(0, 64),
    severity: SEVERITY_WORDS.find((word) => word === asked.get("severity")) ?? "",
    span: SPANS.find(({ key }) => key === asked.get("span"))?.key ?? USUAL,
  };
}

export function filterQuery({ device, rule, severity, span }: LogFilter): string {
  const said = { device, rule, severity, span: span === USUAL ? "" : span };
  return new URLSearchParams(Object.entries(said).filter(([, word]) => word !== "")).toString();
}

export function logQuery({ device, rule, severity, span }: LogFilter, nowMs: number): LogQuery {
  const days = SPANS.find(({ key }) => key === span)?.days;
  return {
    ...(device !== "" && { device }),
    ...(rule !== "" && { rule }),
    ...(severity !== "" && { severity }),
    // Whole minutes, so that the next page is asked for with the same.
    ...(days !== undefined && { from: Math.floor((nowMs - days * DAY_MS) / 60_000) * 60_000 }),
  };
}

export const isNarrowed = ({ device, rule, severity }: LogFilter): boolean => device + rule + severity !== "";

export function exportHref(filter: LogFilter, nowMs: number, format: "csv" | "ndjson"): string {
  const query = Object.entries(logQuery(filter, nowMs)).map(([name, value]) => [name, String(value)]);
  return `/api/export/alerts?${new URLSearchParams([...query, ["format", format]])}`;
}
