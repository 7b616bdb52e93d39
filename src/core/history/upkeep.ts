/** Keeps the store in shape in small steps that ingest does not notice: when the next one is due. Does none itself. */
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
  /** The clock is good enough to forget by. */
  readonly mayExpire: () => boolean;
  /** Told of each step that went well, `nothing` too, and of what it was asked for. */
  readonly onStep: (step: UpkeepStep, request: UpkeepRequest) => void;
}

export interface Upkeep {
  /** So many readings were stored: ingest is busy. */
  stored(count: number): void;
  /** Waits for the step that is under way. */
  close(): Promise<void>;
}

const FIRST_AFTER_MS = 1_000;
const REST_MS = 10_000;
const TROUBLE_MS = 60_000;
/** The next step tells whether the disk still fails, and that must be known soon. */
const DISK_TROUBLE_MS = 2_000;
/** Of the store's one writing thread, the share that upkeep may take: half where nothing else is done, else a tenth. */
const PAUSE_IDLE = 1;
export const PAUSE_BUSY = 9;
/** Beyond so many hot readings every later look-up costs more than upkeep does. */
const LARGE_BACKLOG = 1_000_000;
export const MIN_PAUSE_MS = 1;

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
    if (!inTrouble) log.error("upkeep failed", why);
    inTrouble = true;
  }

  function endTrouble(): void {
    log.info("upkeep goes on");
    inTrouble = false;
  }

  function planAfter({ did, hot, failed }: UpkeepStep, tookMs: number): void {
    // Counted from the end of the step before: in a step of a few ms nothing may come though boards are many.
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
