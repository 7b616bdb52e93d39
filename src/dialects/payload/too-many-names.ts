/** Says by name what was left out of a message that held too much. */
import type { RefusalCode } from "../../contract/refusals.ts";
import type { Fault } from "../../core/model/result.ts";

/** Names that a person can look for; the rest are counted. */
const NAMES_SHOWN = 10;

/** `most`: so many were taken. */
export function tooManyNames(code: RefusalCode, excess: readonly string[], most: number): Fault {
  const names = excess.slice(0, NAMES_SHOWN).map((name) => name.slice(0, 80));
  const more = excess.length > NAMES_SHOWN ? ` and ${excess.length - NAMES_SHOWN} more` : "";
  return { code, detail: `${most + excess.length} came; left out: ${names.join(", ")}${more}` };
}

/** `leftOut`: those behind the last that was taken. */
export const tooManyReadings = (came: number, leftOut: number): Fault => ({
  code: "TOO_MANY_READINGS",
  detail: `${came} came, and the last ${leftOut === 1 ? "one is" : `${leftOut} are`} left out`,
});
