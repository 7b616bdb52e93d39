/** What every command is given: settings, clock, where it speaks, and when it is to stop. */
import type { Config } from "../../config/settings.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Screen } from "./progress.ts";

export interface CommandWorld {
  readonly config: Config;
  readonly clock: Clock;
  /** For progress: standard error. */
  readonly screen: Screen;
  /** A line for who asked. */
  readonly say: (line: string) => void;
  /** Ctrl-C, for a command that ends by itself then; without it the process ends at once. */
  readonly stopSignal: () => AbortSignal;
}
