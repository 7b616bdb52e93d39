import fc from "fast-check";
import { expect, test } from "vitest";
import type { Rollup } from "../../../../src/core/ports/history.ts";
import {
  type Block,
  decodeBlock,
  encodeBlock,
  LEVELS,
  type Level,
} from "../../../../src/store/sqlite/format/rollup-format.ts";
import { SegmentError } from "../../../../src/store/sqlite/format/sealed-bytes.ts";
import { anyRollup, withoutMinusZero } from "../../../support/history/odd-values.ts";

const level = fc.constantFrom<Level>("hour", "day");

const anyBlock = (of: Level): fc.Arbitrary<Block> =>
  fc
    .dictionary(
      fc.constantFrom("a", "b", "c.d", "constructor"),
      fc.array(fc.tuple(fc.nat({ max: LEVELS[of].slots - 1 }), anyRollup), { minLength: 1, maxLength: 12 }),
    )
    .map((metrics) => new Map(Object.entries(metrics).map(([name, list]) => [name, slotsOf(of, list)])));

function slotsOf(of: Level, list: readonly (readonly [number, Rollup])[]): (Rollup | undefined)[] {
  const slots: (Rollup | undefined)[] = new Array(LEVELS[of].slots).fill(undefined);
  for (const [slot, rollup] of list) slots[slot] = rollup;
  return slots;
}

const levelAndBlock = level.chain((of) => fc.tuple(fc.constant(of), anyBlock(of)));

const NO_ROLLUP: Rollup = { count: 0, sum: 0, min: 0, max: 0, texts: 0, last: 0, lastAtMs: 0 };
const hours: Block = new Map([
  ["a", slotsOf("hour", [[0, { ...NO_ROLLUP, count: 3, sum: 0.6, min: 0.1, max: 0.3, last: 0.2, lastAtMs: 1_000 }]])],
  ["b", slotsOf("hour", [[191, { ...NO_ROLLUP, texts: 2, last: '"eco\0', lastAtMs: 2_000 }]])],
]);

/** All but its sum comes back exactly; that to less than adding the values may have lost. */
function expectBack(found: Block, expected: Block): void {
  expect([...found.keys()]).toEqual([...expected.keys()]);
  for (const [name, slots] of expected) {
    expect(found.get(name)?.map((slot) => slot !== undefined)).toEqual(slots.map((slot) => slot !== undefined));
    for (const [slot, rollup] of slots.entries()) {
      const back = found.get(name)?.[slot];
      if (rollup === undefined || back === undefined) continue;
      const { sum, ...exact } = rollup;
      const { sum: backSum, ...backExact } = back;
      const { min, max, last } = exact;
      expect(backExact).toEqual({
        ...exact,
        min: withoutMinusZero(min),
        max: withoutMinusZero(max),
        last: withoutMinusZero(last),
      });
      if (!Number.isFinite(sum)) expect(backSum).toBe(sum);
      else
        expect(Math.abs(backSum - sum)).toBeLessThanOrEqual(
          1e-11 * exact.count * Math.max(Math.abs(min), Math.abs(max)),
        );
    }
  }
}

test("hours and days of any metrics come back as they were", () => {
  fc.assert(
    fc.property(levelAndBlock, ([of, block]) => expectBack(decodeBlock(encodeBlock(block), of), block)),
    { numRuns: 200 },
  );
});

test("what was read is written again without a change, however often", () => {
  fc.assert(
    fc.property(levelAndBlock, ([of, block]) => {
      const once = decodeBlock(encodeBlock(block), of);
      expect(decodeBlock(encodeBlock(once), of)).toEqual(once);
    }),
    { numRuns: 100 },
  );
});

test("a sum of more decimals than least, greatest and last have is not rounded to theirs", () => {
  const block: Block = new Map([
    ["a", slotsOf("hour", [[5, { ...NO_ROLLUP, count: 3, sum: 6.001, min: 1, max: 3, last: 2, lastAtMs: 1_000 }]])],
  ]);
  expect(decodeBlock(encodeBlock(block), "hour").get("a")?.[5]?.sum).toBe(6.001);
});

test("only the metrics that are asked for are read", () => {
  expect([...decodeBlock(encodeBlock(hours), "hour", ["b", "c"]).keys()]).toEqual(["b"]);
  expectBack(decodeBlock(encodeBlock(hours), "hour", ["b"]), new Map([...hours].slice(1)));
});

test("bytes that are cut anywhere, or of which one bit is another, are refused as damage", () => {
  const bytes = encodeBlock(hours);
  for (let length = 0; length < bytes.length; length++) {
    expect(() => decodeBlock(bytes.subarray(0, length), "hour"), `${length} bytes`).toThrow(SegmentError);
  }
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const other = Buffer.from(bytes);
    other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => decodeBlock(other, "hour"), `bit ${bit}`).toThrow(SegmentError);
  }
});
