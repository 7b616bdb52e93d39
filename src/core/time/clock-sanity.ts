/** Decides whether the hub's wall clock can be trusted: a Raspberry Pi has no battery-backed clock. */
import { MAX_AHEAD_MS } from "../model/instant.ts";
import type { Clock } from "../ports/clock.ts";
import { stepWords } from "./duration-words.ts";

const STEP_MS = 60_000;
/** How long a clock that jumped is not trusted: time synchronisation may set it again. */
const STEP_HOLD_MS = 10 * 60_000;
const CHECK_EVERY_MS = 1_000;
const ADVICE = "check the time of this machine (timedatectl, NTP)";
/** For a doubt that ends by itself where the clock is right. */
export const IF_RIGHT =
  "If the date and time of this machine are right, there is nothing to do; otherwise correct them (timedatectl, NTP)";

export interface ClockSanity {
  /** For the owner: the clock's problem; undefined: it is sane. */
  problem(): string | undefined;
  /** How long it has had one; 0: it is sane. */
  problemForMs(): number;
  isSane(): boolean;
  /** A reading was stored: its instant, and when it was received. */
  stored(atMs: number, receivedAtMs: number): void;
  close(): void;
}

/** `builtAtMs`: a sane clock shows no time before the program was built. `newestMs`: the newest instant in the store. */
export function createClockSanity(options: { clock: Clock; builtAtMs: number; newestMs: number }): ClockSanity {
  const { clock, builtAtMs } = options;
  let newestMs = options.newestMs;
  let offsetMs = clock.nowMs() - clock.monotonicMs();
  let steppedAtMs: number | undefined;
  let steppedByMs = 0;
  let current = judge();
  let saneMs = clock.monotonicMs();

  function judge(): string | undefined {
    const now = clock.nowMs();
    if (now < builtAtMs) return `The hub's clock shows a time before this version was built; ${ADVICE}`;
    if (now < newestMs - MAX_AHEAD_MS)
      return `The hub's clock shows a time before the newest stored reading; ${ADVICE}`;
    if (steppedAtMs !== undefined) {
      return `The hub's clock jumped ${stepWords(steppedByMs)}. ${IF_RIGHT}`;
    }
    return undefined;
  }

  function check(): void {
    const offset = clock.nowMs() - clock.monotonicMs();
    if (Math.abs(offset - offsetMs) > STEP_MS) {
      steppedAtMs = clock.monotonicMs();
      steppedByMs = offset - offsetMs;
    } else if (steppedAtMs !== undefined && clock.monotonicMs() - steppedAtMs > STEP_HOLD_MS) {
      steppedAtMs = undefined;
    }
    offsetMs = offset;
    current = judge();
    if (current === undefined) saneMs = clock.monotonicMs();
  }

  return {
    problem: () => current,
    problemForMs: () => (current === undefined ? 0 : clock.monotonicMs() - saneMs),
    isSane: () => current === undefined,
    stored: (atMs, receivedAtMs) => {
      // A device time years ahead, accepted while the clock could not judge it, is no evidence against the clock.
      const witness = Math.min(atMs, receivedAtMs + MAX_AHEAD_MS);
      if (witness > newestMs) newestMs = witness;
    },
    close: clock.every(CHECK_EVERY_MS, check),
  };
}
