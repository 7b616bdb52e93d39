import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import type { DialectMessage } from "../../../../src/core/dialects/dialect.ts";
import { MAX_LEARNED_CHARS } from "../../../../src/core/dialects/learned-limit.ts";
import { createZigbee2mqtt } from "../../../../src/dialects/zigbee2mqtt/zigbee2mqtt.ts";
import { createRandom } from "../../../support/random.ts";
import { ANYBODY, bytesOf, NOW, openSession } from "../line-session.ts";
import { BATTERY, binary, COORDINATOR, device, enumeration, LINK, numeric, REMOTE, SENSOR } from "./zigbee-house.ts";

/** Of this process: the machine may have other things to do. */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

setFlagsFromString("--expose-gc");
const collectGarbage: unknown = runInNewContext("gc");

/** What is in use, without garbage. */
function heapMb(): number {
  if (typeof collectGarbage === "function") collectGarbage();
  return process.memoryUsage().heapUsed / 1e6;
}

const address = (index: number): string => `0x00158d00${index.toString(16).padStart(8, "0")}`;

/** Heads of radiators have the longest definitions: about 7 KB each, most of it descriptions, options and endpoints. */
const radiator = (index: number) =>
  device(
    address(index),
    `room ${index}/radiator`,
    [
      BATTERY,
      LINK,
      binary("window_open", true, false),
      enumeration("system_mode", ["off", "heat", "auto"], 7),
      ...Array.from({ length: 16 }, (_, each) => ({
        ...numeric(`setting_${each}`, "°C", { access: 7, value_min: 0, value_max: 30, value_step: 0.5 }),
        description: "Temperature at which the valve is opened, which may differ from the one that is shown. ".repeat(
          2,
        ),
      })),
    ],
    {},
  );

describe("a house of 300 devices in one message of 2 MB", () => {
  const list = bytesOf([COORDINATOR, ...Array.from({ length: 300 }, (_, index) => radiator(index))]);
  const message: DialectMessage = {
    topic: "zigbee2mqtt/bridge/devices",
    payload: list,
    retain: true,
    receivedAtMs: NOW,
    publisher: ANYBODY,
  };

  test("is taken whole, in little time and memory", () => {
    expect(list.length / 1e6).toBeCloseTo(2, 0);
    const session = openSession(createZigbee2mqtt);
    const beforeMb = heapMb();
    const startedMs = cpuMs();
    session.read(message.topic, list);
    const firstMs = cpuMs() - startedMs;
    const keptMb = heapMb() - beforeMb;
    const keptChars = session.stored().reduce((sum, { data }) => sum + data.length, 0);
    process.stdout.write(`300 devices, ${list.length} bytes: ${firstMs.toFixed(0)} ms, ${keptMb.toFixed(1)} MB\n`);
    expect(session.stored()).toHaveLength(301);
    expect(session.nameOf(`zigbee:${address(299)}`)).toBe("room 299/radiator");
    expect(session.info(`zigbee:${address(299)}`, "setting_15")).toMatchObject({
      unit: "°C",
      range: [0, 30],
      digits: 1,
    });
    // It takes some 100 ms.
    expect(firstMs).toBeLessThan(2_000);
    // With what is on disk, and the copy of it that the hub compares with.
    expect(keptMb).toBeLessThan(10);
    expect(keptChars).toBeLessThan(list.length / 2);
    expect(Math.max(...session.stored().map(({ data }) => data.length))).toBeLessThan(8_192);
  });

  test("costs a comparison when it comes again", () => {
    const dialect = createZigbee2mqtt();
    const read = dialect.claim(message.topic);
    read?.(message);
    const startedMs = cpuMs();
    for (let times = 0; times < 10; times++) expect(read?.(message)).toEqual({ kind: "parts", parts: [] });
    const eachMs = (cpuMs() - startedMs) / 10;
    process.stdout.write(`the same again: ${eachMs.toFixed(1)} ms\n`);
    expect(eachMs).toBeLessThan(100);
  });

  test("a definition without end is cut, and the device is kept", () => {
    const session = openSession(createZigbee2mqtt);
    const exposes = Array.from({ length: 300 }, (_, index) =>
      enumeration(
        `mode_${index}`,
        Array.from({ length: 64 }, (__, each) => `option ${each} ${"y".repeat(50)}`),
      ),
    );
    session.say(message.topic, [COORDINATOR, device(address(1), "endless", exposes)]);
    expect(session.stored()).toHaveLength(2);
    expect(Math.max(...session.stored().map(({ data }) => data.length))).toBeLessThan(MAX_LEARNED_CHARS);
    expect(session.info(`zigbee:${address(1)}`, "mode_0")?.kind).toBe("enum");
  });

  test("a list of more devices than a network can have is read in part, and says so", () => {
    const session = openSession(createZigbee2mqtt);
    const many = Array.from({ length: 5_001 }, (_, index) => ({
      ieee_address: address(index),
      friendly_name: `${index}`,
    }));
    expect(session.say(message.topic, many)).toEqual(["nobody refused: TOO_MANY_DEVICES"]);
    expect(session.stored()).toHaveLength(5_000);
  });
});

describe("payloads that nobody should send", () => {
  const TOPICS = [
    "bridge/devices",
    "bridge/groups",
    "bridge/info",
    "bridge/state",
    "living_sensor",
    "remote",
    "remote/action",
    "living_sensor/availability",
    "living_sensor/temperature",
    "stranger",
  ];
  const JUNK: readonly unknown[] = [
    null,
    true,
    -1,
    1e308,
    "",
    "\u0000",
    "ON",
    "__proto__",
    "🌡️".repeat(100),
    [],
    [[]],
    {},
    { __proto__: null, constructor: 1, toString: 2, hasOwnProperty: 3 },
    { features: [{ features: [{}] }] },
    { ieee_address: SENSOR.ieee_address, friendly_name: {}, definition: [] },
  ];

  test("end nothing: texts and structures that were changed at random, for half a second", () => {
    const { next, chance, whole, pick } = createRandom(7);
    const session = openSession(createZigbee2mqtt);
    session.say("zigbee2mqtt/bridge/devices", [COORDINATOR, SENSOR, REMOTE]);
    const state = {
      temperature: 21,
      humidity: 40,
      battery: 80,
      action: "on",
      last_seen: NOW,
      update: { state: "idle" },
    };
    const groups = [{ id: 1, friendly_name: "x" }];
    const seeds: readonly unknown[] = [[COORDINATOR, SENSOR, REMOTE], groups, { state: "online" }, state];

    function changed(value: unknown): unknown {
      if (chance(0.15)) return pick(JUNK);
      if (Array.isArray(value)) return value.map(changed);
      if (typeof value !== "object" || value === null) return value;
      const entries = Object.entries(value).map(([key, each]) => [
        chance(0.02) ? (JSON.stringify(pick(JUNK)) ?? "") : key,
        changed(each),
      ]);
      return Object.fromEntries(entries);
    }

    const endMs = performance.now() + 500;
    let count = 0;
    while (performance.now() < endMs) {
      const payload = bytesOf(JSON.stringify(changed(pick(seeds))) ?? "");
      if (chance(0.3) && payload.length > 0) payload[whole(payload.length)] = Math.floor(next() * 256);
      session.say(`zigbee2mqtt/${pick(TOPICS)}`, payload, { retain: chance(0.5), dup: chance(0.1) });
      session.pass(1_000);
      count++;
    }
    expect(count).toBeGreaterThan(50);
    // It still reads a list, and what is sensible.
    session.pass(3_600_000);
    session.say("zigbee2mqtt/bridge/devices", [COORDINATOR, SENSOR, REMOTE]);
    expect(session.say("zigbee2mqtt/living_sensor", { humidity: 77.7 })[0]).toContain('{"humidity":77.7}');
  });

  test("deep nesting and long names cost no more than their length", () => {
    const session = openSession(createZigbee2mqtt);
    session.say("zigbee2mqtt/bridge/devices", [COORDINATOR, SENSOR]);
    const deep = `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`;
    expect(session.say("zigbee2mqtt/living_sensor", deep)).toEqual([
      "zigbee:0x00158d0001a2b3c4 without a.a.a.a.a.a.a.a: TOO_DEEP",
      "zigbee:0x00158d0001a2b3c4 heard",
      expect.any(String),
    ]);
    const startedMs = cpuMs();
    session.say(`zigbee2mqtt/${"a/".repeat(10_000)}b`, "{}");
    expect(cpuMs() - startedMs).toBeLessThan(1_000);
  });
});
