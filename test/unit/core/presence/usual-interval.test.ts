import { expect, test } from "vitest";
import { Gaps } from "../../../../src/core/presence/usual-interval.ts";

const MINUTE = 60_000;
const times = (count: number, gap: number): number[] => Array<number>(count).fill(gap);

test.each<[name: string, gaps: readonly number[], usual: readonly [ms: number, isRegular: boolean] | undefined]>([
  ["one gap says nothing", [5_000], undefined],
  ["of two the shorter counts", [5_000, 9_000], [5_000, true]],
  ["the middle one of three", [1_000, 2_000, 3_000], [2_000, true]],
  ["one outage does not count", [5_000, 5_000, 3_600_000], [5_000, true]],
  ["one outage among many does not count", [...times(4, 5_000), 3_600_000, ...times(4, 5_000)], [5_000, true]],
  ["gaps of up to three middles are usual", [...times(5, 10_000), ...times(4, 30_000)], [10_000, true]],
  ["longer ones are not", [...times(5, 10_000), ...times(4, 30_001)], [30_001, false]],
  [
    "what reports changes keeps no interval, and its longest gap but one is usual",
    [3_000, 700, 20 * MINUTE, 90_000, 2_000, 45 * MINUTE, 5_000, 8 * MINUTE, 1_000],
    [20 * MINUTE, false],
  ],
  [
    "a device that sends less often now is soon known by that",
    [...times(9, 1_000), ...times(5, 10_000)],
    [10_000, true],
  ],
])("%s", (_name, gaps, usual) => {
  const learned = new Gaps();
  for (const gap of gaps) learned.add(gap);
  expect(learned.usual && [learned.usual.ms, learned.usual.isRegular]).toEqual(usual);
});

test("the last nine count, whenever somebody asked before", () => {
  const learned = new Gaps();
  const seen: (number | undefined)[] = [];
  for (const gap of [1, 1, 9, 9, 9, 9, 9, 9, 9, 9, 9].map((minutes) => minutes * MINUTE)) {
    learned.add(gap);
    seen.push(learned.usual?.ms);
  }
  expect(seen.map((ms) => ms && ms / MINUTE)).toEqual([undefined, 1, 1, 9, 9, 9, 9, 9, 9, 9, 9]);
});
