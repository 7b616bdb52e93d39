import { expect, test } from "vitest";
import { dropOldest, setCached, setNewest } from "../../../../src/core/model/bounded-map.ts";

test("the entry that was set longest ago is dropped first, and one set again is the newest", () => {
  const kept = new Map<string, number>();
  for (const key of ["a", "b", "c", "a", "d"]) setNewest(kept, key, 1, 3);
  expect([...kept.keys()]).toEqual(["c", "a", "d"]);
});

test("of a set, those added first are dropped", () => {
  const kept = new Set(["a", "b", "c"]);
  dropOldest(kept, 2);
  expect([...kept]).toEqual(["b", "c"]);
  dropOldest(kept, 2);
  expect(kept.size).toBe(2);
});

test("a full cache is emptied, and holds the new entry", () => {
  const kept = new Map<string, number>();
  for (const key of ["a", "b", "c"]) setCached(kept, key, 1, 2);
  expect([...kept.keys()]).toEqual(["c"]);
});
