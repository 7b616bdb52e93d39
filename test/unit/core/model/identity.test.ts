import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Candidate,
  createContentHash,
  readingId,
  redeliveryOf,
  type Stored,
  timedDuplicateOf,
} from "../../../../src/core/model/identity.ts";

const T0 = Date.UTC(2026, 10, 1);

const candidate = (more: Partial<Candidate> = {}): Candidate => ({
  timed: true,
  receivedAtMs: T0,
  element: 0,
  body: '{"a":1}',
  ...more,
});
const stored = (more: Partial<Stored> = {}): Stored => ({
  n: 0,
  receivedAtMs: T0,
  body: '{"a":1}',
  element: 0,
  clientId: "board",
  ...more,
});
const dup = { clientId: "board", id: 1, dup: true };

describe("a reading's id", () => {
  test("is its device, its instant in base 36 and its place in that millisecond", () => {
    expect(readingId("boiler", 1_700_000_000_000, 3)).toBe("boiler-loyw3v28-3");
  });

  test("is another for every other reading, whatever dashes the device id holds", () => {
    const key = fc.tuple(fc.stringMatching(/^[a-z0-9-]{1,6}$/), fc.integer({ min: T0, max: T0 + 50 }), fc.nat(12));
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(readingId(...a) === readingId(...b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});

describe("of two readings of one instant", () => {
  test("equal metrics and values are one, in any order and however a number is written", () => {
    const rows = [stored({ body: '{"a":2}' }), stored({ n: 1, body: '{"a":1,"b":"x"}' })];
    expect(timedDuplicateOf(candidate({ body: '{"b":"x","a":1}' }), rows)).toBe(rows[1]);
    expect(timedDuplicateOf(candidate({ body: '{"b":"x","a":1.0}' }), rows)).toBe(rows[1]);
  });

  for (const body of ['{"a":1}', '{"a":1,"b":"y"}', '{"a":"1","b":"x"}', '{"a":1,"c":"x"}', '{"a":true,"b":"x"}']) {
    test(`${body} is another than {"a":1,"b":"x"}`, () => {
      expect(timedDuplicateOf(candidate({ body }), [stored({ body: '{"a":1,"b":"x"}' })])).toBeUndefined();
    });
  }

  test("the same metrics are found in every order", () => {
    const metrics = fc.uniqueArray(
      fc.tuple(fc.stringMatching(/^[a-z]{1,3}$/), fc.oneof(fc.integer(), fc.string(), fc.boolean())),
      {
        selector: ([name]) => name,
        minLength: 1,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(
        metrics.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([a, b]) => {
          const [body, other] = [JSON.stringify(Object.fromEntries(a)), JSON.stringify(Object.fromEntries(b))];
          const row = stored({ body });
          expect(timedDuplicateOf(candidate({ body: other }), [row])).toBe(row);
        },
      ),
    );
  });
});

describe("a redelivery", () => {
  test("is the same client, packet, element and content with DUP, within ten minutes", () => {
    const row = stored();
    expect(redeliveryOf(candidate({ packet: dup }), [stored({ body: '{"a":2}' }), row], [])).toBe(row);
    expect(redeliveryOf(candidate({ packet: dup, receivedAtMs: T0 + 600_000 }), [row], [])).toBe(row);
  });

  test("is found though the hub's clock stepped back in between", () => {
    const row = stored();
    expect(redeliveryOf(candidate({ packet: dup, receivedAtMs: T0 - 600_000 }), [row], [])).toBe(row);
  });

  test("is found by the steps that the clock made in between, and not by another", () => {
    const row = stored();
    const later = candidate({ packet: dup, receivedAtMs: T0 + 3_600_000 + 60_000 });
    expect(redeliveryOf(later, [row], [3_600_000])).toBe(row);
    expect(redeliveryOf(later, [row], [-7_200_000, 3_600_000])).toBe(row);
    expect(redeliveryOf(later, [row], [])).toBeUndefined();
    expect(redeliveryOf(later, [row], [7_200_000])).toBeUndefined();
  });

  const none: readonly [title: string, candidate: Candidate][] = [
    ["without DUP", candidate({ packet: { ...dup, dup: false } })],
    ["with QoS 0", candidate()],
    ["of another client", candidate({ packet: { ...dup, clientId: "other" } })],
    ["at another place", candidate({ packet: dup, element: 1 })],
    ["with other content", candidate({ packet: dup, body: '{"a":2}' })],
    ["after more than ten minutes", candidate({ packet: dup, receivedAtMs: T0 + 600_001 })],
  ];
  for (const [title, each] of none) {
    test(`is none ${title}`, () => {
      expect(redeliveryOf(each, [stored()], [])).toBeUndefined();
    });
  }
});

test("the content hash of a reading is stored, so it never changes, and does not depend on the order of metrics", () => {
  const contentHash = createContentHash((text) => createHash("sha256").update(text).digest());
  expect(contentHash('{"b":2,"a":1.0}')).toBe(226097200707581);
  expect(contentHash('{"a":1,"b":2}')).toBe(226097200707581);
});
