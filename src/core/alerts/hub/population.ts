/** Notices that half of the boards are gone within minutes, as after a power cut or without an access point. */
import type { Clock } from "../../ports/clock.ts";
import type { PopulationFall } from "./troubles.ts";

export interface Population {
  /** To be called every few seconds: how many boards that keep their interval there are, and how many of them are there now. */
  note(counts: { readonly known: number; readonly present: number }): void;
  /** Undefined: so many are there as usual. */
  fall(): PopulationFall | undefined;
}

const WITHIN_MS = 10 * 60_000;
const SAMPLE_MS = 30_000;
/** Of three boards two may be moved at once. */
const LEAST_BOARDS = 4;
/** It is over when so many are there again … */
const BACK_SHARE = 0.75;
/** … or after so long: then that is how it is now. */
const USUAL_AFTER_MS = 24 * 3_600_000;

export function createPopulation(clock: Pick<Clock, "monotonicMs">): Population {
  let samples: { readonly atMs: number; readonly present: number }[] = [];
  let fallen: { readonly before: number; readonly atMs: number } | undefined;
  let now = 0;

  return {
    note: ({ known, present }) => {
      const nowMs = clock.monotonicMs();
      now = present;
      if (fallen !== undefined) {
        // Boards that were deleted are not missed.
        const isBack = present >= BACK_SHARE * Math.min(fallen.before, known);
        if (!isBack && nowMs - fallen.atMs < USUAL_AFTER_MS) return;
        fallen = undefined;
        samples = [];
      }
      if (nowMs - (samples.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) >= SAMPLE_MS)
        samples.push({ atMs: nowMs, present });
      samples = samples.filter(({ atMs }) => nowMs - atMs <= WITHIN_MS);
      const before = Math.min(known, Math.max(present, ...samples.map((sample) => sample.present)));
      if (before >= LEAST_BOARDS && present <= before / 2) fallen = { before, atMs: nowMs };
    },
    fall: () => fallen && { before: fallen.before, now },
  };
}
