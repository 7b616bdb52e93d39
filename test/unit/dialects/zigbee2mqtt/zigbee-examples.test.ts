import { describe, expect, test } from "vitest";
import { createZigbee2mqtt } from "../../../../src/dialects/zigbee2mqtt/zigbee2mqtt.ts";
import { openSession, type Payload } from "../line-session.ts";
import { COORDINATOR, device } from "./zigbee-house.ts";

/** Bodies as the documentation has them, and one from a real log, without any list of devices. */
const EXAMPLES: readonly [topic: string, payload: Payload, ...becomes: string[]][] = [
  [
    "zigbee2mqtt/living_sensor",
    '{"temperature":27.34,"humidity":44.72}',
    'zigbee:living_sensor {"temperature":27.34,"humidity":44.72}',
  ],
  ["zigbee2mqtt/motion1", '{"occupancy":true}', 'zigbee:motion1 {"occupancy":true}'],
  [
    "zigbee2mqtt/0x0fffffffffffffff",
    '{"state":"ON","brightness":215,"color_temp":325}',
    'zigbee:0x0fffffffffffffff {"state":true,"brightness":215,"color_temp":325}',
  ],
  ["zigbee2mqtt/living_sensor/availability", '{"state":"online"}', "zigbee:living_sensor online"],
  ["zigbee2mqtt/living_sensor/availability", "offline", "zigbee:living_sensor offline"],
  ["zigbee2mqtt/living_sensor/availability", "away", "zigbee:living_sensor refused: STATUS_INVALID"],
  ["zigbee2mqtt/living_sensor/availability", ""],
  ["zigbee2mqtt/living_sensor", '{"temperature":27.34,', "zigbee:living_sensor refused: PAYLOAD_NOT_JSON"],
  ["zigbee2mqtt/living_sensor", ""],
  ["zigbee2mqtt/living_sensor/temperature", "27.34"],
  ["zigbee2mqtt/living_sensor/set", '{"state":"ON"}'],
  ["zigbee2mqtt/living_sensor/set/state", "ON"],
  ["zigbee2mqtt/living_sensor/left/get", '{"state":""}'],
  ["zigbee2mqtt/bridge/logging", '{"level":"info","message":"MQTT publish: …"}'],
  ["zigbee2mqtt/bridge/event", '{"type":"device_joined","data":{"friendly_name":"x"}}'],
  ["zigbee2mqtt/bridge/response/device/rename", '{"data":{"from":"a","to":"b"},"status":"ok"}'],
  ["zigbee2mqtt/bridge/definitions", '{"clusters":{"genBasic":'],
  ["zigbee2mqtt/bridge/state", '{"state":"online"}'],
  ["zigbee2mqtt/bridge/state", "offline"],
  ["zigbee2mqtt/bridge/state", '{"state":"dancing"}', "nobody refused: STATUS_INVALID"],
  ["zigbee2mqtt/bridge/devices", "[{", "nobody refused: PAYLOAD_NOT_JSON"],
  ["zigbee2mqtt/bridge/devices", "{}", "nobody refused: PAYLOAD_WRONG_SHAPE"],
  ["zigbee2mqtt/bridge/devices", "[]"],
  ["zigbee2mqtt/bridge/groups", "7", "nobody refused: PAYLOAD_WRONG_SHAPE"],
  ["zigbee2mqtt/bridge/info", "[1]", "nobody refused: PAYLOAD_WRONG_SHAPE"],
  // Nobody has announced a bridge there.
  ["chip/zoneTemp", '{"temperature":19.43}', "elsewhere"],
  ["chip/bridge/state", "online", "elsewhere"],
  ["chip/bridge/devices", '[{"id":1}]', "elsewhere"],
  ["chip/bridge/devices", "no JSON", "elsewhere"],
  ["chip/bridge/info", '{"version":"1"}', "elsewhere"],
];

describe("without a list of devices", () => {
  test.each(EXAMPLES)("%s %s", (topic, payload, ...becomes) => {
    expect(openSession(createZigbee2mqtt).say(topic, payload)).toEqual(becomes);
  });

  test("the name is the device's, also where the id cannot hold it", () => {
    const session = openSession(createZigbee2mqtt);
    session.say("zigbee2mqtt/Küche/🌡️ Fenster", '{"temperature":21}');
    const id = session.stored()[0]?.deviceId ?? "";
    expect(id).toMatch(/^zigbee:K_che\.__\S+~[0-9a-f]{6}$/);
    expect(openSession(createZigbee2mqtt, session.stored()).nameOf(id)).toBe("Küche/🌡️ Fenster");
  });

  test("a sub-topic of a device that sent something is no device", () => {
    const session = openSession(createZigbee2mqtt);
    session.say("zigbee2mqtt/switch", '{"state_l1":"ON"}');
    expect(session.say("zigbee2mqtt/switch/l1", '{"state":"ON"}')).toEqual([]);
  });

  test("a message that names the address gives the device that id, and its name", () => {
    const session = openSession(createZigbee2mqtt);
    const told = { friendlyName: "hall", ieeeAddr: "0x00158d0001a2b3c4", model: "WSDCGQ11LM", powerSource: "Battery" };
    const said = session.say("zigbee2mqtt/hall", { temperature: 20, device: told });
    expect(said).toEqual(['zigbee:0x00158d0001a2b3c4 {"temperature":20}']);
    expect(session.nameOf("zigbee:0x00158d0001a2b3c4")).toBe("hall");
    expect(session.say("zigbee2mqtt/hall/availability", "offline")).toEqual(["zigbee:0x00158d0001a2b3c4 offline"]);
  });
});

test("a battery level that comes as text is a number, below a base topic that a list made known", () => {
  const session = openSession(createZigbee2mqtt);
  session.say("chip/bridge/devices", [COORDINATOR, device("0x00158d0001a2b3c4", "zoneTemp", [])], { retain: true });
  const body =
    '{"temperature":19.43,"linkquality":57,"humidity":70.21,"pressure":1002,"battery":"100.00","voltage":3215}';
  expect(session.say("chip/zoneTemp", body)[0]).toBe(
    'zigbee:0x00158d0001a2b3c4 {"temperature":19.43,"linkquality":57,"humidity":70.21,"pressure":1002,"battery":100,"voltage":3215}',
  );
  expect(session.say("chip/other", "{}")).toEqual(["elsewhere"]);
});
