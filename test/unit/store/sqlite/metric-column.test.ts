import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteCursor } from "../../../../src/store/sqlite/format/byte-cursor.ts";
import { ByteWriter } from "../../../../src/store/sqlite/format/byte-writer.ts";
import {
  readColumn,
  readNumericColumn,
  type Values,
  writeColumn,
} from "../../../../src/store/sqlite/format/metric-column.ts";
import { anyColumn, withoutMinusZero } from "../../../support/history/odd-values.ts";

function written(values: Values): Buffer {
  const out = new ByteWriter();
  writeColumn(out, values);
  return out.written();
}

const column = fc.integer({ min: 1, max: 50 }).chain(anyColumn);

test("values of any types, with any gaps, come back as they were", () => {
  fc.assert(
    fc.property(column, (values) => {
      expect(readColumn(new ByteCursor(written(values)), values.length)).toEqual(values.map(withoutMinusZero));
    }),
    { numRuns: 500 },
  );
});

test("read as numbers, booleans are 0 and 1, and what is text or not there is NaN", () => {
  fc.assert(
    fc.property(column, (values) => {
      const expected = values.map((value) =>
        value === undefined || typeof value === "string" ? Number.NaN : withoutMinusZero(Number(value)),
      );
      expect([...readNumericColumn(new ByteCursor(written(values)), values.length)]).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test("two columns in a row are each read to their end and no further", () => {
  fc.assert(
    fc.property(column, column, (first, second) => {
      const both = new ByteCursor(Buffer.concat([written(first), written(second)]));
      readColumn(both, first.length);
      expect(readColumn(both, second.length)).toEqual(second.map(withoutMinusZero));
    }),
  );
});

test("what is never there takes one byte, and one text a few for all its readings", () => {
  expect(written(new Array(720).fill(undefined)).length).toBe(1);
  expect(written(new Array(720).fill("heating")).length).toBeLessThan(24);
});

test("bytes that end too early are refused, wherever they end", () => {
  fc.assert(
    fc.property(column, fc.nat(), (values, length) => {
      const bytes = written(values);
      const cut = bytes.subarray(0, length % bytes.length);
      expect(() => readColumn(new ByteCursor(cut), values.length)).toThrow();
    }),
    { numRuns: 200 },
  );
});

test("an unknown kind is refused by its number", () => {
  expect(() => readColumn(new ByteCursor(Buffer.from([0, 77, 0])), 1)).toThrow("unknown kind 77");
});
