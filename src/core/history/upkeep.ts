/** Decides when the store does its next small step of upkeep, so that ingest does not notice it. */
import { DiskError } from "../health/disk-faults.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log, LogFields } from "../ports/log.ts";
import type { Store } from "../ports/readings-store.ts";
import type { Retention } from "../ports/stored-device.ts";
import type { UpkeepRequest, UpkeepStep } from "../ports/upkeep.ts";

export interface UpkeepOptions {
  readonly store: Pick<Store, "upkeep">;
  readonly clock: Clock;
  readonly log: Log;
  readonly retention: Retention & { readonly maxBytes: number };
  /** The clock may be trusted for retention. */
  readonly mayExpire: () => boolean;
  /** Called after each successful step, `nothing` too, with its request. */
  readonly onStep: (step: UpkeepStep, request: UpkeepRequest) => void;
}

export interface Upkeep {
  /** `count` readings were stored: ingest is busy. */
  stored(count: number): void;
  /** Waits for the step that is under way. */
  close(): Promise<void>;
}

const FIRST_AFTER_MS = 1_000;
const REST_MS = 10_000;
const TROUBLE_MS = 60_000;
/** The next step tells whether the disk still fails, and that must be known soon. */
const DISK_TROUBLE_MS = 2_000;
/** The pause after a step, as a multiple of its duration: upkeep may use half of the store's writer thread if nothing else is done, else a tenth. */
export const PAUSE_IDLE = 1;
export const PAUSE_BUSY = 9;
/** With more hot readings than this, every look-up costs more than upkeep. */
const LARGE_BACKLOG = 1_000_000;
export const MIN_PAUSE_MS = 1;

const UPKEEP_FAILED =
  "stored readings could not be compressed, summarized or deleted; the hub tries again and stores new readings meanwhile";

export function createUpkeep({ store, clock, log, retention, mayExpire, onStep }: UpkeepOptions): Upkeep {
  let arrived = 0;
  let cancel: (() => void) | undefined;
  let running: Promise<void> | undefined;
  let inTrouble = false;
  let closed = false;
  plan(FIRST_AFTER_MS);

  function plan(delayMs: number): void {
    if (!closed) cancel = clock.after(delayMs, run);
  }

  function run(): void {
    running = step().finally(() => {
      running = undefined;
    });
  }

  async function step(): Promise<void> {
    const sinceMs = clock.monotonicMs();
    try {
      const request: UpkeepRequest = { nowMs: clock.nowMs(), retention: mayExpire() ? retention : undefined };
      const done = await store.upkeep(request);
      if (done.failed !== undefined) beginTrouble({ reason: done.failed });
      else if (inTrouble) endTrouble();
      onStep(done, request);
      planAfter(done, clock.monotonicMs() - sinceMs);
    } catch (cause) {
      beginTrouble({ cause });
      plan(cause instanceof DiskError ? DISK_TROUBLE_MS : TROUBLE_MS);
    }
  }

  /** Readings are stored all the same. */
  function beginTrouble(why: LogFields): void {
    if (!inTrouble) log.error(UPKEEP_FAILED, why);
    inTrouble = true;
  }

  function endTrouble(): void {
    log.info("stored readings are compressed, summarized and deleted again");
    inTrouble = false;
  }

  function planAfter({ did, hot, failed }: UpkeepStep, tookMs: number): void {
    // Counted since the end of the step before: during a step of a few ms possibly nothing arrives, even with many boards.
    const isBusy = arrived > 0;
    arrived = 0;
    if (did === "nothing") return plan(failed === undefined ? REST_MS : DISK_TROUBLE_MS);
    const share = isBusy && hot <= LARGE_BACKLOG ? PAUSE_BUSY : PAUSE_IDLE;
    plan(Math.max(MIN_PAUSE_MS, Math.min(share * tookMs, TROUBLE_MS)));
  }

  return {
    stored: (count) => {
      arrived += count;
    },
    close: async () => {
      closed = true;
      cancel?.();
      await running;
    },
  };
}
