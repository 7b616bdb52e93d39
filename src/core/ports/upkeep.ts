/** The request and the result of one step of upkeep. */
import type { Retention } from "./stored-device.ts";

export interface UpkeepRequest {
  /** Wall time. */
  readonly nowMs: number;
  /** Undefined: nothing may be deleted by age or size now. `maxBytes` 0: no limit. */
  readonly retention: (Retention & { readonly maxBytes: number }) | undefined;
}

/** What one step of upkeep did. */
export interface UpkeepStep {
  readonly did: "nothing" | "sealed" | "rolledUp" | "forgot" | "erased" | "gaveBack";
  /** Readings that it moved or deleted. */
  readonly readings: number;
  /** Readings that are not in segments yet. */
  readonly hot: number;
  /** Set if the size limit of the store deleted raw readings before their age: those before this instant are deleted. */
  readonly shortenedToMs?: number;
  /** The size limit of the store is exceeded, and nothing is left to delete. */
  readonly tooLarge?: true;
  /** Why some of it could not be done now; the rest was. */
  readonly failed?: string;
}
