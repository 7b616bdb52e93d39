import { expect, test } from "vitest";
import { createWallTime } from "../../../../../src/core/alerts/engine/wall-time.ts";

test("a moment has one wall time while the clocks only tick apart, and another one when the clock was set", () => {
  const now = { wallMs: 1_000_000, monotonicMs: 500.2 };
  const wallOf = createWallTime({ nowMs: () => now.wallMs, monotonicMs: () => now.monotonicMs });
  expect(wallOf(400.2)).toBe(999_900);
  Object.assign(now, { wallMs: 1_000_010, monotonicMs: 511.9 });
  expect(wallOf(400.2)).toBe(999_900);
  now.wallMs += 60_000;
  expect(wallOf(400.2)).toBe(1_000_010 + 60_000 - 112);
});
