import { describe, expect, test } from "vitest";
import { createZigbee2mqtt } from "../../../../src/dialects/zigbee2mqtt/zigbee2mqtt.ts";
import { openSession, type Session } from "../line-session.ts";
import { BATTERY, binary, COORDINATOR, device, enumeration, LAMP, LINK, numeric, REMOTE } from "./zigbee-house.ts";

const ID = "zigbee:0x0123456789abcdef";

const TRV = device("0x0123456789abcdef", "trv", [
  BATTERY,
  binary("contact", false, true),
  { type: "lock", features: [binary("state", "LOCK", "UNLOCK", 7)] },
  {
    type: "climate",
    features: [
      numeric("occupied_heating_setpoint", "°C", { access: 7, value_min: 5, value_max: 30, value_step: 0.5 }),
      enumeration("system_mode", ["off", "heat"], 7),
    ],
  },
  numeric("illuminance", "lx", { value_min: 0 }),
  numeric("on_level", undefined, {
    access: 7,
    value_min: 1,
    value_max: 254,
    presets: [{ name: "previous", value: "previous" }],
  }),
  { type: "text", name: "schedule", label: "Schedule", property: "schedule", access: 7 },
  { type: "list", name: "days", property: "days", access: 1, item_type: { type: "numeric", name: "day" } },
  {
    type: "composite",
    name: "pin_code",
    property: "pin_code",
    access: 7,
    features: [{ type: "text", name: "pin_code", property: "pin_code", access: 7 }],
  },
  LINK,
]);

function house(): Session {
  const session = openSession(createZigbee2mqtt);
  session.say("zigbee2mqtt/bridge/devices", [COORDINATOR, TRV, LAMP, REMOTE], { retain: true });
  return session;
}

/** What is stored of a property, or why nothing is. */
const VALUES: readonly [json: string, ...becomes: string[]][] = [
  ['{"battery":"87"}', `${ID} {"battery":87}`],
  ['{"battery":255}', `${ID} without battery: METRIC_OUT_OF_RANGE`],
  ['{"battery":148}', `${ID} without battery: METRIC_OUT_OF_RANGE`],
  ['{"battery":-1,"linkquality":40}', `${ID} {"linkquality":40}`, `${ID} without battery: METRIC_OUT_OF_RANGE`],
  ['{"battery":null}'],
  ['{"battery":"unknown"}', `${ID} without battery: METRIC_OUT_OF_RANGE`],
  ['{"illuminance":-1}', `${ID} without illuminance: METRIC_OUT_OF_RANGE`],
  ['{"illuminance":120000}', `${ID} {"illuminance":120000}`],
  // `false` is on, in the words of its definition: the door is open.
  ['{"contact":false}', `${ID} {"contact":true}`],
  ['{"contact":true}', `${ID} {"contact":false}`],
  ['{"state":"LOCK"}', `${ID} {"state":true}`],
  ['{"state":"UNLOCK"}', `${ID} {"state":false}`],
  ['{"state":"not_fully_locked"}', `${ID} without state: METRIC_OUT_OF_RANGE`],
  ['{"system_mode":"off"}', `${ID} {"system_mode":"off"}`],
  ['{"system_mode":"emergency_heating"}', `${ID} {"system_mode":"emergency_heating"}`],
  ['{"occupied_heating_setpoint":21.5}', `${ID} {"occupied_heating_setpoint":21.5}`],
  ['{"occupied_heating_setpoint":0}', `${ID} without occupied_heating_setpoint: METRIC_OUT_OF_RANGE`],
  ['{"on_level":"previous"}', `${ID} without on_level: METRIC_OUT_OF_RANGE`],
  ['{"schedule":"12"}', `${ID} {"schedule":"12"}`],
  ['{"days":[1,3]}', `${ID} {"days.1":1,"days.2":3}`],
  // Not in the definition.
  ['{"humidity":-1}', `${ID} without humidity: METRIC_OUT_OF_RANGE`],
  ['{"strength":-1}', `${ID} {"strength":-1}`],
  ['{"valve":"ON"}', `${ID} {"valve":true}`],
  // Secrets, and what is about the message.
  ['{"action_code":"1234","pin_code":{"user":1,"pin_code":"1234"},"password":"x"}'],
  ['{"last_seen":null,"elapsed":4000,"update_available":false}'],
  ['{"action":"on"}', `${ID} {"action":"on"}`],
  ['{"action":""}'],
];

const withoutAttributes = (lines: readonly string[]): string[] =>
  lines.filter((line) => !line.includes(" attributes ") && !line.endsWith(" heard"));

describe("a value of a device", () => {
  test.each(VALUES)("%s", (json, ...becomes) => {
    expect(withoutAttributes(house().say("zigbee2mqtt/trv", json))).toEqual(becomes);
  });

  test("of a composite has the names of both", () => {
    const said = house().say("zigbee2mqtt/kitchen/lamp", '{"color":{"x":0.4,"y":0.3},"state":"OFF"}');
    expect(said[0]).toBe('zigbee:0x000b57fffec6a5b2 {"color.x":0.4,"color.y":0.3,"state":false}');
  });

  test("is described by the definition", () => {
    const session = house();
    expect(session.info(ID, "occupied_heating_setpoint")).toEqual({
      label: "Occupied heating setpoint",
      kind: "number",
      unit: "°C",
      range: [5, 30],
      digits: 1,
      settable: true,
    });
    expect(session.info(ID, "battery")).toMatchObject({ unit: "%", range: [0, 100], deviceClass: "battery" });
    expect(session.info(ID, "illuminance")).not.toHaveProperty("range");
    expect(session.info(ID, "contact")).toMatchObject({ kind: "boolean", deviceClass: "door" });
    expect(session.info(ID, "system_mode")).toMatchObject({ kind: "enum", options: ["off", "heat"], settable: true });
    expect(session.info("zigbee:0x000b57fffec6a5b2", "color.x")).toMatchObject({ kind: "number", label: "X" });
    // Only set, never published.
    expect(session.info("zigbee:0x000b57fffec6a5b2", "effect")).toBeUndefined();
    expect(session.info("zigbee:0x90fd9ffffe0bcb51", "action")).toMatchObject({
      kind: "event",
      options: ["on", "off", "single", "double"],
    });
    expect(session.info(ID, "pin_code.pin_code")).toBeUndefined();
  });

  test("of the second button of a switch says which button", () => {
    const session = openSession(createZigbee2mqtt);
    const gang = (endpoint: string) => ({ ...binary("state", "ON", "OFF"), property: `state_${endpoint}`, endpoint });
    const wall = device("0x0123456789abcdef", "wall", [
      { type: "switch", endpoint: "left", features: [gang("left")] },
      { type: "switch", endpoint: "right", features: [gang("right")] },
    ]);
    session.say("zigbee2mqtt/bridge/devices", [COORDINATOR, wall]);
    expect(session.info(ID, "state_right")?.label).toBe("State (right)");
    expect(session.say("zigbee2mqtt/wall", '{"state_left":"ON","state_right":"OFF"}')[0]).toBe(
      `${ID} {"state_left":true,"state_right":false}`,
    );
  });
});

describe("a property with a topic of its own (output: attribute)", () => {
  test.each([
    ["zigbee2mqtt/kitchen/lamp/state", "ON", 'zigbee:0x000b57fffec6a5b2 {"state":true}'],
    ["zigbee2mqtt/kitchen/lamp/brightness", "120", 'zigbee:0x000b57fffec6a5b2 {"brightness":120}'],
    ["zigbee2mqtt/kitchen/lamp/color-x", "0.41", 'zigbee:0x000b57fffec6a5b2 {"color.x":0.41}'],
    ["zigbee2mqtt/kitchen/lamp/power_on_behavior", "on", 'zigbee:0x000b57fffec6a5b2 {"power_on_behavior":"on"}'],
    ["zigbee2mqtt/trv/contact", "false", `${ID} {"contact":true}`],
  ])("%s %s", (topic, payload, becomes) => {
    expect(house().say(topic, payload)).toEqual([becomes]);
  });

  test.each([
    ["zigbee2mqtt/kitchen/lamp/brightness", ""],
    ["zigbee2mqtt/kitchen/lamp/l1", '{"state":"ON"}'],
    ["zigbee2mqtt/kitchen/lamp/set", '{"state":"ON"}'],
    ["zigbee2mqtt/kitchen/lamp/get/state", ""],
    ["zigbee2mqtt/kitchen/lamp/l1/set", "ON"],
  ])("%s is none", (topic, payload) => {
    expect(house().say(topic, payload)).toEqual([]);
  });

  test("is not stored twice where it comes as JSON too", () => {
    const session = house();
    session.say("zigbee2mqtt/kitchen/lamp", '{"brightness":120}');
    expect(session.say("zigbee2mqtt/kitchen/lamp/brightness", "120")).toEqual([]);
  });
});
