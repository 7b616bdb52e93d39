import { describe, expect, test } from "vitest";
import { createRetentionClock } from "../../../../src/core/history/retention-clock.ts";
import { createClockSanity } from "../../../../src/core/time/clock-sanity.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";
import { passing, turn } from "../../../support/memory/memory-store.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;

interface World {
  /** When the newest stored reading came. */
  newestMs?: number;
  /** The newest of those of yesterday and before. */
  before?: number | undefined | Error;
}

function start({ newestMs = NOW - HOUR_MS, before = NOW - 25 * HOUR_MS }: World = {}) {
  const clock = createManualClock({ nowMs: NOW });
  const log = createMemoryLog();
  const clockSanity = createClockSanity({ clock, builtAtMs: 0, newestMs });
  const asked: number[] = [];
  const retentionClock = createRetentionClock({
    clock,
    clockSanity,
    log,
    newestMs,
    newestBefore: async (beforeMs) => {
      asked.push(beforeMs);
      if (before instanceof Error) throw before;
      return before;
    },
  });
  const step = (ms: number): void => {
    clock.stepWall(ms);
    clock.advance(1_000);
  };
  return { clock, log, asked, step, ...retentionClock };
}

describe("a hub that has run by its clock for days", () => {
  test("may forget, once it has seen its readings of yesterday", async () => {
    const { asked, mayExpire, problem } = start();
    expect(mayExpire()).toBe(false);
    await turn();
    expect(mayExpire()).toBe(true);
    expect(problem()).toBeUndefined();
    expect(asked).toEqual([NOW - DAY_MS]);
  });

  test("may not forget for a day after a step of more than a day, though the clock is called sane after minutes", async () => {
    const { clock, step, mayExpire, problem } = start();
    await turn();
    step(YEAR_MS);
    expect(mayExpire()).toBe(false);
    clock.advance(11 * 60_000);
    expect(problem()).toContain("jumped forward by 365 days");
    clock.advance(23 * HOUR_MS);
    expect(mayExpire()).toBe(false);
    clock.advance(HOUR_MS);
    expect(mayExpire()).toBe(true);
  });

  test("sees a step at once, not a second later", async () => {
    const { clock, mayExpire } = start();
    await turn();
    clock.stepWall(YEAR_MS);
    expect(mayExpire()).toBe(false);
  });

  test("may not forget for a day after the clock was a year ahead and came back", async () => {
    const { clock, step, mayExpire } = start();
    await turn();
    step(YEAR_MS);
    clock.advance(20 * HOUR_MS);
    step(-YEAR_MS);
    clock.advance(23 * HOUR_MS);
    expect(mayExpire()).toBe(false);
    clock.advance(2 * HOUR_MS);
    expect(mayExpire()).toBe(true);
  });

  test("waits minutes after a step of hours, and a day when they add up", async () => {
    const { clock, step, mayExpire } = start();
    await turn();
    step(20 * HOUR_MS);
    expect(mayExpire()).toBe(false);
    clock.advance(11 * 60_000);
    expect(mayExpire()).toBe(true);
    step(20 * HOUR_MS);
    clock.advance(HOUR_MS);
    expect(mayExpire()).toBe(false);
    clock.advance(DAY_MS);
    expect(mayExpire()).toBe(true);
  });

  test("may not forget while the clock shows a time before its readings", async () => {
    const { step, mayExpire, problem } = start();
    await turn();
    step(-3 * HOUR_MS);
    expect(mayExpire()).toBe(false);
    expect(problem()).toContain("(timedatectl, NTP). Meanwhile nothing is deleted by age");
  });
});

describe("a hub that starts", () => {
  test("with nothing stored may expire: there is nothing that could be deleted wrongly", () => {
    expect(start({ newestMs: 0 }).mayExpire()).toBe(true);
  });

  test("more than a day after its newest reading waits for a day", async () => {
    const { clock, asked, mayExpire, problem } = start({ newestMs: NOW - DAY_MS - 1 });
    await turn();
    expect(mayExpire()).toBe(false);
    expect(problem()).toContain("nothing is deleted by age before 2026-11-23T12:00:00.000Z. If the date");
    expect(asked).toEqual([]);
    clock.advance(DAY_MS);
    expect(mayExpire()).toBe(true);
  });

  test("again by a clock that was a year ahead before, too, waits for a day: it has no readings of yesterday", async () => {
    const { clock, mayExpire, problem } = start({ newestMs: NOW - HOUR_MS, before: NOW - YEAR_MS });
    await turn();
    expect(problem()).toContain("none of yesterday");
    clock.advance(DAY_MS - 1);
    expect(mayExpire()).toBe(false);
    clock.advance(1);
    expect(mayExpire()).toBe(true);
  });

  test("on its first day may forget: nothing is older", async () => {
    const { mayExpire } = start({ before: undefined });
    await turn();
    expect(mayExpire()).toBe(true);
  });

  test("and cannot read what it has of yesterday waits for a day", async () => {
    const { mayExpire } = start({ before: passing() });
    await turn();
    expect(mayExpire()).toBe(false);
  });
});

test("the pause and its end are logged once each, and nothing after closing", async () => {
  const { clock, log, step, close } = start();
  await turn();
  step(YEAR_MS);
  clock.advance(2 * DAY_MS);
  expect(log.lines.map(({ level, event }) => `${level} ${event}`)).toEqual([
    "warn retention paused",
    "info retention resumed",
  ]);
  close();
  step(-YEAR_MS);
  expect(log.lines).toHaveLength(2);
});
