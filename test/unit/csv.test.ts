/** Values in CSV cells and back, exactly; nothing that a spreadsheet would run. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { delimiterOf, readRecord, readTextCell, readValueCell, textCell, valueCell } from "../../src/core/csv.ts";

/** Whole characters: half of a surrogate pair is nothing that UTF-8 can say. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "",
    "'",
    "''",
    "true",
    "TRUE",
    "false",
    "5",
    "-5",
    "1e5",
    "1e999",
    ".5",
    "5.",
    "=1+1",
    "+1",
    "@a",
    "-a",
  ),
  fc.constantFrom("\t=1", "\r", "a,b", 'a"b', '"', "a\r\nb", " 5", "\uFEFF", "＝1+1", "NaN", "Infinity", "ON"),
);
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));
const value = fc.oneof(text, number, fc.integer(), fc.boolean());

test("any record of values is what it was when it is read again", () => {
  fc.assert(
    fc.property(fc.array(fc.option(value, { nil: undefined }), { minLength: 1, maxLength: 8 }), (values) => {
      const record = values.map((each) => (each === undefined ? "" : valueCell(each))).join(",");
      expect(readRecord(record)?.map(readValueCell)).toEqual(values);
    }),
    { numRuns: 2_000 },
  );
});

test("no text begins a cell with what a spreadsheet takes for a formula", () => {
  fc.assert(
    fc.property(text, (each) => {
      for (const cell of [valueCell(each), textCell(each)]) {
        const [shown = ""] = readRecord(cell) ?? [];
        if (typeof readValueCell(shown) === "number") return;
        expect(shown).not.toMatch(/^[=+\-@\t\r]/);
      }
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ["21.5", 21.5],
  ["-3", -3],
  ["TRUE", true],
  ["False", false],
  ["auto", "auto"],
  ["'5", "5"],
  ["'", ""],
  ["", undefined],
])("the cell %j of a spreadsheet is %j", (cell, expected) => {
  expect(readValueCell(cell)).toEqual(expected);
});

test("an id is text whatever it looks like", () => {
  for (const id of ["-5", "007", "1e5", "true"]) expect(readTextCell(textCell(id))).toBe(id);
  expect(readTextCell("007")).toBe("007");
});

describe("a record that no program writes is refused, not guessed at", () => {
  test.each(['a"b', '"a', '"a"b', 'a,"b"c,d', '"a,b'])("%s", (record) => {
    expect(readRecord(record)).toBeUndefined();
  });
});

test("the header tells what separates cells", () => {
  expect(["a,b;c", "a;b", "a\tb", "a"].map(delimiterOf)).toEqual([",", ";", "\t", ","]);
  expect(readRecord('"x;y";z', ";")).toEqual(["x;y", "z"]);
});
