/** Where a text stops being JSON. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonFaultAt } from "../../../../src/dialects/payload/json-fault.ts";

/** The place is marked. */
const PLACES = [
  '{"temperature":▸nan}',
  '{"a":1,▸}',
  "[1,▸]",
  "{▸a:1}",
  '{"a" ▸1}',
  '{"a":1 ▸"b":2}',
  '{"a":1}▸x',
  '{"a":1▸',
  '{"a":▸',
  "▸",
  "{\"a\":▸'b'}",
  '{"a":0▸1}',
  '{"a":1▸.}',
  '{"a":▸+1}',
  '{"a":▸"unfinished',
  "▸hello",
  '{"a":[1,2▸}',
  "[[[[]]]▸",
];

test.each(PLACES)("%s", (marked) => {
  const text = marked.replace("▸", "");
  const at = jsonFaultAt(text);
  expect(at).toBe(marked.indexOf("▸"));
});

test("whatever is cut off ends too early or is faulty within, and deep nesting takes no stack", () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (text, cut) => {
      const part = text.slice(0, cut % (text.length + 1));
      expect(jsonFaultAt(text)).toBe(text.length);
      expect(jsonFaultAt(part)).toBeLessThanOrEqual(part.length);
    }),
  );
  expect(jsonFaultAt("[".repeat(262_144))).toBe(262_144);
});
