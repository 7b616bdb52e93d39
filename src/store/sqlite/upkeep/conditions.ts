/** What a step of upkeep takes into account besides its request. */

export interface UpkeepConditions {
  /** The disk is full. Only data past its age is deleted; work that would enlarge the file waits. */
  readonly isFull: boolean;
  /** `ClockSteps.recent`. */
  readonly clockSteps: readonly number[];
}

export type UpkeepNow = UpkeepConditions & { readonly nowMs: number };

/** What decides whether a row may still be needed by a redelivery. */
export type SealTime = Pick<UpkeepNow, "nowMs" | "clockSteps">;
