import { expect, test } from "vitest";
import { compare, leavesOf, storedAs } from "../../../public/app/inspector/live/payload-leaves.ts";

test("nested values have dotted paths, one value has none, and text is no JSON", () => {
  expect(leavesOf('{"a":{"b":[1,true]},"c":null}')).toEqual([
    { path: "a.b.0", value: 1 },
    { path: "a.b.1", value: true },
    { path: "c", value: null },
  ]);
  expect(leavesOf("23.5")).toEqual([{ path: "", value: 23.5 }]);
  expect(leavesOf("online")).toBeUndefined();
});

test("of a payload that is compared it is known what changed, what is new and what is gone", () => {
  const now = leavesOf('{"a":2,"b":1,"n":0}') ?? [];
  expect(compare(now, leavesOf('{"a":1,"b":1,"old":{"x":1}}'))).toEqual({
    leaves: [
      { path: "a", value: 2, was: 1 },
      { path: "b", value: 1 },
      { path: "n", value: 0, isNew: true },
    ],
    gone: ["old.x"],
  });
  expect(compare(now, undefined)).toEqual({ leaves: now, gone: [] });
});

test("a number is found among the readings by its name, and by its value where only one has it", () => {
  const readings = [{ deviceId: "plug", metrics: { "ENERGY.Power": 12, voltage: 230, other: 230 } }];
  expect(storedAs({ path: "ENERGY.Power", value: 12 }, readings)).toEqual({ deviceId: "plug", metric: "ENERGY.Power" });
  expect(storedAs({ path: "x.y", value: 12 }, readings)).toEqual({ deviceId: "plug", metric: "ENERGY.Power" });
  expect(storedAs({ path: "data.voltage", value: 230 }, readings)).toEqual({ deviceId: "plug", metric: "voltage" });
  expect(storedAs({ path: "volts", value: 230 }, readings)).toBeUndefined();
  expect(storedAs({ path: "voltage", value: 2300 }, readings)).toEqual({ deviceId: "plug", metric: "voltage" });
  expect(storedAs({ path: "current", value: 1 }, readings)).toBeUndefined();
  expect(storedAs({ path: "voltage", value: "230" }, readings)).toBeUndefined();
});
