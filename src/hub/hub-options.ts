/** What the hub is opened with, and what each part of its opening is given. */
import type { Config } from "../config/settings.ts";
import type { GivenSettings } from "../config/shown-settings.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Log } from "../core/ports/log.ts";
import type { Build } from "../platform/build.ts";
import type { Lifecycle } from "../platform/lifecycle.ts";

export interface HubOptions {
  readonly config: Config;
  /** What was written for them, as the owner is shown it. */
  readonly given: GivenSettings;
  readonly clock: Clock;
  readonly log: Log;
  /** Lines of the log that could not be written. */
  readonly logLinesDropped: () => number;
  readonly build: Build;
  /** The hub cannot do its job any more; the process should end and be started again. */
  readonly onFatal: (cause: Error) => void;
  /** For tests: a full disk and a slow one. */
  readonly storeLimits?: { readonly maxPages?: number; readonly commitDelayMs?: number };
}

/** What every part needs. `own` notes a part that was opened: parts are closed in reverse. */
export interface PartOptions extends Pick<HubOptions, "config" | "clock" | "log"> {
  readonly own: Lifecycle["own"];
}
