/** Decides when a connection reads its answer too slowly. */

/**
 * `patient`: something of it within a minute. `brisk`: that, and the whole at 64 KB/s after the first minute. `any`: the reader may
 * pause as long as it likes.
 */
export type Pace = "patient" | "brisk" | "any";

/** What is seen of a connection from time to time. */
export interface Look {
  readonly takenBytes: number;
  /** More is there to be taken. */
  readonly waits: boolean;
  /** Since the look before. */
  readonly sinceMs: number;
}

/** Of a connection. */
export interface ReaderPace {
  /** True: too slow. `answer`: what is being sent, the same value for the same answer. */
  isTooSlow(look: Look, answer: object, pace: Pace): boolean;
}

const PATIENCE_MS = 60_000;
/** 64 KB/s. */
const BRISK_BYTES_A_MS = 64;

export function createReaderPace(): ReaderPace {
  let answerNow: object | undefined;
  let lastBytes = 0;
  /** For so long nothing was taken, and something waited. */
  let stillMs = 0;
  /** Of this answer: what had been taken before it, and how long some of it waited. */
  let fromBytes = 0;
  let waitedMs = 0;
  return {
    isTooSlow: ({ takenBytes, waits, sinceMs }, answer, pace) => {
      if (answer !== answerNow) [answerNow, fromBytes, waitedMs] = [answer, takenBytes, 0];
      stillMs = waits && takenBytes === lastBytes ? stillMs + sinceMs : 0;
      lastBytes = takenBytes;
      if (waits) waitedMs += sinceMs;
      if (pace === "any") return false;
      const mayTakeMs = pace === "brisk" ? PATIENCE_MS + (takenBytes - fromBytes) / BRISK_BYTES_A_MS : Infinity;
      return stillMs >= PATIENCE_MS || waitedMs > mayTakeMs;
    },
  };
}
