/** How often an answer is made that many ask for. */
import { expect, test } from "vitest";
import { shareAnswer } from "../../../../src/core/limits/shared-answer.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";

test("an answer is made at most once in its time, and again for who asks later; a jump of the wall clock is no time", () => {
  const clock = createManualClock({});
  let made = 0;
  const answer = shareAnswer({ clock, forMs: 1_000, make: () => ++made });
  expect([answer(), answer()]).toEqual([1, 1]);
  clock.advance(999);
  clock.stepWall(3_600_000);
  expect(answer()).toBe(1);
  clock.advance(1);
  expect([answer(), answer()]).toEqual([2, 2]);
});
