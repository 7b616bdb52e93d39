import { expect, test } from "vitest";
import { orderDueMs } from "../../../../public/app/overview/list/order-rest.ts";

const MOVED = { moved: 1, added: 0, removed: 0 };
const SIGNS = { nowMs: 100_000, waitingSinceMs: 100_000, changedAtMs: 100_000, inputAtMs: 0, isHeld: false };

test.each([
  ["three seconds after the order changed", MOVED, {}, 3_000],
  ["three seconds after the viewer did something", MOVED, { nowMs: 104_000, inputAtMs: 103_000 }, 2_000],
  ["at once when both are over", MOVED, { nowMs: 110_000 }, 0],
  ["never under a pointer or the focus", MOVED, { nowMs: 999_000, isHeld: true }, undefined],
  ["after a quarter of a minute though boards flap", MOVED, { nowMs: 114_000, changedAtMs: 113_900 }, 1_000],
  ["at once for a new board", { moved: 0, added: 1, removed: 0 }, {}, 0],
  ["not under a pointer for a new board either", { moved: 0, added: 1, removed: 0 }, { isHeld: true }, undefined],
])("a newer order is shown %s", (_, difference, signs, dueMs) => {
  expect(orderDueMs(difference, { ...SIGNS, ...signs })).toBe(dueMs);
});
