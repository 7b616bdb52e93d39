import { describe, expect, test } from "vitest";
import { createZigbee2mqtt } from "../../../../src/dialects/zigbee2mqtt/zigbee2mqtt.ts";
import { application, openSession, type Session } from "../line-session.ts";
import { BRIDGE_INFO, COORDINATOR, device, LAMP, numeric, REMOTE, SENSOR } from "./zigbee-house.ts";

const LAMP_ID = "zigbee:0x000b57fffec6a5b2";
const SENSOR_ID = "zigbee:0x00158d0001a2b3c4";
const RETAINED = { retain: true };

const devices = (session: Session, list: readonly object[], base = "zigbee2mqtt"): string[] =>
  session.say(`${base}/bridge/devices`, list, RETAINED);

const stored = (lines: readonly string[]): string[] => lines.filter((line) => !line.includes(" attributes "));

describe("the start of a bridge", () => {
  test("version 2: state, lists, availability as JSON, then what it keeps of each device", () => {
    const session = openSession(createZigbee2mqtt);
    const lines = [
      session.say("zigbee2mqtt/bridge/state", '{"state":"online"}', RETAINED),
      session.say("zigbee2mqtt/bridge/info", BRIDGE_INFO, RETAINED),
      devices(session, [COORDINATOR, SENSOR, LAMP]),
      session.say("zigbee2mqtt/bridge/groups", [{ id: 1, friendly_name: "all lamps", members: [] }], RETAINED),
      session.say("zigbee2mqtt/bridge/definitions", { clusters: {}, custom_clusters: {} }, RETAINED),
      session.say("zigbee2mqtt/living_sensor/availability", '{"state":"offline"}', RETAINED),
      session.say("zigbee2mqtt/kitchen/lamp/availability", '{"state":"online"}', RETAINED),
      session.say("homeassistant/sensor/0x00158d0001a2b3c4/temperature/config", "{}", RETAINED),
      session.say("zigbee2mqtt/living_sensor", { temperature: 21, last_seen: "2026-11-20T12:00:00.000Z" }),
      session.say("zigbee2mqtt/kitchen/lamp", { state: "ON", last_seen: "2026-11-22T11:59:00.000Z" }),
      session.say("zigbee2mqtt/all lamps", { state: "ON" }),
    ];
    expect(stored(lines.flat())).toEqual([
      `${SENSOR_ID} offline`,
      `${LAMP_ID} online`,
      "elsewhere",
      `${LAMP_ID} at 2026-11-22T11:59:00.000Z {"state":true}`,
      'zigbee:group-1 {"state":true}',
    ]);
    expect([session.nameOf(LAMP_ID), session.nameOf("zigbee:group-1")]).toEqual(["kitchen/lamp", "all lamps"]);
  });

  test("version 1.18: what it keeps of each device comes before the list, and is of no device yet", () => {
    const session = openSession(createZigbee2mqtt);
    const lines = [
      session.say("zigbee2mqtt/bridge/state", "online", RETAINED),
      session.say("zigbee2mqtt/kitchen/lamp", { state: "ON" }),
      session.say("zigbee2mqtt/bridge/info", BRIDGE_INFO, RETAINED),
      devices(session, [COORDINATOR, LAMP]),
      session.say("zigbee2mqtt/kitchen/lamp/availability", "online", RETAINED),
      session.say("zigbee2mqtt/kitchen/lamp", { state: "ON" }),
    ];
    expect(stored(lines.flat())).toEqual([`${LAMP_ID} online`, `${LAMP_ID} {"state":true}`]);
  });

  test("a list that never comes is not awaited for more than a minute", () => {
    const session = openSession(createZigbee2mqtt);
    session.say("zigbee2mqtt/bridge/state", "online", RETAINED);
    expect(session.say("zigbee2mqtt/lamp", { brightness: 1 })).toEqual([]);
    session.pass(60_000);
    expect(session.say("zigbee2mqtt/lamp", { brightness: 1 })).toEqual(['zigbee:lamp {"brightness":1}']);
    // At last it comes.
    devices(session, [COORDINATOR, { ...LAMP, friendly_name: "lamp" }]);
    expect(stored(session.say("zigbee2mqtt/lamp", { brightness: 2 }))).toEqual([`${LAMP_ID} {"brightness":2}`]);
  });

  test("it says of its devices whether it reaches them, and which are mains-powered", () => {
    const session = openSession(createZigbee2mqtt);
    devices(session, [COORDINATOR, SENSOR, LAMP]);
    expect(session.presenceOf(LAMP_ID)).toEqual({ radio: { bridge: undefined, isMainsPowered: true } });
    session.say("zigbee2mqtt/bridge/state", '{"state":"offline"}', RETAINED);
    expect(session.presenceOf(SENSOR_ID)).toEqual({ radio: { bridge: "offline", isMainsPowered: false } });
    session.say("zigbee2mqtt/bridge/state", "online", RETAINED);
    expect(session.presenceOf(SENSOR_ID)).toEqual({ radio: { bridge: "online", isMainsPowered: false } });
    expect(session.presenceOf("zigbee:stranger")).toBeUndefined();
  });
});

describe("friendly names", () => {
  const named = (address: string, name: string) => device(address, name, [numeric("temperature", "°C")]);
  const NAMES = [
    "status",
    "kitchen",
    "kitchen/lamp",
    "Küche/Fenster 🌡️",
    "a/set",
    "bridge stand",
    "availability",
    "0xabc",
  ];

  test("hold slashes, umlauts and words of the protocol; the longest wins", () => {
    const session = openSession(createZigbee2mqtt);
    devices(session, [COORDINATOR, ...NAMES.map((name, index) => named(`0x000000000000000${index}`, name))]);
    for (const [index, name] of NAMES.entries()) {
      const id = `zigbee:0x000000000000000${index}`;
      expect(stored(session.say(`zigbee2mqtt/${name}`, { temperature: 20 })), name).toEqual([
        `${id} {"temperature":20}`,
      ]);
      expect(session.say(`zigbee2mqtt/${name}/availability`, "offline"), name).toEqual([`${id} offline`]);
      expect(session.say(`zigbee2mqtt/${name}/set`, { temperature: 1 }), name).toEqual([]);
    }
  });

  test("of which none is known are leftovers", () => {
    const session = openSession(createZigbee2mqtt);
    devices(session, [COORDINATOR, LAMP]);
    for (const topic of ["old", "kitchen", "old/availability", "0x00158d0001a2b3c4", "Coordinator"]) {
      expect(session.say(`zigbee2mqtt/${topic}`, topic.endsWith("y") ? "online" : { state: "ON" }, RETAINED)).toEqual(
        [],
      );
    }
  });
});

describe("a rename", () => {
  test("keeps the id; the former name is a leftover", () => {
    const session = openSession(createZigbee2mqtt);
    devices(session, [COORDINATOR, LAMP, SENSOR]);
    session.say("zigbee2mqtt/kitchen/lamp", { state: "ON" });
    const lines = [
      session.say("zigbee2mqtt/kitchen/lamp", "", RETAINED),
      session.say("zigbee2mqtt/bridge/info", BRIDGE_INFO, RETAINED),
      session.say("zigbee2mqtt/kitchen/lamp/availability", "", RETAINED),
      devices(session, [COORDINATOR, { ...LAMP, friendly_name: "hall" }, SENSOR]),
      session.say("zigbee2mqtt/hall", { state: "ON" }),
      session.say("zigbee2mqtt/kitchen/lamp", { state: "OFF" }, RETAINED),
    ];
    expect(stored(lines.flat())).toEqual([]);
    expect(session.say("zigbee2mqtt/hall", { state: "OFF" })).toEqual([`${LAMP_ID} {"state":false}`]);
    expect(session.nameOf(LAMP_ID)).toBe("hall");
  });

  test("of two devices that exchange their names", () => {
    const session = openSession(createZigbee2mqtt);
    devices(session, [COORDINATOR, LAMP, SENSOR]);
    devices(session, [
      COORDINATOR,
      { ...LAMP, friendly_name: SENSOR.friendly_name },
      { ...SENSOR, friendly_name: LAMP.friendly_name },
    ]);
    expect(stored(session.say("zigbee2mqtt/living_sensor", { state: "ON" }))).toEqual([`${LAMP_ID} {"state":true}`]);
    expect(stored(session.say("zigbee2mqtt/kitchen/lamp", { temperature: 3 }))).toEqual([
      `${SENSOR_ID} {"temperature":3}`,
    ]);
  });
});

test("a device that is removed is offline, and what it measured still has names and units", () => {
  const session = openSession(createZigbee2mqtt);
  devices(session, [COORDINATOR, LAMP, SENSOR]);
  expect(devices(session, [COORDINATOR, LAMP])).toEqual([`${SENSOR_ID} offline`]);
  expect(session.say("zigbee2mqtt/living_sensor/availability", "online", RETAINED)).toEqual([]);
  expect(session.info(SENSOR_ID, "voltage")?.unit).toBe("mV");
  expect(session.nameOf(SENSOR_ID)).toBe("living_sensor");
  devices(session, [COORDINATOR, LAMP, SENSOR]);
  expect(session.say("zigbee2mqtt/living_sensor/availability", "online", RETAINED)).toEqual([`${SENSOR_ID} online`]);
});

describe("two bridges", () => {
  const upstairs = device("0x00158d0000000099", "living_sensor", [numeric("temperature", "°C")]);

  function both(): Session {
    const session = openSession(createZigbee2mqtt);
    devices(session, [COORDINATOR, SENSOR, LAMP]);
    devices(session, [{ ...COORDINATOR, ieee_address: "0x00124b0012014400" }, upstairs], "home/upstairs");
    return session;
  }

  test("have devices of the same friendly name", () => {
    const session = both();
    expect(stored(session.say("zigbee2mqtt/living_sensor", { temperature: 1 }))).toEqual([
      `${SENSOR_ID} {"temperature":1}`,
    ]);
    expect(stored(session.say("home/upstairs/living_sensor", { temperature: 2 }))).toEqual([
      'zigbee:0x00158d0000000099 {"temperature":2}',
    ]);
    session.say("home/upstairs/bridge/state", "offline");
    expect(session.presenceOf(SENSOR_ID)?.radio?.bridge).toBeUndefined();
    expect(session.presenceOf("zigbee:0x00158d0000000099")?.radio?.bridge).toBe("offline");
  });

  test("number their groups alike, and the groups keep their ids", () => {
    const session = both();
    const groups = (base: string, name: string) =>
      session.say(`${base}/bridge/groups`, [{ id: 1, friendly_name: name }], RETAINED);
    groups("zigbee2mqtt", "down");
    groups("home/upstairs", "up");
    const ofSecond = session.say("home/upstairs/up", { brightness: 1 });
    expect(ofSecond).toEqual([
      expect.stringMatching(/^zigbee:home\.upstairs\.group-1~[0-9a-f]{6} \{"brightness":1\}$/),
    ]);
    expect(session.say("zigbee2mqtt/down", { brightness: 2 })).toEqual(['zigbee:group-1 {"brightness":2}']);
    session.say("zigbee2mqtt/bridge/groups", [{ id: 2, friendly_name: "x" }], RETAINED);
    groups("home/upstairs", "up there");
    expect(session.say("home/upstairs/up there", { brightness: 3 })[0]).toContain("home.upstairs.group-1~");
  });

  test("of which one is below the other's base topic", () => {
    const session = openSession(createZigbee2mqtt);
    devices(session, [COORDINATOR, LAMP]);
    devices(session, [{ ...COORDINATOR, ieee_address: "0x00124b0012014400" }, upstairs], "zigbee2mqtt/attic");
    expect(stored(session.say("zigbee2mqtt/attic/living_sensor", { temperature: 2 }))).toEqual([
      'zigbee:0x00158d0000000099 {"temperature":2}',
    ]);
  });

  test("a device that moved from one to the other keeps its id, whichever list comes last", () => {
    const session = both();
    const moved = [COORDINATOR, upstairs, LAMP];
    devices(session, moved, "home/upstairs");
    expect(stored(session.say("home/upstairs/kitchen/lamp", { brightness: 9 }))).toEqual([
      `${LAMP_ID} {"brightness":9}`,
    ]);
    expect(devices(session, [COORDINATOR, SENSOR])).toEqual([]);
    expect(stored(session.say("home/upstairs/kitchen/lamp", { brightness: 8 }))).toEqual([
      `${LAMP_ID} {"brightness":8}`,
    ]);
  });

  test("one may not take the devices of another whose topics are not its own", () => {
    const session = openSession(createZigbee2mqtt);
    const house = { publisher: application("house", "zigbee2mqtt") };
    const guest = { publisher: application("guest", "guest") };
    session.say("zigbee2mqtt/bridge/devices", [COORDINATOR, LAMP], house);
    expect(
      session.say("guest/bridge/devices", [COORDINATOR, { ...LAMP, friendly_name: "mine" }, upstairs], guest),
    ).toEqual(["zigbee:0x00124b00120144ae refused: ANNOUNCED_BY_ANOTHER", `${LAMP_ID} refused: ANNOUNCED_BY_ANOTHER`]);
    expect(session.nameOf(LAMP_ID)).toBe("kitchen/lamp");
    expect(session.say("guest/mine", { state: "ON" }, guest)).toEqual(["elsewhere"]);
  });
});

describe("a restart of the hub", () => {
  test("with no announcement repeated: the same ids, names, units and presence", () => {
    const before = openSession(createZigbee2mqtt);
    devices(before, [COORDINATOR, LAMP, SENSOR, REMOTE]);
    before.say("zigbee2mqtt/bridge/groups", [{ id: 7, friendly_name: "all" }], RETAINED);
    devices(before, [COORDINATOR, LAMP, SENSOR]);
    before.say("chip/bridge/info", BRIDGE_INFO, RETAINED);
    devices(before, [COORDINATOR, { ...SENSOR, friendly_name: "chip sensor" }], "chip");
    const after = openSession(createZigbee2mqtt, before.stored());
    for (const id of [LAMP_ID, SENSOR_ID, "zigbee:0x90fd9ffffe0bcb51", "zigbee:group-7"]) {
      expect(after.nameOf(id), id).toBe(before.nameOf(id));
      expect(after.presenceOf(id)).toEqual(before.presenceOf(id));
      for (const metric of [
        "state",
        "brightness",
        "color.x",
        "voltage",
        "action",
        "linkquality",
        "power_on_behavior",
      ]) {
        expect(after.info(id, metric), `${id} ${metric}`).toEqual(before.info(id, metric));
      }
    }
    expect(stored(after.say("zigbee2mqtt/kitchen/lamp", { state: "ON" }))).toEqual([`${LAMP_ID} {"state":true}`]);
    expect(stored(after.say("zigbee2mqtt/all", { state: "ON" }))).toEqual(['zigbee:group-7 {"state":true}']);
    expect(after.say("zigbee2mqtt/remote", { action: "on" })).toEqual([]);
    expect(stored(after.say("chip/chip sensor", { voltage: 3 }))).toEqual([`${SENSOR_ID} {"voltage":3}`]);
  });

  test("the same list teaches nothing new", () => {
    const before = openSession(createZigbee2mqtt);
    devices(before, [COORDINATOR, LAMP, SENSOR]);
    const after = openSession(createZigbee2mqtt, before.stored());
    devices(after, [COORDINATOR, LAMP, SENSOR]);
    expect([before.writes(), after.writes()]).toEqual([3, 0]);
  });

  test("what a newer version wrote is ignored", () => {
    const session = openSession(createZigbee2mqtt);
    devices(session, [COORDINATOR, LAMP]);
    const newer = session.stored().map((each) => ({ ...each, data: each.data.replace('"device"', '"thing"') }));
    const after = openSession(createZigbee2mqtt, [
      ...newer,
      ...newer.map((each) => ({ ...each, key: "x", data: "{" })),
    ]);
    expect(after.nameOf(LAMP_ID)).toBeUndefined();
    expect(after.say("zigbee2mqtt/kitchen/lamp", { state: "ON" })).toEqual([]);
  });
});

test("the same list is read once in ten minutes, whatever else comes", () => {
  const session = openSession(createZigbee2mqtt);
  const list = [COORDINATOR, LAMP];
  devices(session, list);
  const read = () => session.read("zigbee2mqtt/bridge/devices", list);
  const learned = () => read().kind === "parts" && JSON.stringify(read()).includes("learned");
  expect(learned()).toBe(false);
  session.pass(10 * 60_000);
  expect(JSON.stringify(read())).toContain("learned");
});
