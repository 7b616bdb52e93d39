/** What Tasmota's boards announce: names, units, topics of their own, and whose word counts. */
import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createTasmota } from "../../../../src/dialects/tasmota/tasmota.ts";
import { createSession, credential, type FamilySession, metricsOf } from "../family-session.ts";

const id = (text: string): DeviceId => text as DeviceId;

/** A real document, shortened; its address is replaced. */
const CONFIG = {
  ip: "192.0.2.71",
  dn: "Tasmota",
  fn: ["Tasmota", null, null, null, null, null, null, null],
  hn: "tasmota-F17F56-8022",
  mac: "AABBCCF17F56",
  md: "Athom Plug V2",
  ofln: "Offline",
  onln: "Online",
  state: ["OFF", "ON", "TOGGLE", "HOLD"],
  sw: "10.1.0",
  t: "tasmota_F17F56",
  ft: "%prefix%/%topic%/",
  tp: ["cmnd", "stat", "tele"],
  rl: [1, 0, 0, 0, 0, 0, 0, 0],
  ver: 1,
};
const SENSORS =
  '{"sn":{"Time":"2023-06-24T08:39:31","ENERGY":{"Total":0.000,"Power": 0,"Voltage":233},"ESP32":{"Temperature":78.8},"TempUnit":"F"},"ver":1}';
const MAC = "AABBCCF17F56";
const OTHER_MAC = "AABBCC000001";

const announce = (
  session: FamilySession,
  changes: object,
  { mac = MAC, ...options }: Parameters<FamilySession["send"]>[2] & { mac?: string } = {},
): ReturnType<FamilySession["send"]> =>
  session.send(`tasmota/discovery/${mac}/config`, JSON.stringify({ ...CONFIG, ...changes }), {
    retain: true,
    ...options,
  });

test("a board that boots appears with its attributes, names and units", () => {
  const session = createSession(createTasmota);
  const heard = session.play(`
    tele/tasmota_F17F56/LWT Online
    tele/tasmota_F17F56/INFO1 {"Info1":{"Module":"Athom Plug V2","Version":"10.1.0(tasmota)","FallbackTopic":"cmnd/DVES_F17F56_fb/","GroupTopic":"cmnd/tasmotas/"}}
    tele/tasmota_F17F56/INFO2 {"Info2":{"WebServerMode":"Admin","Hostname":"tasmota-F17F56-8022","IPAddress":"192.0.2.71"}}
    tele/tasmota_F17F56/INFO3 {"Info3":{"RestartReason":"Software/System restart","BootCount":5}}
    stat/tasmota_F17F56/RESULT {"POWER":"ON"}
    tasmota/discovery/AABBCCF17F56/config ${JSON.stringify(CONFIG)}
    tasmota/discovery/AABBCCF17F56/sensors ${SENSORS}
    tele/tasmota_F17F56/STATE {"Time":"2023-06-24T08:39:35","UptimeSec":13,"POWER":"ON","Wifi":{"RSSI":86,"Signal":-57}}
    tele/tasmota_F17F56/SENSOR {"Time":"2023-06-24T08:39:35","ENERGY":{"Total":0.000,"Power": 0,"Voltage":233},"ESP32":{"Temperature":78.8},"TempUnit":"F"}`);
  const plug = id("tasmota:tasmota_F17F56");
  expect(heard[0]).toEqual({ status: { [plug]: true } });
  // What the document repeats of the INFO messages is not said again.
  expect(heard[5]).toEqual({ attributes: { [plug]: { firmware: "10.1.0", mac: MAC } } });
  expect(heard[6]).toEqual({});
  expect(metricsOf(heard[8] ?? {})).toEqual({
    "ENERGY.Total": 0,
    "ENERGY.Power": 0,
    "ENERGY.Voltage": 233,
    "ESP32.Temperature": 78.8,
  });
  expect(session.nameOf(plug)).toBe("tasmota_F17F56");
  expect(session.metricInfo(plug, "ENERGY.Power")).toMatchObject({ label: "Power", unit: "W", deviceClass: "power" });
  expect(session.metricInfo(plug, "ESP32.Temperature")).toMatchObject({ label: "ESP32 temperature", unit: "°F" });
});

test.each([
  [{ dn: "Kitchen plug", fn: ["Lamp"] }, "Kitchen plug", "Lamp"],
  [{ dn: "Tasmota", fn: ["Lamp"] }, "Lamp", "Lamp"],
  [{ dn: "Tasmota", fn: ["Tasmota", "Tasmota2"] }, "tasmota_F17F56", "Relay"],
  [{ dn: "", fn: "none" }, "tasmota_F17F56", "Relay"],
  [{ dn: "Küche\u0007", fn: [] }, "Küche", "Relay"],
])("the display name of %o is %s", (names, name, relay) => {
  const session = createSession(createTasmota);
  announce(session, names);
  for (const each of [session, session.restarted()]) {
    expect(each.nameOf(id("tasmota:tasmota_F17F56"))).toBe(name);
    expect(each.metricInfo(id("tasmota:tasmota_F17F56"), "POWER")).toMatchObject({
      label: relay,
      kind: "boolean",
      settable: true,
    });
  }
});

test("two boards with one name stay two devices", () => {
  const session = createSession(createTasmota);
  announce(session, { dn: "Plug" });
  announce(session, { dn: "Plug", t: "tasmota_000001", mac: OTHER_MAC }, { mac: OTHER_MAC });
  expect(session.nameOf(id("tasmota:tasmota_F17F56"))).toBe("Plug");
  expect(session.nameOf(id("tasmota:tasmota_000001"))).toBe("Plug");
});

const CUSTOM = [
  ["home/%prefix%/%topic%/", "home/tele/kitchen/SENSOR", "home/stat/kitchen/POWER", "tasmota:kitchen"],
  ["%prefix%/floor1/%topic%", "tele/floor1/kitchen/SENSOR", "stat/floor1/kitchen/POWER", "tasmota:kitchen"],
  [
    "penthouse/bath/%topic%/%prefix%/",
    "penthouse/bath/kitchen/tele/SENSOR",
    "penthouse/bath/kitchen/stat/POWER",
    "tasmota:kitchen",
  ],
  ["flat/%id%/%prefix%/", `flat/${MAC}/tele/SENSOR`, `flat/${MAC}/stat/POWER`, "tasmota:kitchen"],
  ["boards/%topic%/", "boards/kitchen/SENSOR", "boards/kitchen/POWER", "tasmota:kitchen"],
  // The form of these says whose they are, before a document comes and after.
  [
    "%prefix%/%hostname%/",
    "tele/tasmota-F17F56-8022/SENSOR",
    "stat/tasmota-F17F56-8022/POWER",
    "tasmota:tasmota-F17F56-8022",
  ],
  ["%topic%/%prefix%/", "kitchen/tele/SENSOR", "kitchen/stat/POWER", "tasmota:kitchen"],
] as const;

test.each(CUSTOM)("with FullTopic %s it is read from %s, also after a restart", (ft, sensor, power, deviceId) => {
  const session = createSession(createTasmota);
  const isByForm = session.send(sensor, '{"ANALOG":{"A0":7}}').elsewhere === undefined;
  announce(session, { t: "kitchen", ft });
  for (const each of [session, session.restarted()]) {
    expect(each.send(sensor, '{"ANALOG":{"A0":8}}')).toEqual({
      readings: [{ deviceId, metrics: { "ANALOG.A0": 8 } }],
    });
    expect(each.send(power, "ON")).toEqual({ readings: [{ deviceId, metrics: { POWER: true } }] });
  }
  expect(isByForm).toBe(ft.startsWith("%") && !ft.includes("floor1"));
});

test("own words for off, on, offline and online are understood, also after a restart", () => {
  const session = createSession(createTasmota);
  announce(session, { state: ["Zu", "Auf", "TOGGLE", "HOLD"], onln: "Da", ofln: "Weg" });
  for (const each of [session, session.restarted()]) {
    const heard = each.play(`
      stat/tasmota_F17F56/POWER Auf
      tele/tasmota_F17F56/SENSOR {"Switch1":"Zu"}
      tele/tasmota_F17F56/LWT Da
      tele/tasmota_F17F56/LWT Weg
      tele/tasmota_F17F56/LWT Offline`);
    expect(heard.map(metricsOf).slice(0, 2)).toEqual([{ POWER: true }, { Switch1: false }]);
    expect(heard[2]?.status).toEqual({ "tasmota:tasmota_F17F56": true });
    expect(heard[3]?.status).toEqual({ "tasmota:tasmota_F17F56": false });
    expect(heard[4]?.faults?.[0]?.code).toBe("STATUS_INVALID");
  }
});

test("a board with another Topic is another device, and the topics of the former one are free", () => {
  const session = createSession(createTasmota);
  announce(session, { t: "old", ft: "home/%topic%/%prefix%/" });
  announce(session, { t: "new", ft: "home/%topic%/%prefix%/" });
  expect(session.send("home/new/tele/LWT", "Online").status).toEqual({ "tasmota:new": true });
  expect(session.send("home/old/tele/LWT", "Online")).toEqual({ elsewhere: true });
});

test("a board that takes its document back is forgotten where only the document named it", () => {
  const session = createSession(createTasmota);
  announce(session, { dn: "Kitchen", ft: "home/%topic%/%prefix%/" });
  expect(session.send(`tasmota/discovery/${MAC}/config`, "", { retain: true })).toEqual({});
  expect(session.send("home/tasmota_F17F56/tele/LWT", "Online")).toEqual({ elsewhere: true });
  expect(session.nameOf(id("tasmota:tasmota_F17F56"))).toBe("tasmota_F17F56");
});

test.each([
  ["devices/%topic%/%prefix%/", "PAYLOAD_WRONG_SHAPE"],
  ["zigbee2mqtt/%topic%/%prefix%/", "PAYLOAD_WRONG_SHAPE"],
  ["$SYS/%topic%/%prefix%/", "PAYLOAD_WRONG_SHAPE"],
  ["home/+/%prefix%/", "PAYLOAD_WRONG_SHAPE"],
  [`${"x/".repeat(200)}%prefix%/`, "PAYLOAD_WRONG_SHAPE"],
])("FullTopic %s is not honoured", (ft, code) => {
  const session = createSession(createTasmota);
  expect(announce(session, { ft }).faults?.map((fault) => fault.code)).toEqual([code]);
  expect(session.stored()).toEqual([]);
});

test("two boards that publish to the same topics of their own are told apart by an error", () => {
  const session = createSession(createTasmota);
  announce(session, { t: "one", ft: "our/home/%prefix%/" });
  const heard = announce(session, { t: "two", ft: "our/home/%prefix%/" }, { mac: OTHER_MAC });
  expect(heard.faults).toEqual([
    { code: "PAYLOAD_WRONG_SHAPE", detail: "tasmota:one publishes to our/home/tele/, too: change Topic" },
  ]);
});

const KITCHEN = credential("board:tasmota:kitchen", "tasmota:kitchen", /^(tele|stat|cmnd)\/kitchen\/|^tasmota\//);
const HALL = credential("board:tasmota:hall", "tasmota:hall", /^(tele|stat|cmnd)\/hall\/|^tasmota\//);
const BRIDGE = credential("application:bridge", undefined, /^(tele|tasmota|stat)\//);

test("with a credential of its own a board is that device, whatever it calls itself", () => {
  const session = createSession(createTasmota);
  const options = { publisher: KITCHEN };
  expect(session.send("tele/kitchen/SENSOR", '{"ANALOG":{"A0":1}}', options).readings?.[0]?.deviceId).toBe(
    "tasmota:kitchen",
  );
  announce(session, { t: "kitchen", dn: "Stove" }, options);
  expect(session.nameOf(id("tasmota:kitchen"))).toBe("Stove");
  // Another board of the same name, with its own credential.
  expect(session.send("tele/hall/LWT", "Online", { publisher: HALL }).status).toEqual({ "tasmota:hall": true });
});

test("others neither replace nor empty what a board announced", () => {
  const session = createSession(createTasmota);
  announce(session, { t: "kitchen", dn: "Stove" }, { publisher: KITCHEN });
  const replaced = announce(session, { t: "hall", dn: "Mine" }, { publisher: HALL });
  const bridged = announce(session, { t: "kitchen", dn: "Bridged" }, { publisher: BRIDGE });
  const emptied = ["config", "sensors"].map((document) =>
    session.send(`tasmota/discovery/${MAC}/${document}`, "", { publisher: BRIDGE }),
  );
  expect(replaced.faults?.[0]?.code).toBe("ANNOUNCED_BY_ANOTHER");
  expect(bridged.faults?.[0]?.code).toBe("ANNOUNCED_BY_ANOTHER");
  for (const { faults } of emptied) expect(faults?.[0]?.code).toBe("ANNOUNCED_BY_ANOTHER");
  expect(session.nameOf(id("tasmota:kitchen"))).toBe("Stove");
  // Its own credential may, after a bridge spoke for it.
  const later = createSession(createTasmota);
  announce(later, { t: "kitchen", dn: "Bridged" }, { publisher: BRIDGE });
  announce(later, { t: "kitchen", dn: "Stove" }, { publisher: KITCHEN });
  expect(later.nameOf(id("tasmota:kitchen"))).toBe("Stove");
});

test("a document is honoured for topics only that its publisher may publish to", () => {
  const session = createSession(createTasmota);
  const heard = announce(session, { t: "hall", dn: "Not mine" }, { publisher: KITCHEN });
  expect(heard.faults).toEqual([
    { code: "TOPIC_NOT_OWN", detail: "it announces tele/hall/, and may not publish there" },
  ]);
  expect(session.stored()).toEqual([]);
});

test("what was announced before there were accounts may be replaced by whoever has one", () => {
  const session = createSession(createTasmota);
  announce(session, { t: "kitchen", dn: "Before" });
  announce(session, { t: "kitchen", dn: "After" }, { publisher: BRIDGE });
  expect(session.nameOf(id("tasmota:kitchen"))).toBe("After");
});

test("a unit that changes is kept with the instants from which each holds", () => {
  const session = createSession(createTasmota);
  const sensor = (unit: string, atMs: number) =>
    session.send("tele/plug/SENSOR", `{"SHT3X":{"Temperature":20},"TempUnit":"${unit}"}`, { atMs });
  sensor("C", 1_000);
  sensor("C", 2_000);
  sensor("F", 3_000);
  sensor("furlong", 4_000);
  session.send("tele/plug/SENSOR", '{"BMP280":{"Pressure":29.5},"PressureUnit":"inHg"}', { atMs: 5_000 });
  const [units] = session.stored();
  expect(JSON.parse(units?.data ?? "")).toEqual({
    since: [
      { fromMs: 1_000, temperature: "C" },
      { fromMs: 3_000, temperature: "F" },
      { fromMs: 5_000, temperature: "F", pressure: "inHg" },
    ],
  });
  for (const each of [session, session.restarted()]) {
    expect(each.metricInfo(id("tasmota:plug"), "SHT3X.Temperature")?.unit).toBe("°F");
    expect(each.metricInfo(id("tasmota:plug"), "BMP280.Pressure")?.unit).toBe("inHg");
    expect(each.metricInfo(id("tasmota:plug"), "ANEMO.WindSpeed")?.unit).toBe("");
  }
});

test("a name that makes no id of its own is kept", () => {
  const session = createSession(createTasmota);
  const [deviceId = ""] = Object.keys(session.send("tele/Küche oben/LWT", "Online").status ?? {});
  expect(deviceId).toMatch(/^tasmota:K_che_oben~[0-9a-f]{6}$/);
  session.send("tele/zb/SENSOR", '{"ZbReceived":{"0x5480":{"Device":"0x5480","Name":"Attic","Temperature":20.9}}}');
  for (const each of [session, session.restarted()]) {
    expect(each.nameOf(id(deviceId))).toBe("Küche oben");
    expect(each.nameOf(id("tasmota:zb.0x5480"))).toBe("Attic");
    expect(each.metricInfo(id("tasmota:zb.0x5480"), "Temperature")).toMatchObject({
      label: "Temperature",
      unit: "°C",
    });
    expect(each.presenceOf(id("tasmota:zb.0x5480"))).toEqual({ radio: { bridge: undefined, isMainsPowered: false } });
  }
  session.send("tele/zb/LWT", "Offline");
  expect(session.presenceOf(id("tasmota:zb.0x5480"))?.radio?.bridge).toBe("offline");
  expect(session.presenceOf(id("tasmota:zb"))).toBeUndefined();
});
