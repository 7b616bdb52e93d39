/** How a device spoke, learned from its readings while a rule is tried on them. */
import { allowedSilenceMs } from "../../../contract/silence.ts";
import type { Habit } from "../../devices/regularity.ts";
import type { TrialSpec } from "../../ports/rule-trial.ts";
import { silenceOf } from "../../presence/presence-rules.ts";
import { isRegular, offsAfter } from "../../presence/regular.ts";
import { Rhythm } from "../../presence/rhythm.ts";
import { MOST_MIDDLES } from "../../presence/usual-interval.ts";

export interface TrialHabit {
  /** A reading came. `openMs`: how much of the time since the last one the hub ran. */
  read(nowMs: number, openMs: () => number): void;
  readonly intervalMs: number | undefined;
  /** How long it may be silent. */
  readonly allowedMs: number;
  readonly habit: Habit;
}

const LEAST_OUT_MS = 5 * 60_000;
/** Nobody asks for more after so short a gap. */
const SHORT_MS = allowedSilenceMs(undefined);

export function createTrialHabit(radio: TrialSpec["radio"]): TrialHabit {
  const rhythm = new Rhythm({ intervalMs: undefined, isSleeper: false });
  const leastMs =
    radio === undefined ? 0 : silenceOf({ intervalMs: undefined, isRegular: true, radio, saysAsleep: false });
  /** Before the range it is taken to have sent as it does in it. */
  let sinceMs = Number.NEGATIVE_INFINITY;
  let offs = 0;
  let readMs: number | undefined;

  return {
    read: (nowMs, openMs) => {
      if (readMs !== undefined && nowMs - readMs >= SHORT_MS) {
        const longMs = Math.max(MOST_MIDDLES * (rhythm.usual?.ms ?? 0), LEAST_OUT_MS, leastMs);
        const outMs = openMs();
        if (outMs >= longMs) {
          offs = offsAfter(offs, readMs - sinceMs, outMs);
          sinceMs = nowMs;
        }
      }
      rhythm.read(nowMs);
      readMs = nowMs;
    },
    get intervalMs() {
      return rhythm.usual?.ms;
    },
    get allowedMs() {
      const { usual } = rhythm;
      return silenceOf({ intervalMs: usual?.ms, isRegular: usual?.isRegular ?? false, radio, saysAsleep: false });
    },
    get habit() {
      return { leastMs, isRegular: isRegular(rhythm.gaps, { forMs: (readMs ?? 0) - sinceMs, offs }) };
    },
  };
}
