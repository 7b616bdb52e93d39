import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TimeFault } from "../../../../src/contract/readings.ts";
import { readInstant, timeFaultOf } from "../../../../src/core/model/instant.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const at = (said: unknown, clockSane = true) => readInstant(said, NOW, clockSane);

const given: readonly [title: string, said: unknown, atMs: number][] = [
  ["ISO in UTC", "2026-11-22T11:59:58Z", NOW - 2_000],
  ["ISO with milliseconds", "2026-11-22T11:59:58.250Z", NOW - 1_750],
  ["ISO with microseconds", "2026-11-22T11:59:58.250499Z", NOW - 1_750],
  ["ISO with nanoseconds that round up to the next second", "2026-11-22T11:59:58.999999999Z", NOW - 1_000],
  ["ISO with a comma", "2026-11-22T11:59:58,5Z", NOW - 1_500],
  ["ISO without seconds", "2026-11-22T11:59Z", NOW - 60_000],
  ["ISO with a space", "2026-11-22 11:59:58Z", NOW - 2_000],
  ["ISO in small letters", "2026-11-22t11:59:58z", NOW - 2_000],
  ["a zone east", "2026-11-22T13:00:00+01:00", NOW],
  ["a zone west", "2026-11-22T07:00:00-05:00", NOW],
  ["a zone of half an hour", "2026-11-22T17:30:00+05:30", NOW],
  ["a zone without a colon", "2026-11-22T13:00:00+0100", NOW],
  ["a zone of hours only", "2026-11-22T13:00:00+01", NOW],
  ["a zone across midnight", "2026-11-23T02:00:00+14:00", NOW],
  ["a leap day", "2024-02-29T00:00:00Z", Date.UTC(2024, 1, 29)],
  ["seconds", NOW / 1000, NOW],
  ["fractional seconds", NOW / 1000 - 0.75, NOW - 750],
  ["fractional seconds of a Shelly", 1669541352.21, 1669541352210],
  ["milliseconds", NOW, NOW],
  ["fractional milliseconds", NOW - 0.4, NOW],
  ["seconds as text", String(NOW / 1000), NOW],
  ["milliseconds as text", String(NOW), NOW],
  ["fractional seconds as text", "1669541352.21", 1669541352210],
  ["the first instant that counts", "2020-01-01T00:00:00Z", Date.UTC(2020, 0, 1)],
  ["five minutes ahead", NOW + 300_000, NOW + 300_000],
];

const wrong: readonly [title: string, said: unknown][] = [
  ["1970 as seconds", 12],
  ["1970 as ISO", "1970-01-01T00:00:12Z"],
  ["2000, where some clocks begin", "2000-01-01T00:00:00Z"],
  ["the uptime in milliseconds", 84_600_000],
  ["the last millisecond that does not count", Date.UTC(2020, 0, 1) - 1],
  ["more than five minutes ahead", NOW + 300_001],
  ["next year", "2027-11-22T12:00:00Z"],
  ["zero", 0],
  ["a negative number", -NOW],
];

const unreadable: readonly [title: string, said: unknown, fault: TimeFault][] = [
  ["local time without a zone", "2026-11-22T11:59:58", "zone"],
  ["Tasmota's local time", "2017-02-16T10:13:52", "zone"],
  ["local time with a space and milliseconds", "2018-12-17 02:29:59.250", "zone"],
  ["local time without seconds", "2018-12-17 02:29", "zone"],
  ["a date", "2026-11-22", "unreadable"],
  ["NaN", Number.NaN, "unreadable"],
  ["Infinity", Number.POSITIVE_INFINITY, "unreadable"],
  ["beyond what a date can hold", 9e15, "unreadable"],
  ["30 February", "2024-02-30T00:00:00Z", "unreadable"],
  ["29 February of no leap year", "2025-02-29T00:00:00Z", "unreadable"],
  ["month 13", "2025-13-01T00:00:00Z", "unreadable"],
  ["month 0", "2025-00-01T00:00:00Z", "unreadable"],
  ["day 0", "2025-01-00T00:00:00Z", "unreadable"],
  ["hour 24", "2025-01-01T24:00:00Z", "unreadable"],
  ["hour 25", "2025-01-01T25:00:00Z", "unreadable"],
  ["minute 60", "2025-01-01T00:60:00Z", "unreadable"],
  ["a leap second", "2016-12-31T23:59:60Z", "unreadable"],
  ["a zone that is on no map", "2025-01-01T00:00:00+99:99", "unreadable"],
  ["a zone of sixty minutes", "2025-01-01T00:00:00+01:60", "unreadable"],
  ["a year of two digits", "25-01-01T00:00:00Z", "unreadable"],
  ["a negative number as text", "-5", "unreadable"],
  ["text", "yesterday", "unreadable"],
  ["empty text", "", "unreadable"],
  ["true", true, "unreadable"],
  ["an object", { seconds: 5 }, "unreadable"],
  ["a list", [NOW], "unreadable"],
];

describe("an instant", () => {
  for (const [title, said, atMs] of given) {
    test(`is given: ${title}`, () => {
      expect(at(said)).toEqual({ kind: "given", atMs });
    });
  }

  for (const [title, said] of wrong) {
    test(`is wrong: ${title}`, () => {
      const instant = at(said);
      expect(instant.kind === "wrong" && timeFaultOf(true, instant.said)).toBe("clock");
    });
  }

  for (const [title, said, fault] of unreadable) {
    test(`cannot be read: ${title}`, () => {
      const instant = at(said);
      expect(instant.kind === "unreadable" && timeFaultOf(false, instant.said)).toBe(fault);
    });
  }

  test("is absent where nothing was said", () => {
    expect(at(undefined)).toEqual({ kind: "absent" });
    expect(at(null)).toEqual({ kind: "absent" });
  });

  test("that is wrong says what came, in few letters", () => {
    expect(at("1970-01-01T00:00:12Z")).toEqual({ kind: "wrong", said: '"1970-01-01T00:00:12Z"' });
    const long = at("x".repeat(5_000));
    expect(long.kind === "unreadable" && long.said.length).toBe(64);
  });

  test("in the future is taken as it is while the hub's own clock cannot judge it", () => {
    const atMs = NOW + 86_400_000;
    expect(at(atMs)).toMatchObject({ kind: "wrong" });
    expect(at(atMs, false)).toEqual({ kind: "given", atMs });
  });

  test("before 2020 is wrong whatever the hub's clock shows", () => {
    expect(at("1970-01-01T00:00:12Z", false).kind).toBe("wrong");
    expect(readInstant(1_000, 1_000, false).kind).toBe("wrong");
  });

  test("is the same in every notation and in every zone", () => {
    const instants = fc.integer({ min: Date.UTC(2020, 0, 2), max: NOW });
    fc.assert(
      fc.property(instants, fc.integer({ min: -14 * 60, max: 14 * 60 }), (atMs, zoneMinutes) => {
        const sign = zoneMinutes < 0 ? "-" : "+";
        const two = (value: number) => String(value).padStart(2, "0");
        const zone = `${sign}${two(Math.trunc(Math.abs(zoneMinutes) / 60))}:${two(Math.abs(zoneMinutes) % 60)}`;
        const local = new Date(atMs + zoneMinutes * 60_000).toISOString().replace("Z", zone);
        for (const said of [atMs, String(atMs), atMs / 1000, new Date(atMs).toISOString(), local]) {
          expect(at(said)).toEqual({ kind: "given", atMs });
        }
      }),
      { numRuns: 200 },
    );
  });

  test("is judged for anything that JSON can say, and never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.double(), fc.string()), fc.boolean(), (said, sane) => {
        const instant = at(said, sane);
        if (instant.kind === "given") expect(new Date(instant.atMs).getTime()).toBe(instant.atMs);
      }),
      { numRuns: 300 },
    );
  });
});
