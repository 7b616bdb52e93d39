/** What each scenario decides, without a broker. */
import { expect, test } from "vitest";
import { encodeBacklog, encodeReading, styleOf, withInstant } from "../../../firmware-sim/board/reading.ts";
import { createSensors } from "../../../firmware-sim/board/sensors.ts";
import { backOffMs } from "../../../firmware-sim/mqtt/back-off.ts";
import { OUTDOORS } from "../../../firmware-sim/room/air.ts";
import { as1970 } from "../../../firmware-sim/scenarios/clock-1970.ts";
import { afterAcknowledgement } from "../../../firmware-sim/scenarios/deep-sleep.ts";
import { isRepeated } from "../../../firmware-sim/scenarios/duplicate.ts";
import { fireAt, withFire } from "../../../firmware-sim/scenarios/fire.ts";
import { leakAt, withLeak } from "../../../firmware-sim/scenarios/gas-leak.ts";
import { faultOfTick, malformedMessages } from "../../../firmware-sim/scenarios/malformed.ts";
import {
  bytesNeeded,
  payloadThatFits,
  refusalOf,
  sketchPayload,
} from "../../../firmware-sim/scenarios/pubsubclient.ts";
import { flapStep, keepNewest } from "../../../firmware-sim/scenarios/wifi-flap.ts";
import { telemetryTopic } from "../../../src/contract/topics.ts";

const AIR = { ...OUTDOORS, temperatureC: 21, daylight: 0, flame: 0 };
const SECOND = 1_000;
const AT_MS = Date.UTC(2026, 10, 18, 12);

test("a gas leak rises while it leaks, airs out, and comes again ten minutes later", () => {
  expect(leakAt(5 * SECOND)).toBe(0);
  expect(leakAt(60 * SECOND)).toBeGreaterThan(leakAt(30 * SECOND));
  expect(leakAt(190 * SECOND)).toBeGreaterThan(0.9);
  expect(leakAt(420 * SECOND)).toBeLessThan(0.05);
  expect(leakAt(660 * SECOND)).toBe(leakAt(60 * SECOND));
  const [clean, leaking] = [withLeak(AIR, 0), withLeak(AIR, 190 * SECOND)];
  expect(clean).toEqual(AIR);
  expect(leaking.ch4Ppm).toBeGreaterThan(2_000);
  expect(leaking.lpgPpm).toBeGreaterThan(700);
  expect(leaking.coPpm).toBeGreaterThan(50);
});

test("a fire shows as flame, heat, carbon monoxide and dry air, and its light is gone before its smoke", () => {
  expect(fireAt(10 * SECOND)).toEqual({ flame: 0, smoke: 0 });
  expect(fireAt(120 * SECOND).flame).toBe(1);
  const after = fireAt(185 * SECOND);
  expect(after.flame).toBeLessThan(0.01);
  expect(after.smoke).toBeGreaterThan(0.5);
  const sensors = createSensors(1);
  const [before, burning] = [sensors.read(AIR, AT_MS), sensors.read(withFire(AIR, 150 * SECOND), AT_MS)];
  expect(before.flameDetected).toBe(false);
  expect(burning.flameDetected).toBe(true);
  expect(burning.flameIntensity).toBeGreaterThan(2_000);
  expect(burning.temperature).toBeGreaterThan(before.temperature + 25);
  expect(burning.humidity).toBeLessThan(before.humidity);
  expect(burning.coPpm).toBeGreaterThan(150);
  expect(burning.aqi).toBe(500);
});

test("the radio is cut after ten readings and returns after five more", () => {
  const steps = Array.from({ length: 31 }, (_, tick) => flapStep(tick));
  expect(steps.flatMap((step, tick) => (step === "stay" ? [] : [`${tick} ${step}`]))).toEqual([
    "10 cut",
    "15 return",
    "25 cut",
    "30 return",
  ]);
});

test("a full backlog makes room by forgetting the oldest reading", () => {
  let backlog = [{ atMs: 0, metrics: {} }];
  for (let atMs = 1; atMs <= 200; atMs += 1) backlog = keepNewest(backlog, { atMs, metrics: {} });
  expect(backlog).toHaveLength(200);
  expect(backlog[0]?.atMs).toBe(1);
  expect(backlog.at(-1)?.atMs).toBe(200);
});

test("a backlog is an array of readings with their own instants, even where timestamps are off", () => {
  const readings = [
    { atMs: AT_MS, metrics: { co2: 500 } },
    { atMs: AT_MS + 2_000, metrics: { co2: 510 } },
  ];
  expect(JSON.parse(encodeBacklog(readings, "none"))).toEqual([
    { co2: 500, timestamp: "2026-11-18T12:00:00.000Z" },
    { co2: 510, timestamp: "2026-11-18T12:00:02.000Z" },
  ]);
});

test("readings carry their instant in one of three forms, or not at all", () => {
  const reading = { atMs: AT_MS, metrics: { co2: 500 } };
  expect(JSON.parse(encodeReading(reading, "iso"))).toEqual({ co2: 500, timestamp: "2026-11-18T12:00:00.000Z" });
  expect(JSON.parse(encodeReading(reading, "epoch-ms"))).toEqual({ co2: 500, ts: AT_MS });
  expect(JSON.parse(encodeReading(reading, "values"))).toEqual({ ts: AT_MS, values: { co2: 500 } });
  expect(JSON.parse(encodeReading(reading, "none"))).toEqual({ co2: 500 });
  expect(new Set([0, 1, 2, 3].map((index) => styleOf(index, true)))).toEqual(new Set(["iso", "epoch-ms", "values"]));
  expect(styleOf(1, false)).toBe("none");
  expect(withInstant("none")).toBe("iso");
});

test("a clock that was never set counts from 1970", () => {
  const reading = as1970({ atMs: AT_MS + 12_000, metrics: { co2: 500 } }, AT_MS);
  expect(encodeReading(reading, "iso")).toContain('"timestamp":"1970-01-01T00:00:12.000Z"');
});

test("each second message is repeated", () => {
  expect([0, 1, 2, 3].map(isRepeated)).toEqual([false, true, false, true]);
});

test("a battery board sleeps as soon as nothing waits for the broker", () => {
  expect(afterAcknowledgement(1)).toBe("stay-awake");
  expect(afterAcknowledgement(0)).toBe("sleep");
});

test("each third tick has a fault, and every fault gets its turn", () => {
  expect(Array.from({ length: 9 }, (_, tick) => faultOfTick(["a", "b"], tick))).toEqual([
    undefined,
    undefined,
    "a",
    undefined,
    undefined,
    "b",
    undefined,
    undefined,
    "a",
  ]);
});

test("malformed messages are malformed in the ways that they say", () => {
  const byWhy = new Map(malformedMessages("esp32-01").map((message) => [message.why, message]));
  const payload = (why: string) => byWhy.get(why)?.payload ?? "";
  expect(byWhy.size).toBe(malformedMessages("esp32-01").length);
  for (const why of ["JSON cut off", "text instead of JSON", "not a number", "empty"]) {
    expect(() => JSON.parse(String(payload(why))), why).toThrow();
  }
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  expect(() => utf8.decode(Buffer.from(payload("invalid UTF-8")))).toThrow();
  expect(Object.keys(JSON.parse(String(payload("100 metrics"))))).toHaveLength(100);
  expect(JSON.parse(String(payload("1,001 readings")))).toHaveLength(1_001);
  expect(JSON.parse(String(payload("text too long"))).note.length).toBeGreaterThan(256);
  expect(byWhy.get("device id with a space")?.topic).toBe("devices/living room/telemetry");
});

test("PubSubClient needs 5 + 2 + topic + payload bytes, and 256 is the last that fits", () => {
  const topic = "sensors/esp32-01/data";
  expect(topic).toHaveLength(21);
  expect(bytesNeeded(topic, "x".repeat(234))).toBe(262);
  expect(refusalOf(topic, "x".repeat(228))).toBeUndefined();
  expect(refusalOf(topic, "x".repeat(229))).toBe(
    "publish() returned false: 257 bytes do not fit into PubSubClient's buffer of 256 bytes; call setBufferSize(512)",
  );
  expect(refusalOf(topic, "x".repeat(600))).toContain("628 bytes");
  expect(refusalOf(topic, "x".repeat(600))).toContain("setBufferSize(1024)");
  expect(bytesNeeded("é", "é")).toBe(5 + 2 + 2 + 2);
});

test("a whole reading does not fit PubSubClient's buffer; the shorter one does and has what matters most", () => {
  const topic = telemetryTopic("esp32-01");
  const metrics = { ...createSensors(1).read(AIR, AT_MS) };
  const whole = sketchPayload("esp32-01", metrics, 0);
  expect(JSON.parse(whole)).toMatchObject(metrics);
  expect(refusalOf(topic, whole)).toMatch(/call setBufferSize\(512\)$/);
  const shorter = payloadThatFits(topic, metrics) ?? "";
  expect(refusalOf(topic, shorter)).toBeUndefined();
  expect(Object.keys(JSON.parse(shorter))).toEqual(expect.arrayContaining(["temperature", "humidity", "co2"]));
  expect(Object.keys(JSON.parse(payloadThatFits(topic, metrics, 60) ?? ""))).toEqual(["temperature"]);
  expect(payloadThatFits(topic, metrics, 40)).toBeUndefined();
});

test("back-off doubles from one second to thirty, never less than half of it", () => {
  const longest = () => 1 - Number.EPSILON;
  expect([0, 1, 2, 3, 4, 5, 100].map((failed) => Math.round(backOffMs(failed, longest)))).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
  ]);
  expect(backOffMs(0, () => 0)).toBe(500);
});
