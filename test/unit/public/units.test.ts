/** Temperatures and pressures are shown in the unit that the viewer chose; rules and mappings keep the hub's. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { shownSplits, splitWords } from "../../../public/app/chart/plot/value-axis.ts";
import { conversionOf, pressureUnit, temperatureUnit } from "../../../public/app/preferences/units.ts";
import { knownDevices } from "../../../public/app/rules/draft/known-devices.ts";
import {
  boundWords,
  differenceWords,
  digitsBetween,
  inHubUnit,
  metricUnit,
  numberWords,
  withUnit,
  withUnitOf,
} from "../../../public/app/ui/value-words.ts";

beforeEach(() => {
  temperatureUnit.value = "°F";
  pressureUnit.value = "inHg";
});
afterEach(() => {
  temperatureUnit.value = "hub";
  pressureUnit.value = "hub";
});

const FAHRENHEIT = { name: "pool", info: { label: "Pool", kind: "number", unit: "°F", digits: 0 } } as const;

test("values are converted with the digits that the other unit needs, and all else stays", () => {
  expect(withUnit("temperature", 21.5)).toBe("70.7\u202f°F");
  expect(withUnit("temperature", -40)).toBe("−40.0\u202f°F");
  expect(withUnit("pressure", 1013.25)).toBe("29.92\u202finHg");
  expect(withUnit("humidity", 45)).toBe("45\u202f%");
  expect(metricUnit("temperature")).toBe("°F");
  expect(withUnit(FAHRENHEIT, 68)).toBe("68\u202f°F");
  temperatureUnit.value = "°C";
  expect(withUnit(FAHRENHEIT, 68)).toBe("20\u202f°C");
  expect(withUnit("temperature", 21.5)).toBe("21.5\u202f°C");
});

test("a value that came with its unit is converted from that unit, also where nobody knows its metric", () => {
  expect(withUnitOf("temperature", 21.5, "°C")).toBe("70.7\u202f°F");
  expect(withUnitOf("temperature", 70.7, "°F")).toBe("70.7\u202f°F");
  expect(withUnitOf("pool", 25, "°C")).toBe("77\u202f°F");
  expect(withUnitOf("pool", "warm", "")).toBe("warm");
});

test("a difference has no offset, and the digits of a range are those of the unit that is shown", () => {
  expect(differenceWords("temperature", 21, 20, 1)).toBe("1.8");
  expect(digitsBetween("pressure", 1013.1, 1013.3)).toBe(4);
  expect(numberWords("pressure", 1013.2, 4)).toBe("29.9198");
});

test("a limit is converted where it is drawn, and stays as it was written where rules are written", () => {
  expect(boundWords("temperature", 25)).toBe("77.0\u202f°F");
  expect(boundWords(inHubUnit("temperature"), 25)).toBe("25\u202f°C");
  const known = knownDevices([], 0);
  expect(metricUnit(known.describe("temperature"))).toBe("°C");
});

test("the lines of an axis are at round values of the unit that is shown", () => {
  const shown = conversionOf("°C");
  if (shown === undefined) throw new Error("not converted");
  const { splits, step } = shownSplits(shown, 15, 30, 2);
  expect(step).toBe(5);
  expect(splits.map((value) => splitWords(Math.round(value * shown.factor + shown.offset), step))).toEqual([
    "60",
    "65",
    "70",
    "75",
    "80",
    "85",
  ]);
  expect(splits[0]).toBeCloseTo(15.56, 2);
});
