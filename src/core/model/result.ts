/** A value or the reason why there is none. Refusal is a value here; exceptions are for faults of our own. */
import type { FaultLocation } from "../../contract/refusal.ts";
import type { RefusalCode } from "../../contract/refusals.ts";

/** Why something from the wire was not taken: a code of the closed list, and what exactly was wrong. */
export interface Fault {
  readonly code: RefusalCode;
  readonly detail?: string;
  readonly metric?: string;
  /** Where in the payload. */
  readonly location?: FaultLocation;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

export const fault = (code: RefusalCode, detail?: string, metric?: string): { ok: false; fault: Fault } => ({
  ok: false,
  fault: { code, ...(detail !== undefined && { detail }), ...(metric !== undefined && { metric }) },
});
