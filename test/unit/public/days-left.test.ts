import { expect, test } from "vitest";
import { daysLeft, daysLeftWords } from "../../../public/app/settings/days-left.ts";

const space = { usedBytes: 1, diskFreeBytes: 1_000, diskBytes: 2_000 };

test("the disk lasts for its free bytes divided by the growth of a day", () => {
  expect(daysLeft({ space, growth: { bytesADay: 300, overMs: 1 } })).toBe(3);
});

test("nothing is said of a store that does not grow, or is not known", () => {
  expect(daysLeft({ space, growth: { bytesADay: 0, overMs: 1 } })).toBeUndefined();
  expect(daysLeft({ space })).toBeUndefined();
  expect(daysLeft({ growth: { bytesADay: 300, overMs: 1 } })).toBeUndefined();
});

test("more days than anybody plans for are not counted", () => {
  expect([1, 2, 3_650, 3_651].map(daysLeftWords)).toEqual(["1 day", "2 days", "3650 days", "more than ten years"]);
});
