/** Records of a file, however its bytes come in pieces. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { createRecordSplitter, type FileRecord } from "../../../src/cli/import/record-splitter.ts";

function split(text: string, quotes: boolean, pieceBytes = text.length, maxRecordBytes = 1_000): FileRecord[] {
  const bytes = Buffer.from(text);
  const splitter = createRecordSplitter({ quotes, maxRecordBytes });
  const records: FileRecord[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes)
    records.push(...splitter.push(bytes.subarray(at, at + pieceBytes)));
  return [...records, ...splitter.end()];
}

test("how the bytes are cut makes no difference, also within a character", () => {
  const line = fc.string({ unit: fc.constantFrom("a", "ü", "€", '"', ",", "\r", "\n", "😀"), maxLength: 60 });
  fc.assert(
    fc.property(line, fc.boolean(), fc.integer({ min: 1, max: 7 }), (text, quotes, piece) => {
      expect(split(text, quotes, piece)).toEqual(split(text, quotes, 10_000));
    }),
    { numRuns: 1_000 },
  );
});

test("each record knows its line and where it ends", () => {
  const records = split('a,b\r\n"x\ny",1\n\nlast', true);
  expect(records).toEqual([
    { text: "a,b", endByte: 5, line: 1, isCut: false, isUtf8: true },
    { text: '"x\ny",1', endByte: 13, line: 2, isCut: false, isUtf8: true },
    { text: "", endByte: 14, line: 4, isCut: false, isUtf8: true },
    { text: "last", endByte: 18, line: 5, isCut: false, isUtf8: true },
  ]);
});

test("a record that is too long is cut, and the next one is whole", () => {
  const records = split(`${"x".repeat(50)}\nnext\n`, false, 7, 20);
  expect(records).toEqual([
    { text: "x".repeat(20), endByte: 51, line: 1, isCut: true, isUtf8: true },
    { text: "next", endByte: 56, line: 2, isCut: false, isUtf8: true },
  ]);
});

test("a record that is not UTF-8, such as of an old spreadsheet, is marked", () => {
  const splitter = createRecordSplitter({ quotes: true, maxRecordBytes: 100 });
  const records = splitter.push(Buffer.from([0xb0, 0x43, 10, 0xc2, 0xb0, 0x43, 10]));
  expect(records.map(({ isUtf8 }) => isUtf8)).toEqual([false, true]);
});
