/** Joins a boolean's points into runs of one state, broken at gaps. */
import { gapLimitMs } from "../series/gaps.ts";
import type { SeriesBuffer } from "../series/series-buffer.ts";

export interface StateRun {
  readonly state: boolean;
  readonly fromMs: number;
  readonly toMs: number;
}

/** In a bucket with both states the true one comes first, for its share of the bucket: a short flame is seen, and is no longer than it was. */
export function stateRuns(buffer: SeriesBuffer, intervalMs: number | undefined, nowMs: number): StateRun[] {
  const limit = gapLimitMs(buffer, intervalMs);
  const runs: { state: boolean; fromMs: number; toMs: number }[] = [];
  const add = (state: boolean, fromMs: number, toMs: number) => {
    const last = runs.at(-1);
    if (last !== undefined && last.state === state && last.toMs >= fromMs) last.toMs = toMs;
    else runs.push({ state, fromMs, toMs });
  };
  for (const [index, t] of buffer.t.entries()) {
    const next = buffer.t[index + 1] ?? nowMs;
    const toMs = next - t > limit ? t + buffer.resolution : next;
    const isMixed = (buffer.min[index] ?? 0) <= 0 && (buffer.max[index] ?? 0) > 0;
    const trueToMs = t + (toMs - t) * (buffer.mean[index] ?? 0);
    if (isMixed) add(true, t, trueToMs);
    add(!isMixed && (buffer.max[index] ?? 0) > 0, isMixed ? trueToMs : t, toMs);
  }
  return runs;
}
