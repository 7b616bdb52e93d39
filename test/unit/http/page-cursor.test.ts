import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FleetPosition } from "../../../src/core/fleet/fleet-query.ts";
import {
  fleetCursor,
  parseFleetCursor,
  parseReadingCursor,
  readingCursor,
} from "../../../src/http/answers/page-cursor.ts";
import { HttpError } from "../../../src/http/answers/problem.ts";

describe("a cursor of readings", () => {
  test("gives back the place that it was made of, and needs no escapes in an address", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8.64e15 }), fc.nat(), (atMs, n) => {
        const cursor = readingCursor({ atMs, n });
        expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(parseReadingCursor(cursor)).toEqual({ atMs, n });
      }),
    );
  });

  test("is valid for ever", () => {
    expect(readingCursor({ atMs: 1_700_000_000_000, n: 3 })).toBe("bG95dzN2MjguMw");
    expect(parseReadingCursor("bG95dzN2MjguMw")).toEqual({ atMs: 1_700_000_000_000, n: 3 });
  });

  test("that is absent is no place", () => {
    expect(parseReadingCursor(undefined)).toBeUndefined();
  });

  const coded = (text: string): string => Buffer.from(text).toString("base64url");
  for (const cursor of [
    "",
    "x",
    "bG95dzN2MjguMw==",
    "bG95dzN2MjguMw ",
    coded("5"),
    coded("5."),
    coded(".5"),
    coded("05.3"),
    coded("5.3.1"),
    coded("-5.3"),
    coded("A.3"),
    coded("5 .3"),
  ]) {
    test(`${JSON.stringify(cursor)} is none, and the request is refused by its field`, () => {
      expect(() => parseReadingCursor(cursor)).toThrow(HttpError);
      expect(() => parseReadingCursor(cursor)).toThrow("REQUEST_INVALID");
    });
  }

  test("of any text is a place or a refusal, and nothing else", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.string().map(coded)), (text) => {
        try {
          const place = parseReadingCursor(text);
          if (place !== undefined) expect(readingCursor(place)).toBe(text);
        } catch (error) {
          expect(error).toBeInstanceOf(HttpError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

const ID = fc.stringMatching(/^[A-Za-z0-9._:~-]{1,64}$/);
const position: fc.Arbitrary<FleetPosition> = fc.oneof(
  fc.record({ sort: fc.constant("id" as const), id: ID }),
  fc.record({ sort: fc.constant("name" as const), id: ID, key: fc.string({ unit: "grapheme" }) }),
  fc.record({ sort: fc.constant("state" as const), id: ID, rank: fc.nat(7), sinceMs: fc.nat(8.64e15) }),
  fc.record({
    sort: fc.constantFrom("metric:t" as const, "-metric:t" as const, "metric:ENERGY.Power" as const),
    id: ID,
    value: fc.option(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      { nil: undefined },
    ),
  }),
);

describe("a cursor of devices", () => {
  test("gives back the position that it was made of, and is none of another order", () => {
    fc.assert(
      fc.property(position, (given) => {
        const cursor = fleetCursor(given);
        expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(parseFleetCursor(cursor, given.sort)).toEqual(given);
        for (const sort of ["id", "name", "state", "metric:t", "-metric:t"] as const)
          if (sort !== given.sort) expect(() => parseFleetCursor(cursor, sort)).toThrow(HttpError);
      }),
    );
    expect(parseFleetCursor(undefined, "state")).toBeUndefined();
  });

  test("by id is what it has always been", () => {
    expect(fleetCursor({ sort: "id", id: "boiler" })).toBe("Ym9pbGVy");
  });

  for (const cursor of ["", "!", "Ym9pbGVy=", "gICA"]) {
    test(`${JSON.stringify(cursor)} is none`, () => {
      for (const sort of ["id", "name", "state", "metric:t"] as const)
        expect(() => parseFleetCursor(cursor, sort)).toThrow(HttpError);
    });
  }
});
