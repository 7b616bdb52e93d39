/** Whether a level reaches the one that is required. */
import { LEVELS, type Level } from "../../contract/levels.ts";

export const reaches = (has: Level, needs: Level): boolean => LEVELS.indexOf(has) >= LEVELS.indexOf(needs);
