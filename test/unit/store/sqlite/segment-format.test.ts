import fc from "fast-check";
import { expect, test } from "vitest";
import { SegmentError } from "../../../../src/store/sqlite/format/sealed-bytes.ts";
import {
  type Columns,
  encodeSegment,
  keptReceipt,
  metricsAt,
  Segment,
} from "../../../../src/store/sqlite/format/segment-format.ts";
import { anyColumns, withoutMinusZero } from "../../../support/history/odd-values.ts";

const T0 = Date.UTC(2026, 10, 1);

const kept = ({ at, n, receivedAt, metrics }: Columns): Columns => ({
  at,
  n,
  receivedAt,
  metrics: new Map([...metrics].map(([name, values]) => [name, values.map(withoutMinusZero)])),
});

const some: Columns = {
  at: [T0, T0, T0 + 60_000],
  n: [0, 1, 0],
  receivedAt: [T0, T0 + 9_999, T0 + 60_000],
  metrics: new Map([
    ["temperature", [21.5, undefined, 22]],
    ["mode", ["eco", "\ud800", undefined]],
  ]),
};

/** Everything that can be asked of a segment. */
function readAll(bytes: Buffer): Columns {
  const segment = new Segment(bytes);
  for (const name of segment.names()) segment.numbers(name);
  return segment.columns();
}

test("readings of any metrics, which come and go, come back as they were", () => {
  fc.assert(
    fc.property(anyColumns, (columns) => {
      expect(readAll(encodeSegment(columns))).toEqual(kept(columns));
    }),
    { numRuns: 300 },
  );
});

test("what was read is written again without a change, however often", () => {
  fc.assert(
    fc.property(anyColumns, (columns) => {
      const once = readAll(encodeSegment(columns));
      expect(readAll(encodeSegment(once))).toEqual(once);
    }),
    { numRuns: 300 },
  );
});

test("a receipt is kept to the second where it lies more than five seconds from the instant", () => {
  const receipts = [0, 5_000, -5_000, 5_001, 5_999, -5_001, 3_600_123].map((delay) => keptReceipt(T0, T0 + delay) - T0);
  expect(receipts).toEqual([0, 0, 0, 5_000, 5_000, -6_000, 3_600_000]);
});

test("a reading has the metrics that it came with, and no other", () => {
  const { metrics } = readAll(encodeSegment(some));
  expect([0, 1, 2].map((index) => metricsAt(metrics, index))).toEqual([
    { temperature: 21.5, mode: "eco" },
    { mode: "\ud800" },
    { temperature: 22 },
  ]);
});

test("a metric that no reading has is there for nobody", () => {
  const segment = new Segment(encodeSegment(some));
  expect(segment.has("pressure")).toBe(false);
  expect(segment.numbers("pressure")).toBeUndefined();
  expect(segment.values("pressure")).toEqual([undefined, undefined, undefined]);
});

test("bytes that are cut anywhere are refused as damage", () => {
  const bytes = encodeSegment(some);
  for (let length = 0; length < bytes.length; length++) {
    expect(() => new Segment(bytes.subarray(0, length)), `${length} of ${bytes.length} bytes`).toThrow(SegmentError);
  }
});

test("each single bit that is another is noticed", () => {
  const bytes = encodeSegment(some);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const other = Buffer.from(bytes);
    other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => new Segment(other), `bit ${bit}`).toThrow(SegmentError);
  }
});

test("bytes of any other damage are refused as damage, and soon", () => {
  fc.assert(
    fc.property(
      anyColumns,
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1 }),
      (columns, changes) => {
        const bytes = encodeSegment(columns);
        const other = Buffer.from(bytes);
        for (const [position, byte] of changes) other[position % other.length] = byte;
        if (other.equals(bytes)) return;
        expect(() => readAll(other)).toThrow(SegmentError);
      },
    ),
    { numRuns: 200 },
  );
});

test("a version that is not known is refused by its number", () => {
  const bytes = encodeSegment(some);
  bytes[0] = 7;
  expect(() => new Segment(bytes)).toThrow(/version 7.*knows version 1/);
});
