/** Decides which readings every store refuses, and with which code. */

/** Each new reading is compared with all others of its instant: a board whose clock stands still would slow down all others. */
const MOST_OF_ONE_INSTANT = 10_000;

/** Why a store refused a write. */
export interface StoreRefusal {
  /** `expired`: retention has deleted the readings of that time. Undefined: another reason. */
  readonly code?: "expired";
  /** For the owner. */
  readonly reason: string;
}

interface Dated {
  readonly timed: boolean;
  readonly atMs: number;
}

/** `rawSinceMs`: raw readings of the device before it are deleted. A reading without an instant of its own comes now, whatever the clock says of now. */
export const expiredRefusal = ({ timed, atMs }: Dated, rawSinceMs: number): StoreRefusal | undefined =>
  timed && atMs < rawSinceMs
    ? {
        code: "expired",
        reason: `Retention has deleted the readings before ${new Date(rawSinceMs).toISOString()}, and the hub takes no more of that time`,
      }
    : undefined;

/** `n`: so many readings of its instant are stored already. */
export const instantRefusal = ({ timed }: Pick<Dated, "timed">, n: number): StoreRefusal | undefined =>
  timed && n >= MOST_OF_ONE_INSTANT ? { reason: STANDS_STILL } : undefined;

const STANDS_STILL = `The device has sent ${MOST_OF_ONE_INSTANT} readings with the same timestamp: its clock stands still. Set the clock, or send no timestamp`;
