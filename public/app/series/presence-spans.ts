/** Joins what the hub keeps of a device's presence into spans of one state; pure. */
import type { PresenceState } from "../../../src/contract/readings.ts";
import type { PresenceHistory } from "../../../src/contract/rest.ts";
import type { TimeWindow } from "../range/chart-range.ts";

/** `unknown`: the hub was not running. */
export type PresenceWord = PresenceState | "unknown";

export interface PresenceSpan extends TimeWindow {
  readonly state: PresenceWord;
}

export interface PresenceRecord {
  readonly changes: readonly { readonly atMs: number; readonly state: PresenceState }[];
  /** When the hub ran. */
  readonly runs: readonly TimeWindow[];
  /** There were too many changes to read all: those from here on are missing. */
  readonly endMs?: number;
}

/** Asks on from where the answer before ends, at most `most` times. */
export async function readRecord(
  { from, to }: { from: number; to: number },
  ask: (range: { from: number; to: number }) => Promise<Pick<PresenceHistory, "changes" | "runs" | "nextFrom">>,
  most: number,
): Promise<PresenceRecord> {
  const first = await ask({ from, to });
  const changes = [...first.changes];
  let { nextFrom } = first;
  for (let answers = 1; nextFrom !== undefined && answers < most; answers += 1) {
    const sinceMs = Date.parse(nextFrom);
    const next = await ask({ from: sinceMs, to });
    // What held before is in the answer before.
    changes.push(...next.changes.filter(({ at }) => Date.parse(at) >= sinceMs));
    nextFrom = next.nextFrom;
  }
  return {
    changes: changes.map(({ at, state }) => ({ atMs: Date.parse(at), state })),
    runs: first.runs.map((run) => ({ fromMs: Date.parse(run.from), toMs: Date.parse(run.to) })),
    ...(nextFrom !== undefined && { endMs: Date.parse(nextFrom) }),
  };
}

/** A change that came live, if it is later than all others. */
export function withChange(record: PresenceRecord, atMs: number, state: PresenceState): PresenceRecord {
  const last = record.changes.at(-1);
  if (last !== undefined && last.atMs >= atMs) return record;
  return { ...record, changes: [...record.changes, { atMs, state }] };
}

/** Within the window, in order, without a hole after the first change. The hub that answers now runs until `nowMs`. */
export function presenceSpans(record: PresenceRecord, window: TimeWindow, nowMs: number): PresenceSpan[] {
  const { changes, runs } = record;
  const endMs = Math.min(window.toMs, nowMs, record.endMs ?? Number.POSITIVE_INFINITY);
  const running = runs.map((run, index) =>
    index === runs.length - 1 ? { ...run, toMs: Math.max(run.toMs, nowMs) } : run,
  );
  const spans: { state: PresenceWord; fromMs: number; toMs: number }[] = [];
  const add = (state: PresenceWord, fromMs: number, toMs: number) => {
    const [from, to] = [Math.max(fromMs, window.fromMs), Math.min(toMs, endMs)];
    if (to <= from) return;
    const last = spans.at(-1);
    if (last?.state === state && last.toMs === from) last.toMs = to;
    else spans.push({ state, fromMs: from, toMs: to });
  };
  for (const [index, { atMs, state }] of changes.entries()) {
    const untilMs = changes[index + 1]?.atMs ?? endMs;
    let fromMs = atMs;
    for (const run of running) {
      if (run.toMs <= fromMs || run.fromMs >= untilMs) continue;
      add("unknown", fromMs, run.fromMs);
      add(state, Math.max(fromMs, run.fromMs), Math.min(run.toMs, untilMs));
      fromMs = Math.min(run.toMs, untilMs);
    }
    add("unknown", fromMs, untilMs);
  }
  return spans;
}

/** From good to bad: of many in one cell the last of these is shown. */
const BADNESS: readonly PresenceWord[] = ["unknown", "online", "asleep", "late", "offline"];

/** At most so many cells: of a board that comes and goes the worst in each. */
export function atMostCells(spans: readonly PresenceSpan[], window: TimeWindow, most: number): readonly PresenceSpan[] {
  if (spans.length <= most) return spans;
  const width = (window.toMs - window.fromMs) / most;
  const cells = Array.from({ length: most }, (_, index): PresenceSpan | undefined => {
    const fromMs = window.fromMs + index * width;
    const inside = spans.filter((span) => span.fromMs < fromMs + width && span.toMs > fromMs);
    if (inside.length === 0) return undefined;
    const worst = Math.max(...inside.map(({ state }) => BADNESS.indexOf(state)));
    return { fromMs, toMs: fromMs + width, state: BADNESS[worst] ?? "unknown" };
  });
  return cells.filter((cell) => cell !== undefined);
}
