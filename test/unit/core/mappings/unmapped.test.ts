import { describe, expect, test } from "vitest";
import {
  createUnmapped,
  MAX_SAMPLE_BYTES,
  MAX_TOPICS,
  MAX_TOPICS_OF_ROOT,
} from "../../../../src/core/mappings/unmapped.ts";

const NOW = Date.UTC(2026, 10, 30, 12);
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

function start() {
  const read = new Set<string>();
  let atMs = NOW;
  const unmapped = createUnmapped({ isRead: (topic) => read.has(topic), isFree: () => true });
  return {
    unmapped,
    read,
    /** A message, and how long after the former one. */
    hear: (topic: string, payload: string | Uint8Array = "21.5", afterMs = SECOND_MS) => {
      atMs += afterMs;
      unmapped.note(topic, typeof payload === "string" ? Buffer.from(payload) : payload, atMs);
    },
    topics: () => unmapped.list().map(({ topic }) => topic),
  };
}

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 0x4a, 0x46, 0x49, 0x46]);

describe("what is collected", () => {
  test.each<[what: string, topic: string, payload: string | Uint8Array, isCollected: boolean]>([
    ["a number", "home/kitchen/temperature", "21.5", true],
    ["a number with white space and a NUL", "home/kitchen/temperature", " 21.5\r\n\0", true],
    ["a boolean word", "home/kitchen/light", "ON", true],
    ["JSON with a number", "sensors/a/data", '{"t":{"x":1}}', true],
    ["JSON with a number as text", "sensors/a/data", ' {"battery":"100.00"}', true],
    ["a topic of one level", "temperature", "5", true],
    ["a leading slash", "/farm/barn/humidity", "5", true],
    ["text", "home/kitchen/mode", "auto", false],
    ["an empty payload", "home/kitchen/temperature", "", false],
    ["no value", "home/kitchen/temperature", "nan", false],
    ["JSON without numbers", "sensors/a/info", '{"model":"x","ip":"10.0.0.1"}', false],
    ["JSON with nothing but an instant and an id", "sensors/a/info", '{"time":1796040000,"id":5}', false],
    ["broken JSON", "sensors/a/data", '{"t":1', false],
    ["a list", "sensors/a/data", "[1,2]", false],
    ["XML", "sensors/a/data", "<t>5</t>", false],
    ["an image", "camera/door/jpg", JPEG, false],
    ["an image that begins as JSON does", "camera/door/jpg", Buffer.concat([Buffer.from("{"), JPEG]), false],
    ["more than is looked at", "sensors/a/data", `{"t":1,"x":"${"y".repeat(70_000)}"}`, false],
    ["a command", "cmnd/lamp/dimmer", "50", false],
    ["a command to be set", "home/lamp/brightness/set", "50", false],
    ["a log", "node/debug", "5", false],
    ["the broker's own", "$SYS/broker/uptime", "5", false],
    ["a very long topic", `a/${"b".repeat(600)}`, "5", false],
    ["very many levels", `a${"/b".repeat(40)}`, "5", false],
  ])("%s", (_what, topic, payload, isCollected) => {
    const { hear, topics } = start();
    hear(topic, payload);
    expect(topics()).toEqual(isCollected ? [topic] : []);
  });

  test("whatever comes, nothing is thrown", () => {
    const { hear, unmapped } = start();
    const deep = '{"a":'.repeat(5_000);
    for (const payload of [
      "{",
      deep,
      `${deep}1${"}".repeat(5_000)}`,
      '{"__proto__":1,"constructor":{"x":2}}',
      "\0\0",
      "1e999",
      "9".repeat(64),
    ]) {
      for (const topic of ["__proto__", "constructor/toString", "a//b", "/", "//", "\uD800/x", "{device}/{metric}"])
        hear(topic, payload);
    }
    expect(unmapped.list().length).toBeGreaterThan(0);
    expect(unmapped.samples().length).toBeGreaterThan(0);
  });
});

test("a topic has its count, its rate, and when it was first and last heard", () => {
  const { hear, unmapped } = start();
  for (let at = 0; at < 7; at++) hear("home/kitchen/temperature", `2${at}`, 10 * SECOND_MS);
  expect(unmapped.list()).toEqual([
    {
      topic: "home/kitchen/temperature",
      count: 7,
      perMinute: 6,
      firstAt: "2026-11-30T12:00:10.000Z",
      lastAt: "2026-11-30T12:01:10.000Z",
      proposal: { topic: "home/{device}/{metric}", payload: "value" },
    },
  ]);
  expect(unmapped.sampleOf("home/kitchen/temperature")).toBe("26");
  expect(unmapped.sampleOf("other")).toBeUndefined();
});

test("a few messages at once have no rate", () => {
  const { hear, unmapped } = start();
  for (let at = 0; at < 3; at++) hear("home/kitchen/temperature", "20", 100);
  expect(unmapped.list()[0]).toMatchObject({ count: 3, perMinute: 0 });
});

test("a payload is looked at once in ten seconds, also after the clock was set back", () => {
  const { hear, unmapped } = start();
  const sample = () => unmapped.sampleOf("a/b");
  hear("a/b", "1");
  hear("a/b", "2", 9 * SECOND_MS);
  expect(sample()).toBe("1");
  hear("a/b", "3", SECOND_MS);
  expect(sample()).toBe("3");
  hear("a/b", "4", -DAY_MS);
  expect(sample()).toBe("4");
  // What says nothing replaces nothing.
  hear("a/b", "text", MINUTE_MS);
  expect(sample()).toBe("4");
  // A topic with nothing in it is looked at again, too.
  hear("a/c", "text");
  hear("a/c", "5", SECOND_MS);
  expect(sample()).toBe("4");
  expect(unmapped.sampleOf("a/c")).toBeUndefined();
  hear("a/c", "5", 10 * SECOND_MS);
  expect(unmapped.sampleOf("a/c")).toBe("5");
});

test("a sample has at most 4 KiB, and one that was cut is none to try a mapping on", () => {
  const { hear, unmapped } = start();
  hear("a/long", JSON.stringify({ t: 1, x: "y".repeat(5_000) }));
  hear("a/short", '{"t":1}');
  expect(unmapped.sampleOf("a/long")).toHaveLength(MAX_SAMPLE_BYTES);
  expect(unmapped.samples().map(({ topic }) => topic)).toEqual(["a/short"]);
});

test("a sample is a copy of what came", () => {
  const { hear, unmapped } = start();
  const payload = Buffer.from("21");
  hear("a/b", payload);
  payload.fill(0x39);
  expect(unmapped.sampleOf("a/b")).toBe("21");
});

test("several ids on one topic become a mapping by the id in the payload", () => {
  const { hear, unmapped } = start();
  hear("rtl_433/events", '{"id":1,"level":5}');
  hear("rtl_433/events", '{"id":2,"level":5}', 11 * SECOND_MS);
  expect(unmapped.list()[0]?.proposal).toEqual({ topic: "rtl_433/events", payload: "json", device: "id" });
});

describe("limits", () => {
  test("random addresses below one level do not keep out what is heard again and again, nor other levels", () => {
    const { hear, topics } = start();
    for (let at = 0; at < 300; at++) {
      hear(`home/omg/phone${at}`, '{"rssi":-80}', 2 * SECOND_MS);
      hear("home/kitchen/temperature", "21", 2 * SECOND_MS);
      if (at % 30 === 0) hear("garden/pump/power", "5");
    }
    const all = topics();
    expect(all).toHaveLength(MAX_TOPICS_OF_ROOT + 1);
    expect(all).toContain("home/kitchen/temperature");
    expect(all).toContain("garden/pump/power");
    expect(all).toContain("home/omg/phone299");
    expect(all).not.toContain("home/omg/phone0");
  });

  test("what is heard for the first time where all are heard often waits until one is gone for a day", () => {
    const { hear, topics } = start();
    for (let round = 0; round < 3; round++) for (let at = 0; at < MAX_TOPICS_OF_ROOT; at++) hear(`a/t${at}`);
    hear("a/new", "1", 2 * MINUTE_MS);
    expect(topics()).not.toContain("a/new");
    hear("a/new", "1", DAY_MS);
    expect(topics()).toContain("a/new");
    expect(topics()).toHaveLength(MAX_TOPICS_OF_ROOT);
    expect(topics()).not.toContain("a/t0");
  });

  test("of all topics there are at most a thousand", () => {
    const { hear, topics } = start();
    for (let at = 0; at < MAX_TOPICS + 300; at++) hear(`r${at % 40}/t${at}`, "1", 20);
    expect(topics()).toHaveLength(MAX_TOPICS);
    hear("new/t", "1", 2 * MINUTE_MS);
    expect(topics()).toHaveLength(MAX_TOPICS);
    expect(topics()).toContain("new/t");
  });

  test("of a flood of new topics only some a second are looked at", () => {
    const { hear, topics } = start();
    for (let at = 0; at < 5_000; at++) hear(`r${at}/t`, "1", 0);
    const first = topics().length;
    expect(first).toBeGreaterThan(100);
    expect(first).toBeLessThanOrEqual(200);
    for (let at = 0; at < 100; at++) hear(`s${at}/t`, `{"t":1,"x":"${"y".repeat(40_000)}"}`, at === 0 ? SECOND_MS : 0);
    // Large payloads cost more.
    expect(topics().length - first).toBeLessThan(25);
  });
});

test("topics that are read by now are not listed, and are still there to try a mapping on", () => {
  const { hear, read, topics, unmapped } = start();
  hear("home/kitchen/temperature");
  hear("home/bath/temperature");
  read.add("home/bath/temperature");
  expect(topics()).toEqual(["home/kitchen/temperature"]);
  expect(unmapped.samples()).toHaveLength(2);
});
