import { expect, test } from "vitest";
import { isPassing } from "../../../../src/core/ports/readings-store.ts";
import { createInTime } from "../../../../src/store/mongo/db/in-time.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";

test("a call of the driver that never ends is given up as one that may pass; others are as they were", async () => {
  const clock = createManualClock();
  const inTime = createInTime(clock);
  expect(await inTime(Promise.resolve(7))).toBe(7);
  await expect(inTime(Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(clock.timers()).toBe(0);
  const never = inTime(new Promise(() => undefined));
  clock.advance(4_999);
  expect(clock.timers()).toBe(1);
  clock.advance(1);
  const error: unknown = await never.catch((cause: unknown) => cause);
  expect([String(error), isPassing(error)]).toEqual([expect.stringContaining("no answer within 5000 ms"), true]);
});
