import { describe, expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { toDevice } from "../../../../src/core/devices/device-answer.ts";
import { DAY_MS } from "../../../../src/core/model/utc-day.ts";
import { bodyText } from "../../../contract/cases/body-text.ts";
import { allStored, turn } from "../../../support/memory/memory-store.ts";
import { NATIVE_ONLY } from "../../../support/native-only.ts";

import { board, NOW, start } from "./intake-world.ts";

describe("a message", () => {
  test("of telemetry is carried on when it is stored, and seen by browsers", async () => {
    const { counters, readings, published, publish } = start();
    expect(await publish("devices/a/telemetry", { t: 1 })).toEqual(["stored"]);
    expect(readings()).toMatchObject([{ deviceId: "a", timed: false, atMs: NOW, receivedAtMs: NOW, element: 0 }]);
    expect(readings().map(({ body }) => bodyText(body))).toEqual(['{"t":1}']);
    expect(readings()[0]?.packet).toEqual({ clientId: "board", id: 7, dup: false });
    expect(published).toHaveLength(1);
    expect(counters.tally).toMatchObject({ "message stored": 1, "readings stored": 1 });
  });

  test("is answered only when the store has answered", async () => {
    const { clock, store, publish } = start();
    store.script = undefined;
    const outcomes = await publish("devices/a/telemetry", { t: 1 });
    clock.advance(5_000);
    expect(outcomes).toEqual([]);
    await store.appends[0]?.take();
    expect(outcomes).toEqual(["stored"]);
  });

  test("that the store does not take in time is stalled, and listed", async () => {
    const { clock, store, counters, publish, codes } = start();
    store.script = undefined;
    const outcomes = await publish("devices/a/telemetry", { t: 1 });
    clock.advance(12_000);
    expect(outcomes).toEqual(["stalled"]);
    expect(codes()).toEqual(["STORE_STALLED"]);
    expect(counters.tally["message stalled"]).toBe(1);
  });

  test("elsewhere is carried and not stored", async () => {
    const { counters, writes, publish } = start();
    expect(await publish("zigbee2mqtt/lamp", "{")).toEqual(["carry"]);
    expect(writes()).toEqual([]);
    expect(counters.tally["message carried"]).toBe(1);
  });

  test("that is refused is listed with who sent it and where", async () => {
    const { counters, publish, codes } = start();
    expect(await publish("devices/a/telemetry", "{")).toEqual(["refuse"]);
    expect(codes()).toEqual(["PAYLOAD_NOT_JSON"]);
    expect(counters.tally["message refused"]).toBe(1);
  });

  test("makes no device whose id begins with a family; one that is there already is served as before", async () => {
    const { registry, publish, codes } = start();
    expect(await publish("devices/tasmota:plug/telemetry", { t: 1 })).toEqual(["refuse"]);
    expect(await publish("devices/AA:BB/telemetry", { t: 1 })).toEqual(["stored"]);
    registry.admitDevice("ha:old" as DeviceId, undefined);
    expect(await publish("devices/ha:old/telemetry", { t: 1 })).toEqual(["stored"]);
    expect(codes()).toEqual(["DEVICE_ID_INVALID"]);
  });

  test("that clears a retained one is carried, and an empty one that is not retained is refused", async () => {
    const { publish, codes } = start();
    expect(await publish("devices/a/status", "", { retain: true })).toEqual(["carry"]);
    expect(codes()).toEqual([]);
    expect(await publish("devices/a/status", "")).toEqual(["refuse"]);
    expect(codes()).toEqual(["PAYLOAD_EMPTY"]);
  });

  test("is accepted where a part of it is, and the rest is listed", async () => {
    const { readings, publish, codes } = start();
    expect(await publish("devices/a/telemetry", [{ t: 1 }, 7, { "1bad": 1, u: 2 }])).toEqual(["stored"]);
    expect(readings().map(({ body, element }) => [body, element])).toEqual([
      ['{"t":1}', 0],
      ['{"u":2}', 2],
    ]);
    expect(codes().sort()).toEqual(["METRIC_NAME_INVALID", "READING_WRONG_SHAPE"]);
  });

  test("that the store refuses is refused with its reason, and one that it refuses in part is carried", async () => {
    const { store, publish, codes } = start();
    store.script = (messages) =>
      messages.map((writes) =>
        writes.map((write, n) =>
          write.kind === "reading" && bodyText(write.body).includes("bad")
            ? { kind: "refused", reason: "no room for it" }
            : { kind: "stored", n },
        ),
      );
    expect(await publish("devices/a/telemetry", { t: "bad" })).toEqual(["refuse"]);
    expect(await publish("devices/a/telemetry", [{ t: "bad" }, { t: 1 }])).toEqual(["stored"]);
    expect(codes()).toContain("STORE_REFUSED");
  });

  test("of which nothing can be used makes no device and takes no room", async () => {
    const { registry, publish, codes } = start({ maxDevices: 1 });
    expect(await publish("devices/a/telemetry", { "1bad": 1 })).toEqual(["refuse"]);
    expect(registry.list()).toEqual([]);
    expect(await publish("devices/b/telemetry", { t: 1 })).toEqual(["stored"]);
    expect(codes()).toEqual(["METRIC_NAME_INVALID"]);
  });

  test("of which nothing is left is answered with what was wrong with it", async () => {
    const { publish, answeredCodes, codes } = start({ maxMetricsPerDevice: 1 });
    await publish("devices/a/telemetry", { t: 1 });
    expect(await publish("devices/a/telemetry", { t: "12345678901234567890" })).toEqual(["refuse"]);
    expect(await publish("devices/a/telemetry", { u: 1 })).toEqual(["refuse"]);
    expect(answeredCodes).toEqual(["METRIC_VALUE_INVALID", "TOO_MANY_METRICS_OF_DEVICE"]);
    expect(codes().sort()).toEqual(["METRIC_VALUE_INVALID", "TOO_MANY_METRICS_OF_DEVICE"]);
  });

  test("of QoS 0 has no packet to be known by", async () => {
    const { readings, publish } = start();
    await publish("devices/a/telemetry", { t: 1 }, { qos: 0, packetId: undefined });
    expect(readings()[0]?.packet).toBeUndefined();
  });
});

describe("limits", () => {
  test("a device beyond them is refused", async () => {
    const { publish, codes } = start({ maxDevices: 1 });
    await publish("devices/a/telemetry", { t: 1 });
    expect(await publish("devices/b/telemetry", { t: 1 })).toEqual(["refuse"]);
    expect(codes()).toEqual(["TOO_MANY_DEVICES"]);
  });

  test("a metric beyond them is left out of memory, disk and browser alike, and the others stay", async () => {
    const { readings, registry, published, publish, codes } = start({ maxMetricsPerDevice: 2 });
    expect(await publish("devices/a/telemetry", { x: 1, y: 2, z: 3 })).toEqual(["stored"]);
    expect(readings().map(({ body, metrics }) => [body, [...metrics.keys()]])).toEqual([['{"x":1,"y":2}', ["x", "y"]]]);
    expect([...(registry.get("a")?.latest.keys() ?? [])]).toEqual(["x", "y"]);
    expect([...(published[0]?.metrics.keys() ?? [])]).toEqual(["x", "y"]);
    expect(await publish("devices/a/telemetry", { z: 3 })).toEqual(["refuse"]);
    expect(codes()).toEqual(["TOO_MANY_METRICS_OF_DEVICE"]);
  });

  test("a device has at most 64 attributes, however many messages they come in", async () => {
    const { registry, publish, codes } = start();
    for (let key = 0; key < 70; key++) await publish("devices/a/attributes", { [`k${key}`]: key });
    expect(registry.get("a")?.attributes.size).toBe(64);
    expect(codes()).toEqual(["ATTRIBUTES_TOO_LARGE"]);
    expect(await publish("devices/a/attributes", { k5: "changed" })).toEqual(["stored"]);
    expect(await publish("devices/a/attributes", { k5: null })).toEqual(["stored"]);
    expect(await publish("devices/a/attributes", { k69: "now" })).toEqual(["stored"]);
  });
});

describe("a reading's age", () => {
  /** The beginning of the first UTC day that is kept: whole days are deleted. */
  const KEPT_SINCE = Date.UTC(2026, 7, 24);
  const old = { ts: KEPT_SINCE - 1, t: 1 };
  const justInTime = { ts: KEPT_SINCE, t: 1 };

  test("beyond the raw age of the hub refuses it, in words that say what to do, and makes no device", async () => {
    const { counters, registry, writes, publish, reasons, codes } = start();
    expect(await publish("devices/a/telemetry", old)).toEqual(["refuse"]);
    expect(codes()).toEqual(["READING_TOO_OLD"]);
    expect(reasons()[0]).toContain("AERIE_RAW_DAYS");
    expect(reasons()[0]).toContain("it is of 2026-08-23T23:59:59.999Z");
    expect(writes()).toEqual([]);
    expect(registry.list()).toEqual([]);
    expect(counters.tally).toEqual({ "message refused": 1, "readings refused": 1 });
  });

  test("is counted in whole UTC days, as they are deleted", async () => {
    const { readings, publish } = start();
    expect(await publish("devices/a/telemetry", justInTime)).toEqual(["stored"]);
    expect(readings()).toMatchObject([{ timed: true, atMs: KEPT_SINCE }]);
  });

  test("refuses only the old ones of a backlog, in one line, and stores the rest in its places", async () => {
    const { counters, readings, publish, reasons } = start();
    expect(await publish("devices/a/telemetry", [old, { t: 2 }, { ...old, ts: old.ts - DAY_MS }, justInTime])).toEqual([
      "stored",
    ]);
    expect(readings().map(({ element }) => element)).toEqual([1, 3]);
    expect(reasons()).toHaveLength(1);
    expect(reasons()[0]).toContain("2 readings, the oldest of 2026-08-22T23:59:59.999Z");
    expect(counters.tally).toMatchObject({ "message stored": 1, "readings stored": 2, "readings refused": 2 });
  });

  test("takes no room from a hub that is full of devices", async () => {
    const { publish, codes } = start({ maxDevices: 1 });
    await publish("devices/a/telemetry", old);
    expect(await publish("devices/b/telemetry", { t: 1 })).toEqual(["stored"]);
    expect(codes()).toEqual(["READING_TOO_OLD"]);
  });

  test("is judged by the device's own retention where it has one", async () => {
    const { registry, publish } = start();
    await publish("devices/a/telemetry", { t: 1 });
    registry.setRetention("a" as DeviceId, { rawDays: 100 });
    expect(await publish("devices/a/telemetry", old)).toEqual(["stored"]);
    registry.setRetention("a" as DeviceId, { rawDays: 7 });
    expect(await publish("devices/a/telemetry", { ts: NOW - 8 * DAY_MS, t: 1 })).toEqual(["refuse"]);
    registry.setRetention("a" as DeviceId, { rawDays: 0 });
    expect(await publish("devices/a/telemetry", { ts: "2020-01-01T00:00:00Z", t: 1 })).toEqual(["stored"]);
  });

  test("is no reason where raw readings are kept for ever", async () => {
    const { publish } = start({}, { rawDays: 0 });
    expect(await publish("devices/a/telemetry", { ts: "2020-01-01T00:00:00Z", t: 1 })).toEqual(["stored"]);
  });

  test("is no reason while the hub's clock may be wrong", async () => {
    const { publish } = start({}, { mayExpire: () => false });
    expect(await publish("devices/a/telemetry", old)).toEqual(["stored"]);
  });

  test("is answered to a client of MQTT 5 as a quota", async () => {
    const { refusals, publish } = start();
    await publish("devices/a/telemetry", old, { connection: { ...board, mqttVersion: "5" } });
    expect(refusals.list()).toMatchObject([{ code: "READING_TOO_OLD", reasonCode: 0x97 }]);
  });
});

describe("the body of a reading", () => {
  test("says what its metrics say, whatever their names and texts", async () => {
    const { readings, publish } = start();
    const metrics = {
      constructor: 1,
      toString: "x",
      mode: 'a"b\\c\ud800é',
      on: true,
      n: -1.5e-300,
      z: 0,
      "a.b": 2,
    };
    await publish("devices/a/telemetry", metrics);
    const [reading] = readings();
    expect(JSON.parse(bodyText(reading?.body ?? ""))).toEqual(Object.fromEntries(reading?.metrics ?? []));
    expect(JSON.parse(bodyText(reading?.body ?? ""))).toEqual(metrics);
  });
});

describe("numeric text", () => {
  test("is a number where its metric has been one before, also after a text; a metric of text keeps it", async () => {
    const { readings, publish } = start();
    for (const metrics of [
      { level: 7, code: "007" },
      { level: "8", code: "008" },
      { level: "unavailable" },
      { level: " 9.5 " },
      { level: "12345678901234567890", ok: 1 },
    ]) {
      await publish("devices/a/telemetry", metrics);
    }
    expect(readings().map(({ metrics }) => Object.fromEntries(metrics))).toEqual([
      { level: 7, code: "007" },
      { level: 8, code: "008" },
      { level: "unavailable" },
      { level: 9.5 },
      { ok: 1 },
    ]);
  });

  test("that would lose digits as a number is refused with its reason", async () => {
    const { refusals, publish } = start();
    await publish("devices/a/telemetry", { level: 7 });
    expect(await publish("devices/a/telemetry", { level: "12345678901234567890" })).toEqual(["refuse"]);
    expect(refusals.list()).toMatchObject([{ code: "METRIC_VALUE_INVALID", metric: "level" }]);
  });
});

test("readings beyond those of one message are counted one by one, and named once", async () => {
  const { counters, readings, refusals, publish } = start();
  const outcomes = await publish(
    "devices/a/telemetry",
    Array.from({ length: 1_200 }, (_, a) => ({ a })),
  );
  expect(outcomes).toEqual(["stored"]);
  expect(readings()).toHaveLength(1_000);
  expect(counters.tally["readings refused"]).toBe(200);
  expect(refusals.list()).toMatchObject([{ code: "TOO_MANY_READINGS", count: 1 }]);
});

test("attributes are taken but for those that cannot be, and refused where none is left", async () => {
  const { registry, refusals, publish } = start();
  expect(await publish("devices/a/attributes", { model: "x", "1bad": 1 })).toEqual(["stored"]);
  expect(Object.fromEntries(registry.get("a")?.attributes ?? [])).toEqual({ model: "x" });
  expect(await publish("devices/b/attributes", { "1bad": 1 })).toEqual(["refuse"]);
  expect(registry.get("b")).toBeUndefined();
  expect(refusals.list()).toMatchObject([{ code: "METRIC_NAME_INVALID" }, { code: "METRIC_NAME_INVALID" }]);
});

describe("the device's clock", () => {
  const wrong = { ts: 12, t: 1 };
  const right = (clock: { nowMs(): number }) => ({ ts: clock.nowMs(), t: 1 });

  test("that is right gives the reading its instant", async () => {
    const { readings, registry, publish } = start();
    await publish("devices/a/telemetry", { ts: NOW - 5_000, t: 1 });
    expect(readings()).toMatchObject([{ timed: true, atMs: NOW - 5_000, receivedAtMs: NOW }]);
    expect(registry.get("a")?.clockSuspect).toBe(false);
  });

  test("that is wrong is reported once, with what it said, and the reading takes the time of receipt", async () => {
    const { readings, registry, writes, publish } = start();
    for (let time = 0; time < 3; time++) await publish("devices/a/telemetry", wrong);
    expect(readings()).toHaveLength(3);
    expect(readings()[0]).toMatchObject({ timed: false, atMs: NOW });
    expect(writes().filter(({ kind }) => kind === "attributes")).toHaveLength(1);
    expect(registry.get("a")?.clockSuspect).toBe(true);
    expect(registry.get("a")?.attributes.get("deviceClock")).toBe("12");
  });

  test("that is absent says nothing either way", async () => {
    const { registry, publish } = start();
    await publish("devices/a/telemetry", wrong);
    await publish("devices/a/telemetry", { t: 1 });
    expect(registry.get("a")?.clockSuspect).toBe(true);
  });

  test("that is right again is reported, and what it said is deleted", async () => {
    const { clock, registry, publish } = start();
    await publish("devices/a/telemetry", wrong);
    await publish("devices/a/telemetry", right(clock));
    expect(registry.get("a")?.clockSuspect).toBe(false);
    expect(registry.get("a")?.attributes.has("deviceClock")).toBe(false);
    await publish("devices/a/telemetry", wrong);
    expect(registry.get("a")?.clockSuspect).toBe(true);
  });

  test("that is wrong is reported again when the device was deleted and came back", async () => {
    const { registry, publish } = start();
    await publish("devices/a/telemetry", wrong);
    const device = registry.get("a");
    if (device !== undefined) registry.remove(device.deviceId);
    await publish("devices/a/telemetry", wrong);
    expect(registry.get("a")?.clockSuspect).toBe(true);
  });

  test("that is wrong is reported by the next message where the first was not stored", async () => {
    const { clock, store, registry, publish } = start();
    store.script = undefined;
    const outcomes = await publish("devices/a/telemetry", wrong);
    clock.advance(12_000);
    expect(outcomes).toEqual(["stalled"]);
    for (const append of store.appends) await append.failForGood(); // more come while these fail
    store.script = allStored;
    clock.advance(1_000);
    await turn();
    await publish("devices/a/telemetry", wrong);
    expect(registry.get("a")?.clockSuspect).toBe(true);
  });

  test("is not called wrong for a time that names no zone; what it said is kept, once", async () => {
    const { clock, readings, registry, writes, publish } = start();
    const fault = () => {
      const device = registry.get("a");
      return device && toDevice(device, NATIVE_ONLY).timeFault;
    };
    for (let time = 0; time < 3; time++) await publish("devices/a/telemetry", { time: "2026-11-22 11:59:59", t: 1 });
    expect(readings()[0]).toMatchObject({ timed: false, atMs: NOW });
    expect(registry.get("a")?.clockSuspect).toBe(false);
    expect(fault()).toBe("zone");
    expect(writes().filter(({ kind }) => kind === "attributes")).toHaveLength(1);
    await publish("devices/a/telemetry", wrong);
    expect(fault()).toBe("clock");
    await publish("devices/a/telemetry", { time: "noon", t: 1 });
    expect(fault()).toBe("unreadable");
    await publish("devices/a/telemetry", right(clock));
    expect(fault()).toBeUndefined();
  });

  test("is not judged while the hub's own clock is wrong", async () => {
    const { clock, readings, publish } = start();
    clock.stepWall(-3_600_000);
    clock.advance(1_000);
    await publish("devices/a/telemetry", { ts: NOW + 86_400_000, t: 1 });
    expect(readings()).toMatchObject([{ timed: true, atMs: NOW + 86_400_000 }]);
  });
});
