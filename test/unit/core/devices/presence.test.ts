import { describe, expect, test } from "vitest";
import { isOnline, presenceTimeoutMs, UsualInterval } from "../../../../src/core/devices/presence.ts";

const facts = { heardMs: 0, connections: 0, saidOffline: false, intervalMs: undefined };

describe("a device", () => {
  test("is online for a minute after it was heard", () => {
    expect(isOnline(facts, 59_999)).toBe(true);
    expect(isOnline(facts, 60_000)).toBe(false);
  });

  test("is online for three usual intervals, but no less than a minute", () => {
    expect(presenceTimeoutMs(5_000)).toBe(60_000);
    expect(presenceTimeoutMs(300_000)).toBe(900_000);
    expect(isOnline({ ...facts, intervalMs: 300_000 }, 899_999)).toBe(true);
    expect(isOnline({ ...facts, intervalMs: 300_000 }, 900_000)).toBe(false);
  });

  test("is online while it is connected, however silent", () => {
    expect(isOnline({ ...facts, connections: 1 }, 86_400_000)).toBe(true);
  });

  test("is offline when it says so, connected or just heard", () => {
    expect(isOnline({ ...facts, connections: 1, saidOffline: true }, 0)).toBe(false);
  });

  test("that was never heard is offline", () => {
    expect(isOnline({ ...facts, heardMs: Number.NEGATIVE_INFINITY }, 0)).toBe(false);
  });
});

describe("the usual interval", () => {
  const usual = (gaps: readonly number[], known?: number) => {
    const interval = new UsualInterval(known);
    for (const gap of gaps) interval.add(gap);
    return interval.ms;
  };

  test("is unknown until three messages came", () => {
    expect(usual([])).toBeUndefined();
    expect(usual([5_000])).toBeUndefined();
    expect(usual([5_000, 5_000])).toBe(5_000);
  });

  test("is the median of the last nine gaps", () => {
    expect(usual([1_000, 2_000, 3_000])).toBe(2_000);
    expect(usual([...Array(9).fill(1_000), ...Array(5).fill(4_000)])).toBe(4_000);
    expect(usual([...Array(9).fill(1_000), ...Array(4).fill(4_000)])).toBe(1_000);
  });

  test("does not count one outage", () => {
    expect(usual([5_000, 5_000, 3_600_000])).toBe(5_000);
  });

  test("does not count one outage after a restart of the hub either", () => {
    expect(usual([3_600_000, 5_000], 5_000)).toBe(5_000);
  });

  test("does not count the gaps within one burst", () => {
    expect(usual([1, 5, 19, 60_000, 2, 3, 60_000, 1])).toBe(60_000);
  });

  test("that is known from before holds until two gaps say otherwise", () => {
    expect(usual([1_000], 300_000)).toBe(300_000);
    expect(usual([1_000, 1_000], 300_000)).toBe(1_000);
  });
});
