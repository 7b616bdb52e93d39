import { describe, expect, test } from "vitest";
import type { RefusalCode } from "../../src/contract/refusals.ts";
import { read, refusal, shape, telemetry } from "./read-native.ts";

describe("values in JSON", () => {
  const taken: readonly [title: string, json: string, value: unknown][] = [
    ["a number", '{"x":-1.5e-7}', -1.5e-7],
    ["−0 is 0", '{"x":-0.0}', 0],
    ["a boolean", '{"x":true}', true],
    ["text", '{"x":"auto"}', "auto"],
    ["empty text", '{"x":""}', ""],
    ["numeric text of an unknown metric stays text", '{"x":"23.5"}', "23.5"],
    ["0 and 1 of an unknown metric stay numbers", '{"x":1}', 1],
    ["ON in JSON stays text where the catalogue says nothing", '{"x":"ON"}', "ON"],
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
    ["empty text of a known number", '{"temperature":"","ok":1}', "METRIC_WRONG_TYPE temperature"],
    ["hexadecimal text of a known number", '{"temperature":"0x10","ok":1}', "METRIC_WRONG_TYPE temperature"],
    ["nan as text of a known number", '{"temperature":"nan","ok":1}', "METRIC_WRONG_TYPE temperature"],
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
    ["x", "On", "On"],
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
    ["x", "nan", "METRIC_VALUE_INVALID"],
    ["x", "NaN", "METRIC_VALUE_INVALID"],
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
