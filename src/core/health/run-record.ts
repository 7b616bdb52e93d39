/** Writes down when the hub ran, so that it is known later when it could not hear its devices. */
import type { Clock } from "../ports/clock.ts";
import type { HubFile } from "../ports/hub-file.ts";
import type { Log } from "../ports/log.ts";

export interface RunRecord {
  /** The hub stops in order: says so last. */
  close(): Promise<void>;
}

export interface RunRecordOptions {
  readonly hubFile: Pick<HubFile, "write">;
  readonly clock: Clock;
  readonly log: Log;
}

/** A stop without notice is known within that time. */
const ALIVE_EVERY_MS = 60_000;
/** A clock that is set by more than this was wrong before: the run begins when the right clock says that it did. */
const STEP_MS = 60_000;

export function createRunRecord({ hubFile, clock, log }: RunRecordOptions): RunRecord {
  const beganMs = clock.monotonicMs();
  let startedAtMs = clock.nowMs();
  let isFailing = false;
  let writing: Promise<void> = write();
  const stop = clock.every(ALIVE_EVERY_MS, () => {
    writing = write();
  });

  async function write(): Promise<void> {
    const beganAtMs = clock.nowMs() - (clock.monotonicMs() - beganMs);
    if (Math.abs(beganAtMs - startedAtMs) > STEP_MS) startedAtMs = beganAtMs;
    try {
      await hubFile.write([{ of: "run", startedAtMs, aliveAtMs: Math.max(startedAtMs, clock.nowMs()) }]);
      isFailing = false;
    } catch (cause) {
      if (!isFailing)
        log.warn("that the hub runs could not be written into hub.db; it tries again each minute", { cause });
      isFailing = true;
    }
  }

  return {
    close: async () => {
      stop();
      await writing;
      await write();
    },
  };
}
