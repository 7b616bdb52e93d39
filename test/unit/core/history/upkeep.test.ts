import { describe, expect, test } from "vitest";
import { createUpkeep } from "../../../../src/core/history/upkeep.ts";
import type { UpkeepStep } from "../../../../src/core/ports/upkeep.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";
import { createMemoryStore, passing, turn } from "../../../support/memory/memory-store.ts";

const FAILED =
  "error stored readings could not be compressed, summarized or deleted; the hub tries again and stores new readings meanwhile";
const RESUMED = "info stored readings are compressed, summarized and deleted again";
const RETENTION = { rawDays: 90, hourDays: 0, dayDays: 0, maxBytes: 0 };
const SEALED: UpkeepStep = { did: "sealed", readings: 500, hot: 10_000 };
const NOTHING: UpkeepStep = { did: "nothing", readings: 0, hot: 0 };

/** Each step waits for the test to end it. */
function start() {
  const clock = createManualClock();
  const log = createMemoryLog();
  const store = createMemoryStore();
  const ends: ((step: UpkeepStep) => void)[] = [];
  store.onUpkeep = () => new Promise((resolve) => void ends.push(resolve));
  const steps: UpkeepStep[] = [];
  const trust = { mayExpire: true };
  const upkeep = createUpkeep({
    store,
    clock,
    log,
    retention: RETENTION,
    mayExpire: () => trust.mayExpire,
    onStep: (step) => void steps.push(step),
  });
  const advance = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await turn();
  };
  /** The step under way takes so long and ends like this. */
  const end = async (tookMs: number, step: UpkeepStep): Promise<void> => {
    clock.advance(tookMs);
    ends.at(-1)?.(step);
    await turn();
  };
  const asked = (): number => store.requests.length;
  const said = (): string[] => log.lines.map(({ level, event }) => `${level} ${event}`);
  return { clock, store, upkeep, steps, trust, advance, end, asked, said };
}

describe("upkeep", () => {
  test("begins a second after the start, and what its steps did is reported", async () => {
    const { steps, advance, end, asked } = start();
    await advance(999);
    expect(asked()).toBe(0);
    await advance(1);
    expect(asked()).toBe(1);
    await end(5, SEALED);
    expect(steps).toEqual([SEALED]);
  });

  test("never has two steps at once, however long one takes", async () => {
    const { advance, asked } = start();
    await advance(1_000);
    await advance(3_600_000);
    expect(asked()).toBe(1);
  });

  test("takes half of the time while nothing comes", async () => {
    const { advance, end, asked } = start();
    await advance(1_000);
    await end(20, SEALED);
    await advance(19);
    expect(asked()).toBe(1);
    await advance(1);
    expect(asked()).toBe(2);
  });

  test("takes a tenth while readings come", async () => {
    const { upkeep, advance, end, asked } = start();
    await advance(1_000);
    upkeep.stored(1);
    await end(20, SEALED);
    upkeep.stored(1); // before the next step: it counts for that one
    await advance(179);
    expect(asked()).toBe(1);
    await advance(1);
    expect(asked()).toBe(2);
    await end(20, SEALED);
    await advance(179);
    expect(asked()).toBe(2);
    await advance(1);
    await end(20, SEALED);
    await advance(20);
    expect(asked()).toBe(4);
  });

  test("takes half where more than a million readings wait, though readings come", async () => {
    const { upkeep, advance, end, asked } = start();
    await advance(1_000);
    upkeep.stored(500);
    await end(20, { ...SEALED, hot: 1_000_001 });
    await advance(20);
    expect(asked()).toBe(2);
  });

  test("rests ten seconds where nothing is to be done", async () => {
    const { advance, end, asked } = start();
    await advance(1_000);
    await end(5, NOTHING);
    await advance(9_999);
    expect(asked()).toBe(1);
    await advance(1);
    expect(asked()).toBe(2);
  });

  test("comes back after two seconds where the disk failed some of it, and logs that once", async () => {
    const { advance, end, asked, said } = start();
    await advance(1_000);
    await end(5, { ...NOTHING, failed: "disk I/O error" });
    await advance(1_999);
    expect(asked()).toBe(1);
    await advance(1);
    expect(asked()).toBe(2);
    await end(5, { ...NOTHING, failed: "disk I/O error" });
    await advance(2_000);
    await end(5, NOTHING);
    expect(said()).toEqual([FAILED, RESUMED]);
  });

  test("forgets nothing while the clock cannot be trusted, and does the rest", async () => {
    const { clock, store, trust, advance, end } = start();
    trust.mayExpire = false;
    await advance(1_000);
    expect(store.requests.at(-1)).toEqual({ nowMs: clock.nowMs(), retention: undefined });
    trust.mayExpire = true;
    await end(5, SEALED);
    await advance(5);
    expect(store.requests.at(-1)?.retention).toEqual(RETENTION);
  });

  test("that fails is logged once, tried again each minute, and logged when it resumes", async () => {
    const { store, advance, end, asked, said } = start();
    store.failure = passing();
    await advance(1_000);
    await advance(59_999);
    expect(asked()).toBe(1);
    await advance(1);
    await advance(60_000);
    expect(asked()).toBe(3);
    expect(said()).toEqual([FAILED]);
    store.failure = undefined;
    await advance(60_000);
    await end(5, NOTHING);
    expect(said()).toEqual([FAILED, RESUMED]);
    store.failure = passing();
    await advance(10_000);
    expect(said()).toHaveLength(3);
  });

  test("closing waits for the step under way, and none follows", async () => {
    const { clock, upkeep, advance, end, asked } = start();
    await advance(1_000);
    let closed = false;
    const closing = upkeep.close().then(() => {
      closed = true;
    });
    await turn();
    expect(closed).toBe(false);
    await end(5, SEALED);
    await closing;
    await advance(3_600_000);
    expect(asked()).toBe(1);
    expect(clock.timers()).toBe(0);
  });

  test("closing a rest ends it", async () => {
    const { clock, upkeep } = start();
    await upkeep.close();
    expect(clock.timers()).toBe(0);
  });
});
