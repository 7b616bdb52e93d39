import { expect, test } from "vitest";
import { createPresenceExpiry } from "../../../../src/core/history/presence-expiry.ts";
import { DAY_MS } from "../../../../src/core/model/utc-day.ts";
import { StoreError } from "../../../../src/core/ports/readings-store.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";
import { turn } from "../../../support/memory/memory-store.ts";

const HOUR_MS = 3_600_000;

function start() {
  const clock = createManualClock();
  const log = createMemoryLog();
  const world = { mayExpire: true, failure: undefined as StoreError | undefined, megabytes: 1 };
  /** Days that were kept. */
  const kept: number[] = [];
  const expiry = createPresenceExpiry({
    clock,
    log,
    mayExpire: () => world.mayExpire,
    hubFile: {
      expire: async (beforeMs) => {
        if (world.failure !== undefined) throw world.failure;
        kept.push(Math.round((clock.nowMs() - beforeMs) / DAY_MS));
        if (world.megabytes > 256) world.megabytes -= 50;
      },
      space: async () => ({ usedBytes: (world.megabytes + 5) * 1_048_576, reusableBytes: 5 * 1_048_576 }),
    },
  });
  const pass = async (hours: number): Promise<void> => {
    for (let hour = 0; hour < hours; hour++) {
      clock.advance(HOUR_MS);
      for (let turns = 0; turns < 10; turns++) await turn();
    }
  };
  return { clock, log, world, kept, expiry, pass };
}

test("a year is kept; what is older is deleted in the first hour, then once a day", async () => {
  const { kept, pass } = start();
  await pass(1);
  expect(kept).toEqual([365]);
  await pass(23);
  expect(kept).toEqual([365]);
  await pass(48);
  expect(kept).toEqual([365, 365, 365]);
});

test("nothing is deleted while the clock is not trusted", async () => {
  const { kept, world, pass } = start();
  world.mayExpire = false;
  await pass(30);
  expect(kept).toEqual([]);
  world.mayExpire = true;
  await pass(1);
  expect(kept).toEqual([365]);
});

test("a deletion that fails is tried again in an hour, and logged once", async () => {
  const { kept, log, world, pass } = start();
  world.failure = new StoreError("full", true);
  await pass(3);
  expect(log.lines).toHaveLength(1);
  world.failure = undefined;
  await pass(1);
  expect(kept).toEqual([365]);
});

test("where a year takes too much space, it is shortened week by week until it does not", async () => {
  const { kept, log, world, pass } = start();
  world.megabytes = 390;
  await pass(1);
  expect(kept).toEqual([365, 358, 351]);
  expect(log.lines).toMatchObject([{ level: "warn", fields: { days: 351 } }]);
});

test("closing waits for what is under way, and leaves no timer", async () => {
  const { clock, kept, expiry } = start();
  clock.advance(HOUR_MS);
  await expiry.close();
  expect(kept).toEqual([365]);
  expect(clock.timers()).toBe(0);
});
