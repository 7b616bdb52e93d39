import { describe, expect, test } from "vitest";
import { toEpochMs } from "../../../src/contract/epoch.ts";
import { readingsQuery } from "../../../src/contract/rest.ts";
import { readInstant } from "../../../src/core/model/instant.ts";

const NOW = Date.UTC(2026, 10, 22, 12);

const notations: readonly [text: string, ms: number | undefined][] = [
  ["2026-02-28T00:00:00Z", Date.UTC(2026, 1, 28)],
  ["2026-02-30T00:00:00Z", undefined],
  ["2026-02-29T00:00:00Z", undefined],
  ["2024-02-29T00:00:00Z", Date.UTC(2024, 1, 29)],
  ["2026-04-31T00:00:00Z", undefined],
  ["2026-13-01T00:00:00Z", undefined],
  ["2026-01-01T24:00:00Z", undefined],
  ["2026-01-01T23:60:00Z", undefined],
  ["2026-01-01T00:00:60Z", undefined],
  ["2026-01-01T00:00:00", undefined],
  ["2026-01-01T00:00:00+15:00", undefined],
  ["2026-01-01T01:00:00+01:00", Date.UTC(2026, 0, 1)],
  ["2026-01-01T01:00+01", Date.UTC(2026, 0, 1)],
  ["2026-01-01 00:00:00.5Z", Date.UTC(2026, 0, 1) + 500],
  ["0026-01-01T00:00:00Z", undefined],
  ["1767225600", Date.UTC(2026, 0, 1)],
  ["1767225600.25", Date.UTC(2026, 0, 1) + 250],
  ["1767225600000", Date.UTC(2026, 0, 1)],
  ["9999999999999999", undefined],
  ["-1", undefined],
  ["1e9", undefined],
  ["", undefined],
  ["today", undefined],
];

describe("an instant's notation", () => {
  for (const [text, ms] of notations) {
    test(`${JSON.stringify(text)} is ${ms === undefined ? "none" : ms}, over REST and over MQTT`, () => {
      expect(toEpochMs(text)).toBe(ms);
      const asked = readingsQuery.safeParse({ from: text });
      expect(asked.success ? asked.data.from : undefined).toBe(ms);
      expect(readInstant(text, NOW, true)).toEqual(
        ms === undefined ? { kind: "unreadable", said: JSON.stringify(text) } : { kind: "given", atMs: ms },
      );
    });
  }

  test("is no number that a date cannot hold", () => {
    for (const said of [Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 2, -8.64e15 - 2]) {
      expect(toEpochMs(said)).toBeUndefined();
    }
    expect(toEpochMs(8.64e15)).toBe(8.64e15);
    expect(toEpochMs(0)).toBe(0);
  });
});
