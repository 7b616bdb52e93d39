/** Values, columns and rollups of every kind that a store may be given, for properties. Asserts nothing. */
import fc from "fast-check";
import type { MetricValue } from "../../../src/contract/readings.ts";
import type { Rollup } from "../../../src/core/ports/history.ts";
import type { Values } from "../../../src/store/sqlite/format/metric-column.ts";
import { type Columns, keptReceipt } from "../../../src/store/sqlite/format/segment-format.ts";

export const EDGE_NUMBERS = [
  0,
  -0,
  1e300,
  -1e300,
  5e-324,
  -5e-324,
  Number.MAX_VALUE,
  2 ** 53,
  2 ** 53 - 1,
  -(2 ** 53) + 1,
  2 ** 53 + 2,
  2 ** 51,
  2 ** 51 - 1,
  -(2 ** 51),
  2 ** 31,
  2 ** 28,
  0.1 + 0.2,
  1e-12,
  1e-13,
  123456.789,
  1 / 3,
];

/** Never NaN, never infinite: no reading is. */
export const anyNumber = fc.oneof(
  { weight: 3, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 3, arbitrary: fc.constantFrom(...EDGE_NUMBERS) },
  { weight: 3, arbitrary: fc.integer({ min: -99_999, max: 99_999 }).map((tenths) => tenths / 10) },
  { weight: 2, arbitrary: fc.maxSafeInteger() },
);

/** Lists of one nature, such as a sensor sends, and of any. */
export const anyNumbers = fc.oneof(
  fc.array(anyNumber, { minLength: 1, maxLength: 60 }),
  fc
    .tuple(
      fc.integer({ min: 0, max: 12 }),
      fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 60 }),
    )
    .map(([decimals, list]) => list.map((each) => each / 10 ** decimals)),
  fc.tuple(anyNumber, fc.integer({ min: 1, max: 40 })).map(([value, many]) => new Array<number>(many).fill(value)),
);

const anyText = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom("", "eco", '"', '"quoted"', "\0", "a\0b", "\ud800", "x\udfff", "☀ 😀", "\\", "=1+1"),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
);

export const anyValue: fc.Arbitrary<MetricValue> = fc.oneof(
  { weight: 4, arbitrary: anyNumber },
  { weight: 2, arbitrary: fc.boolean() },
  { weight: 2, arbitrary: anyText },
);

/** One kind or any, whole or with gaps. */
export function anyColumn(length: number): fc.Arbitrary<Values> {
  const list = <T extends MetricValue>(of: fc.Arbitrary<T>, gaps: number): fc.Arbitrary<Values> =>
    fc.array(gaps === 0 ? of : fc.option(of, { nil: undefined, freq: gaps }), { minLength: length, maxLength: length });
  return fc.oneof(
    list(anyNumber, 0),
    list(anyNumber, 2),
    list(fc.boolean(), 0),
    list(anyText, 3),
    list(anyValue, 0),
    list(anyValue, 2),
    fc.constant<Values>(new Array(length).fill(undefined)),
  );
}

const T0 = Date.UTC(2026, 10, 1);

/** In ascending (at, n); several readings of one millisecond; receipts near and far. */
export const anyColumns: fc.Arbitrary<Columns> = fc.integer({ min: 1, max: 40 }).chain((length) =>
  fc
    .record({
      steps: fc.array(fc.constantFrom(0, 0, 1, 7, 1_000, 60_000, 3_600_000), { minLength: length, maxLength: length }),
      delays: fc.array(fc.constantFrom(0, 0, 300, -300, 5_000, 5_001, 5_999, -5_001, 86_400_123, -777_777), {
        minLength: length,
        maxLength: length,
      }),
      metrics: fc.dictionary(fc.constantFrom("a", "b", "c", "d.e", "constructor", "f_g-h"), anyColumn(length)),
    })
    .map(({ steps, delays, metrics }) => {
      let [atMs, place] = [T0, -1];
      const at: number[] = [];
      const n: number[] = [];
      for (const step of steps) {
        place = step === 0 ? place + 1 : 0;
        atMs += step;
        at.push(atMs);
        n.push(place);
      }
      const receivedAt = at.map((each, index) => keptReceipt(each, each + (delays[index] ?? 0)));
      return { at, n, receivedAt, metrics: new Map(Object.entries(metrics)) };
    }),
);

export const anyRollup: fc.Arbitrary<Rollup> = fc
  .record({
    numbers: fc.array(anyNumber, { maxLength: 5 }),
    texts: fc.nat({ max: 3 }),
    lastText: fc.option(anyText, { nil: undefined }),
    lastAtMs: fc.integer({ min: T0, max: T0 + 1e10 }),
  })
  .map(({ numbers, texts, lastText, lastAtMs }) => {
    const own = numbers.length === 0 ? Math.max(1, texts) : texts;
    return {
      count: numbers.length,
      sum: numbers.reduce((sum, number) => sum + number, 0),
      min: numbers.length === 0 ? 0 : Math.min(...numbers),
      max: numbers.length === 0 ? 0 : Math.max(...numbers),
      texts: own,
      last: numbers.length === 0 || (own > 0 && lastText !== undefined) ? (lastText ?? "") : (numbers.at(-1) ?? 0),
      lastAtMs,
    };
  });

/** −0 is kept as 0, as it is in JSON; all else must come back exactly as it was. */
export const withoutMinusZero = <T>(value: T): T => (value === 0 ? (0 as T) : value);
