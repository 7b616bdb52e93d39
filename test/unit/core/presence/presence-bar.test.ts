import { expect, test } from "vitest";
import { barEndMs, presenceBar } from "../../../../src/core/presence/presence-bar.ts";

const END = Date.UTC(2026, 11, 1, 12, 30);
const HALF_HOUR = 30 * 60_000;
/** So many half hours before the end. */
const before = (cells: number): number => END - cells * HALF_HOUR;
const ALWAYS = [{ fromMs: 0, toMs: END }];

test("the last cell is the one under way", () => {
  expect(barEndMs(END - 1)).toBe(END);
  expect(barEndMs(END)).toBe(END + HALF_HOUR);
});

test("a cell has the worst state that the device had in it", () => {
  const changes = [
    { atMs: 0, detail: "online" },
    { atMs: before(3) + 60_000, detail: "offline" },
    { atMs: before(3) + 61_000, detail: "online" },
    { atMs: before(1), detail: "asleep" },
    { atMs: before(1) + 1, detail: "late" },
  ] as const;
  expect(presenceBar(changes, ALWAYS, END)).toBe(`${"o".repeat(45)}xol`);
});

test("before a device was there, and while the hub did not run, nothing is known", () => {
  const changes = [{ atMs: before(10), detail: "asleep" }] as const;
  const runs = [
    { fromMs: before(20), toMs: before(8) },
    { fromMs: before(4) - 1, toMs: before(1) },
  ];
  expect(presenceBar(changes, runs, END)).toBe(`${"-".repeat(38)}aa---aaaa-`);
  expect(presenceBar([], runs, END)).toBe("-".repeat(48));
  expect(presenceBar(changes, [], END)).toBe("-".repeat(48));
});

test("what was before the bar counts only as what held at its beginning", () => {
  const changes = [
    { atMs: before(90), detail: "offline" },
    { atMs: before(60), detail: "online" },
  ] as const;
  expect(presenceBar(changes, ALWAYS, END)).toBe("o".repeat(48));
});

test("what was not read is unknown, up to the state that the device has now", () => {
  const changes = [
    { atMs: before(60), detail: "online" },
    { atMs: before(40), detail: "late" },
  ] as const;
  const last = { atMs: before(3), detail: "offline" } as const;
  expect(presenceBar(changes, ALWAYS, END, { fromMs: before(38), last })).toBe(
    `${"o".repeat(8)}ll${"-".repeat(35)}xxx`,
  );
});
