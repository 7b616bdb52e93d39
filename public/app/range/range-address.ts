/** Writes a chart's range into an address's query and reads it from there, so that a link shows the same. */
import {
  type ChartRange,
  DEFAULT_PRESET,
  EARLIEST_MS,
  fixedRange,
  LEAST_SPAN_MS,
  liveRange,
  PRESETS,
} from "./chart-range.ts";

/** `r=7d`, or `from=…&to=…` in ISO 8601; the default range is no words at all. */
export function rangeQuery(range: ChartRange): string {
  if (range.kind === "live") return range.preset === DEFAULT_PRESET ? "" : `r=${range.preset.name}`;
  return `from=${new Date(range.fromMs).toISOString()}&to=${new Date(range.toMs).toISOString()}`;
}

/** The address's query with another range, and all else as it is. */
export function withRange(query: string, range: ChartRange): string {
  const others = new URLSearchParams(query);
  for (const name of ["r", "from", "to"]) others.delete(name);
  return [rangeQuery(range), others.toString()].filter((part) => part !== "").join("&");
}

/** What cannot be understood is the default range: an address has many authors. */
export function parseRange(query: string): ChartRange {
  const asked = new URLSearchParams(query);
  const preset = PRESETS.find(({ name }) => name === asked.get("r"));
  if (preset !== undefined) return liveRange(preset);
  const [fromMs, toMs] = [Date.parse(asked.get("from") ?? ""), Date.parse(asked.get("to") ?? "")];
  // False for what is no number, too.
  const possible = fromMs >= EARLIEST_MS && toMs - fromMs >= LEAST_SPAN_MS;
  return possible ? fixedRange({ fromMs, toMs }) : liveRange(DEFAULT_PRESET);
}
