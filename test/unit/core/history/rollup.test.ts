import fc from "fast-check";
import { expect, test } from "vitest";
import type { MetricValue } from "../../../../src/contract/readings.ts";
import { Aggregate, meanOf } from "../../../../src/core/history/rollup.ts";
import { DAY_MS, HOUR_MS, startOf } from "../../../../src/core/model/utc-day.ts";
import type { Rollup } from "../../../../src/core/ports/history.ts";

function aggregated(list: readonly (readonly [MetricValue, number])[]): Rollup {
  const aggregate = new Aggregate();
  for (const [value, atMs] of list) aggregate.add(value, atMs);
  return aggregate.rollup();
}

function merged(parts: readonly Rollup[]): Rollup {
  const aggregate = new Aggregate();
  for (const part of parts) aggregate.merge(part);
  return aggregate.rollup();
}

/** Every double is a whole number of 2^-1074: sums of such whole numbers are exact. */
function exactly(value: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const high = bits.getUint32(0);
  const exponent = (high >>> 20) & 0x7ff;
  const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(bits.getUint32(4));
  const size = exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(exponent - 1);
  return value < 0 ? -size : size;
}

const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/** `sum` is the exact sum, to a part in 10^12 of what was added up in all. */
function expectSum(sum: number, values: readonly number[], parts = 1_000_000_000_000n): void {
  const exact = values.reduce((total, value) => total + exactly(value), 0n);
  const size = values.reduce((total, value) => total + abs(exactly(value)), 0n);
  expect(abs(exactly(sum) - exact) * parts <= size, `${sum} of ${values.length} values`).toBe(true);
}

/** Small enough that a thousand of them stay below the greatest double. */
const number = fc.oneof(
  fc.double({ noNaN: true, min: -1e300, max: 1e300 }),
  fc.integer({ min: -9_999, max: 9_999 }).map((tenths) => tenths / 10),
  fc.constantFrom(0, -0, 5e-324, 1e300, -1e300, 2 ** 53, -(2 ** 53) + 1, 1e16, 1, -1e16),
);
const value: fc.Arbitrary<MetricValue> = fc.oneof(
  { weight: 5, arbitrary: number },
  { weight: 1, arbitrary: fc.boolean() },
  { weight: 1, arbitrary: fc.constantFrom("eco", "") },
);
const list = fc.array(fc.tuple(value, fc.nat({ max: 20 })), { minLength: 1, maxLength: 60 });
/** As they are added: in the order of their instants. */
const ordered = list.map((each) => [...each].sort(([, a], [, b]) => a - b));

test("count, least, greatest, texts and last are those of a pass over the values, the sum is exact", () => {
  fc.assert(
    fc.property(ordered, (values) => {
      const numbers = values.flatMap(([each]) => (typeof each === "string" ? [] : [Number(each)]));
      const [last, lastAtMs] = values.at(-1) ?? [0, 0];
      const { sum, ...exact } = aggregated(values);
      expect(exact).toEqual({
        count: numbers.length,
        min: numbers.length === 0 ? 0 : numbers.reduce((least, each) => (each < least ? each : least)),
        max: numbers.length === 0 ? 0 : numbers.reduce((greatest, each) => (each > greatest ? each : greatest)),
        texts: values.length - numbers.length,
        last: typeof last === "string" ? last : Number(last),
        lastAtMs,
      });
      expectSum(sum, numbers);
    }),
    { numRuns: 1_000 },
  );
});

test("a million small values beside a large one are not lost", () => {
  const aggregate = new Aggregate();
  aggregate.addNumber(1e16, 0);
  for (let index = 0; index < 1_000_000; index++) aggregate.addNumber(0.1, index);
  aggregate.addNumber(-1e16, 1_000_001);
  expect(Math.abs(aggregate.sum - 100_000)).toBeLessThan(1e-5);
});

test("parts that are merged come to what one pass comes to, however they are cut and grouped", () => {
  fc.assert(
    fc.property(ordered, fc.array(fc.nat({ max: 60 }), { maxLength: 4 }), (values, cuts) => {
      const bounds = [0, ...cuts.map((cut) => Math.min(cut, values.length)), values.length].sort((a, b) => a - b);
      const parts = bounds.slice(1).map((to, index) => aggregated(values.slice(bounds[index], to)));
      const there = parts.filter(({ count, texts }) => count + texts > 0);
      const [first, ...rest] = there;
      const numbers = values.flatMap(([each]) => (typeof each === "string" ? [] : [Number(each)]));
      const all = aggregated(values);
      const grouped = rest.length === 0 ? merged(there) : merged([first as Rollup, merged(rest)]);
      for (const found of [merged(there), grouped]) {
        const { sum, ...exact } = found;
        expect({ ...exact, min: exact.min + 0, max: exact.max + 0 }).toEqual({
          count: all.count,
          min: all.min + 0,
          max: all.max + 0,
          texts: all.texts,
          last: all.last,
          lastAtMs: all.lastAtMs,
        });
        expectSum(sum, numbers, 100_000_000_000n);
      }
    }),
    { numRuns: 1_000 },
  );
});

test("of two equal instants the one that is added later is the last, whatever it is", () => {
  expect(
    aggregated([
      [1, 5],
      [2, 5],
    ]).last,
  ).toBe(2);
  expect(
    aggregated([
      [1, 5],
      ["eco", 5],
    ]).last,
  ).toBe("eco");
  expect(
    aggregated([
      ["eco", 5],
      [true, 5],
    ]).last,
  ).toBe(1);
  expect(
    aggregated([
      [3, 5],
      [1, 4],
    ]),
  ).toMatchObject({ last: 3, lastAtMs: 5 });
});

test("merging nothing changes nothing", () => {
  const nothing = new Aggregate().rollup();
  const some = aggregated([
    [2, 5],
    [4, 6],
  ]);
  expect(merged([nothing, some, nothing])).toEqual(some);
});

test("a mean beyond the greatest double lies between least and greatest", () => {
  const huge = aggregated([
    [Number.MAX_VALUE, 0],
    [Number.MAX_VALUE, 1],
  ]);
  expect(huge.sum).toBe(Number.POSITIVE_INFINITY);
  expect(meanOf(huge)).toBe(Number.MAX_VALUE);
  expect(
    meanOf(
      aggregated([
        [1, 0],
        [2, 1],
      ]),
    ),
  ).toBe(1.5);
});

test("hours and days begin at whole UTC hours and days, before 1970 too", () => {
  expect(startOf(Date.UTC(2026, 1, 3, 4, 5, 6, 7), HOUR_MS)).toBe(Date.UTC(2026, 1, 3, 4));
  expect(startOf(Date.UTC(2026, 1, 3, 4, 5, 6, 7), DAY_MS)).toBe(Date.UTC(2026, 1, 3));
  expect(startOf(-1, HOUR_MS)).toBe(-HOUR_MS);
});
