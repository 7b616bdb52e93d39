import fc from "fast-check";
import { expect, test } from "vitest";
import { cut, filterColumns, mergeRows, type SealRow } from "../../../../src/store/sqlite/format/merge-columns.ts";
import { type Columns, encodeSegment, metricsAt, Segment } from "../../../../src/store/sqlite/format/segment-format.ts";
import { anyValue } from "../../../support/history/odd-values.ts";

const T0 = Date.UTC(2026, 10, 1);

const metrics = fc.dictionary(fc.constantFrom("a", "b", "c", "constructor"), anyValue, { minKeys: 1 });

/** Any order; each position (instant, n) once. */
const anyRows: fc.Arbitrary<SealRow[]> = fc
  .uniqueArray(fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 2 })), { selector: String, maxLength: 40 })
  .chain((positions) =>
    fc.array(metrics, { minLength: positions.length, maxLength: positions.length }).map((metricsOf) =>
      positions.map(([second, n], index) => ({
        atMs: T0 + second * 1_000,
        n,
        receivedAtMs: T0 + second * 1_000 + index * 60_000,
        metrics: metricsOf[index] ?? {},
      })),
    ),
  );

const inOrder = (rows: readonly SealRow[]): SealRow[] => rows.toSorted((a, b) => a.atMs - b.atMs || a.n - b.n);

function rowsOf(columns: Columns) {
  return columns.at.map((atMs, index) => ({
    atMs,
    n: columns.n[index],
    metrics: { ...metricsAt(columns.metrics, index) },
  }));
}

const expected = (rows: readonly SealRow[]) =>
  inOrder(rows).map(({ atMs, n, metrics: values }) => ({ atMs, n, metrics: { ...values } }));

test("rows that come in any order, in two parts, lie in one order with all their values", () => {
  fc.assert(
    fc.property(anyRows, fc.nat({ max: 40 }), (rows, count) => {
      const first = rows.slice(0, count);
      const before = first.length === 0 ? undefined : mergeRows(undefined, first);
      expect(rowsOf(mergeRows(before, rows.slice(count)))).toEqual(expected(rows));
    }),
    { numRuns: 200 },
  );
});

test("a receipt that was kept stays as it is when later rows are merged with it", () => {
  const row = (second: number): SealRow => ({
    atMs: T0 + second * 1_000,
    n: 0,
    receivedAtMs: T0 + second * 1_000 + 5_400,
    metrics: { a: 1 },
  });
  const first = new Segment(encodeSegment(mergeRows(undefined, [row(0)]))).columns();
  const second = new Segment(encodeSegment(mergeRows(first, [row(60)]))).columns();
  expect(second.receivedAt).toEqual([T0 + 5_000, T0 + 65_000]);
});

test("a receipt that is near says nothing, one that is far is kept to the second", () => {
  const rows = [3_000, -4_999, 5_400, 86_400_123].map((delay, n) => ({
    atMs: T0,
    n,
    receivedAtMs: T0 + delay,
    metrics: { a: 1 },
  }));
  expect(mergeRows(undefined, rows).receivedAt.map((received) => received - T0)).toEqual([0, 0, 5_000, 86_400_000]);
});

test("every column is as long as there are readings", () => {
  fc.assert(
    fc.property(anyRows, (rows) => {
      const { at, n, receivedAt, metrics: columns } = mergeRows(mergeRows(undefined, rows.slice(0, 7)), rows.slice(7));
      for (const list of [at, n, receivedAt, ...columns.values()]) expect(list).toHaveLength(rows.length);
    }),
  );
});

test("parts are of at least the least length, of less than twice that, and all is in one of them", () => {
  fc.assert(
    fc.property(anyRows, fc.integer({ min: 1, max: 12 }), (rows, least) => {
      const parts = cut(mergeRows(undefined, rows), least);
      expect(parts.flatMap(rowsOf)).toEqual(expected(rows));
      for (const { at, metrics: columns } of parts) {
        if (rows.length >= least) expect(at.length).toBeGreaterThanOrEqual(least);
        expect(at.length).toBeLessThan(2 * least);
        for (const values of columns.values()) expect(values.some((value) => value !== undefined)).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});

test("what is filtered out is gone, whole or some metrics of it, and nothing else is", () => {
  const some = fc.option(fc.subarray(["a", "b", "c"], { minLength: 1 }), { nil: undefined });
  fc.assert(
    fc.property(anyRows, fc.nat({ max: 40 }), fc.nat({ max: 40 }), some, (rows, from, span, names) => {
      const [fromMs, toMs] = [T0 + from * 1_000, T0 + (from + span) * 1_000];
      const found = filterColumns(mergeRows(undefined, rows), { fromMs, toMs, metrics: names });
      const left = expected(rows).flatMap((row) => {
        if (row.atMs < fromMs || row.atMs >= toMs) return [row];
        const kept = Object.entries(row.metrics).filter(([name]) => names !== undefined && !names.includes(name));
        return kept.length === 0 ? [] : [{ ...row, metrics: Object.fromEntries(kept) }];
      });
      expect(rowsOf(found)).toEqual(left);
    }),
    { numRuns: 200 },
  );
});
