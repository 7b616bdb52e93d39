/** What every command gets: settings, clock, output, and the signal to stop. */
import type { Config } from "../../config/settings.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Screen } from "./progress.ts";

export interface CommandWorld {
  readonly config: Config;
  readonly clock: Clock;
  /** For progress: standard error. */
  readonly screen: Screen;
  /** Prints a line for the user. */
  readonly say: (line: string) => void;
  /** Ctrl-C, for a command that ends by itself. A command that does not ask for it is ended at once. */
  readonly stopSignal: () => AbortSignal;
}
