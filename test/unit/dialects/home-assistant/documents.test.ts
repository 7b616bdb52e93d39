/** The forms of discovery documents: topics, abbreviations, base topics, removals, names of devices and metrics. */
import { describe, expect, test } from "vitest";
import { KEYS } from "../../../../src/dialects/home-assistant/abbreviations.ts";
import { metricsOf } from "../family-session.ts";
import { announce, createHub, id } from "./announce.ts";

const DEVICE = { dev: { ids: ["d"], name: "Kitchen" } };

test.each([
  ["homeassistant/sensor/a/config", true],
  ["homeassistant/sensor/node-1/a_B-2/config", true],
  ["homeassistant/device/node/a/config", true],
  ["homeassistant/sensor/config", false],
  ["homeassistant/sensor/a/b/c/config", false],
  ["homeassistant/sensor/a b/config", false],
  ["homeassistant/sensor/ä/config", false],
  ["homeassistant/sensor//config", false],
  ["homeassistant/sensor/a/state", false],
  ["homeassistant/status", false],
  ["other/sensor/a/config", false],
  ["homeassistant2/sensor/a/config", false],
])("%s holds a document: %s", (topic, isDocument) => {
  const hub = createHub();
  const heard = hub.send(topic, '{"stat_t":"s"}');
  expect(heard).toEqual(isDocument ? {} : { elsewhere: true });
});

test("another prefix, which may have several levels", () => {
  const hub = createHub({ prefix: "my/ha" });
  hub.send("my/ha/sensor/n/t/config", JSON.stringify({ ...DEVICE, stat_t: "s" }));
  expect(metricsOf(hub.send("s", "1"))).toEqual({ t: 1 });
  expect(hub.send("homeassistant/sensor/n/t/config", "{}")).toEqual({ elsewhere: true });
  expect(metricsOf(hub.restarted().send("s", "2"))).toEqual({ t: 2 });
});

test("every abbreviation has one full name, and none of those is an abbreviation", () => {
  expect(KEYS.size).toBeGreaterThan(250);
  for (const [short, full] of KEYS) {
    expect([short, KEYS.has(full)]).toEqual([short, false]);
    expect(full).toMatch(/^[a-z_]{4,}$/);
  }
  expect(new Set(KEYS.values()).size).toBe(KEYS.size);
  for (const key of ["stat_t", "val_tpl", "avty", "cmps", "p", "o", "dev"]) expect(KEYS.has(key)).toBe(true);
});

test.each([
  ["~/state", "base/state"],
  ["~state", "basestate"],
  ["prefix/~", "prefix/base"],
  ["a~b", "a~b"],
])("with the base topic, %s is %s", (written, topic) => {
  const hub = createHub();
  announce(hub, "sensor/n/t", { ...DEVICE, "~": "base", stat_t: written, avty: [{ t: written, pl_avail: "1" }] });
  expect(hub.send(topic, "1")).toMatchObject({ readings: [{ metrics: { t: 1 } }], status: { "ha:d": true } });
});

test("the full name counts where both are there, unknown keys do not, and odd values are read for what they mean", () => {
  const hub = createHub();
  announce(hub, "number/n/t", {
    ...DEVICE,
    state_topic: "full",
    stat_t: "short",
    nonsense: { a: [1] },
    qos: "2",
    ret: "false",
    opt: "true",
    min: "5",
    max: "30",
    unit_of_meas: 5,
    name: null,
  });
  expect(hub.send("short", "1")).toEqual({ elsewhere: true });
  expect(metricsOf(hub.send("full", "7"))).toEqual({ t: 7 });
  expect(hub.metricInfo(id("ha:d"), "t")).toMatchObject({ label: "Number", unit: "5", range: [5, 30] });
});

describe("a document of a device", () => {
  const document = (components: object) => ({
    ...DEVICE,
    "~": "base",
    o: { name: "maker" },
    stat_t: "~/s",
    avty_t: "~/up",
    cmps: components,
  });

  test("shares its topics and its availability with its components, which may have their own", () => {
    const hub = createHub();
    announce(
      hub,
      "device/d",
      document({
        a: { p: "sensor", uniq_id: "a", val_tpl: "{{ value_json.a }}" },
        b: { p: "sensor", uniq_id: "b", stat_t: "~/other" },
        c: { p: "binary_sensor", uniq_id: "c", "~": "own", stat_t: "~/c" },
      }),
    );
    expect(metricsOf(hub.send("base/s", '{"a":1}'))).toEqual({ a: 1 });
    expect(metricsOf(hub.send("base/other", "2"))).toEqual({ b: 2 });
    expect(metricsOf(hub.send("own/c", "ON"))).toEqual({ c: true });
    expect(hub.send("base/up", "offline").status).toEqual({ "ha:d": false });
  });

  test("loses a component that holds its platform alone, or is left out", () => {
    const hub = createHub();
    const [a, b, c] = ["a", "b", "c"].map((key) => ({ p: "sensor", uniq_id: key, stat_t: `s/${key}` }));
    announce(hub, "device/d", document({ a, b, c }));
    expect(metricsOf(hub.send("s/b", "1"))).toEqual({ b: 1 });
    announce(hub, "device/d", document({ a, b: { p: "sensor" } }));
    expect(hub.send("s/b", "1")).toEqual({ elsewhere: true });
    expect(hub.send("s/c", "1")).toEqual({ elsewhere: true });
    expect(metricsOf(hub.send("s/a", "1"))).toEqual({ a: 1 });
    announce(hub, "device/d", document({ a: { platform: "sensor" } }));
    expect(hub.send("s/a", "1")).toEqual({ elsewhere: true });
    expect(hub.stored()).toEqual([]);
  });

  test("takes over the names of documents of its entities, which go afterwards", () => {
    const hub = createHub();
    announce(hub, "sensor/d/temperature", { ...DEVICE, uniq_id: "d_t", stat_t: "s" });
    announce(hub, "sensor/d/temperature", { migrate_discovery: true });
    announce(hub, "device/d", document({ d_temp: { p: "sensor", uniq_id: "d_t", stat_t: "s" } }));
    expect(metricsOf(hub.send("s", "1"))).toEqual({ temperature: 1 });
    announce(hub, "sensor/d/temperature", "");
    expect(metricsOf(hub.send("s", "2"))).toEqual({ temperature: 2 });
    expect(metricsOf(hub.restarted().send("s", "3"))).toEqual({ temperature: 3 });
  });

  test("may hold nonsense", () => {
    const hub = createHub();
    announce(
      hub,
      "device/d",
      document({ a: null, b: 5, c: [], d: { p: 7 }, e: { x: 1 }, ["__proto__"]: { p: "sensor", stat_t: "s" } }),
    );
    announce(hub, "device/e", { ...DEVICE, cmps: [1, 2] });
    expect(hub.stored().map(({ key }) => key)).toEqual(["device/d/config"]);
    expect(metricsOf(hub.send("s", "1"))).toEqual({ m__proto__: 1 });
  });
});

describe("a document is removed", () => {
  test.each([
    ["by an empty payload", ""],
    ["by an empty object", {}],
  ])("%s, and may come back with the name that it had", (_, removal) => {
    const hub = createHub();
    const document = { ...DEVICE, stat_t: "s" };
    announce(hub, "sensor/n/t", document);
    announce(hub, "sensor/n/t", removal, { retain: true });
    expect(hub.send("s", "1")).toEqual({ elsewhere: true });
    expect(hub.stored()).toEqual([]);
    announce(hub, "sensor/n/t", document);
    expect(metricsOf(hub.send("s", "2"))).toEqual({ t: 2 });
  });

  test("that was never there", () => {
    expect(announce(createHub(), "sensor/n/t", "")).toEqual({});
  });
});

test("documents that an Aerie announced are left alone", () => {
  const hub = createHub();
  for (const name of ["Aerie", "aerie hub"]) announce(hub, "sensor/n/t", { ...DEVICE, stat_t: "s", o: { name } });
  expect(hub.stored()).toEqual([]);
  announce(hub, "sensor/n/t", { ...DEVICE, stat_t: "s", o: { name: "aeries2mqtt" } });
  expect(hub.stored()).toHaveLength(1);
});

test.each<[what: string, where: string, document: object, deviceId: string]>([
  ["the first identifier", "sensor/n/o", { dev: { ids: ["", "first", "second"], cns: [["mac", "AA"]] } }, "ha:first"],
  ["an identifier that is a number", "sensor/n/o", { dev: { ids: 1234 } }, "ha:1234"],
  [
    "a MAC address",
    "sensor/n/o",
    {
      dev: {
        cns: [
          ["upnp", "x"],
          ["mac", "02:00:5E:00-53:01"],
        ],
      },
    },
    "ha:02005e005301",
  ],
  ["another connection", "sensor/n/o", { dev: { cns: [["zigbee", "0x1"]] } }, "ha:0x1"],
  ["the node", "sensor/n/o", { uniq_id: "u" }, "ha:n"],
  ["the object", "sensor/o", { uniq_id: "u" }, "ha:o"],
  [
    "what the unique ids share",
    "device/o",
    { cmps: { a: { p: "sensor", uniq_id: "esp12_t" }, b: { p: "sensor", uniq_id: "esp12_h" } } },
    "ha:esp12",
  ],
  [
    "the object where they share too little",
    "device/o",
    { cmps: { a: { p: "sensor", uniq_id: "a_t" }, b: { p: "sensor", uniq_id: "a_h" } } },
    "ha:o",
  ],
  ["an id of other characters, with a hash", "sensor/n/o", { dev: { ids: "Küche" } }, "ha:K_che~14e23b"],
])("a device is called by %s", (_, where, document, deviceId) => {
  const hub = createHub();
  announce(hub, where, { ...document, stat_t: "s" });
  expect(hub.stored().map((each) => each.deviceId)).toEqual([deviceId]);
});

test.each<[what: string, where: string, document: object, metric: string]>([
  ["the object id", "sensor/n/power", DEVICE, "power"],
  ["without the identifier", "sensor/D_power", DEVICE, "power"],
  ["without the device's name", "sensor/kitchen-power", DEVICE, "power"],
  ["without the node", "sensor/n1/n1_power", { dev: { ids: "x" } }, "power"],
  [
    "without the MAC address",
    "sensor/02005E000001-tempc",
    { dev: { ids: "x", cns: [["mac", "02:00:5e:00:00:01"]] } },
    "tempc",
  ],
  ["not without a part of a word", "sensor/n/kitchens", DEVICE, "kitchens"],
  ["the device class, where nothing is left", "sensor/n/kitchen", { ...DEVICE, dev_cla: "power" }, "power"],
  ["the component, where there is none", "switch/kitchen", DEVICE, "switch"],
  ["with a letter before", "sensor/n/1_power", DEVICE, "m1_power"],
  ["not by what a reading has besides", "sensor/n/timestamp", DEVICE, "timestamp_83d591"],
  [
    "of a component of a device",
    "device/dx",
    { ...DEVICE, cmps: { "dx power!": { p: "sensor", stat_t: "s" } } },
    "power_",
  ],
])("a metric is called by %s", (_, where, document, metric) => {
  const hub = createHub();
  announce(hub, where, { stat_t: "s", ...document });
  expect(Object.keys(metricsOf(hub.send("s", where.startsWith("switch") ? "ON" : "1")))).toEqual([metric]);
});

test("two entities of one name have two metrics, whatever is announced again, and after a restart", () => {
  const hub = createHub();
  const sensor = { ...DEVICE, stat_t: "s/sensor" };
  const binary = { ...DEVICE, stat_t: "s/binary" };
  announce(hub, "sensor/n/battery", sensor);
  announce(hub, "binary_sensor/n/battery", binary);
  for (const each of [hub, hub.restarted()]) {
    announce(each, "binary_sensor/n/battery", { ...binary, name: "Low" });
    announce(each, "sensor/n/battery", { ...sensor, name: "Level" });
    expect(metricsOf(each.send("s/sensor", "80"))).toEqual({ battery: 80 });
    expect(metricsOf(each.send("s/binary", "ON"))).toEqual({ "binary_sensor.battery": true });
  }
});

test("a further metric of an entity takes no name of another", () => {
  const hub = createHub();
  announce(hub, "device/d", {
    ...DEVICE,
    cmps: { "lamp.brightness": { p: "sensor", stat_t: "s" }, lamp: { p: "light", stat_t: "l", bri_stat_t: "b" } },
  });
  expect(metricsOf(hub.send("s", "1"))).toEqual({ "lamp.brightness": 1 });
  expect(metricsOf(hub.send("b", "2"))).toEqual({ "light.lamp.brightness": 2 });
});

test.each([
  ["Kitchen Temperature", "Temperature"],
  ["kitchen temperature", "temperature"],
  ["Kitchens", "Kitchens"],
  ["", "Power"],
  [null, "Power"],
])("the label of %j in the kitchen is %s", (name, label) => {
  const hub = createHub();
  announce(hub, "sensor/n/t", { ...DEVICE, name, dev_cla: "power", stat_t: "s" });
  expect(hub.metricInfo(id("ha:d"), "t")?.label).toBe(label);
});
