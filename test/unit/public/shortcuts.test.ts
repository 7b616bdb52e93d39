import { expect, test } from "vitest";
import { SHORTCUTS, shortcutFor } from "../../../public/app/preferences/shortcuts.ts";

test.each([
  [undefined, "g", "begun"],
  [undefined, "o", undefined],
  ["g", "o", "Overview"],
  ["g", "g", "begun"],
  ["g", "p", "Pause or resume updates"],
  ["g", "x", undefined],
  ["o", "o", undefined],
  [undefined, "/", "Search"],
  [undefined, "?", "Show these keys"],
])("behind %s, the key %s means %s", (former, key, words) => {
  const found = shortcutFor(former, key);
  expect(typeof found === "object" ? found.words : found).toBe(words);
});

test("no two shortcuts have the same keys", () => {
  const keys = SHORTCUTS.map((each) => each.keys.join(" "));
  expect(new Set(keys).size).toBe(keys.length);
});
