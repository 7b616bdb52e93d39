/** Whatever the bytes, the dialect answers. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { encoded, NOW_MS, spbWorld } from "./spb-world.ts";

const whole = encoded({
  timestamp: NOW_MS,
  seq: 1,
  metrics: [
    { name: "bdSeq", type: "Int64", value: 1 },
    { name: "Level", alias: 7, type: "Double", value: 2, properties: { engUnit: { type: "String", value: "bar" } } },
    { name: "Mode", alias: 8, type: "String", value: "auto" },
  ],
});
const TYPES = ["NBIRTH", "NDATA", "NDEATH", "NCMD"] as const;

test.each([
  ["JSON", '{"timestamp":1,"metrics":[]}', "it is JSON, and Sparkplug B needs Protocol Buffers"],
  ["a word", "ON", "it is no Sparkplug B payload (Protocol Buffers)"],
  ["a number", "23.5", "it is no Sparkplug B payload (Protocol Buffers)"],
])("%s is refused with what belongs there", (_, text, words) => {
  const { faults } = spbWorld().send("spBv1.0/Plant/NDATA/Press", new TextEncoder().encode(text));
  expect(faults).toEqual([`PAYLOAD_WRONG_SHAPE ${words}`]);
});

test("a payload that is cut anywhere is refused, or is the part that came whole", () => {
  for (let end = 1; end < whole.length; end++) {
    const { faults, values } = spbWorld().send("spBv1.0/Plant/NBIRTH/Press", whole.subarray(0, end));
    expect(faults.length === 1 || Object.keys(values).length <= 1).toBe(true);
  }
});

test("nesting without end is refused", () => {
  const groups = new Uint8Array(100_000).fill(0x0b);
  const messages = new Uint8Array(100_000).fill(0x12);
  for (const bytes of [groups, messages]) {
    expect(spbWorld().send("spBv1.0/Plant/NDATA/Press", bytes).faults).toEqual([
      expect.stringContaining("PAYLOAD_WRONG_SHAPE"),
    ]);
  }
});

test("a hundred thousand empty metrics cost little and are counted", () => {
  const metric = [0x12, 0];
  const bytes = new Uint8Array(Array.from({ length: 100_000 }, () => metric).flat());
  expect(spbWorld().send("spBv1.0/Plant/NBIRTH/Press", bytes).faults).toHaveLength(20);
});

test("random bytes, and whole payloads with wrong bytes in them, are answered", () => {
  const changed = fc
    .array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
    .map((changes) => {
      const bytes = Uint8Array.from(whole);
      for (const [at, byte] of changes) bytes[at] = byte;
      return bytes;
    });
  const world = spbWorld();
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 64 }), changed),
      fc.constantFrom(...TYPES),
      (bytes, type) => {
        const { parts } = world.send(`spBv1.0/Plant/${type}/Press`, bytes);
        for (const part of parts) if (part.kind === "telemetry") expect(part.faults.length).toBeLessThanOrEqual(20);
      },
    ),
    { numRuns: 2_000, interruptAfterTimeLimit: 700 },
  );
});

test("a payload of millions of fields is refused in a moment", () => {
  const startedMs = performance.now();
  const { faults } = spbWorld().send("spBv1.0/Plant/NDATA/Press", new TextEncoder().encode("x".repeat(4_000_000)));
  expect(faults).toEqual([expect.stringContaining("PAYLOAD_WRONG_SHAPE")]);
  expect(performance.now() - startedMs).toBeLessThan(500);
});

test("what is remembered of metrics ends with the BIRTH that does not have them any more", () => {
  const { send } = spbWorld();
  const birth = (name: string) =>
    send("spBv1.0/G/NBIRTH/N", {
      timestamp: 1_000,
      seq: 0,
      metrics: [{ name, type: "Int32", value: 5, timestamp: 1_000 }],
    }).values;
  expect([birth("a"), birth("a"), birth("b"), birth("a")]).toEqual([
    { "sparkplug:G.N": { a: 5 } },
    {},
    { "sparkplug:G.N": { b: 5 } },
    { "sparkplug:G.N": { a: 5 } },
  ]);
});
