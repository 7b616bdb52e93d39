/** What one step of upkeep is given and what it did. */
import type { Retention } from "./stored-device.ts";

export interface UpkeepRequest {
  /** Wall time. */
  readonly nowMs: number;
  /** Undefined: nothing may be forgotten now. `maxBytes` 0: no bound. */
  readonly retention: (Retention & { readonly maxBytes: number }) | undefined;
}

/** What one step of upkeep did. */
export interface UpkeepStep {
  readonly did: "nothing" | "sealed" | "rolledUp" | "forgot" | "erased" | "gaveBack";
  /** Readings that it moved or took away. */
  readonly readings: number;
  /** Readings that are not in segments yet. */
  readonly hot: number;
  /** Set where the bound of the whole store took raw readings before their age: those before it are gone. */
  readonly shortenedToMs?: number;
  /** The bound of the whole store is exceeded though nothing is left that could go. */
  readonly tooLarge?: true;
  /** Why some of it could not be done now; the rest was. */
  readonly failed?: string;
}
