import { describe, expect, test } from "vitest";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryTime } from "../../../support/memory/memory-time.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const FAR_MS = 40 * DAY_MS;

/** A hub that has run for an hour by a right clock, and noted something at the end of it. */
async function start() {
  const clock = createManualClock({ nowMs: NOW });
  const memory = createMemoryTime(clock);
  const first = memory.start();
  clock.advance(HOUR_MS);
  const notedMs = first.nowMs();
  const restart = async (offMs: number, time = first) => {
    await time.close();
    clock.stepWall(offMs);
    return memory.start();
  };
  return { clock, memory, first, notedMs, restart };
}

describe("a start", () => {
  test("up to a day after the last run counts the time between at once", async () => {
    for (const offMs of [0, MINUTE_MS, DAY_MS]) {
      const { clock, restart, notedMs } = await start();
      const time = await restart(offMs);
      expect([time.sinceMs(notedMs), time.problem()]).toEqual([offMs, undefined]);
      expect(time.nowMs()).toBe(clock.nowMs());
    }
  });

  test("more than a day after it counts only what it runs, and the rest when it has run for a day", async () => {
    const { clock, restart, notedMs, memory } = await start();
    const time = await restart(FAR_MS);
    expect(time.problem()).toContain("40 days ahead of the time that the hub expects");
    expect(time.problem()).toContain(
      "Until 2027-01-02T13:00:00.000Z the hub does not trust it: MQTT sessions, messages with an expiry, delayed wills and sign-ins may last longer. If the date",
    );
    clock.advance(DAY_MS - MINUTE_MS);
    expect(Math.round(time.sinceMs(notedMs) / MINUTE_MS)).toBe(24 * 60 - 1);
    expect(Math.round(time.sinceAtMostMs(notedMs) / DAY_MS)).toBe(41);
    const duringMs = time.nowMs();
    clock.advance(2 * MINUTE_MS);
    expect([time.sinceMs(notedMs), time.problem()]).toEqual([FAR_MS + DAY_MS + MINUTE_MS, undefined]);
    expect(time.sinceMs(duringMs)).toBe(2 * MINUTE_MS);
    expect(time.dateOf(duringMs)).toEqual(new Date(clock.nowMs() - 2 * MINUTE_MS));
    expect(memory.log.lines.map(({ level, event }) => `${level} ${event}`)).toEqual([
      "warn the clock is not trusted: nothing expires by it",
      "info the clock is trusted again",
    ]);
  });

  test("by a clock that is far ahead, and then one by a clock that is right, lose nothing and wait for nothing", async () => {
    const { restart, notedMs, clock } = await start();
    const wrong = await restart(FAR_MS);
    clock.advance(HOUR_MS);
    const duringMs = wrong.nowMs();
    const right = await restart(-FAR_MS + MINUTE_MS, wrong);
    expect(right.problem()).toBeUndefined();
    expect(Math.round(right.sinceMs(notedMs) / MINUTE_MS)).toBe(61);
    expect(right.sinceMs(duringMs)).toBeLessThan(2 * MINUTE_MS);
    expect(right.nowMs()).toBe(clock.nowMs());
  });

  test("by a clock that is behind counts nothing and continues from where the hub was", async () => {
    const { clock, restart, notedMs } = await start();
    const time = await restart(-FAR_MS);
    expect(time.problem()).toContain("40 days behind");
    expect(time.nowMs()).toBeGreaterThanOrEqual(notedMs);
    clock.advance(HOUR_MS);
    expect(Math.round(time.sinceMs(notedMs) / MINUTE_MS)).toBe(60);
    clock.stepWall(FAR_MS + 5 * MINUTE_MS);
    clock.advance(MINUTE_MS);
    expect(time.problem()).toContain("5 minutes ahead");
    clock.advance(11 * MINUTE_MS);
    expect([time.problem(), time.nowMs()]).toEqual([undefined, clock.nowMs()]);
  });

  test("takes up a wait that another start began, though the hub never ran for a day", async () => {
    const { clock, restart, notedMs } = await start();
    let time = await restart(FAR_MS);
    for (let run = 0; run < 4; run++) {
      clock.advance(5 * HOUR_MS);
      expect(time.problem()).toBeDefined();
      time = await restart(HOUR_MS, time);
    }
    clock.advance(5 * HOUR_MS);
    expect(time.problem()).toBeUndefined();
    expect(Math.round((time.sinceMs(notedMs) - FAR_MS) / HOUR_MS)).toBe(4 + 25);
  });

  test("without a record goes by the newest thing that is stored", () => {
    const clock = createManualClock({ nowMs: NOW });
    const time = createMemoryTime(clock, { newestMs: NOW - FAR_MS }).start();
    expect(time.problem()).toContain("40 days ahead");
    expect(
      createMemoryTime(clock, { newestMs: NOW - HOUR_MS })
        .start()
        .nowMs(),
    ).toBe(NOW);
    expect(createMemoryTime(clock).start().nowMs()).toBe(NOW);
  });
});

describe("a clock that jumps while the hub runs", () => {
  test("as a board computer's does that had no network at its start: what is from before has aged, what is of this run has not", async () => {
    const { clock, restart, notedMs } = await start();
    const time = await restart(1_000); // its clock goes on where it was when it was switched off
    const earlyMs = time.nowMs();
    clock.advance(20_000);
    clock.stepWall(FAR_MS);
    clock.advance(HOUR_MS);
    expect(time.sinceMs(notedMs)).toBe(HOUR_MS + 21_000);
    clock.advance(DAY_MS);
    expect([time.problem(), time.nowMs()]).toEqual([undefined, clock.nowMs()]);
    expect(time.sinceMs(notedMs)).toBe(FAR_MS + DAY_MS + HOUR_MS + 21_000);
    expect(time.sinceMs(earlyMs)).toBe(DAY_MS + HOUR_MS + 20_000);
    const after = await restart(MINUTE_MS, time);
    expect(after.sinceMs(earlyMs)).toBe(DAY_MS + HOUR_MS + 20_000 + MINUTE_MS);
  });

  for (const stepMs of [FAR_MS, -FAR_MS, 2 * HOUR_MS, -2 * HOUR_MS]) {
    test(`by ${stepMs / HOUR_MS} h and back again has changed nothing`, async () => {
      const { clock, first, notedMs } = await start();
      clock.stepWall(stepMs);
      clock.advance(5 * MINUTE_MS);
      expect(first.problem()).toBeDefined();
      clock.stepWall(-stepMs);
      clock.advance(5 * MINUTE_MS);
      expect([first.problem(), first.sinceMs(notedMs)]).toEqual([undefined, 10 * MINUTE_MS]);
    });
  }

  test("back by a day and then to where it should be: what an earlier doubt was about does not age by it", async () => {
    const { clock, memory, first, restart } = await start();
    const behind = await restart(0); // off for nine days, and its clock stood
    clock.advance(MINUTE_MS);
    const notedMs = behind.nowMs();
    clock.stepWall(9 * DAY_MS);
    clock.advance(MINUTE_MS);
    const time = await restart(MINUTE_MS, behind);
    clock.stepWall(-10 * DAY_MS);
    clock.advance(HOUR_MS);
    expect([time.problem(), first.nowMs() > clock.nowMs()]).toEqual([undefined, true]);
    clock.stepWall(10 * DAY_MS);
    clock.advance(DAY_MS + MINUTE_MS);
    expect([time.problem(), time.nowMs()]).toEqual([undefined, clock.nowMs()]);
    expect(time.sinceMs(notedMs)).toBeLessThan(DAY_MS + 2 * HOUR_MS);
    await time.close();
    expect(memory.saved()?.fromMs).toBeUndefined();
  });

  test("counts when it is sane, not before", async () => {
    const { clock, first, memory } = await start();
    memory.insane = "The hub's clock shows a time before the newest stored reading";
    clock.stepWall(FAR_MS);
    clock.advance(3 * DAY_MS);
    expect(first.problem()).toMatch(
      /Until it is right, the hub does not trust it: .* may last longer\. Check the time/,
    );
    memory.insane = undefined;
    clock.advance(MINUTE_MS);
    expect([first.problem(), first.nowMs()]).toEqual([undefined, clock.nowMs()]);
  });

  test("and a machine that sleeps each night: the wait of a day comes to its end", async () => {
    const { clock, first } = await start();
    clock.stepWall(3 * DAY_MS);
    for (let day = 0; day < 3; day++) {
      clock.advance(10 * HOUR_MS);
      clock.stepWall(14 * HOUR_MS);
    }
    clock.advance(11 * MINUTE_MS);
    expect([first.problem(), first.nowMs()]).toEqual([undefined, clock.nowMs()]);
  });
});

test("it never runs backwards, and its record stays small, however often the clock is wrong", async () => {
  const { clock, memory, first } = await start();
  let time = first;
  let before = 0;
  for (let round = 0; round < 200; round++) {
    clock.stepWall([2 * HOUR_MS, -HOUR_MS, 400 * DAY_MS, -400 * DAY_MS, 3 * HOUR_MS][round % 5] ?? 0);
    clock.advance(15 * MINUTE_MS);
    if (round % 3 === 0) {
      await time.close();
      time = memory.start();
    }
    expect(time.nowMs()).toBeGreaterThanOrEqual(before);
    before = time.nowMs();
  }
  await time.close();
  expect(JSON.stringify(memory.saved()).length).toBeLessThan(8_000);
});

test.each([6, 20, 253])(
  "a record that lies %i years past the clock and all that is stored ages nothing, over restarts too",
  async (years) => {
    const clock = createManualClock({ nowMs: NOW });
    const aheadMs = years * 365 * DAY_MS;
    const record = { nowMs: NOW + aheadMs, aheadMs: 0, fromMs: undefined, hold: undefined, shifts: [] };
    const memory = createMemoryTime(clock, { newestMs: NOW - HOUR_MS, record });
    let time = memory.start();
    const notedMs = time.nowMs();
    for (let runs = 1; runs <= 4; runs++) {
      expect(Math.round(time.sinceMs(NOW - HOUR_MS) / MINUTE_MS)).toBe(60 + (runs - 1) * 2 * 24 * 60);
      expect(time.sinceMs(NOW)).toBeLessThanOrEqual((runs - 1) * 2 * DAY_MS + MINUTE_MS);
      expect(time.sinceAtMostMs(NOW)).toBeLessThanOrEqual((runs - 1) * 2 * DAY_MS + MINUTE_MS);
      clock.advance(2 * DAY_MS); // more than the wait for a difference
      await time.close();
      time = memory.start();
    }
    expect(Math.round(time.sinceMs(notedMs) / DAY_MS)).toBe(8); // noted by the same record: it ages as ever
    expect(memory.saved()?.shifts).toHaveLength(1);
  },
);

test("without a record, a reading that a wrong clock stored years ahead ages nothing; a clock that starts in 1970 hides no age", () => {
  const clock = createManualClock({ nowMs: NOW });
  const ahead = createMemoryTime(clock, { newestMs: NOW + 253 * 365 * DAY_MS }).start();
  expect(ahead.sinceMs(NOW - HOUR_MS)).toBeLessThan(HOUR_MS + MINUTE_MS);
  const behind = createMemoryTime(createManualClock({ nowMs: 0 }), { newestMs: NOW, builtAtMs: NOW - 400 * DAY_MS });
  expect(behind.start().sinceMs(NOW - 30 * DAY_MS)).toBeGreaterThanOrEqual(30 * DAY_MS);
});

test("nothing is watched after closing", async () => {
  const { clock, first } = await start();
  await first.close();
  expect(clock.timers()).toBe(0);
});

test("a record that cannot be saved is said, and saved again two seconds later", async () => {
  const { clock, memory, first } = await start();
  memory.unwritable = "time.json cannot be written: the disk reports an error (EIO)";
  clock.advance(10 * MINUTE_MS);
  await new Promise(setImmediate);
  expect(first.saveProblem()).toMatch(/time\.json cannot be written.*EIO.*tries again/);
  clock.advance(2_000);
  await new Promise(setImmediate);
  expect(first.saveProblem()).toBeDefined();
  memory.unwritable = undefined;
  clock.advance(2_000);
  await new Promise(setImmediate);
  expect(first.saveProblem()).toBeUndefined();
  expect(memory.saved()?.nowMs).toBe(first.nowMs());
  expect(memory.log.lines.filter(({ level }) => level === "warn")).toHaveLength(1);
});
