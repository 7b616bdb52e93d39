/** Instants, repetitions, units, descriptions and what is hostile in Shelly's messages. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createShelly } from "../../../../src/dialects/shelly/shelly.ts";
import { createSession, metricsOf } from "../family-session.ts";

const SRC = "shellyplus1pm-aabbccddeeff";
const DEVICE = `shelly:${SRC}` as DeviceId;
const notify = (params: object, method = "NotifyStatus"): string =>
  JSON.stringify({ src: SRC, dst: `${SRC}/events`, method, params });

test.each([
  [1669541352.21, 1669541352.21],
  // Before the clock is set it counts from its start.
  [1.61, undefined],
  [null, undefined],
  ["soon", undefined],
])("of ts %o the instant is %o", (ts, said) => {
  const heard = createSession(createShelly).send(`${SRC}/events/rpc`, notify({ ts, "switch:0": { apower: 5 } }));
  expect(heard.readings?.map((reading) => reading.said)).toEqual([said]);
});

test("equal values of both channels within 2 s are stored once; repetitions of one channel are news", () => {
  const session = createSession(createShelly);
  const rpc = (atMs: number, apower: number) =>
    metricsOf(session.send(`${SRC}/events/rpc`, notify({ ts: 1669541352, "switch:0": { apower } }), { atMs }));
  const status = (atMs: number, apower: number, dup = false) =>
    metricsOf(session.send(`${SRC}/status/switch:0`, `{"id":0,"apower":${apower}}`, { atMs, dup }));
  const stored = (value: number) => ({ "switch.0.apower": value });
  expect(rpc(0, 5)).toEqual(stored(5));
  expect(status(40, 5)).toEqual({});
  expect(rpc(1_000, 5)).toEqual(stored(5));
  expect(status(1_040, 6)).toEqual(stored(6));
  expect(rpc(1_100, 6)).toEqual({});
  expect(status(9_000, 6)).toEqual(stored(6));
  expect(rpc(11_001, 6)).toEqual(stored(6));
  expect(status(11_100, 6)).toEqual({});
  // What is sent again may not have been stored the first time.
  expect(status(11_100, 6, true)).toEqual(stored(6));
});

test("secrets of the board are no attributes", () => {
  const heard = createSession(createShelly).send(
    `${SRC}/status/wifi`,
    '{"ssid":"home","password":"secret","sta":{"psk":"secret","ip":"10.0.0.2"},"rssi":-50}',
  );
  expect(heard.attributes).toEqual({ [DEVICE]: { "wifi.ssid": "home", "wifi.sta.ip": "10.0.0.2" } });
  const named = createSession(createShelly).send(`${SRC}/events/rpc`, notify({ "password:0": { value: "secret" } }));
  expect(named).toEqual({ sent: [`${SRC}/command announce`] });
});

test("a wide status becomes several readings of one instant", () => {
  const inputs = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`input:${index}`, { id: index, state: false, percent: index }]),
  );
  const heard = createSession(createShelly).send(
    `${SRC}/events/rpc`,
    notify({ ts: 1669541352.21, ...inputs }, "NotifyFullStatus"),
  );
  expect(heard.readings?.map(({ metrics }) => Object.keys(metrics).length)).toEqual([64, 64, 64, 8]);
  expect(new Set(heard.readings?.map(({ said }) => said))).toEqual(new Set([1669541352.21]));
});

test("a button of the first generation is an event once for each count", () => {
  const session = createSession(createShelly);
  const press = (event: string, count: number) =>
    metricsOf(session.send("shellies/i3/input_event/1", `{"event":"${event}","event_cnt":${count}}`));
  expect(press("S", 1)).toEqual({ "input_event.1": "S" });
  expect(press("S", 1)).toEqual({});
  expect(press("S", 2)).toEqual({ "input_event.1": "S" });
  expect(press("L", 3)).toEqual({ "input_event.1": "L" });
});

test("the first generation says in which unit it measures, and the hub knows it after a restart", () => {
  const session = createSession(createShelly);
  const sensor = "shelly:ht" as DeviceId;
  expect(session.metricInfo(sensor, "sensor.temperature")?.unit).toBe("°C");
  session.send("shellies/ht/info", '{"tmp":{"value":74.53,"units":"F","tC":23.62,"tF":74.53,"is_valid":true}}');
  for (const each of [session, session.restarted()]) {
    expect(each.metricInfo(sensor, "sensor.temperature")?.unit).toBe("°F");
  }
  session.send("shellies/ht/info", '{"tmp":{"value":23.62,"units":"C"}}', { atMs: 5_000 });
  session.send("shellies/ht/info", '{"tmp":{"value":23.62,"units":"K"}}', { atMs: 6_000 });
  expect(session.metricInfo(sensor, "sensor.temperature")?.unit).toBe("°C");
  const { since } = JSON.parse(session.stored().find(({ key }) => key === "units")?.data ?? "");
  expect(since).toEqual([
    { fromMs: expect.any(Number), temperature: "F" },
    { fromMs: 5_000, temperature: "C" },
  ]);
});

test("a sensor without a valid value has none", () => {
  const session = createSession(createShelly);
  const valve = '{"tmp":{"value":0,"units":"C","is_valid":false},"target_t":{"value":21,"units":"C"},"bat":-1}';
  const heard = session.send("shellies/trv/status", valve);
  expect(metricsOf(heard)).toEqual({ "target_t.value": 21 });
  expect(heard.faults?.map(({ code, metric }) => [code, metric])).toEqual([["METRIC_OUT_OF_RANGE", "bat"]]);
});

test.each([
  ["switch.0.apower", { label: "Switch power", unit: "W", deviceClass: "power" }],
  ["switch.1.output", { label: "Switch 1 output", kind: "boolean", settable: true }],
  ["switch.0.aenergy.total", { unit: "Wh", deviceClass: "energy", stateClass: "total_increasing" }],
  ["switch.0.temperature.tC", { label: "Switch device temperature", unit: "°C" }],
  ["temperature.0.tC", { label: "Temperature", unit: "°C", deviceClass: "temperature" }],
  ["temperature.101.tF", { label: "101 temperature (°F)", unit: "°F" }],
  ["humidity.0.rh", { label: "Humidity", unit: "%", range: [0, 100] }],
  ["devicepower.0.battery.percent", { label: "Battery", unit: "%", deviceClass: "battery" }],
  ["em.0.a_act_power", { label: "Meter phase A power", unit: "W" }],
  ["emdata.0.total_act_ret", { label: "Meter total returned energy", unit: "Wh" }],
  ["cover.0.state", { kind: "enum" }],
  ["cover.0.current_pos", { unit: "%", settable: true }],
  ["blutrv.200.current_C", { label: "Blutrv 200 temperature", unit: "°C" }],
  ["wifi.rssi", { label: "Wifi signal", unit: "dBm" }],
  ["input.0.state", { kind: "boolean" }],
  ["input.0.event", { label: "Input 0", kind: "event" }],
  ["input_event.0", { label: "Button 0", kind: "event" }],
  ["relay.0", { label: "Relay 0", kind: "boolean", settable: true }],
  ["relay.0.power", { label: "Relay 0 power", unit: "W" }],
  ["relay.0.energy", { label: "Relay 0 energy since start", unit: "Wh", stateClass: "total_increasing" }],
  ["relay.energy", { label: "Relay energy since start", unit: "Wh" }],
  ["emeter.1.total_returned", { label: "Meter 1 returned energy", unit: "Wh" }],
  ["roller.0.pos", { label: "Roller position 0", unit: "%", settable: true }],
  ["sensor.battery", { label: "Battery", unit: "%" }],
  ["sensor.state", { kind: "enum", options: ["open", "close"] }],
  ["thermostat.0.tmp.value", { label: "Temperature", unit: "°C" }],
])("%s is described", (name, info) => {
  expect(createSession(createShelly).metricInfo(DEVICE, name)).toMatchObject(info);
});

test.each(["number.200.value", "switch.0.constructor", "temperature_offset", "color.0.red", "em.0.x_act_power"])(
  "nothing is guessed of %s",
  (name) => {
    expect(createSession(createShelly).metricInfo(DEVICE, name)).toBeUndefined();
  },
);

test("whatever comes on whichever topic, the answer is an answer, and secrets are in none", () => {
  const session = createSession(createShelly);
  const topics = [
    `${SRC}/events/rpc`,
    `${SRC}/status/switch:0`,
    `${SRC}/status/sys`,
    `${SRC}/online`,
    `${SRC}/announce`,
    "kitchen/events/rpc",
    "kitchen/status/cover:1",
    "shellies/announce",
    "shellies/plug/info",
    "shellies/plug/status",
    "shellies/plug/relay/0/energy",
    "shellies/plug/input_event/0",
    "shellies/plug/light/0/status",
  ];
  const key = fc.oneof(
    fc.constantFrom("src", "method", "params", "ts", "events", "component", "event", "switch:0", "sys", "wifi", "id"),
    fc.constantFrom("tmp", "units", "thermostats", "is_valid", "name", "gen", "password", "code", "__proto__"),
    fc.string({ maxLength: 12 }),
  );
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom("NotifyStatus", "NotifyEvent", "input:0", SRC, "F", "single_push", "", "true"),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("json"), { maxLength: 4 }),
      fc.dictionary(key, tie("json"), { maxKeys: 5 }),
    ),
  }));
  const frame = fc
    .dictionary(key, json, { maxKeys: 5 })
    .map((params) => ({ src: SRC, method: "NotifyStatus", params }));
  const payload = fc.oneof(
    fc.oneof(json, frame).map((value) => new TextEncoder().encode(JSON.stringify(value))),
    fc.uint8Array({ maxLength: 40 }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...topics), payload, (topic, bytes) => {
      const names = Object.keys(metricsOf(session.send(topic, bytes)));
      expect(names.filter((name) => /password|(^|\.)code$/i.test(name))).toEqual([]);
    }),
    { numRuns: 400 },
  );
  expect(session.restarted().stored().length).toBeLessThan(20);
});

test("a frame with very many components and events is read within bounds", () => {
  const session = createSession(createShelly);
  const components = Object.fromEntries(
    Array.from({ length: 5_000 }, (_, index) => [`x:${index}`, { a: 1, b: 2, c: 3 }]),
  );
  expect(Object.keys(metricsOf(session.send(`${SRC}/events/rpc`, notify(components))))).toHaveLength(1_024);
  const events = Array.from({ length: 5_000 }, () => ({ component: "input:0", event: "single_push" }));
  expect(session.send(`${SRC}/events/rpc`, notify({ events }, "NotifyEvent")).readings).toHaveLength(50);
});
