/** Which readers are too slow, by what they take and by what they read. */
import { expect, test } from "vitest";
import { createReaderPace, type Pace } from "../../../../src/core/limits/reader-pace.ts";

const KB = 1_000;

/** Seconds until it is too slow, looked at every 5 s; undefined: not within an hour. */
function secondsUntilTooSlow(pace: Pace, takenAfter: (seconds: number) => number, waits = true): number | undefined {
  const reader = createReaderPace();
  const answer = {};
  reader.isTooSlow({ takenBytes: takenAfter(0), waits, sinceMs: 0 }, answer, pace);
  for (let seconds = 5; seconds <= 3_600; seconds += 5) {
    if (reader.isTooSlow({ takenBytes: takenAfter(seconds), waits, sinceMs: 5_000 }, answer, pace)) return seconds;
  }
  return undefined;
}

test("a reader that takes nothing for a minute is too slow, but of what may be paused, or where nothing waits for it", () => {
  const nothing = (): number => 10 * KB;
  expect(secondsUntilTooSlow("patient", nothing)).toBe(60);
  expect(secondsUntilTooSlow("brisk", nothing)).toBe(60);
  expect(secondsUntilTooSlow("any", nothing)).toBe(undefined);
  expect(secondsUntilTooSlow("brisk", nothing, false)).toBe(undefined);
});

test("a reader that takes a little each time is too slow only for what must be read briskly", () => {
  const slowly = (seconds: number): number => seconds * KB;
  const briskly = (seconds: number): number => seconds * 65 * KB;
  const once = (seconds: number): number => (seconds < 55 ? 0 : seconds < 110 ? 1 : 2);
  expect(secondsUntilTooSlow("patient", slowly)).toBe(undefined);
  expect(secondsUntilTooSlow("brisk", slowly)).toBe(65);
  expect(secondsUntilTooSlow("brisk", briskly)).toBe(undefined);
  expect(secondsUntilTooSlow("patient", once)).toBe(170);
});

test("each answer of a connection has a minute of its own", () => {
  const reader = createReaderPace();
  for (let at = 1; at < 100; at++) {
    const answer = {};
    for (const takenBytes of [at, at + 0.5]) {
      expect(reader.isTooSlow({ takenBytes, waits: true, sinceMs: 30_000 }, answer, "brisk")).toBe(false);
    }
  }
});
