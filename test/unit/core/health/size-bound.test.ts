import { expect, test } from "vitest";
import { createSizeBound } from "../../../../src/core/health/size-bound.ts";
import type { UpkeepRequest, UpkeepStep } from "../../../../src/core/ports/upkeep.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 24 * 3_600_000;

function start(rawDays = 90) {
  const clock = createManualClock({ nowMs: NOW });
  const log = createMemoryLog();
  const retention: UpkeepRequest["retention"] = { rawDays, hourDays: 0, dayDays: 0, maxBytes: 20_000_000 };
  const bound = createSizeBound({ clock, log, retention });
  const step = (did: UpkeepStep["did"], more: Partial<UpkeepStep> = {}, mayExpire = true): void =>
    bound.noteStep(
      { did, readings: 1, hot: 0, ...more },
      { nowMs: clock.nowMs(), retention: mayExpire ? retention : undefined },
    );
  const said = (): string[] => log.lines.map(({ level, event }) => `${level} ${event}`);
  return { clock, log, bound, step, said };
}

const SHORTENED = "warn raw readings deleted before their age: the store is at its size limit";

test("raw readings that the limit took are logged once a day of them, not each step", () => {
  const { log, step, said } = start();
  for (let hour = 0; hour < 49; hour++) step("forgot", { shortenedToMs: NOW - 50 * DAY_MS + hour * 3_600_000 });
  expect(said()).toEqual([SHORTENED, SHORTENED, SHORTENED]);
  expect(log.lines[1]?.fields).toEqual({ before: "2026-10-04T12:00:00.000Z", maxBytes: 20_000_000 });
});

test("what the limit took is said until those readings would have gone by their age", () => {
  const { clock, bound, step } = start();
  expect(bound.problem()).toBeUndefined();
  // Whole UTC days are deleted.
  step("forgot", { shortenedToMs: NOW - 80 * DAY_MS - DAY_MS / 2 });
  step("sealed");
  step("nothing");
  expect(bound.problem()).toContain("raw readings before 2026-09-03T00:00:00.000Z were deleted");
  clock.advance(9.5 * DAY_MS - 1);
  expect(bound.problem()).toBeDefined();
  clock.advance(1);
  expect(bound.problem()).toBeUndefined();
});

test("where raw readings are kept for ever it is said for ever", () => {
  const { clock, bound, step } = start(0);
  step("forgot", { shortenedToMs: NOW - 80 * DAY_MS });
  clock.advance(1_000 * DAY_MS);
  expect(bound.problem()).toContain("were deleted");
});

test("a store that is too large with nothing left to delete is logged once, and when it is within its limit again", () => {
  const { bound, step, said } = start();
  step("nothing", { tooLarge: true });
  for (const did of ["sealed", "rolledUp", "forgot", "gaveBack"] as const) step(did);
  step("nothing", {}, false); // it was not to look
  step("nothing", { tooLarge: true });
  expect(said()).toEqual(["warn the store is larger than its limit, and nothing is left to delete"]);
  expect(bound.problem()).toContain("AERIE_MAX_STORE_BYTES");
  step("nothing");
  expect(said()[1]).toBe("info the store is within its limit again");
  expect(bound.problem()).toBeUndefined();
});
