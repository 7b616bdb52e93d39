/** Whether a caller may use a route: the level that it requires, and what an unclaimed hub gives. */
import type { ErrorCode } from "../../contract/errors.ts";
import { LEVELS, type Level } from "../../contract/levels.ts";

export const reaches = (has: Level, needs: Level): boolean => LEVELS.indexOf(has) >= LEVELS.indexOf(needs);

interface Asking {
  readonly level: Level;
  /** Let in because there is no account yet. */
  readonly isUnclaimed?: true;
}

export interface RouteAccess {
  readonly level: Level;
  /** Nothing that it does is left when it has answered. */
  readonly onlyReads: boolean;
}

/** Who is let in without an account leaves nothing behind that would outlive that: he only reads. Undefined: he may. */
export function routeRefusal({ level, isUnclaimed }: Asking, required: RouteAccess): ErrorCode | undefined {
  if (required.level === "nobody") return undefined;
  if (isUnclaimed === true) {
    return required.onlyReads && reaches(level, required.level) ? undefined : "ACCOUNT_NEEDED";
  }
  if (reaches(level, required.level)) return undefined;
  return level === "nobody" ? "LOGIN_NEEDED" : "LEVEL_TOO_LOW";
}
