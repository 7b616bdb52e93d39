import { describe, expect, test } from "vitest";
import { absoluteHumidity, dewPoint, heatIndex, seaLevelPressure, vpd } from "../../../../src/core/derived/air.ts";

describe("formulas of the air agree with published tables", () => {
  // CRC Handbook of Chemistry and Physics, 62nd edition (1981), as in https://archive.unu.edu/unupress/unupbooks/80a01e/80A01E0d.htm:
  // of saturated air the temperature in °C, the water in g/m³, and its pressure in hPa.
  const SATURATED = [
    [2, 5.57, 7.05],
    [6, 7.27, 9.35],
    [10, 9.42, 12.28],
    [16, 13.66, 18.19],
    [20, 17.33, 23.4],
    [24, 21.83, 29.86],
    [30, 30.43, 42.48],
    [34, 37.66, 53.26],
  ] as const;
  test.each(SATURATED)("saturated air of %d °C has %d g/m³ of water", (t, expected) => {
    expect(Math.abs(absoluteHumidity(t, 100) / expected - 1)).toBeLessThan(0.006);
    expect(absoluteHumidity(t, 50)).toBeCloseTo(absoluteHumidity(t, 100) / 2, 9);
  });

  test.each(SATURATED)(
    "air with the vapour of saturated air of %d °C has its dew point there",
    (dew, _water, vapour) => {
      for (const [t, , saturated] of SATURATED) {
        expect(Math.abs(dewPoint(t, (vapour / saturated) * 100) - dew)).toBeLessThan(0.1);
      }
    },
  );

  test.each([0, -10, 40])("saturated air of %d °C is at its dew point", (t) => {
    expect(dewPoint(t, 100)).toBeCloseTo(t, 9);
  });

  // FAO paper 56: saturation vapour pressure in kPa, in annex 2, table 2.3, and in example 3.
  test.each([
    [15, 1.705],
    [24.5, 3.075],
    [10, 1.228],
    [20, 2.338],
    [25, 3.168],
    [30, 4.243],
    [40, 7.376],
  ])("dry leaves of %d °C: the deficit at 0+ %% is the saturation pressure %d kPa", (t, expected) => {
    expect(vpd(t, 1e-9)).toBeCloseTo(expected, 2);
    expect(vpd(t, 60)).toBeCloseTo(expected * 0.4, 2);
  });

  // National Weather Service: its chart, and its calculator (https://www.wpc.ncep.noaa.gov/html/heatindex.shtml) as MetPy tests against
  // it (test_heat_index_vs_nws of 2019): °F at °F and %.
  test.each([
    [40, 99, 40],
    [80, 40, 80],
    [86, 45, 87],
    [111, 27, 121],
    [96, 60, 116],
    [86, 90, 105],
    [90, 60, 100],
    [96, 50, 108],
    [100, 55, 124],
    [110, 40, 136],
  ])("heat index at %d °F and %d %% is %d °F", (f, h, expected) => {
    expect(Math.abs(heatIndex((f - 32) / 1.8, h) * 1.8 + 32 - expected)).toBeLessThan(1);
  });

  test("in the cool it is about the temperature", () => {
    expect(Math.abs(heatIndex(15, 60) - 15)).toBeLessThan(1);
  });

  // ICAO standard atmosphere (Doc 7488): altitude, pressure and temperature there; 1013.25 hPa at sea level.
  test.each([
    [0, 1013.25, 15],
    [500, 954.61, 11.75],
    [1_000, 898.75, 8.5],
    [2_000, 794.95, 2],
    [-100, 1025.32, 15.65],
  ])("at %d m the standard atmosphere is reduced to 1013.25 hPa", (altitude, p, t) => {
    expect(Math.abs(seaLevelPressure(p, t, altitude) - 1013.25)).toBeLessThan(0.1);
  });

  test("no humidity and no pressure have no value", () => {
    for (const value of [
      dewPoint(20, 0),
      absoluteHumidity(20, 0),
      vpd(20, -1),
      heatIndex(20, 0),
      seaLevelPressure(0, 20, 5),
    ]) {
      expect(Number.isFinite(value)).toBe(false);
    }
  });
});
