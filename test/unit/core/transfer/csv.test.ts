/** Values in CSV cells and back, exactly; nothing that a spreadsheet would run. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { losesDigits } from "../../../../src/core/model/written-value.ts";
import {
  delimiterOf,
  readRecord,
  readTextCell,
  readValueCell,
  textCell,
  valueCell,
} from "../../../../src/core/transfer/csv.ts";

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
  fc.constantFrom("23,5", "1.234", "1.234,5", "null", "N/A", " auto ", "9007199254740993", "x\0"),
);
const number = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .filter((value) => !losesDigits(value))
  .map((value) => (value === 0 ? 0 : value));
const value = fc.oneof(text, number, fc.integer(), fc.boolean());
/** Only where no number has a decimal point do decimal commas leave it as it is. */
const decimalCommas = (values: readonly unknown[]): boolean[] =>
  values.some((each) => typeof each === "number" && String(each).includes(".")) ? [false] : [false, true];

test("any record of values is what it was when it is read again", () => {
  fc.assert(
    fc.property(fc.array(fc.option(value, { nil: undefined }), { minLength: 1, maxLength: 8 }), (values) => {
      const record = values.map((each) => (each === undefined ? "" : valueCell(each))).join(",");
      for (const decimalComma of decimalCommas(values)) {
        const cells = readRecord(record)?.map((cell) => readValueCell(cell, decimalComma));
        expect(cells).toEqual(values.map((each) => ({ value: each })));
      }
    }),
    { numRuns: 2_000 },
  );
});

test("no text begins a cell with what a spreadsheet takes for a formula", () => {
  fc.assert(
    fc.property(text, (each) => {
      for (const cell of [valueCell(each), textCell(each)]) {
        const [shown = ""] = readRecord(cell) ?? [];
        const read = readValueCell(shown);
        if ("value" in read && typeof read.value === "number") return;
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
  [" 21.5 ", 21.5],
  ["On", true],
  ["off", false],
  ["NaN", undefined],
  ["N/A", undefined],
  [" ", undefined],
  ["null", undefined],
  ["1.2.3", "1.2.3"],
  ["12:30", "12:30"],
  ["'5", "5"],
  ["'23,5", "23,5"],
  ["'nan", "nan"],
  ["'", ""],
  ["", undefined],
])("the cell %j of a spreadsheet is %j", (cell, expected) => {
  expect(readValueCell(cell)).toEqual({ value: expected });
});

test.each(["23,5", "1,234", "1,234.5", "1.234,5", "1'234", "−3", "inf", "-Infinity"])(
  "the cell %j looks like a number, and the refusal names the way out",
  (cell) => {
    expect(readValueCell(cell)).toEqual({ reason: expect.stringContaining("--decimal-comma") });
  },
);

test.each([
  ["23,5", 23.5],
  ["-0,25", -0.25],
  ["1.234,5", 1_234.5],
  ["1.234", 1_234],
  ["1.234.567", 1_234_567],
  ["1,5e3", 1_500],
  ["42", 42],
])("with decimal commas the cell %j is %j", (cell, expected) => {
  expect(readValueCell(cell, true)).toEqual({ value: expected });
});

test.each(["23.5", "1,234.5"])("with decimal commas the cell %j is refused", (cell) => {
  expect(readValueCell(cell, true)).toHaveProperty("reason");
});

test("a whole number that would lose digits is refused, and kept as text", () => {
  expect(readValueCell("9007199254740991")).toEqual({ value: Number.MAX_SAFE_INTEGER });
  expect(readValueCell("9007199254740993")).toEqual({ reason: expect.stringContaining("digits") });
  expect(readValueCell("'9007199254740993")).toEqual({ value: "9007199254740993" });
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
