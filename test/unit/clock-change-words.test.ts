/** The hour that comes twice when the clocks are set back: its times can be told apart, and no row ends before it begins. */
import { afterAll, expect, test, vi } from "vitest";

// Before the formats are made, which keep the zone of that moment.
const formerZone = vi.hoisted(() => {
  const former = process.env["TZ"];
  process.env["TZ"] = "Europe/Berlin";
  return former;
});
vi.resetModules(); // files run in one process, and another may have loaded it
const { fullTime, instantWords, minuteOfDay, rowWords, spanWords, timeOfDay } = await import(
  "../../public/app/ui/time-words.ts"
);
afterAll(() => {
  if (formerZone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = formerZone;
  vi.resetModules();
});

const HOUR_MS = 3_600_000;
/** 25 October 2026: at 03:00 it is 02:00 again. */
const CHANGE_MS = Date.UTC(2026, 9, 25, 1);
const FIRST = CHANGE_MS - HOUR_MS / 2;
const SECOND = CHANGE_MS + HOUR_MS / 2;

test("the same time of the clock is two times", () => {
  expect(minuteOfDay(FIRST)).toBe("02:30 +02:00");
  expect(minuteOfDay(SECOND)).toBe("02:30 +01:00");
  for (const words of [
    timeOfDay,
    fullTime,
    (ms: number) => instantWords(ms, HOUR_MS),
    (ms: number) => instantWords(ms, 48 * HOUR_MS),
  ]) {
    expect(words(FIRST)).not.toBe(words(SECOND));
  }
});

test("rows say where they end, though the clock shows less", () => {
  expect(rowWords(FIRST, CHANGE_MS, 24 * HOUR_MS)).toBe("02:30 +02:00–02:00 +01:00");
  expect(rowWords(FIRST, CHANGE_MS, 48 * HOUR_MS)).toMatch(/02:30 \+02:00.*02:00 \+01:00/);
  expect(spanWords(FIRST, SECOND, SECOND)).toMatch(/02:30 \+02:00.*02:30 \+01:00/);
});

test("the change forward is named, too; on other days no zone is", () => {
  expect(minuteOfDay(Date.UTC(2026, 2, 29, 1, 30))).toBe("03:30 +02:00");
  for (const ms of [CHANGE_MS - 12 * HOUR_MS, CHANGE_MS + 12 * HOUR_MS, Date.UTC(2026, 6, 1)]) {
    expect(minuteOfDay(ms)).toMatch(/^\d\d:\d\d$/);
  }
});
