/** A process that kills itself at one exact point of what it asks of SQLite: kill-points.mjs in it does that. */
import path from "node:path";
import { pathToFileURL } from "node:url";

export interface KillPoint {
  /** How the statement begins at which it dies. */
  readonly sql: string;
  /** Which of them, counted in each thread. */
  readonly times: number;
  readonly at: "statement" | "commit" | "after";
}

const LOADER = pathToFileURL(path.join(import.meta.dirname, "kill-points-loader.mjs")).href;

/** For the process that is to die there. */
export const killPointEnv = (point: KillPoint): Record<string, string> => ({
  NODE_OPTIONS: `--import=${LOADER}`,
  AERIE_TEST_KILL_POINT: JSON.stringify(point),
});
