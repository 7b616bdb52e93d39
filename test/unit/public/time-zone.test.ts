/** A page shows the clocks of the zone that its viewer chose, wherever the browser is. */
import { afterEach, expect, test } from "vitest";
import { morningMs } from "../../../public/app/alerts/alert-words.ts";
import { tableRows } from "../../../public/app/chart/table-rows.ts";
import {
  clockDate,
  clockOffsetMs,
  HUB_ZONE,
  hubZone,
  instantAt,
  isTimeZone,
  zoneChoice,
} from "../../../public/app/preferences/time-zone.ts";
import { daysBefore, instantsAfter } from "../../../public/app/range/comparison.ts";
import { localText, parseOwnRange } from "../../../public/app/range/own-range.ts";
import { createSeriesBuffer } from "../../../public/app/series/series-buffer.ts";
import { dayWords, isMidnight, minuteOfDay, rowWords, sinceWords } from "../../../public/app/ui/time-words.ts";

afterEach(() => {
  zoneChoice.value = "browser";
});

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOON = Date.UTC(2026, 5, 15, 12);

test("clocks of half and quarter hours, west and east", () => {
  const shown = (zone: string, ms = NOON) => {
    zoneChoice.value = zone;
    return minuteOfDay(ms);
  };
  expect(shown("Asia/Kolkata")).toBe("17:30");
  expect(shown("Asia/Kathmandu")).toBe("17:45");
  expect(shown("America/St_Johns")).toBe("09:30");
  expect(shown("Australia/Lord_Howe", Date.UTC(2026, 0, 15, 12))).toBe("23:00");
  expect(shown("Australia/Lord_Howe")).toBe("22:30");
  expect(shown("UTC")).toBe("12:00");
});

test("an instant and what the clocks show then belong together, in every zone and near each change", () => {
  for (const zone of ["Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia"]) {
    zoneChoice.value = zone;
    for (let hour = 0; hour < 365 * 24; hour += 5) {
      const ms = Date.UTC(2026, 0, 1, hour);
      const back = instantAt(clockDate(ms).getTime());
      // The second of two hours that the clocks show alike is taken for the first.
      expect(clockDate(back).getTime(), zone).toBe(clockDate(ms).getTime());
      expect(back).toBeLessThanOrEqual(ms);
      expect(ms - back).toBeLessThanOrEqual(HOUR_MS);
    }
  }
});

test("in Berlin the hour that comes twice is told apart, and the day that has 25 is one day", () => {
  zoneChoice.value = "Europe/Berlin";
  const change = Date.UTC(2026, 9, 25, 1);
  expect([change - HOUR_MS / 2, change + HOUR_MS / 2].map(minuteOfDay)).toEqual(["02:30 +02:00", "02:30 +01:00"]);
  expect(clockOffsetMs(change - 1)).toBe(2 * HOUR_MS);
  const midnight = Date.UTC(2026, 9, 24, 22);
  expect([midnight, midnight + 25 * HOUR_MS, midnight + DAY_MS].map(isMidnight)).toEqual([true, true, false]);
  expect(rowWords(midnight, midnight + 25 * HOUR_MS, 7 * DAY_MS)).toMatch(/^(Oct 25|25 Oct)$/);
  expect(daysBefore(change + 11 * HOUR_MS, 1)).toBe(change - 14 * HOUR_MS);
  expect(instantsAfter(midnight, 1)).toEqual([midnight + 25 * HOUR_MS]);
  // 02:30 of 29 March is left out.
  expect(minuteOfDay(instantAt(Date.UTC(2026, 2, 29, 2, 30)))).toBe("03:30 +02:00");
});

test("days begin at midnight of the chosen zone: in words, in tables, and for whoever snoozes until the morning", () => {
  zoneChoice.value = "Asia/Kolkata";
  const evening = Date.UTC(2026, 5, 15, 18, 29); // 23:59 there
  expect(dayWords(evening, evening + 120_000)).toBe("Yesterday");
  expect(sinceWords(evening, evening + 30_000)).toBe("23:59");
  expect(minuteOfDay(morningMs(evening))).toBe("08:00");
  const t = Array.from({ length: 20 }, (_, day) => evening - day * DAY_MS).reverse();
  const buffer = createSeriesBuffer(0, 0, { t, mean: t, min: t, max: t, count: t.map(() => 1) });
  const rows = tableRows(buffer, { fromMs: evening - 20 * DAY_MS, toMs: evening });
  expect(rows.length).toBeGreaterThan(15);
  for (const { fromMs } of rows) expect(minuteOfDay(fromMs)).toMatch(/^(00|12):00$/);
});

test("a range is typed in the time of the chosen zone", () => {
  zoneChoice.value = "Asia/Kolkata";
  expect(localText(NOON)).toBe("2026-06-15T17:30");
  expect(parseOwnRange("2026-06-15T17:30", "2026-06-15T18:30", NOON + DAY_MS)).toEqual({
    ok: true,
    window: { fromMs: NOON, toMs: NOON + HOUR_MS },
  });
});

test("the hub's zone is the one that the hub says, and an unknown name is none", () => {
  zoneChoice.value = HUB_ZONE;
  hubZone.value = "Asia/Tokyo";
  expect(minuteOfDay(NOON)).toBe("21:00");
  expect(["Asia/Tokyo", "+05:30x", "Mars/Phobos", ""].map(isTimeZone)).toEqual([true, false, false, false]);
});
