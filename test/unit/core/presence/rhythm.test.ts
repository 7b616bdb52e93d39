import { describe, expect, test } from "vitest";
import { Rhythm } from "../../../../src/core/presence/rhythm.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const UNKNOWN = { intervalMs: undefined, isSleeper: false };

/** Reads at these instants. */
function rhythmOf(instants: readonly number[], before: ConstructorParameters<typeof Rhythm>[0] = UNKNOWN): Rhythm {
  const rhythm = new Rhythm(before);
  for (const instant of instants) rhythm.read(instant);
  return rhythm;
}

/** `count` bursts, `everyMs` apart, of readings at `within`. */
const bursts = (count: number, everyMs: number, within: readonly number[]): number[] =>
  Array.from({ length: count }, (_, index) => within.map((ms) => index * everyMs + ms)).flat();

describe("the interval of a board", () => {
  test.each<[name: string, instants: readonly number[], intervalMs: number | undefined]>([
    ["is unknown until three readings came", [0, 5 * SECOND], undefined],
    ["is known from the third", [0, 5 * SECOND, 10 * SECOND], 5 * SECOND],
    ["may be short", bursts(60, 200, [0]), 200],
    ["of a second is a second", bursts(12, SECOND, [0]), SECOND],
    ["does not count readings of one message", bursts(4, MINUTE, [0, 0, 1, 19]), MINUTE],
    [
      "is that of its bursts, where each metric is a message",
      bursts(4, 15 * MINUTE, [0, 50, 100, 150, 230]),
      15 * MINUTE,
    ],
    [
      "is that of its bursts, however many messages are in one",
      bursts(
        4,
        MINUTE,
        [...Array(30).keys()].map((n) => n * 40),
      ),
      MINUTE,
    ],
    [
      "is that of two messages that come together (Tasmota's STATE and SENSOR)",
      bursts(5, 5 * MINUTE, [0, 400]),
      5 * MINUTE,
    ],
    ["is not known by one burst: three readings may be all for an hour", [0, 100, 200, 300, 400], undefined],
    [
      "is none where it reports changes",
      [0, 3, 4, 900, 930, 3_000, 3_001, 3_060, 3_061, 9_000].map((s) => s * SECOND),
      undefined,
    ],
  ])("%s", (_name, instants, intervalMs) => {
    const { intervalMs: learned } = rhythmOf(instants);
    if (intervalMs === undefined) expect(learned).toBeUndefined();
    else expect(learned).toBeCloseTo(intervalMs, -3);
  });

  test("of which a run before knew holds until more is known, and the gap between the runs is none", () => {
    const before = { intervalMs: 5 * MINUTE, isSleeper: false };
    expect(rhythmOf([], before).intervalMs).toBe(5 * MINUTE);
    expect(rhythmOf([0, 10 * SECOND], before).intervalMs).toBe(5 * MINUTE);
    expect(rhythmOf([0, 10 * SECOND, 20 * SECOND], before).intervalMs).toBe(10 * SECOND);
  });

  test("that is not kept is stored all the same: the longest usual gap", () => {
    const rhythm = rhythmOf([0, 10, 20, 30, 1_000, 2_500, 2_510].map((s) => s * SECOND));
    expect(rhythm.intervalMs).toBeUndefined();
    expect(rhythm.usual).toEqual({ ms: 970 * SECOND, isRegular: false });
  });
});

/** Connections as [begins, ends], each with a reading at its begin and some behind it. */
function visits(rhythm: Rhythm, connections: readonly (readonly [number, number])[]): boolean[] {
  return connections.map(([fromMs, toMs], index) => {
    rhythm.spoke(index + 1, fromMs);
    rhythm.read(fromMs);
    rhythm.spoke(index + 1, fromMs + 100);
    rhythm.read(fromMs + 100);
    rhythm.left(toMs);
    rhythm.left(toMs); // its last message is durable only now
    return rhythm.isSleeper;
  });
}

const every = (everyMs: number, forMs: number, count: number, fromMs = 0): (readonly [number, number])[] =>
  Array.from({ length: count }, (_, index) => [fromMs + index * everyMs, fromMs + index * everyMs + forMs]);

describe("a board that connects, sends and disconnects", () => {
  test("is known by that after four times, by the interval of its visits", () => {
    const rhythm = new Rhythm(UNKNOWN);
    expect(visits(rhythm, every(15 * MINUTE, 3 * SECOND, 4))).toEqual([false, false, false, true]);
    expect(rhythm.intervalMs).toBe(15 * MINUTE);
  });

  test("and is gone before its message is durable is one too", () => {
    expect(visits(new Rhythm(UNKNOWN), every(5 * SECOND, 0, 4)).at(-1)).toBe(true);
  });

  test("is no sleeper where it is away for a shorter time than it is there: it has a bad connection", () => {
    expect(visits(new Rhythm(UNKNOWN), every(45 * SECOND, 30 * SECOND, 12))).not.toContain(true);
  });

  test("is no sleeper where it stays for more than a minute", () => {
    expect(visits(new Rhythm(UNKNOWN), every(60 * MINUTE, MINUTE + 1, 12))).not.toContain(true);
  });

  test("is none any more when it stays connected", () => {
    const rhythm = new Rhythm(UNKNOWN);
    visits(rhythm, every(15 * MINUTE, SECOND, 4));
    rhythm.spoke(9, 60 * MINUTE);
    expect(rhythm.staysConnected(61 * MINUTE)).toBe(false);
    expect(rhythm.staysConnected(61 * MINUTE + 1)).toBe(true);
    expect(rhythm.isSleeper).toBe(true);
    rhythm.left(70 * MINUTE);
    expect(rhythm.isSleeper).toBe(false);
  });

  test("is known from the run before", () => {
    const rhythm = new Rhythm({ intervalMs: 15 * MINUTE, isSleeper: true });
    expect([rhythm.isSleeper, rhythm.intervalMs]).toEqual([true, 15 * MINUTE]);
    expect(visits(rhythm, every(15 * MINUTE, SECOND, 2))).toEqual([true, true]);
    expect(rhythm.intervalMs).toBe(15 * MINUTE);
  });

  test("speaks through the newest of its connections: what an older one brings late is no visit", () => {
    const rhythm = new Rhythm(UNKNOWN);
    visits(rhythm, every(15 * MINUTE, SECOND, 4));
    rhythm.spoke(4, 46 * MINUTE);
    rhythm.spoke(2, 46 * MINUTE);
    expect(rhythm.staysConnected(50 * MINUTE)).toBe(true); // since its last visit
    expect(rhythm.intervalMs).toBe(15 * MINUTE);
  });
});
