/** Parses a range that a person typed, in the viewer's time zone. */
import { clockDate, instantAt } from "../preferences/time-zone.ts";
import { EARLIEST_MS, LEAST_SPAN_MS, type TimeWindow } from "./chart-range.ts";

export type OwnRange =
  | { readonly ok: true; readonly window: TimeWindow }
  | { readonly ok: false; readonly field: "from" | "to"; readonly words: string };

/** `2026-11-25T21:03`, as an input of kind datetime-local has it. */
export function localText(ms: number): string {
  return clockDate(ms).toISOString().slice(0, "2026-11-25T21:03".length);
}

export function parseOwnRange(from: string, to: string, nowMs: number): OwnRange {
  const refused = (field: "from" | "to", words: string): OwnRange => ({ ok: false, field, words });
  const [fromMs, toMs] = [instantOf(from), instantOf(to)];
  if (fromMs === undefined) return refused("from", "Enter the date and time at which the range begins.");
  if (toMs === undefined) return refused("to", "Enter the date and time at which the range ends.");
  if (fromMs < EARLIEST_MS) return refused("from", "The hub stores nothing from before 2020.");
  if (fromMs > nowMs - LEAST_SPAN_MS) return refused("from", "The range must begin in the past.");
  if (toMs <= fromMs) return refused("to", "The end must be later than the beginning.");
  return { ok: true, window: { fromMs, toMs: Math.min(toMs, Math.round(nowMs)) } };
}

/** A date without a zone is the viewer's own time. */
function instantOf(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)) return undefined;
  const ms = Date.parse(`${text}Z`);
  return Number.isNaN(ms) ? undefined : instantAt(ms);
}
