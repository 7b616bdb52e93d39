/** Numbers as a person reads them: nothing that was measured is rounded away, and neighbours can be told apart. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitWords, valueRange } from "../../../public/app/chart/plot/value-axis.ts";
import { capital, digitsBetween, numberWords, shortLabels } from "../../../public/app/ui/value-words.ts";

const bare = (words: string): string => words.replace(/,/g, "").replace("−", "-");

describe("a value alone", () => {
  test.each([
    ["x", 31_043.271, "31,043.271"],
    ["x", 12_345, "12,345"],
    ["x", 3_546_245, "3,546,245"],
    ["x", 9_007_199_254_740, "9,007,199,254,740"],
    ["x", 23.399999618530273, "23.4"],
    ["x", 0.1 + 0.2, "0.3"],
    ["x", 0.00123456, "0.001235"],
    ["x", -0.0000001, "−1E-7".replace("-7", "−7")],
    ["x", -40, "−40"],
    ["x", -0.0001, "−0.0001"],
    ["temperature", 21.456, "21.5"],
    ["temperature", 21, "21.0"],
    ["temperature", -0.04, "0.0"],
    ["pressure", 101_325, "101,325"],
  ])("of %s: %d is %s", (metric, value, words) => {
    expect(numberWords(metric, value).replace("E-", "E−")).toBe(words);
  });

  test("a whole number keeps all of its digits", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e14, max: 1e14 }), (value) => {
        expect(Number(bare(numberWords("x", value)))).toBe(value);
      }),
    );
  });
});

describe("beside others", () => {
  const between = (metric: string, values: readonly number[]) => {
    const digits = digitsBetween(metric, Math.min(...values), Math.max(...values));
    return values.map((value) => numberWords(metric, value, digits));
  };

  test.each([
    ["x", [31_043.271, 31_043.28, 31_043.3], ["31,043.271", "31,043.280", "31,043.300"]],
    ["x", [3_546_238, 3_546_241.5, 3_546_245], ["3,546,238", "3,546,241.5", "3,546,245"]],
    ["temperature", [21.51, 21.52, 21.53], ["21.510", "21.520", "21.530"]],
    ["temperature", [20, 25, 35], ["20.0", "25.0", "35.0"]],
    ["pressure", [1_013.2, 1_013.25, 1_013.3], ["1,013.20", "1,013.25", "1,013.30"]],
  ] as const)("%s %j", (metric, values, words) => {
    expect(between(metric, values)).toEqual(words);
  });

  test("least and greatest never look the same where they are not", () => {
    const metric = fc.constantFrom("x", "temperature", "pressure", "humidity");
    const from = fc.integer({ min: -1e9, max: 1e9 }).map((each) => each / 1_000);
    const spread = fc
      .tuple(fc.integer({ min: 1, max: 1e4 }), fc.integer({ min: 0, max: 6 }))
      .map(([a, b]) => a / 10 ** b);
    fc.assert(
      fc.property(metric, from, spread, (name, least, more) => {
        const [low, high] = between(name, [least, least + more]);
        expect(low).not.toBe(high);
      }),
      { numRuns: 300 },
    );
  });
});

describe("an axis", () => {
  /** Lines as a chart has them: some steps of 1, 2 or 5 times a power of ten. */
  function wordsOf(from: number, to: number): string[] {
    const rough = (to - from) / 6;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? rough;
    const first = Math.ceil(from / step);
    return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, index) =>
      splitWords(Number(((first + index) * step).toPrecision(15)), step),
    );
  }

  test("follows the data of a metric that nobody has described, however small their change", () => {
    const [from, to] = valueRange("counter", 3_546_238, 3_546_245);
    expect(to - from).toBeLessThan(10);
    expect([from < 3_546_238, to > 3_546_245]).toEqual([true, true]);
    expect(wordsOf(from, to)).toEqual(["3,546,238", "3,546,240", "3,546,242", "3,546,244"]);
  });

  test("spans what noise does not fill, where the metric is known", () => {
    const [from, to] = valueRange("temperature", 21.49, 21.51);
    expect(to - from).toBeCloseTo(2);
  });

  test("spans something around a flat line", () => {
    for (const value of [0, 7, -40, 1e9, 1e-3]) {
      const [from, to] = valueRange("x", value, value);
      expect([from <= value, to >= value, to > from]).toEqual([true, true, true]);
    }
  });

  test("says no two lines alike", () => {
    const number = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(number, fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (low, spread) => {
        const words = wordsOf(...valueRange("x", low, low + spread));
        expect(words.length).toBeGreaterThan(1);
        expect(new Set(words).size).toBe(words.length);
      }),
      { numRuns: 200 },
    );
  });
});

describe("labels on a card", () => {
  const of = (label: string, deviceClass?: string) => ({
    name: label,
    info: { label, kind: "number", unit: "", ...(deviceClass !== undefined && { deviceClass }) } as const,
  });
  test.each([
    [
      [of("AM2301 temperature", "temperature"), of("AM2301 dew point", "temperature")],
      ["Temperature", "AM2301 dew point"],
    ],
    [
      [of("Relay 0 power", "power"), of("Relay 0 energy since start", "energy")],
      ["Power", "Energy since start"],
    ],
    [
      [of("Relay 0 power", "power"), of("Relay 1 power", "power")],
      ["Relay 0 power", "Relay 1 power"],
    ],
    [
      [of("Inputs/Temperature"), of("Outputs/Pump")],
      ["Temperature", "Pump"],
    ],
    [
      [of("In/Temperature"), of("Out/Temperature")],
      ["In/Temperature", "Out/Temperature"],
    ],
    [
      ["coPpm", "temperature", "my.level"],
      ["CO", "Temperature", "my.level"],
    ],
  ])("are short where each is still told from the others: %j", (metrics, labels) => {
    expect(shortLabels(metrics)).toEqual(labels);
  });
});

test("a sentence begins with a capital, and the name of a metric stays as its board writes it", () => {
  expect(
    ["flame is detected", "offline. Check its power", "gasPpm is 900", "switch.0 is on", "_vpd is 2"].map(capital),
  ).toEqual(["Flame is detected", "Offline. Check its power", "gasPpm is 900", "switch.0 is on", "_vpd is 2"]);
});
