import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteCursor } from "../../../../src/store/sqlite/format/byte-cursor.ts";
import { ByteWriter } from "../../../../src/store/sqlite/format/byte-writer.ts";
import { decimalsOf, readNumbers, writeNumbers } from "../../../../src/store/sqlite/format/number-column.ts";
import { anyNumbers, EDGE_NUMBERS, withoutMinusZero } from "../../../support/history/odd-values.ts";

function written(values: readonly number[]): Buffer {
  const out = new ByteWriter();
  writeNumbers(out, values);
  return out.written();
}

function expectBack(values: readonly number[]): void {
  const back = [...readNumbers(new ByteCursor(written(values)), values.length)];
  // toEqual tells 0 from −0, and one double from its neighbour.
  expect(back).toEqual(values.map(withoutMinusZero));
}

test("whatever doubles are written come back to the last bit, −0 as 0", () => {
  fc.assert(fc.property(anyNumbers, expectBack), { numRuns: 500 });
});

test("each edge of what a double can hold comes back, alone and beside every other", () => {
  for (const one of EDGE_NUMBERS) {
    expectBack([one]);
    for (const other of EDGE_NUMBERS) expectBack([one, other, one]);
  }
});

test("values whose deltas span all that is scaled come back", () => {
  const most = 2 ** 51 - 1;
  expectBack([-most, most, -most, 0, most]);
  expectBack([most / 10, -most / 10].map((value) => Math.round(value * 10) / 10));
});

test("no values at all take no more than their form", () => {
  expectBack([]);
});

test("decimals of a sensor take some bits each, a constant nine bytes in all", () => {
  const decimals = Array.from({ length: 720 }, (_, index) => Math.round(200 + 30 * Math.sin(index / 60)) / 10);
  expect(written(decimals).length).toBeLessThan(730);
  expect(written(new Array(720).fill(21.5)).length).toBe(9);
});

test("the decimals of a list are the least with which each of it is given back", () => {
  expect(decimalsOf([1, 2, -3])).toBe(0);
  expect(decimalsOf([1.5, 2, 20.25])).toBe(2);
  expect(decimalsOf([1e-12, 3])).toBe(12);
  expect(decimalsOf([1e-13])).toBeUndefined();
  expect(decimalsOf([1 / 3])).toBeUndefined();
  // A thousandth more would take the first beyond what is scaled exactly.
  expect(decimalsOf([2 ** 51 - 1, 0.001])).toBeUndefined();
});

test("bytes that end too early are refused, wherever they end", () => {
  fc.assert(
    fc.property(anyNumbers, fc.nat(), (values, length) => {
      const bytes = written(values);
      const cursor = new ByteCursor(bytes.subarray(0, length % bytes.length));
      expect(() => readNumbers(cursor, values.length)).toThrow();
    }),
    { numRuns: 200 },
  );
});

test("an unknown format is refused by its number", () => {
  expect(() => readNumbers(new ByteCursor(Buffer.from([9, 0])), 1)).toThrow("unknown format 9");
});
