import { describe, expect, test } from "vitest";
import type { RefusalCode } from "../../../../src/contract/refusals.ts";
import { read, refusal, shape, telemetry } from "./read-native.ts";

describe("values in JSON", () => {
  const taken: readonly [title: string, json: string, value: unknown][] = [
    ["a number", '{"x":-1.5e-7}', -1.5e-7],
    ["−0 is 0", '{"x":-0.0}', 0],
    ["a boolean", '{"x":true}', true],
    ["text", '{"x":"auto"}', "auto"],
    ["numeric text of an unknown metric stays text", '{"x":"23.5"}', "23.5"],
    ["0 and 1 of an unknown metric stay numbers", '{"x":1}', 1],
    ["ON in JSON", '{"x":"ON"}', true],
    ["Off in JSON", '{"x":"Off"}', false],
    ["TRUE as text", '{"x":"TRUE"}', true],
    ["text with spaces and a NUL around it", '{"x":" auto \\u0000"}', "auto"],
    ["text that is really text: a version", '{"x":"1.2.3"}', "1.2.3"],
    ["text that is really text: an address", '{"x":"192.168.100.100"}', "192.168.100.100"],
    ["text that is really text: a time", '{"x":"12:30"}', "12:30"],
    ["text that is really text: two numbers", '{"x":"52.52,13.40"}', "52.52,13.40"],
    ["text that is really text: a word that begins like one", '{"x":"offline"}', "offline"],
    ["text that is really text: none in small letters", '{"x":"none"}', "none"],
    ["a larger whole number as text", '{"x":"12345678901234567890"}', "12345678901234567890"],
    ["the largest whole number", '{"x":9007199254740991}', Number.MAX_SAFE_INTEGER],
    ["a float beyond all whole numbers", '{"x":1e300}', 1e300],
    ["numeric text of a known number is a number", '{"temperature":"23.5"}', 23.5],
    ["a battery that sends text", '{"battery":"100.00"}', 100],
    ["numeric text with sign and exponent", '{"temperature":"-2.35e1"}', -23.5],
    ["text of −0 of a known number is 0", '{"temperature":"-0"}', 0],
    ["1 of a known boolean is true", '{"flameDetected":1}', true],
    ["0 of a known boolean is false", '{"flameDetected":0}', false],
    ["−0 of a known boolean is false", '{"flameDetected":-0}', false],
    ["numeric text of a known boolean is a boolean", '{"flameDetected":"1"}', true],
    ["true as text of a known boolean", '{"flameDetected":"true"}', true],
    ["OFF of a known boolean", '{"flameDetected":"OFF"}', false],
    ["256 bytes of text", `{"x":"${"a".repeat(256)}"}`, "a".repeat(256)],
    ["256 bytes of text in two-byte letters", `{"x":"${"ä".repeat(128)}"}`, "ä".repeat(128)],
    ["256 bytes of text in four-byte letters", `{"x":"${"😀".repeat(64)}"}`, "😀".repeat(64)],
  ];
  for (const [title, json, value] of taken) {
    test(`are taken: ${title}`, () => {
      const { readings, faults } = shape(telemetry(json));
      expect(Object.values(readings[0]?.metrics ?? {})).toEqual([value]);
      expect(Object.is(Object.values(readings[0]?.metrics ?? {})[0], -0)).toBe(false);
      expect(faults).toEqual([]);
    });
  }

  const refusedValues: readonly [title: string, json: string, fault: string][] = [
    ["a number beyond the finite", '{"x":1e400,"ok":1}', "METRIC_VALUE_INVALID x"],
    ["and its negative", '{"x":-1e400,"ok":1}', "METRIC_VALUE_INVALID x"],
    ["numeric text beyond the finite", '{"temperature":"1e400","ok":1}', "METRIC_VALUE_INVALID temperature"],
    ["a list", '{"x":[1,2],"ok":1}', "METRIC_VALUE_INVALID x"],
    ["an empty list", '{"x":[],"ok":1}', "METRIC_VALUE_INVALID x"],
    ["257 bytes of text", `{"x":"${"a".repeat(257)}","ok":1}`, "METRIC_TEXT_TOO_LONG x"],
    ["257 bytes of text in few letters", `{"x":"${"ä".repeat(128)}b","ok":1}`, "METRIC_TEXT_TOO_LONG x"],
    ["258 bytes of text in three-byte letters", `{"x":"${"€".repeat(86)}","ok":1}`, "METRIC_TEXT_TOO_LONG x"],
    ["text of a known number", '{"temperature":"warm","ok":1}', "METRIC_WRONG_TYPE temperature"],
    ["hexadecimal text of a known number", '{"temperature":"0x10","ok":1}', "METRIC_WRONG_TYPE temperature"],
    ["a decimal comma", '{"x":"23,5","ok":1}', "METRIC_VALUE_INVALID x"],
    ["a decimal comma of a known number", '{"temperature":"23,5","ok":1}', "METRIC_VALUE_INVALID temperature"],
    ["thousands with commas", '{"x":"1,234.5","ok":1}', "METRIC_VALUE_INVALID x"],
    ["thousands with points", '{"x":"1.234,5","ok":1}', "METRIC_VALUE_INVALID x"],
    ["infinity as text", '{"x":"-Infinity","ok":1}', "METRIC_VALUE_INVALID x"],
    ["a whole number that would lose digits", '{"x":9007199254740993,"ok":1}', "METRIC_VALUE_INVALID x"],
    ["and one of twenty digits", '{"x":12345678901234567890,"ok":1}', "METRIC_VALUE_INVALID x"],
    ["a boolean of a known number", '{"temperature":true,"ok":1}', "METRIC_WRONG_TYPE temperature"],
    ["2 of a known boolean", '{"flameDetected":2,"ok":1}', "METRIC_WRONG_TYPE flameDetected"],
    ["text of a known boolean", '{"flameDetected":"yes","ok":1}', "METRIC_WRONG_TYPE flameDetected"],
  ];
  for (const [title, json, fault] of refusedValues) {
    test(`are refused alone, and the other metrics stay: ${title}`, () => {
      expect(shape(telemetry(json))).toMatchObject({ readings: [{ metrics: { ok: 1 } }], faults: [fault] });
    });
  }
});

test("what says that there is no value is left out, whatever the metric, and a reading of nothing else is empty", () => {
  for (const text of ["", " ", "null", "NULL", "None", "nan", "NaN", "NAN", "-nan", "NA", "N/A", "\\u0000"]) {
    for (const name of ["x", "temperature", "flameDetected"]) {
      expect(shape(telemetry(`{"${name}":"${text}","ok":1}`))).toMatchObject({
        readings: [{ metrics: { ok: 1 } }],
        faults: [],
      });
      expect(shape(telemetry(`{"${name}":"${text}"}`))).toEqual({ readings: [], faults: ["READING_EMPTY"] });
    }
  }
});

test("no control character is ever stored", () => {
  const codes = [...Array(32).keys(), 0x7f, 0x80, 0x85, 0x9f].filter((code) => !/\s/.test(String.fromCharCode(code)));
  for (const code of codes) {
    const escaped = `\\u${code.toString(16).padStart(4, "0")}`;
    expect(shape(telemetry(`{"x":"a${escaped}b","ok":1}`))).toMatchObject({
      readings: [{ metrics: { ok: 1 } }],
      faults: ["METRIC_VALUE_INVALID x"],
    });
    const plain = read("devices/a/telemetry/x", `a${String.fromCharCode(code)}b`);
    expect(refusal(plain)).toBe("METRIC_VALUE_INVALID");
  }
  expect(shape(telemetry('{"x":"two\\nlines","ok":1}')).faults).toEqual(["METRIC_VALUE_INVALID x"]);
});

describe("plain values", () => {
  const taken: readonly [metric: string, payload: string, value: unknown][] = [
    ["x", "23.5", 23.5],
    ["x", "-0", 0],
    ["x", "+5", 5],
    ["x", ".5", 0.5],
    ["x", "5.", 5],
    ["x", "1e3", 1_000],
    ["x", " 23.5\r\n", 23.5],
    ["x", "true", true],
    ["x", "false", false],
    ["x", "ON", true],
    ["x", "OFF", false],
    ["x", "on", true],
    ["x", "off", false],
    ["x", "On", true],
    ["x", "oFF", false],
    ["x", "TRUE", true],
    ["x", "6.5\0", 6.5],
    ["x", " auto\t", "auto"],
    ["x", "9007199254740992", 9007199254740992],
    ["x", "auto", "auto"],
    ["x", "0x10", "0x10"],
    ["x", "12:30", "12:30"],
    ["x", '"quoted"', '"quoted"'],
    ["temperature", "23.5", 23.5],
    ["flameDetected", "1", true],
    ["flameDetected", "0", false],
    ["flameDetected", "ON", true],
  ];
  for (const [metric, payload, value] of taken) {
    test(`${JSON.stringify(payload)} of ${metric} is ${JSON.stringify(value)}`, () => {
      const parsed = shape(read(`devices/a/telemetry/${metric}`, payload));
      expect(parsed.readings).toEqual([{ metrics: { [metric]: value }, element: 0, said: undefined }]);
    });
  }

  const refusedOnes: readonly [metric: string, payload: string, code: RefusalCode][] = [
    ["x", "nan", "READING_EMPTY"],
    ["x", "NaN", "READING_EMPTY"],
    ["x", "null", "READING_EMPTY"],
    ["temperature", "N/A", "READING_EMPTY"],
    ["x", " ", "READING_EMPTY"],
    ["x", "221,4", "METRIC_VALUE_INVALID"],
    ["temperature", "221,4", "METRIC_VALUE_INVALID"],
    ["x", "9007199254740993", "METRIC_VALUE_INVALID"],
    ["x", "-inf", "METRIC_VALUE_INVALID"],
    ["x", "Infinity", "METRIC_VALUE_INVALID"],
    ["x", "1e400", "METRIC_VALUE_INVALID"],
    ["x", '{"a":1}', "PAYLOAD_WRONG_SHAPE"],
    ["x", "[1]", "PAYLOAD_WRONG_SHAPE"],
    ["x", "a".repeat(257), "METRIC_TEXT_TOO_LONG"],
    ["temperature", "ON", "METRIC_WRONG_TYPE"],
    ["temperature", "warm", "METRIC_WRONG_TYPE"],
    ["flameDetected", "2", "METRIC_WRONG_TYPE"],
  ];
  for (const [metric, payload, code] of refusedOnes) {
    test(`${JSON.stringify(payload.slice(0, 20))} of ${metric} is refused as ${code}`, () => {
      expect(refusal(read(`devices/a/telemetry/${metric}`, payload))).toBe(code);
    });
  }

  test("a text of digits that is no number is judged as quickly as any other", () => {
    const digits = `${"1".repeat(20_000)}x`;
    for (const payload of [() => read("devices/a/telemetry/x", digits), () => telemetry({ temperature: digits })]) {
      const startedMs = performance.now();
      payload();
      expect(performance.now() - startedMs).toBeLessThan(100);
    }
  });
});
