/** How fast messages may come. */
import { expect, test } from "vitest";
import { createPaces, type Pace } from "../../../../src/core/limits/pace.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";

function world(messagesPerS: number, bytesPerS: number) {
  const clock = createManualClock({});
  const paces = createPaces({ clock, messagesPerS, bytesPerS });
  /** How many of `count` may come now. */
  const come = (pace: Pace | undefined, count: number, bytes = 1): number => {
    let came = 0;
    while (came < count && pace !== undefined && pace.waitMs() === 0) {
      pace.spend(bytes);
      came++;
    }
    return came;
  };
  return { clock, paces, come };
}

test("ten seconds' worth may come at once, then so many a second, and it is said when", () => {
  const { clock, paces, come } = world(100, 0);
  const pace = paces.of("a");
  expect(come(pace, 5_000)).toBe(1_000);
  const waitMs = pace?.waitMs() ?? 0;
  expect(waitMs).toBeGreaterThan(0);
  clock.advance(waitMs);
  expect(pace?.waitMs()).toBe(0);
  clock.advance(10_000 - waitMs);
  expect(come(pace, 5_000)).toBe(1_000);
});

test("bytes are limited beside messages, and a message larger than the burst comes through when all is paid", () => {
  const { clock, paces, come } = world(0, 1_000);
  const pace = paces.of("a");
  expect(come(pace, 100, 1_000)).toBe(10);
  clock.advance(1_000);
  expect(come(pace, 100, 50_000)).toBe(1);
  clock.advance(48_000);
  expect(come(pace, 1)).toBe(0);
  clock.advance(2_000);
  expect(come(pace, 1)).toBe(1);
});

test("each key has its own, the same for all who ask with it; without limits there is none", () => {
  const { paces, come } = world(1, 0);
  expect([come(paces.of("a"), 20), come(paces.of("a"), 20), come(paces.of("b"), 20)]).toEqual([10, 0, 10]);
  expect(world(0, 0).paces.of("a")).toBeUndefined();
});

test("what it remembers is bounded", () => {
  const { paces, come } = world(1, 0);
  come(paces.of("first"), 20);
  for (let key = 0; key < 20_000; key++) paces.of(String(key));
  expect(come(paces.of("first"), 20)).toBe(10);
});
