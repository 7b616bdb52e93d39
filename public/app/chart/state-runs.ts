/** Joins a boolean's points into runs of one state, broken at gaps. */
import { gapLimitMs } from "../series/gaps.ts";
import type { SeriesBuffer } from "../series/series-buffer.ts";

export interface StateRun {
  readonly state: boolean;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A bucket with both states counts as true: a short flame must not vanish among quiet minutes. */
export function stateRuns(buffer: SeriesBuffer, intervalMs: number | undefined, nowMs: number): StateRun[] {
  const limit = gapLimitMs(buffer, intervalMs);
  const runs: { state: boolean; fromMs: number; toMs: number }[] = [];
  for (const [index, t] of buffer.t.entries()) {
    const state = (buffer.max[index] ?? 0) > 0;
    const next = buffer.t[index + 1] ?? nowMs;
    const toMs = next - t > limit ? t + buffer.resolution : next;
    const last = runs.at(-1);
    if (last !== undefined && last.state === state && last.toMs >= t) last.toMs = toMs;
    else runs.push({ state, fromMs: t, toMs });
  }
  return runs;
}
