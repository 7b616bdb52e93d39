import { describe, expect, test } from "vitest";
import { faultsOf, list, metricsOf, nested, read, refusal, shape, telemetry } from "./read-native.ts";

describe("readings", () => {
  test("an object of metrics is one reading", () => {
    expect(shape(telemetry({ temperature: 21.5, flameDetected: false, mode: "eco" }))).toEqual({
      readings: [{ metrics: { temperature: 21.5, flameDetected: false, mode: "eco" }, element: 0, said: undefined }],
      faults: [],
    });
  });

  test("`ts` and `values` are one reading too", () => {
    expect(shape(telemetry({ ts: 1451649600512, values: { a: 1, b: true } }))).toEqual({
      readings: [{ metrics: { a: 1, b: true }, element: 0, said: 1451649600512 }],
      faults: [],
    });
  });

  test("metrics beside `values` are kept, and the first of two equal names wins", () => {
    expect(metricsOf({ a: 1, values: { a: 2, b: 3 } })).toEqual({ a: 1, b: 3 });
  });

  test("an array holds readings of either kind, each with its place", () => {
    const parsed = shape(telemetry([{ a: 1 }, { ts: 5, values: { a: 2 } }, { time: "x", a: 3 }]));
    expect(parsed.readings).toEqual([
      { metrics: { a: 1 }, element: 0, said: undefined },
      { metrics: { a: 2 }, element: 1, said: 5 },
      { metrics: { a: 3 }, element: 2, said: "x" },
    ]);
  });

  test("each element of an array is judged alone, in order", () => {
    const parsed = shape(telemetry([{ a: 1 }, 7, { "1bad": 1 }, null, [{ a: 1 }], {}, { a: 2 }]));
    expect(parsed.readings.map(({ element }) => element)).toEqual([0, 6]);
    expect(parsed.faults).toEqual([
      "READING_WRONG_SHAPE",
      "METRIC_NAME_INVALID 1bad",
      "READING_WRONG_SHAPE",
      "READING_WRONG_SHAPE",
      "READING_EMPTY",
    ]);
  });

  test("a thousand readings are taken in order, and those beyond them are left out and named", () => {
    expect(shape(telemetry(list(1_000, (a) => ({ a })))).readings).toHaveLength(1_000);
    for (const [count, detail] of [
      [1_001, "1001 came, and the last one is left out"],
      [1_200, "1200 came, and the last 200 are left out"],
    ] as const) {
      const parsed = telemetry(list(count, (a) => ({ a })));
      expect(shape(parsed).readings.map(({ metrics }) => metrics["a"])).toEqual(list(1_000, (a) => a));
      expect(parsed).toMatchObject({ faults: [{ code: "TOO_MANY_READINGS", detail }], leftOut: count - 1_000 });
    }
  });

  test("an empty list is refused", () => {
    expect(refusal(telemetry([]))).toBe("READING_EMPTY");
  });

  for (const json of ["7", '"text"', "null", "true"]) {
    test(`${json} is JSON and no reading`, () => {
      expect(shape(telemetry(json))).toEqual({ readings: [], faults: ["READING_WRONG_SHAPE"] });
    });
  }

  test("sixty-four metrics are taken, and those beyond them are left out and named", () => {
    const wide = (count: number) => Object.fromEntries(list(count, (i) => [`m${i}`, i]));
    expect(Object.keys(metricsOf(wide(64)) ?? {})).toHaveLength(64);
    const parsed = telemetry([wide(70), { a: 1 }, wide(90)]);
    expect(shape(parsed).readings.map(({ metrics }) => metrics)).toEqual([wide(64), { a: 1 }, wide(64)]);
    expect(parsed).toMatchObject({
      faults: [
        { code: "TOO_MANY_METRICS", detail: "70 came; left out: m64, m65, m66, m67, m68, m69" },
        { code: "TOO_MANY_METRICS", detail: expect.stringMatching(/^90 came; left out: m64, .*, m73 and 16 more$/) },
      ],
    });
  });

  test("nested metrics beyond the sixty-four are left out too, and a flat payload is no other case", () => {
    const wide = { a: Object.fromEntries(list(60, (i) => [`m${i}`, i])), b: { c: 1, d: 2, e: 3 }, f: 4, g: 5 };
    expect(Object.keys(metricsOf(wide) ?? {}).slice(-4)).toEqual(["b.c", "b.d", "b.e", "f"]);
    expect(faultsOf(wide)).toEqual(["TOO_MANY_METRICS"]);
  });

  test("null and reserved names do not count as metrics", () => {
    const wide = Object.fromEntries([
      ...list(64, (i) => [`m${i}`, i]),
      ["gone", null],
      ["deviceId", "x"],
      ["_id", "y"],
    ]);
    expect(Object.keys(metricsOf(wide) ?? {})).toHaveLength(64);
  });

  test("the instant is the first present of timestamp, ts and time", () => {
    const said = (json: unknown) => shape(telemetry(json)).readings[0]?.said;
    expect(said({ time: 3, ts: 2, timestamp: 1, a: 1 })).toBe(1);
    expect(said({ time: 3, ts: 2, a: 1 })).toBe(2);
    expect(said({ time: 3, a: 1 })).toBe(3);
    expect(said({ timestamp: null, ts: 2, a: 1 })).toBe(2);
    expect(said({ a: 1 })).toBeUndefined();
  });

  test("what a device says of its instant is handed on as it came", () => {
    for (const said of ["2026-01-01T00:00:00Z", { odd: 1 }, [1], true, 0]) {
      expect(shape(telemetry({ ts: said, a: 1 })).readings[0]?.said).toEqual(said);
    }
  });

  test("reserved names are no metrics, at the top and in `values`", () => {
    const reserved = { timestamp: 1, ts: 1, time: 1, deviceId: 1, _id: 1, receivedAt: 1 };
    expect(metricsOf({ ...reserved, a: 1 })).toEqual({ a: 1 });
    expect(metricsOf({ values: { ...reserved, a: 1 } })).toEqual({ a: 1 });
    expect(faultsOf(reserved)).toEqual(["READING_EMPTY"]);
  });

  test("reserved names inside a nested object are metrics like any other", () => {
    expect(metricsOf({ sys: { time: 5, deviceId: 6 } })).toEqual({ "sys.time": 5, "sys.deviceId": 6 });
  });

  test("null is left out, and a reading of nothing else is empty", () => {
    expect(shape(telemetry({ a: null, b: 1 }))).toMatchObject({ readings: [{ metrics: { b: 1 } }], faults: [] });
    expect(faultsOf({ a: null })).toEqual(["READING_EMPTY"]);
  });

  test("faults that one message lists are few, whatever it holds", () => {
    expect(faultsOf(list(1_000, () => ({ "": 1 })))).toHaveLength(20);
  });
});

describe("nested objects", () => {
  test("become dotted names", () => {
    expect(metricsOf({ BME280: { Temperature: 21.7, inner: { Humidity: 66.6 } }, TempUnit: "C" })).toEqual({
      "BME280.Temperature": 21.7,
      "BME280.inner.Humidity": 66.6,
      TempUnit: "C",
    });
  });

  test("give way to a name that came first, and win over one that comes later", () => {
    expect(metricsOf({ "a.b": 1, a: { b: 2 } })).toEqual({ "a.b": 1 });
    expect(metricsOf({ a: { b: 2 }, "a.b": 1 })).toEqual({ "a.b": 2 });
  });

  test("a refused value does not keep its name from a later one", () => {
    const parsed = shape(telemetry({ "a.b": [1], a: { b: 2 } }));
    expect(parsed).toMatchObject({ readings: [{ metrics: { "a.b": 2 } }], faults: ["METRIC_VALUE_INVALID a.b"] });
  });

  test("may be eight deep, and what lies deeper is refused while the rest stays", () => {
    expect(metricsOf(nested(8, 1))).toEqual({ "a.a.a.a.a.a.a.a": 1 });
    expect(shape(telemetry({ t: 1, ...(nested(9, 1) as object) }))).toMatchObject({
      readings: [{ metrics: { t: 1 } }],
      faults: ["TOO_DEEP a.a.a.a.a.a.a.a"],
    });
  });

  test("`values` counts as one of the eight levels", () => {
    expect(metricsOf({ values: nested(7, 1) })).toEqual({ "a.a.a.a.a.a.a": 1 });
    expect(faultsOf({ values: nested(8, 1) })).toEqual(["TOO_DEEP a.a.a.a.a.a.a"]);
  });

  test("that are empty are left out", () => {
    expect(metricsOf({ a: {}, b: 1 })).toEqual({ b: 1 });
  });

  test("make names that are too long, and these are refused", () => {
    const half = "x".repeat(32);
    expect(faultsOf({ [half]: { [half]: 1 } })).toEqual([`METRIC_NAME_INVALID ${half}.${half}`]);
    expect(Object.keys(metricsOf({ [half]: { [half.slice(1)]: 1 } }) ?? {})[0]).toHaveLength(64);
  });
});

describe("metric names", () => {
  for (const name of ["a", "Z9", "a.b_c-d", "x".repeat(64), "constructor", "toString", "hasOwnProperty", "valueOf"]) {
    test(`"${name}" is one`, () => {
      expect(shape(telemetry(`{"${name}":1}`)).readings[0]?.metrics).toEqual({ [name]: 1 });
      expect(read(`devices/a/telemetry/${name}`, "1").kind).toBe("telemetry");
    });
  }

  for (const name of [
    "",
    "1a",
    "_a",
    ".a",
    "-a",
    "a b",
    "ä",
    "a:b",
    "a/b",
    "x".repeat(65),
    "__proto__",
    "$a",
    "a\\u0000",
  ]) {
    test(`"${name}" is none, and the other metrics stay`, () => {
      const parsed = shape(telemetry(`{"${name}":1,"good":2}`));
      expect(parsed.readings[0]?.metrics).toEqual({ good: 2 });
      expect(parsed.faults[0]).toMatch(/^METRIC_NAME_INVALID/);
    });
  }

  test("`__proto__` with an object in it changes nothing of anything", () => {
    const parsed = shape(telemetry('{"__proto__":{"polluted":1,"values":{"x":1}},"a":1}'));
    expect(parsed.readings[0]?.metrics["a"]).toBe(1);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(shape(telemetry('{"a":{"__proto__":{"polluted":1}},"b":1}')).readings).toHaveLength(1);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test("a name that is too long is shown in part", () => {
    const parsed = telemetry({ ["x".repeat(5_000)]: 1 });
    expect(JSON.stringify(parsed).length).toBeLessThan(400);
  });

  test("one that is none in a topic refuses the message", () => {
    for (const name of ["", "1a", "__proto__", "a b"]) {
      expect(refusal(read(`devices/a/telemetry/${name}`, "1"))).toBe("METRIC_NAME_INVALID");
    }
  });
});
