/** Keeps the store in shape in small steps that ingest does not notice: when the next one is due. Does none itself. */
import type { Clock, Log, Retention, Store, UpkeepStep } from "./ports.ts";

export interface UpkeepOptions {
  readonly store: Pick<Store, "upkeep">;
  readonly clock: Clock;
  readonly log: Log;
  readonly retention: Retention & { readonly maxBytes: number };
  /** The clock is good enough to forget by. */
  readonly mayForget: () => boolean;
  /** Told of each step that went well; `nothing` too. */
  readonly onStep: (step: UpkeepStep) => void;
}

export interface Upkeep {
  /** So many readings were stored: ingest is busy. */
  stored(count: number): void;
  /** There is work: a rest ends now. A pause after work or trouble does not. */
  wake(): void;
  /** Waits for the step that is under way. */
  close(): Promise<void>;
}

const FIRST_AFTER_MS = 1_000;
const REST_MS = 10_000;
const TROUBLE_MS = 60_000;
/** Of the store's one writing thread, the share that upkeep may take: half where nothing else is done, else a tenth. */
const PAUSE_IDLE = 1;
const PAUSE_BUSY = 9;
/** Beyond so many hot readings every later look-up costs more than upkeep does. */
const LARGE_BACKLOG = 1_000_000;
const MIN_PAUSE_MS = 1;

type Kind = "rest" | "pause" | "trouble";

export function createUpkeep({ store, clock, log, retention, mayForget, onStep }: UpkeepOptions): Upkeep {
  let arrived = 0;
  let waiting: { readonly kind: Kind; readonly cancel: () => void } | undefined;
  let running: Promise<void> | undefined;
  let wanted = false;
  let inTrouble = false;
  let closed = false;
  plan("rest", FIRST_AFTER_MS);

  function plan(kind: Kind, delayMs: number): void {
    if (!closed) waiting = { kind, cancel: clock.after(delayMs, run) };
  }

  function run(): void {
    waiting = undefined;
    wanted = false;
    running = step().finally(() => {
      running = undefined;
    });
  }

  async function step(): Promise<void> {
    const sinceMs = clock.monotonicMs();
    try {
      const done = await store.upkeep({ nowMs: clock.nowMs(), retention: mayForget() ? retention : undefined });
      if (inTrouble) log.info("upkeep goes on");
      inTrouble = false;
      onStep(done);
      planAfter(done, clock.monotonicMs() - sinceMs);
    } catch (cause) {
      if (!inTrouble) log.error("upkeep failed", { cause }); // readings are stored all the same
      inTrouble = true;
      plan("trouble", TROUBLE_MS);
    }
  }

  function planAfter({ did, hot }: UpkeepStep, tookMs: number): void {
    // Counted from the end of the step before: in a step of a few ms nothing may come though boards are many.
    const isBusy = arrived > 0;
    arrived = 0;
    if (did === "nothing") return wanted ? plan("pause", MIN_PAUSE_MS) : plan("rest", REST_MS);
    const share = isBusy && hot <= LARGE_BACKLOG ? PAUSE_BUSY : PAUSE_IDLE;
    plan("pause", Math.max(MIN_PAUSE_MS, Math.min(share * tookMs, TROUBLE_MS)));
  }

  return {
    stored: (count) => {
      arrived += count;
    },
    wake: () => {
      wanted = true;
      if (waiting?.kind !== "rest") return;
      waiting.cancel();
      plan("rest", 0);
    },
    close: async () => {
      closed = true;
      waiting?.cancel();
      await running;
    },
  };
}
