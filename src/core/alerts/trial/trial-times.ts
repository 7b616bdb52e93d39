/** Presence and pauses of the past, as a rule that is tried meets them one after the other. */
import type { PresenceState } from "../../../contract/readings.ts";
import type { TrialRange, TrialSpec } from "../../ports/rule-trial.ts";
import type { Pauses } from "../decisions/pauses.ts";

/** Its times are those of `nowMs`, which never goes back. */
export interface TrialPauses extends Pick<Pauses, "openMs" | "endedMs"> {
  nowMs: number;
  isDown(): boolean;
  /** When so much time has passed since then in which the hub ran. */
  reachesMs(sinceMs: number, needMs: number): number;
  /** When the next one ends; infinite: none does. */
  nextEndMs(): number;
}

export function createTrialPauses(pauses: readonly TrialRange[]): TrialPauses {
  /** Index of the first that has not ended. */
  let next = 0;

  function settle(): void {
    while ((pauses[next]?.toMs ?? Number.POSITIVE_INFINITY) <= made.nowMs) next++;
  }

  const made: TrialPauses = {
    nowMs: Number.NEGATIVE_INFINITY,
    isDown: () => {
      settle();
      return (pauses[next]?.fromMs ?? Number.POSITIVE_INFINITY) <= made.nowMs;
    },
    openMs: (sinceMs) => {
      settle();
      let openMs = made.nowMs - sinceMs;
      for (let index = Math.min(next, pauses.length - 1); index >= 0; index--) {
        const { fromMs, toMs } = pauses[index] ?? { fromMs: 0, toMs: 0 };
        if (toMs <= sinceMs) break;
        openMs -= Math.max(0, Math.min(toMs, made.nowMs) - Math.max(fromMs, sinceMs));
      }
      return openMs;
    },
    endedMs: () => {
      settle();
      return pauses[next - 1]?.toMs ?? Number.NEGATIVE_INFINITY;
    },
    reachesMs: (sinceMs, needMs) => {
      settle();
      let atMs = sinceMs + needMs;
      let index = next;
      while ((pauses[index - 1]?.toMs ?? Number.NEGATIVE_INFINITY) > sinceMs) index--;
      for (; index < pauses.length; index++) {
        const { fromMs, toMs } = pauses[index] ?? { fromMs: 0, toMs: 0 };
        if (fromMs >= atMs) break;
        atMs += toMs - Math.max(fromMs, sinceMs);
      }
      return atMs;
    },
    nextEndMs: () => {
      settle();
      return pauses[next]?.toMs ?? Number.POSITIVE_INFINITY;
    },
  };
  return made;
}

export interface TrialPresence {
  /** Undefined: nothing is stored of that time. To be asked with times that do not go back. */
  at(nowMs: number): PresenceState | undefined;
  /** The next change behind that time; infinite: there is none. */
  nextMs(nowMs: number): number;
}

export function createTrialPresence(changes: TrialSpec["presence"]): TrialPresence {
  let next = 0;
  const settle = (nowMs: number): void => {
    while ((changes[next]?.atMs ?? Number.POSITIVE_INFINITY) <= nowMs) next++;
  };
  return {
    at: (nowMs) => {
      settle(nowMs);
      return changes[next - 1]?.detail;
    },
    nextMs: (nowMs) => {
      settle(nowMs);
      return changes[next]?.atMs ?? Number.POSITIVE_INFINITY;
    },
  };
}
