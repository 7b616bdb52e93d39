/** Instants, repetitions, events and what is hostile in Tasmota's messages. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createTasmota } from "../../../../src/dialects/tasmota/tasmota.ts";
import { createSession, metricsOf } from "../family-session.ts";

const PLUG = "tasmota:plug" as DeviceId;

test.each([
  ['"Time":"2019-11-03T19:34:28"', undefined],
  ['"Time":"2018.02.01 21:29:40"', undefined],
  ['"Time":"2019-11-03T19:34:28.123"', undefined],
  ['"Time":"2021-06-27T15:03:44+02:00"', "2021-06-27T15:03:44+02:00"],
  ['"Time":"2019-09-04T13:08:48","Epoch":1567595328', 1567595328],
  ['"Time":1567600289', 1567600289],
  // Before the clock is set.
  ['"Time":"1970-01-01T00:00:09+00:00"', undefined],
  ['"Time":"1970-01-01T00:00:09","Epoch":9', undefined],
  ['"Time":{"Local":"now"}', undefined],
])("of %s the instant is %o", (time, said) => {
  const heard = createSession(createTasmota).send("tele/plug/SENSOR", `{${time},"ANALOG":{"A0":8}}`);
  expect(heard.readings?.map((reading) => reading.said)).toEqual([said]);
  expect(metricsOf(heard)).toEqual({ "ANALOG.A0": 8 });
});

test("the answer to a command on two topics is one value; a button that is pressed twice was pressed twice", () => {
  const session = createSession(createTasmota);
  const at = (atMs: number, topic: string, payload: string) =>
    metricsOf(session.send(`stat/plug/${topic}`, payload, { atMs }));
  expect(at(0, "RESULT", '{"POWER":"ON"}')).toEqual({ POWER: true });
  expect(at(5, "POWER", "ON")).toEqual({});
  expect(at(900, "RESULT", '{"POWER":"OFF"}')).toEqual({ POWER: false });
  expect(at(905, "POWER", "OFF")).toEqual({});
  expect(at(1_000, "RESULT", '{"POWER":"OFF"}')).toEqual({ POWER: false });
  expect(at(9_000, "POWER", "OFF")).toEqual({ POWER: false });
  expect(at(9_100, "RESULT", '{"Button1":{"Action":"SINGLE"}}')).toEqual({ "Button1.Action": "SINGLE" });
  expect(at(9_200, "RESULT", '{"Button1":{"Action":"SINGLE"}}')).toEqual({ "Button1.Action": "SINGLE" });
});

test("what is sent again is read again: the first time it may not have been stored", () => {
  const session = createSession(createTasmota);
  session.send("stat/plug/RESULT", '{"POWER":"ON"}', { atMs: 0 });
  expect(session.send("stat/plug/POWER", "ON", { atMs: 100 })).toEqual({});
  expect(metricsOf(session.send("stat/plug/POWER", "ON", { atMs: 200, dup: true }))).toEqual({ POWER: true });
});

test("events have the time of receipt, and are shown as what happens", () => {
  const session = createSession(createTasmota);
  const heard = session.send(
    "tele/plug/SENSOR",
    '{"Time":"2021-06-27T15:03:44+02:00","ANALOG":{"A0":8},"PN532":{"UID":"53BB1F05110001","Data":"secret of the card","Auth":"Ok"}}',
  );
  expect(heard.readings).toEqual([
    { deviceId: PLUG, metrics: { "ANALOG.A0": 8 }, said: "2021-06-27T15:03:44+02:00" },
    { deviceId: PLUG, metrics: { "PN532.UID": "53BB1F05110001" } },
  ]);
  for (const name of [
    "Button1.Action",
    "Switch2.Action",
    "IrReceived.Data",
    "RfReceived.RfKey",
    "PN532.UID",
    "Click",
  ]) {
    expect(session.metricInfo(PLUG, name)?.kind).toBe("event");
  }
});

test.each([
  ["POWER2", { label: "Relay 2", kind: "boolean", unit: "", deviceClass: "switch", settable: true }],
  ["Dimmer", { label: "Brightness", unit: "%", range: [0, 100], settable: true }],
  ["Channel.3", { label: "Channel 3", unit: "%" }],
  ["Shutter1.Position", { label: "Shutter 1 position", unit: "%", settable: true }],
  ["Shutter1.Direction", { label: "Shutter 1 direction", unit: "" }],
  ["HSBColor", { kind: "text" }],
  ["Wifi.RSSI", { label: "WiFi quality", unit: "%", range: [0, 100] }],
  ["Wifi.Signal", { label: "WiFi signal", unit: "dBm" }],
  ["Vcc", { unit: "V" }],
  ["UptimeSec", { label: "Uptime", unit: "s", stateClass: "total_increasing" }],
  ["ENERGY.Total", { label: "Energy", unit: "kWh", digits: 3, deviceClass: "energy", stateClass: "total_increasing" }],
  ["ENERGY.Power.2", { label: "Power 2", unit: "W" }],
  ["ENERGY.ReactivePower", { unit: "var" }],
  ["PMS5003.PM2.5", { label: "PMS5003 PM2.5", unit: "µg/m³", deviceClass: "pm25" }],
  ["SCD40.CarbonDioxide", { label: "SCD40 CO₂", unit: "ppm" }],
  ["IAQ.TVOC", { unit: "ppb" }],
  ["VL53L0X.Distance", { unit: "mm" }],
  ["SR04.Distance", { unit: "cm" }],
  ["BME280.Humidity", { label: "BME280 humidity", unit: "%", range: [0, 100] }],
])("%s is described", (name, info) => {
  expect(createSession(createTasmota).metricInfo(PLUG, name)).toMatchObject(info);
});

test.each(["MQX", "IAQ.Resistance", "ANALOG.A0", "IRHVAC.Power", "constructor", "__proto__.Temperature2"])(
  "nothing is guessed of %s",
  (name) => {
    expect(createSession(createTasmota).metricInfo(PLUG, name)).toBeUndefined();
  },
);

test("whatever comes on whichever topic, the answer is an answer, and secrets are in none", () => {
  const session = createSession(createTasmota);
  const topics = [
    "tele/plug/SENSOR",
    "tele/plug/STATE",
    "tele/plug/INFO2",
    "tele/plug/LWT",
    "tele/plug/RESULT",
    "stat/plug/RESULT",
    "stat/plug/STATUS8",
    "stat/plug/STATUS11",
    "stat/plug/POWER1",
    "tasmota/discovery/AABBCCF17F56/config",
    "tasmota/discovery/AABBCCF17F56/sensors",
  ];
  const key = fc.oneof(
    fc.constantFrom("Time", "Epoch", "ENERGY", "POWER", "Button1", "Action", "ZbReceived", "StatusSNS", "Wifi", "UID"),
    fc.constantFrom("t", "ft", "tp", "fn", "state", "dn", "Device", "Id", "MqttPassword", "__proto__", "TempUnit"),
    fc.string({ maxLength: 12 }),
  );
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom("ON", "%prefix%/%topic%/", "tele", "C", "1e999", ""),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("json"), { maxLength: 4 }),
      fc.dictionary(key, tie("json"), { maxKeys: 5 }),
    ),
  }));
  const payload = fc.oneof(
    json.map((value) => new TextEncoder().encode(JSON.stringify(value))),
    fc.uint8Array({ maxLength: 40 }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...topics), payload, (topic, bytes) => {
      const heard = session.send(topic, bytes);
      expect(heard.elsewhere).toBeUndefined();
      expect(Object.keys(metricsOf(heard)).filter((name) => /password/i.test(name))).toEqual([]);
    }),
    { numRuns: 400 },
  );
  expect(session.restarted().stored().length).toBeLessThan(500);
});

test("a payload with very many keys is read within bounds", () => {
  const wide = JSON.stringify(
    Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`sensor${index}`, index])),
  );
  const heard = createSession(createTasmota).send("tele/plug/SENSOR", wide);
  expect(heard.readings?.length).toBe(16);
  expect(Object.keys(metricsOf(heard)).length).toBe(1_024);
  expect(heard.faults?.length).toBeLessThanOrEqual(20);
});
