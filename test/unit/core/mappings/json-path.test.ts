import { expect, test } from "vitest";
import { valueAt } from "../../../../src/core/mappings/json-path.ts";

const JSON_OF_ALL = {
  id: 7,
  meta: { time: "2026-11-30T10:00:00Z", "a.b": { c: 1 } },
  "relay/0": 1,
  "env.temp": 21,
  list: [{ v: 4 }, { v: 5 }],
  none: null,
};

test.each([
  ["id", 7],
  ["meta.time", "2026-11-30T10:00:00Z"],
  ["meta.a.b.c", 1],
  ["relay/0", 1],
  ["env.temp", 21],
  ["list.1.v", 5],
  ["none", null],
  ["none.x", undefined],
  ["id.x", undefined],
  ["meta.nothing", undefined],
  ["", undefined],
  [".", undefined],
  ["__proto__", undefined],
  ["constructor.name", undefined],
  ["meta.toString", undefined],
  ["a.".repeat(5_000), undefined],
])("%j", (path, value) => {
  expect(valueAt(JSON_OF_ALL, path)).toEqual(value);
});

test.each([undefined, null, 5, "text", []])("nothing is in %j", (json) => {
  expect(valueAt(json, "a.b")).toBeUndefined();
});
