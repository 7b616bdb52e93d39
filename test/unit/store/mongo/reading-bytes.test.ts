/** Readings as BSON: byte for byte what the driver makes of the same documents. */
import fc from "fast-check";
import { BSON } from "mongodb";
import { describe, expect, test } from "vitest";
import type { DeviceId, MetricValue } from "../../../../src/contract/readings.ts";
import { MetricList } from "../../../../src/core/model/metric-list.ts";
import { documentOf } from "../../../../src/store/mongo/format/reading-documents.ts";
import type { AssignedReading } from "../../../../src/store/mongo/write/id-assignment.ts";
import { createSectionWriter, ReadingSequence } from "../../../../src/store/mongo/write/reading-bytes.ts";

const value: fc.Arbitrary<MetricValue> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(0, -0, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 0.1),
  fc.boolean(),
  fc.string({ unit: "grapheme", maxLength: 80 }),
  fc.constantFrom("", "\ud800", "a\udc00b", "Grüße", "\u0000"),
);
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,20}$/).filter((text) => text !== "__proto__");
const metrics = fc.uniqueArray(fc.tuple(name, value), { maxLength: 20, selector: ([key]) => key });

const reading: fc.Arbitrary<AssignedReading> = fc
  .record({
    deviceId: fc.stringMatching(/^[A-Za-z0-9_:-]{1,64}$/),
    atMs: fc.integer({ min: -1e12, max: 5e12 }),
    lateMs: fc.constantFrom(0, 0, 1, 86_400_000),
    timed: fc.boolean(),
    element: fc.nat(999),
    packet: fc.option(
      fc.record({ clientId: fc.string({ unit: "grapheme" }), id: fc.integer({ min: 1, max: 65_535 }) }),
      {
        nil: undefined,
      },
    ),
    metrics,
    isList: fc.boolean(),
    n: fc.oneof(fc.constant(0), fc.nat(20_000)),
    generation: fc.constantFrom(0, 0, 3),
  })
  .map(({ deviceId, atMs, lateMs, timed, element, packet, metrics: pairs, isList, n, generation }) => {
    const keys = pairs.map(([key]) => key);
    const values = pairs.map(([, said]) => said);
    return {
      write: {
        kind: "reading",
        deviceId: deviceId as DeviceId,
        atMs,
        timed,
        receivedAtMs: atMs + lateMs,
        metrics: isList ? new MetricList(keys, values) : new Map(pairs),
        body: JSON.stringify(Object.fromEntries(pairs)),
        element,
        packet: packet && { ...packet, dup: false },
      },
      n,
      cursor: { generation } as AssignedReading["cursor"],
      message: 0,
      element,
    };
  });

const viaDriver = (readings: readonly AssignedReading[]): Buffer => {
  const documents = readings.map((each) => Buffer.from(BSON.serialize(documentOf(each))));
  const size = Buffer.alloc(4);
  size.writeInt32LE(4 + "documents\0".length + documents.reduce((sum, { length }) => sum + length, 0));
  return Buffer.concat([Uint8Array.of(1), size, Buffer.from("documents\0"), ...documents]);
};

describe("readings as BSON", () => {
  test("are what the driver makes of their documents", () => {
    const write = createSectionWriter();
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 5 }), (readings) => {
        expect(Buffer.from(write(readings)).equals(viaDriver(readings))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test("take more room than there was at first", () => {
    const [one] = fc.sample(reading, { numRuns: 1, seed: 7 });
    if (one === undefined) throw new Error("no sample");
    const long = new MetricList(
      Array.from({ length: 64 }, (_, index) => `metric-${index}`),
      Array.from({ length: 64 }, () => "ß".repeat(128)),
    );
    const readings = Array.from({ length: 200 }, (_, n) => ({ ...one, n, write: { ...one.write, metrics: long } }));
    const section = new ReadingSequence(readings, createSectionWriter()).toBin();
    expect(section.length).toBeGreaterThan(3_000_000);
    expect(Buffer.from(section).equals(viaDriver(readings))).toBe(true);
  });
});
