import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createChannelPace } from "../../../../src/core/notifications/channel-pace.ts";
import { retryDelayMs } from "../../../../src/core/notifications/retry-delay.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";

const HOUR_MS = 3_600_000;

/** Sends as fast as it may, for so long; instants of what was sent. */
function rush(isUrgent: boolean, forMs: number): number[] {
  const clock = createManualClock();
  const pace = createChannelPace(clock);
  const sent: number[] = [];
  while (clock.monotonicMs() < forMs) {
    const waitMs = pace.readyAtMs(isUrgent) - clock.monotonicMs();
    if (waitMs > 0) clock.advance(waitMs);
    pace.sent();
    sent.push(clock.monotonicMs());
  }
  return sent;
}

const mostInAnHour = (sent: readonly number[]): number =>
  Math.max(...sent.map((from) => sent.filter((each) => each >= from && each < from + HOUR_MS).length));

const widestGap = (sent: readonly number[]): number =>
  Math.max(...sent.slice(1).map((each, index) => each - (sent[index] ?? 0)));

describe("the pace of a channel", () => {
  test("is one message a second and 60 an hour, and what is urgent never waits for more than three minutes", () => {
    const sent = rush(true, 5 * HOUR_MS);
    expect(sent.slice(0, 3)).toEqual([0, 1_000, 2_000]);
    expect(mostInAnHour(sent)).toBe(59);
    expect(widestGap(sent)).toBe(180_000);
  });

  test("leaves a third of the hour to what is urgent", () => {
    const sent = rush(false, 5 * HOUR_MS);
    expect(mostInAnHour(sent)).toBe(39);
    expect(widestGap(sent)).toBe(180_000);
  });

  test("keeps its limits whatever is urgent, and when it comes", () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 120_000 })), { maxLength: 300 });
    fc.assert(
      fc.property(steps, (all) => {
        const clock = createManualClock();
        const pace = createChannelPace(clock);
        const sent: number[] = [];
        for (const [isUrgent, waitMs] of all) {
          clock.advance(waitMs);
          const readyMs = pace.readyAtMs(isUrgent);
          if (isUrgent) expect(readyMs - clock.monotonicMs()).toBeLessThanOrEqual(180_000);
          if (readyMs > clock.monotonicMs()) continue;
          pace.sent();
          sent.push(clock.monotonicMs());
        }
        expect(sent.length === 0 ? 0 : mostInAnHour(sent)).toBeLessThanOrEqual(60);
      }),
    );
  });
});

test("retries grow from 1 s to 15 min with jitter; a receiver may ask for more, and wrong settings are tried slowly", () => {
  const failed = { kind: "failed", reason: "" } as const;
  expect([1, 2, 3, 30].map((failures) => retryDelayMs(failed, failures, 0.5))).toEqual([1_000, 2_000, 4_000, 900_000]);
  expect([0, 1].map((random) => retryDelayMs(failed, 1, random))).toEqual([800, 1_200]);
  expect(retryDelayMs(failed, 30, 1)).toBe(900_000);
  expect(retryDelayMs({ ...failed, afterMs: 35_000 }, 1, 0.5)).toBe(35_000);
  expect(retryDelayMs({ ...failed, afterMs: 10 * HOUR_MS }, 1, 0.5)).toBe(HOUR_MS);
  expect(retryDelayMs({ kind: "refused", reason: "" }, 1, 0.5)).toBe(900_000);
});
