import { describe, expect, test } from "vitest";
import { createZigbee2mqtt } from "../../../../src/dialects/zigbee2mqtt/zigbee2mqtt.ts";
import { NOW, openSession, type Session } from "../line-session.ts";
import { COORDINATOR, LAMP, REMOTE, SENSOR } from "./zigbee-house.ts";

const SENSOR_ID = "zigbee:0x00158d0001a2b3c4";
const REMOTE_ID = "zigbee:0x90fd9ffffe0bcb51";
const MINUTE = 60_000;

function house(): Session {
  const session = openSession(createZigbee2mqtt);
  session.say("zigbee2mqtt/bridge/devices", [COORDINATOR, SENSOR, LAMP, REMOTE]);
  return session;
}

const readings = (lines: readonly string[]): string[] =>
  lines.filter((line) => line.includes(" {") && !line.includes(" attributes "));
const at = (ms: number): string => new Date(NOW + ms).toISOString();

describe("a value that did not change", () => {
  test("is stored once in ten minutes; what changed is stored at once", () => {
    const session = house();
    const sensor = (json: object): string[] => readings(session.say("zigbee2mqtt/living_sensor", json));
    expect(sensor({ temperature: 21, humidity: 40 })).toEqual([`${SENSOR_ID} {"temperature":21,"humidity":40}`]);
    session.pass(MINUTE);
    expect(sensor({ temperature: 21.5, humidity: 40 })).toEqual([`${SENSOR_ID} {"temperature":21.5}`]);
    session.pass(8 * MINUTE);
    expect(sensor({ temperature: 21.5, humidity: 40 })).toEqual([]);
    session.pass(MINUTE);
    expect(sensor({ temperature: 21.5, humidity: 40 })).toEqual([`${SENSOR_ID} {"humidity":40}`]);
    session.pass(MINUTE);
    expect(sensor({ temperature: 21.5, humidity: 40 })).toEqual([`${SENSOR_ID} {"temperature":21.5}`]);
    // Back to a former value is a change.
    expect(sensor({ temperature: 21, humidity: 40 })).toEqual([`${SENSOR_ID} {"temperature":21}`]);
  });

  test("is a sign of life, at most each half minute, unless its availability says that the device is offline", () => {
    const session = house();
    const sensor = (): string[] => session.say("zigbee2mqtt/living_sensor", { temperature: 21 });
    sensor();
    session.pass(10_000);
    expect(sensor()).toEqual([]);
    session.pass(20_000);
    expect(sensor()).toEqual([`${SENSOR_ID} heard`]);
    session.say("zigbee2mqtt/living_sensor/availability", '{"state":"offline"}');
    session.pass(MINUTE);
    expect(sensor()).toEqual([]);
  });

  test("is taken when the message is sent again: the first copy may not have been stored", () => {
    const session = house();
    session.say("zigbee2mqtt/living_sensor", { temperature: 21 });
    expect(session.say("zigbee2mqtt/living_sensor", { temperature: 21 }, { dup: true })).toEqual([
      `${SENSOR_ID} {"temperature":21}`,
    ]);
  });
});

describe("with last_seen", () => {
  test("it is the reading's instant, and a message that does not advance it is none", () => {
    const session = house();
    const sensor = (json: object): string[] => readings(session.say("zigbee2mqtt/living_sensor", json));
    expect(sensor({ temperature: 21, last_seen: at(-300) })).toEqual([
      `${SENSOR_ID} at ${at(-300)} {"temperature":21}`,
    ]);
    // After a rename, a command or a restart of the bridge.
    expect(sensor({ temperature: 22, last_seen: at(-300) })).toEqual([]);
    session.pass(MINUTE);
    expect(sensor({ temperature: 22, last_seen: at(MINUTE) })).toEqual([
      `${SENSOR_ID} at ${at(MINUTE)} {"temperature":22}`,
    ]);
  });

  test("it may be an epoch in ms; a text that names no instant is not used", () => {
    const session = house();
    const sensor = (json: object): string[] => readings(session.say("zigbee2mqtt/living_sensor", json));
    expect(sensor({ temperature: 21, last_seen: NOW })).toEqual([`${SENSOR_ID} at ${NOW} {"temperature":21}`]);
    expect(sensor({ temperature: 22, last_seen: NOW })).toEqual([]);
    expect(sensor({ temperature: 23, last_seen: "5 seconds ago" })).toEqual([`${SENSOR_ID} {"temperature":23}`]);
  });

  test("what the bridge keeps of a device that was silent for more than a day is no reading, and no sign of life", () => {
    const session = house();
    expect(session.say("zigbee2mqtt/living_sensor", { temperature: 21, last_seen: at(-26 * 60 * MINUTE) })).toEqual([]);
    expect(readings(session.say("zigbee2mqtt/living_sensor", { temperature: 21, last_seen: at(0) }))).toHaveLength(1);
  });

  test("a clock of the bridge that was far ahead and is right again silences no device", () => {
    const session = house();
    session.say("zigbee2mqtt/living_sensor", { temperature: 21, last_seen: at(365 * 24 * 60 * MINUTE) });
    expect(readings(session.say("zigbee2mqtt/living_sensor", { temperature: 22, last_seen: at(0) }))).toHaveLength(1);
  });
});

describe("an action", () => {
  const press = (session: Session, action = "single"): string[] => {
    const topic = "zigbee2mqtt/remote";
    return [
      ...session.say(topic, { action, battery: 80, linkquality: 57 }),
      ...session.say(topic, { action: "", battery: 80, linkquality: 57 }),
      ...session.say(`${topic}/action`, action),
    ].filter((line) => line.includes("action"));
  };

  test("that is sent three times is stored once, and each further one counts", () => {
    const session = house();
    expect(press(session)).toEqual([`${REMOTE_ID} {"action":"single","battery":80,"linkquality":57}`]);
    session.pass(500);
    expect(press(session)).toEqual([`${REMOTE_ID} {"action":"single"}`]);
    session.pass(500);
    expect(press(session, "off")).toEqual([`${REMOTE_ID} {"action":"off"}`]);
  });

  test("pressed again before the first copy comes", () => {
    const session = house();
    const lines = [
      session.say("zigbee2mqtt/remote", { action: "single" }),
      session.say("zigbee2mqtt/remote", { action: "single" }),
      session.say("zigbee2mqtt/remote/action", "single"),
      session.say("zigbee2mqtt/remote/action", "single"),
    ].map((said) => readings(said).length);
    expect(lines).toEqual([1, 1, 0, 0]);
  });

  test("that comes on its own topic only (output: attribute) is stored each time", () => {
    const session = house();
    expect(session.say("zigbee2mqtt/remote/action", "double")).toEqual([`${REMOTE_ID} {"action":"double"}`]);
    expect(session.say("zigbee2mqtt/remote/action", "double")).toEqual([`${REMOTE_ID} {"action":"double"}`]);
    expect(session.say("zigbee2mqtt/remote/action", "")).toEqual([]);
  });

  test("counts although last_seen did not advance, with what belongs to it and no more", () => {
    const session = house();
    const message = { action: "single", action_duration: 2, battery: 80, last_seen: at(0) };
    session.say("zigbee2mqtt/remote", message);
    expect(readings(session.say("zigbee2mqtt/remote", { ...message, action: "double" }))).toEqual([
      `${REMOTE_ID} at ${at(0)} {"action":"double","action_duration":2}`,
    ]);
  });
});

describe("attributes of a device", () => {
  test("come with its first report, and again when they changed", () => {
    const session = house();
    const attributes = (json: object): string[] =>
      session.say("zigbee2mqtt/living_sensor", json).filter((line) => line.includes(" attributes "));
    expect(attributes({ temperature: 21 })).toEqual([
      `${SENSOR_ID} attributes {"model":"MODEL","vendor":"VENDOR","description":"A device","powerSource":"Battery","firmware":"3000-0001"}`,
    ]);
    expect(attributes({ temperature: 22 })).toEqual([]);
    const update = { state: "idle", installed_version: 1, latest_version: 2 };
    expect(attributes({ temperature: 23, update })).toEqual([
      `${SENSOR_ID} attributes {"update":{"state":"idle","installed_version":1,"latest_version":2}}`,
    ]);
    expect(attributes({ temperature: 23, update: { ...update, progress: 12.5, remaining: 300 } })).toEqual([]);
    session.say("zigbee2mqtt/bridge/devices", [COORDINATOR, { ...SENSOR, software_build_id: "3000-0002" }]);
    expect(attributes({ temperature: 23 })).toHaveLength(1);
  });
});
