/** Asks each second whether files can still be written, and logs when that changes. */
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";

export interface FilesWatch {
  /** For the owner: why they cannot, as of the last second. */
  problem(): string | undefined;
  /** Waits for the check that is under way. */
  close(): Promise<void>;
}

export interface FilesWatchOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly ask: () => Promise<string | undefined>;
  /** For the log. */
  readonly words: { readonly failed: string; readonly works: string };
}

const CHECK_EVERY_MS = 1_000;

export function createFilesWatch({ clock, log, ask, words }: FilesWatchOptions): FilesWatch {
  let known: string | undefined;
  let looking: Promise<void> | undefined = look();
  const stop = clock.every(CHECK_EVERY_MS, () => {
    looking ??= look();
  });

  async function look(): Promise<void> {
    try {
      const now = await ask();
      if (now !== undefined && known === undefined) log.error(words.failed, { reason: now });
      if (now === undefined && known !== undefined) log.info(words.works);
      known = now;
    } catch {
      // other parts report a store that does not answer
    }
    looking = undefined;
  }

  return {
    problem: () => known,
    close: async () => {
      stop();
      await looking;
    },
  };
}
