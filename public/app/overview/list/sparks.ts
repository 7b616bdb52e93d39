/** The sparklines of devices in sight, read from the hub a hundred at a time and kept while they are in sight. */
import { signal } from "@preact/signals";
import type { Sparkline } from "../../../../src/contract/fleet/sparklines.ts";
import { postSparklines } from "../../hub/api.ts";

export interface Spark extends Sparkline {
  readonly stepMs: number;
  readonly endMs: number;
}

const MOST_AT_ONCE = 200;
const AGAIN_AFTER_MS = 60_000;

/** By device. */
export const sparks = signal<ReadonlyMap<string, Spark>>(new Map());

/** When what is known, or is being read, was asked for. */
const readAtMs = new Map<string, number>();
let wanted: ReadonlySet<string> = new Set();

/** It may lead with another metric by now. */
export const drawAgain = (id: string): boolean => readAtMs.delete(id);

/** Reads those of these devices that are not known, or were read long ago. The others are left out. */
export async function readSparks(ids: readonly string[]): Promise<void> {
  wanted = new Set(ids);
  const nowMs = performance.now();
  const due = ids.filter((id) => nowMs - (readAtMs.get(id) ?? Number.NEGATIVE_INFINITY) >= AGAIN_AFTER_MS);
  if (due.length === 0) return;
  for (const id of due) readAtMs.set(id, nowMs);
  for (const id of readAtMs.keys()) if (!wanted.has(id)) readAtMs.delete(id);
  const isLatest = (id: string) => readAtMs.get(id) === nowMs;
  try {
    for (let from = 0; from < due.length; from += MOST_AT_ONCE) {
      const { sparklines, stepMs, end } = await postSparklines(due.slice(from, from + MOST_AT_ONCE));
      // Another reading may have ended meanwhile, and others may be in sight.
      const next = new Map([...sparks.peek()].filter(([id]) => wanted.has(id)));
      for (const spark of sparklines)
        if (isLatest(spark.deviceId)) next.set(spark.deviceId, { ...spark, stepMs, endMs: Date.parse(end) });
      sparks.value = next;
    }
  } catch {
    for (const id of due) if (isLatest(id)) readAtMs.delete(id); // with the next reading of the list
  }
}
