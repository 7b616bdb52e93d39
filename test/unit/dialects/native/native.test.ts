import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ParsedMessage } from "../../../../src/core/dialects/parsed-message.ts";
import { readNative } from "../../../../src/dialects/native/native.ts";
import { bodyText } from "../../../contract/cases/body-text.ts";
import { bytes, shape, telemetry } from "./read-native.ts";

describe("whatever comes", () => {
  const topic = fc.oneof(
    fc.string({ unit: "binary" }),
    fc
      .tuple(
        fc.oneof(fc.constantFrom("a", "..", "", "__proto__"), fc.string()),
        fc.oneof(fc.constantFrom("telemetry", "status", "attributes", "commands", ""), fc.string()),
        fc.array(fc.oneof(fc.constantFrom("t", "temperature", "constructor"), fc.string()), { maxLength: 3 }),
      )
      .map(([id, channel, rest]) => ["devices", id, channel, ...rest].join("/")),
  );

  test("it never throws on any bytes", () => {
    fc.assert(
      fc.property(topic, fc.uint8Array({ maxLength: 200 }), (anyTopic, payload) => {
        expect(readNative(anyTopic, payload).kind).toBeTypeOf("string");
      }),
      { numRuns: 500 },
    );
  });

  test("every accepted reading of any JSON keeps the rules", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 10 }), (json) => {
        const parsed = telemetry(JSON.stringify(json));
        if (parsed.kind !== "telemetry") return;
        for (const { metrics } of parsed.readings) {
          expect(metrics.size).toBeGreaterThan(0);
          expect(metrics.size).toBeLessThanOrEqual(64);
          for (const [name, value] of metrics) {
            expect(name).toMatch(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/);
            if (typeof value === "number") expect(Number.isFinite(value) && !Object.is(value, -0)).toBe(true);
            else if (typeof value === "string") expect(bytes(value).length).toBeLessThanOrEqual(256);
            else expect(value).toBeTypeOf("boolean");
          }
        }
        if (parsed.readings.length === 0) expect(parsed.faults.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  test("one flat object is read as the same object in a list is, and its text says what its metrics are", () => {
    const name = fc.oneof(
      fc.constantFrom(
        "temperature",
        "flameDetected",
        "ts",
        "timestamp",
        "values",
        "a",
        "b.c",
        "constructor",
        "é",
        "_id",
      ),
      fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,5}$/),
    );
    const number = fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true }),
      fc.constantFrom(-0, 0.1, 1e21, 123456789012345.6),
    );
    const value = fc.oneof(
      number.map((each) => JSON.stringify(each)),
      fc.integer({ min: -9999, max: 9999 }).map((each) => (each / 100).toFixed(3)),
      fc.constantFrom(
        "true",
        "false",
        "null",
        '"ON"',
        '"21.5"',
        '"\\u0041"',
        "[]",
        "{}",
        "-0.0",
        "1e3",
        "01",
        "1.",
        "-",
        "tru",
        '"',
      ),
      fc.string().map((text) => JSON.stringify(text)),
    );
    const space = fc.constantFrom("", " ", "\n\t", "\r");
    const member = fc.tuple(space, name, space, value).map(([a, key, b, text]) => `${a}"${key}"${b}:${a}${text}${b}`);
    const object = fc
      .tuple(space, fc.array(member, { maxLength: 6 }), space)
      .map(([a, all, b]) => `${a}{${all.join(",")}}${b}`);
    fc.assert(
      fc.property(object, (text) => {
        const [alone, listed] = [telemetry(text), telemetry(`[${text}]`)];
        expect(alone.kind).toBe(listed.kind);
        if (alone.kind !== "telemetry") return;
        const plain = (each: ParsedMessage) => JSON.parse(JSON.stringify(shape(each))); // −0 is 0
        expect(plain(alone)).toEqual(plain(listed));
        const [reading] = alone.readings;
        if (reading?.body === undefined) return;
        for (const [key, each] of Object.entries(JSON.parse(bodyText(reading.body))))
          expect(reading.metrics.get(key) === each).toBe(true);
        expect(Object.keys(JSON.parse(bodyText(reading.body)))).toHaveLength(reading.metrics.size);
      }),
      { numRuns: 1_000 },
    );
  });

  test("what is said twice is read twice the same", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(telemetry(JSON.stringify(json))).toEqual(telemetry(JSON.stringify(json)));
      }),
      { numRuns: 100 },
    );
  });
});
