/** What a line of an import may say, and with which words it is refused. */
import { describe, expect, test } from "vitest";
import { readImportedLine } from "../../../../src/core/transfer/imported-reading.ts";

const nowMs = Date.UTC(2026, 10, 25, 12);
const NOW = { nowMs, isSane: true };
const plain = { deviceId: "a", timestamp: "2026-11-25T11:00:00Z", metrics: { temperature: 21.5 } };
const ATMS = Date.UTC(2026, 10, 25, 11);

const read = (line: object, clock = NOW) => readImportedLine(JSON.stringify(line), clock);

test("a line of another program needs no id, and was received when it was measured", () => {
  expect(read(plain)).toEqual({
    ok: true,
    reading: { deviceId: "a", atMs: ATMS, n: undefined, receivedAtMs: ATMS, metrics: new Map([["temperature", 21.5]]) },
  });
});

test.each(["2026-11-25T12:00:00+01:00", ATMS, ATMS / 1_000, String(ATMS)])("the instant may be %s", (timestamp) => {
  expect(read({ ...plain, timestamp })).toMatchObject({ ok: true, reading: { atMs: ATMS } });
});

test("an id vouches for an instant that no device would be believed", () => {
  const old = { ...plain, timestamp: "1970-01-01T00:00:05.000Z" };
  expect(read(old)).toMatchObject({ ok: false, refusal: { reason: expect.stringContaining("timestamp") } });
  expect(read({ ...old, _id: `a-${(5_000).toString(36)}-7` })).toMatchObject({
    ok: true,
    reading: { atMs: 5_000, n: 7 },
  });
});

test("what the catalogue knows comes as the kind that it says", () => {
  const metrics = { temperature: "21.5", flameDetected: 1, mode: "5", fan: "On", gone: "NaN" };
  const line = read({ ...plain, metrics });
  expect(line).toMatchObject({ ok: true });
  expect(line.ok && [...line.reading.metrics]).toEqual([
    ["temperature", 21.5],
    ["flameDetected", true],
    ["mode", "5"],
    ["fan", true],
  ]);
});

test("what a hub has stored before comes back exactly, whatever a board may send today", () => {
  const metrics = { a: "On", b: "nan", c: " 5 ", d: "23,5", e: 2 ** 60, f: "x\0", g: "" };
  const line = read({ ...plain, _id: `a-${ATMS.toString(36)}-0`, metrics });
  expect(line.ok && Object.fromEntries(line.reading.metrics)).toEqual(metrics);
});

describe("a line is refused whole, with its reason", () => {
  test.each<[string, unknown, string]>([
    ["no JSON", "{", "not JSON"],
    ["a list", "[1]", "not a reading"],
    ["no metrics", { ...plain, metrics: undefined }, "not a reading"],
    ["metrics of nothing", { ...plain, metrics: { a: null } }, "no metric"],
    ["a device that cannot be", { ...plain, deviceId: "a/b" }, "device id"],
    ["no instant", { ...plain, timestamp: undefined }, "no timestamp"],
    ["before 2020", { ...plain, timestamp: "2019-12-31T23:59:59Z" }, "from 2020 to five minutes from now"],
    ["no time", { ...plain, timestamp: "noon" }, "cannot be read: use ISO 8601"],
    ["no instant beside an id", { ...plain, timestamp: null, _id: `a-${ATMS.toString(36)}-0` }, "no timestamp"],
    ["local time", { ...plain, timestamp: "2026-11-25 11:00:00" }, "has no time zone"],
    ["a decimal comma", { ...plain, metrics: { a: "23,5" } }, "finite number"],
    ["the future", { ...plain, timestamp: "2026-11-26T11:00:00Z" }, "from 2020 to five minutes from now"],
    ["a receipt in the future", { ...plain, receivedAt: "2026-11-26T11:00:00Z" }, "receivedAt"],
    ["another reading's id", { ...plain, _id: `b-${ATMS.toString(36)}-0` }, "_id"],
    ["an id of another instant", { ...plain, _id: `a-${(ATMS + 1).toString(36)}-0` }, "_id"],
    ["an id that is none", { ...plain, _id: `a-${ATMS.toString(36)}-01` }, "_id"],
    ["a name that is none", { ...plain, metrics: { "1a": 1 } }, "name"],
    ["a reserved name", { ...plain, metrics: { timestamp: 1 } }, "name"],
    ["a list as value", { ...plain, metrics: { a: [1] } }, "finite number"],
    ["one wrong among right ones", { ...plain, metrics: { a: 1, temperature: "warm" } }, "another type"],
    ["a long text", { ...plain, metrics: { a: "x".repeat(257) } }, "256 bytes"],
    [
      "65 metrics",
      { ...plain, metrics: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`m${at}`, at])) },
      "64",
    ],
  ])("%s", (_, line, reason) => {
    const found = readImportedLine(typeof line === "string" ? line : JSON.stringify(line), NOW);
    expect(found).toMatchObject({ ok: false, refusal: { reason: expect.stringContaining(reason) } });
  });
});
