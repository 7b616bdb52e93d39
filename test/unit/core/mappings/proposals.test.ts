import { describe, expect, test } from "vitest";
import type { MappingFields } from "../../../../src/contract/mappings.ts";
import { proposalsOf } from "../../../../src/core/mappings/proposals.ts";
import { factsOf } from "../../../../src/core/mappings/sample-facts.ts";
import type { KnownTopic } from "../../../../src/core/mappings/split-topic.ts";

const NOW = Date.UTC(2026, 10, 30, 12);
const known = (topic: string, payload: string, hasSeveralIds = false): KnownTopic => {
  const facts = factsOf(Buffer.from(payload), NOW);
  if (facts === undefined) throw new Error(`nothing in ${payload}`);
  return { topic, facts, hasSeveralIds };
};

const proposed = (messages: Record<string, string>, isFree: (fields: MappingFields) => boolean = () => true) =>
  Object.fromEntries(
    proposalsOf(
      Object.entries(messages).map(([topic, payload]) => known(topic, payload)),
      isFree,
    ),
  );

const value = (topic: string, more: Partial<MappingFields> = {}) => ({ topic, payload: "value", ...more });
const json = (topic: string, more: Partial<MappingFields> = {}) => ({ topic, payload: "json", ...more });

describe("plain values", () => {
  const tables: [what: string, messages: Record<string, string>, Record<string, unknown>][] = [
    [
      "one topic whose last level is a known quantity",
      { "home/kitchen/temperature": "21.5" },
      { "home/kitchen/temperature": value("home/{device}/{metric}") },
    ],
    [
      "rooms of a house, with other names for what the catalogue knows",
      {
        "home/kitchen/temp": "21.5",
        "home/bath/humidity": "61",
        "home/bath/motion": "ON",
        "home/bath/temperature": "20",
      },
      {
        "home/kitchen/temp": value("home/{device}/{metric}", { rename: { temp: "temperature" } }),
        "home/bath/humidity": value("home/{device}/{metric}", { rename: { temp: "temperature" } }),
        "home/bath/motion": value("home/{device}/{metric}", { rename: { temp: "temperature" } }),
        "home/bath/temperature": value("home/{device}/{metric}", { rename: { temp: "temperature" } }),
      },
    ],
    [
      "two metrics of one device do not get one name",
      { "home/kitchen/temp": "21.5", "home/bath/temp": "21.5", "home/bath/temperature": "20" },
      {
        "home/kitchen/temp": value("home/{device}/{metric}"),
        "home/bath/temp": value("home/{device}/{metric}"),
        "home/bath/temperature": value("home/{device}/{metric}"),
      },
    ],
    [
      "floors and rooms",
      { "home/1/kitchen/temperature": "21", "home/2/bath/humidity": "61" },
      {
        "home/1/kitchen/temperature": value("home/{device}/{device}/{metric}"),
        "home/2/bath/humidity": value("home/{device}/{device}/{metric}"),
      },
    ],
    [
      "one device only",
      { "weather/temperature": "3.5", "weather/wind_avg_km_h": "12" },
      {
        "weather/temperature": value("weather/{metric}", { units: { wind_avg_km_h: "km/h" } }),
        "weather/wind_avg_km_h": value("weather/{metric}", { units: { wind_avg_km_h: "km/h" } }),
      },
    ],
    [
      "devices on the first level: the rest of the topic stays as it is",
      { "esp1/temperature": "20", "esp2/temperature": "21" },
      { "esp1/temperature": value("{device}/temperature"), "esp2/temperature": value("{device}/temperature") },
    ],
    [
      "the quantity before the device",
      { "temperature/kitchen": "20", "temperature/bath": "21" },
      { "temperature/kitchen": value("temperature/{device}"), "temperature/bath": value("temperature/{device}") },
    ],
    [
      "the quantity before the device, in the middle",
      { "house/temperature/kitchen": "20", "house/humidity/kitchen": "61" },
      {
        "house/temperature/kitchen": value("house/{metric}/{device}"),
        "house/humidity/kitchen": value("house/{metric}/{device}"),
      },
    ],
    [
      "no known quantity: several values of one thing",
      { "plant/m1/total": "5", "plant/m1/runs": "7", "plant/m2/total": "4" },
      {
        "plant/m1/total": value("plant/{device}/{metric}"),
        "plant/m1/runs": value("plant/{device}/{metric}"),
        "plant/m2/total": value("plant/{device}/{metric}"),
      },
    ],
    [
      "things of a collection, nothing said of what they measure",
      { "sensors/kitchen": "20", "sensors/bath": "21" },
      {
        "sensors/kitchen": value("sensors/{device}", { rename: { sensors: "value" } }),
        "sensors/bath": value("sensors/{device}", { rename: { sensors: "value" } }),
      },
    ],
    [
      "ESPHome's topics",
      {
        "livingroom/sensor/outside_temperature/state": "4.5",
        "livingroom/binary_sensor/motion/state": "ON",
        "office/sensor/pm25/state": "12",
      },
      {
        "livingroom/sensor/outside_temperature/state": value("{device}/sensor/{metric}/state"),
        "livingroom/binary_sensor/motion/state": value("{device}/binary_sensor/{metric}/state"),
        "office/sensor/pm25/state": value("{device}/sensor/{metric}/state"),
      },
    ],
    [
      "an inverter with a level for each input, and one that is a word",
      { "solar/inverter/pv1/voltage": "380", "solar/inverter/total/energy": "123", "solar/inverter/ac/power": "880" },
      {
        "solar/inverter/pv1/voltage": value("solar/inverter/{device}/{metric}"),
        "solar/inverter/total/energy": value("solar/inverter/{device}/{metric}"),
        "solar/inverter/ac/power": value("solar/inverter/{device}/{metric}"),
      },
    ],
    [
      "a serial number is of the device, also where there is one only",
      { "solar/114180123456/0/power": "230", "solar/114180123456/1/yieldtotal": "60" },
      {
        "solar/114180123456/0/power": value("solar/{device}/{device}/{metric}"),
        "solar/114180123456/1/yieldtotal": value("solar/{device}/{device}/{metric}"),
      },
    ],
    [
      "a leading slash",
      { "/farm/barn/humidity": "80", "/farm/shed/humidity": "70" },
      {
        "/farm/barn/humidity": value("/farm/{device}/{metric}"),
        "/farm/shed/humidity": value("/farm/{device}/{metric}"),
      },
    ],
    [
      "a temperature that no °C can be is not renamed",
      { "home/oven/temp": "230" },
      { "home/oven/temp": value("home/{device}/{metric}") },
    ],
    ["a topic of one level", { temperature: "20" }, { temperature: value("temperature") }],
    ["a topic that no pattern can say", { "a/{x}/temperature": "20" }, {}],
  ];
  test.each(tables)("%s", (_what, messages, proposals) => {
    expect(proposed(messages)).toEqual(proposals);
  });
});

describe("JSON", () => {
  const tables: [what: string, messages: Record<string, string>, Record<string, unknown>][] = [
    [
      "a device on a level, its instant nested",
      { "sensors/a4c1/data": '{"meta":{"time":1796040000},"t":{"temp":21.5,"hum":60}}' },
      {
        "sensors/a4c1/data": json("sensors/{device}/data", {
          time: "meta.time",
          values: "t",
          rename: { temp: "temperature", hum: "humidity" },
        }),
      },
    ],
    [
      "a version is no value, and two of one payload do not get one name",
      { "sensors/a/data": '{"meta":{"fw":"1.2"},"t":{"temp":21.5,"temperatur":20}}' },
      { "sensors/a/data": json("sensors/{device}/data", { values: "t", rename: { temp: "temperature" } }) },
    ],
    [
      "values beside each other and in objects",
      { "sensors/a/data": '{"temperature":21.5,"power":{"u":230}}', "sensors/b/data": '{"temperature":21.5}' },
      { "sensors/a/data": json("sensors/{device}/data"), "sensors/b/data": json("sensors/{device}/data") },
    ],
    [
      "a sensor behind a 433 MHz receiver: local time is no instant",
      {
        "rtl_433/devices/acurite/1234":
          '{"time":"2026-11-30 12:00:00","model":"Acurite-Tower","id":1234,"battery_ok":1,"temperature_C":21.5,"rain_mm":3}',
      },
      {
        "rtl_433/devices/acurite/1234": json("rtl_433/devices/acurite/{device}", {
          rename: { temperature_C: "temperature" },
          units: { rain_mm: "mm" },
        }),
      },
    ],
    [
      "an instant under any name, where it is written as one",
      { "sensors/a/data": '{"measured":"2026-11-30T11:00:00+01:00","sent":1796040000,"level":5}' },
      { "sensors/a/data": json("sensors/{device}/data", { time: "measured" }) },
    ],
    [
      "Z-Wave JS: the metric's name is in the topic",
      {
        "zwave/bath/temperature": '{"time":1796040000123,"value":21.5}',
        "zwave/attic/humidity": '{"time":1796040000123,"value":61}',
      },
      {
        "zwave/bath/temperature": json("zwave/{device}/{metric}", { time: "time", values: "value" }),
        "zwave/attic/humidity": json("zwave/{device}/{metric}", { time: "time", values: "value" }),
      },
    ],
    [
      "what a network server puts a board's own values into",
      {
        "v3/app/devices/eui-1/up":
          '{"received_at":"2026-11-30T11:00:00.123456789Z","uplink_message":{"f_port":1,"f_cnt":8,"decoded_payload":{"temperature":4.5}}}',
      },
      {
        "v3/app/devices/eui-1/up": json("v3/app/devices/{device}/up", {
          time: "received_at",
          values: "uplink_message.decoded_payload",
        }),
      },
    ],
    [
      "one topic of one device",
      { weather: '{"temp":3}' },
      { weather: json("weather", { rename: { temp: "temperature" } }) },
    ],
    [
      "one device on the first level",
      { "ESPURNA-DHT22/data": '{"temperature":6.1,"mac":"80:7D:3A:75:18:14","id":6009}' },
      { "ESPURNA-DHT22/data": json("{device}/data") },
    ],
    [
      "values in different places",
      { "ems-esp/boiler": '{"outdoortemp":4.5}', "ems-esp/thermostat": '{"hc1":{"seltemp":21,"temp":20}}' },
      { "ems-esp/boiler": json("ems-esp/{device}"), "ems-esp/thermostat": json("ems-esp/{device}") },
    ],
    [
      "Victron: a tree of values",
      {
        "N/c0619ab1/battery/512/Dc/0/Voltage": '{"value":13.2}',
        "N/c0619ab1/battery/512/Soc": '{"value":88.2}',
        "N/c0619ab1/solarcharger/279/Yield/Power": '{"value":120}',
      },
      {
        "N/c0619ab1/battery/512/Dc/0/Voltage": json("N/c0619ab1/{device}/{device}/{metric+}", { values: "value" }),
        "N/c0619ab1/battery/512/Soc": json("N/c0619ab1/{device}/{device}/{metric+}", { values: "value" }),
        "N/c0619ab1/solarcharger/279/Yield/Power": json("N/c0619ab1/{device}/{device}/{metric+}", { values: "value" }),
      },
    ],
    [
      "Z-Wave JS: a tree of values, whose numbers are no instances",
      {
        "zwave/bath/49/0/Air_temperature": '{"time":1796040000123,"value":21.5}',
        "zwave/bath/38/0/currentValue": '{"time":1796040000123,"value":5}',
        "zwave/attic/50/0/value/66049": '{"time":1796040000123,"value":230}',
      },
      {
        "zwave/bath/49/0/Air_temperature": json("zwave/{device}/{metric+}", { time: "time", values: "value" }),
        "zwave/bath/38/0/currentValue": json("zwave/{device}/{metric+}", { time: "time", values: "value" }),
        "zwave/attic/50/0/value/66049": json("zwave/{device}/{metric+}", { time: "time", values: "value" }),
      },
    ],
    [
      "devices on the first level",
      { "esp1/data": '{"x":1}', "esp2/data": '{"x":1}' },
      { "esp1/data": json("{device}/data"), "esp2/data": json("{device}/data") },
    ],
  ];
  test.each(tables)("%s", (_what, messages, proposals) => {
    expect(proposed(messages)).toEqual(proposals);
  });

  test("where one topic has several devices, the id in the payload tells them apart", () => {
    const topic = known("rtl_433/events", '{"id":7,"temperature_C":21.5}', true);
    expect([...proposalsOf([topic], () => true).values()]).toEqual([
      json("rtl_433/events", { device: "id", rename: { temperature_C: "temperature" } }),
    ]);
  });
});

test("where the general mapping would take topics that are read already, the topic alone is proposed", () => {
  expect(proposed({ "home/kitchen/temperature": "20" }, ({ topic }) => !topic.includes("{"))).toEqual({
    "home/kitchen/temperature": value("home/kitchen/temperature"),
  });
});

test("topics that belong together have the same mapping", () => {
  const topics = Array.from({ length: 50 }, (_, at) => known(`home/room${at}/temperature`, "20"));
  expect(new Set(proposalsOf(topics, () => true).values()).size).toBe(1);
});
