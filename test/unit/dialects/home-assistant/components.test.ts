/** What each component reads of its options, and what of them is not understood. */
import { describe, expect, test } from "vitest";
import type { MetricValue } from "../../../../src/contract/readings.ts";
import { metricsOf } from "../family-session.ts";
import { announce, createHub, id, notUnderstood } from "./announce.ts";

const DEVICE = { dev: { ids: "d", name: "Kitchen" } };

test.each<
  [what: string, where: string, options: object, topic: string, payload: string, metrics: Record<string, MetricValue>]
>([
  [
    "a light with its own brightness topic",
    "light/n/lamp",
    { stat_t: "s", bri_stat_t: "b" },
    "b",
    "128",
    { "lamp.brightness": 128 },
  ],
  [
    "a light with templates",
    "light/n/lamp",
    { stat_t: "s", stat_val_tpl: "{{value_json.on}}", pl_on: "1", pl_off: "0" },
    "s",
    '{"on":1}',
    { lamp: true },
  ],
  [
    "a light's brightness by a template",
    "light/n/lamp",
    { stat_t: "s", bri_stat_t: "s", bri_val_tpl: "{{value_json.b}}", stat_val_tpl: "{{value_json.s}}" },
    "s",
    '{"b":7,"s":"ON"}',
    { lamp: true, "lamp.brightness": 7 },
  ],
  [
    "a JSON light that only says its brightness",
    "light/n/lamp",
    { schema: "json", stat_t: "s" },
    "s",
    '{"brightness":3}',
    { "lamp.brightness": 3 },
  ],
  [
    "a cover's position",
    "cover/n/blind",
    { pos_t: "p", pos_tpl: "{{value_json.pos}}" },
    "p",
    '{"pos":30}',
    { "blind.position": 30 },
  ],
  ["a cover's tilt", "cover/n/blind", { tilt_status_t: "t" }, "t", "45", { "blind.tilt": 45 }],
  [
    "an event by a template that makes JSON",
    "event/n/button",
    { stat_t: "e", evt_typ: ["single"], val_tpl: '{ "event_type": "{{ value_json.action }}" }' },
    "e",
    '{"action":"single"}',
    { button: "single" },
  ],
  ["an event without a type", "event/n/button", { stat_t: "e" }, "e", '{"event_type":""}', {}],
  [
    "a number by a template",
    "number/n/limit",
    { stat_t: "s", val_tpl: "{{ value_json.limit / 10 }}" },
    "s",
    '{"limit":205}',
    { limit: 20.5 },
  ],
  [
    "a select by a template",
    "select/n/mode",
    { stat_t: "s", ops: ["a"], val_tpl: "{{ value_json.mode | lower }}" },
    "s",
    '{"mode":"AUTO"}',
    { mode: "auto" },
  ],
  [
    "a sensor that rounds",
    "sensor/n/t",
    { stat_t: "s", val_tpl: "{{ value|float|round(1) }}" },
    "s",
    "21.567",
    { t: 21.6 },
  ],
  ["a sensor of a list", "sensor/n/t", { stat_t: "s", val_tpl: "{{ value_json[0].v }}" }, "s", '[{"v":4}]', { t: 4 }],
  [
    "a binary sensor of a boolean",
    "binary_sensor/n/door",
    { stat_t: "s", val_tpl: "{{ value_json.open }}" },
    "s",
    '{"open":true}',
    { door: true },
  ],
  [
    "a binary sensor with numbers for words",
    "binary_sensor/n/door",
    { stat_t: "s", pl_on: 22, pl_off: 23, val_tpl: "{{ value_json.value }}" },
    "s",
    '{"value":23}',
    { door: false },
  ],
  [
    "a binary sensor whose word is a boolean, the other way round",
    "binary_sensor/n/door",
    { stat_t: "s", pl_on: false, pl_off: true, val_tpl: "{{ value_json.closed }}" },
    "s",
    '{"closed":false}',
    { door: true },
  ],
])("%s", (_, where, options, topic, payload, metrics) => {
  const hub = createHub();
  announce(hub, where, { ...DEVICE, ...options });
  expect(metricsOf(hub.send(topic, payload))).toEqual(metrics);
});

describe("an entity that says nothing about what it sends", () => {
  const plain = (...payloads: string[]) => {
    const hub = createHub();
    announce(hub, "sensor/n/x", { ...DEVICE, stat_t: "s" });
    return { values: payloads.map((payload) => metricsOf(hub.send("s", payload))["x"]), hub };
  };

  test("is a number while it sends numbers, also after a restart", () => {
    const { values, hub } = plain("1", "2.5", "unavailable");
    expect(values).toEqual([1, 2.5, undefined]);
    expect(hub.metricInfo(id("ha:d"), "x")).toMatchObject({ kind: "number" });
    expect(hub.restarted().metricInfo(id("ha:d"), "x")).toMatchObject({ kind: "number" });
  });

  test("is a text for good once it has sent one", () => {
    const { values, hub } = plain("1", "idle", "2");
    expect(values).toEqual([1, "idle", "2"]);
    expect(hub.metricInfo(id("ha:d"), "x")).toMatchObject({ kind: "text" });
    expect(metricsOf(hub.restarted().send("s", "3"))).toEqual({ x: "3" });
  });

  test.each([
    ["007", "007"],
    ["ON", "ON"],
    ["true", "true"],
    ["2026.6.0", "2026.6.0"],
    ["23,5", "23,5"],
    ["+49123", "+49123"],
    ["9007199254740993", "9007199254740993"],
  ])("%s is a text", (payload, value) => {
    expect(plain(payload).values).toEqual([value]);
  });

  test("is a truth value where its template makes one", () => {
    const hub = createHub();
    announce(hub, "sensor/n/x", { ...DEVICE, stat_t: "s", val_tpl: "{{ value_json.on }}" });
    expect(metricsOf(hub.send("s", '{"on":true}'))).toEqual({ x: true });
    expect(hub.metricInfo(id("ha:d"), "x")).toMatchObject({ kind: "boolean" });
  });
});

test("an update tells its versions as attributes, in each of its forms", () => {
  const versions = (options: object, topic: string, payload: string) => {
    const hub = createHub();
    announce(hub, "update/n/fw", { ...DEVICE, ...options });
    const { attributes = {}, readings } = hub.send(topic, payload);
    expect(readings).toBeUndefined();
    const { "fw.installedVersion": installed, "fw.latestVersion": latest } = attributes["ha:d"] ?? {};
    return [installed, latest];
  };
  expect(versions({ stat_t: "s" }, "s", "1.2.0")).toEqual(["1.2.0", undefined]);
  expect(versions({ stat_t: "s" }, "s", '{"installed_version":"1","latest_version":"2"}')).toEqual(["1", "2"]);
  expect(versions({ stat_t: "s", l_ver_t: "l" }, "l", "1.3.0")).toEqual([undefined, "1.3.0"]);
  expect(versions({ stat_t: "s", l_ver_t: "l", l_ver_tpl: "{{value_json.v}}" }, "l", '{"v":3}')).toEqual([
    undefined,
    "3",
  ]);
  expect(versions({ stat_t: "s", val_tpl: "{{value_json.fw}}" }, "s", '{"fw":"1.4"}')).toEqual(["1.4", undefined]);
});

test("a button has no readings, and can be pressed", () => {
  const hub = createHub();
  announce(hub, "button/n/restart", { ...DEVICE, cmd_t: "n/restart", dev_cla: "restart" });
  expect(hub.send("n/restart", "PRESS")).toEqual({ elsewhere: true });
  expect(hub.metricInfo(id("ha:d"), "restart")).toEqual({
    label: "Restart",
    kind: "event",
    unit: "",
    deviceClass: "restart",
    settable: true,
  });
});

test.each([
  ["climate/n/c", { mode_stat_t: "m" }, "climate c: Aerie does not read this component"],
  ["device_automation/n/c", { t: "m", atype: "trigger" }, "device_automation c: Aerie does not read this component"],
  [
    "sensor/n/c",
    { stat_t: "m", val_tpl: "{{ now() }}" },
    'sensor c: value_template: the function "now" is not supported (at character 4): {{ now() }}',
  ],
  ["light/n/c", { schema: "template", stat_t: "m" }, "light c: schema template"],
  ["light/n/c", { stat_t: "m", rgb_stat_t: "r", rgb_cmd_t: "x" }, "light c: rgb_state_topic is not read"],
  ["text/n/c", { stat_t: "m", mode: "password" }, "text c: a password is not stored"],
  ["sensor/n/wifi_password", { stat_t: "m" }, "sensor wifi_password: a secret is not stored"],
  ["sensor/n/c", { stat_t: "m", e: "" }, "sensor c: its payload is no text"],
  ["sensor/n/c", { stat_t: "#" }, "sensor c: state_topic is no topic that can be read: #"],
  [
    "sensor/n/c",
    { stat_t: "m", avty: { t: "a", val_tpl: "{{ x }}" } },
    'availability: "x" is not known here (at character 4): {{ x }}',
  ],
])("%s with %j is reported to the owner", (where, options, what) => {
  const hub = createHub();
  announce(hub, where, { ...DEVICE, ...options });
  announce(hub, "sensor/n/other", { ...DEVICE, stat_t: "other" });
  expect(notUnderstood(hub.send("other", "1"))).toEqual([what]);
});

test("what is not understood is a list of limited length, and goes when it is announced otherwise", () => {
  const hub = createHub();
  for (let index = 0; index < 40; index++) announce(hub, `climate/n/c${index}`, DEVICE);
  announce(hub, "sensor/n/other", { ...DEVICE, stat_t: "other" });
  const list = notUnderstood(hub.send("other", "1"));
  expect(list).toHaveLength(25);
  expect(list).toContain("and 16 more");
  for (let index = 0; index < 40; index++) announce(hub, `climate/n/c${index}`, "");
  expect(notUnderstood(hub.send("other", "1"))).toBeNull();
  expect(notUnderstood(hub.send("other", "1"))).toBeUndefined();
});

test("colours and effects of a light are left, its state is read all the same", () => {
  const hub = createHub();
  announce(hub, "light/n/lamp", { ...DEVICE, stat_t: "s", clr_temp_stat_t: "c", fx_stat_t: "f" });
  const heard = hub.send("s", "ON");
  expect(metricsOf(heard)).toEqual({ lamp: true });
  expect(notUnderstood(heard)).toEqual([
    "light lamp: color_temp_state_topic is not read",
    "light lamp: effect_state_topic is not read",
  ]);
  expect(hub.send("c", "320")).toEqual({ elsewhere: true });
});

describe("a payload that cannot be what was announced is refused with its reason", () => {
  test.each<[where: string, options: object, payload: string, fault: object]>([
    [
      "sensor/n/x",
      { unit_of_meas: "°C" },
      "warm",
      { code: "METRIC_VALUE_INVALID", detail: 'its announcement says a number, and it sent "warm"', metric: "x" },
    ],
    [
      "sensor/n/x",
      { unit_of_meas: "°C", val_tpl: "{{value_json}}" },
      "{}",
      {
        code: "METRIC_VALUE_INVALID",
        detail: "its announcement says a number, and it sent a list or an object",
        metric: "x",
      },
    ],
    ["sensor/n/x", { unit_of_meas: "°C" }, "9007199254740993", { code: "METRIC_VALUE_INVALID", metric: "x" }],
    [
      "sensor/n/x",
      { val_tpl: "{{ value * 2 }}" },
      "2",
      { code: "METRIC_VALUE_INVALID", detail: "its template: a text is no number: use the filter float", metric: "x" },
    ],
    [
      "sensor/n/x",
      { val_tpl: "{{ value_json.x }}" },
      '{"x":',
      { code: "PAYLOAD_NOT_JSON", detail: "it ends too early" },
    ],
    [
      "binary_sensor/n/x",
      {},
      "maybe",
      { code: "METRIC_VALUE_INVALID", detail: 'its announcement says ON or OFF, and it sent "maybe"', metric: "x" },
    ],
    ["cover/n/x", {}, "ajar", { code: "METRIC_VALUE_INVALID", metric: "x" }],
    ["event/n/x", {}, "single", { code: "PAYLOAD_WRONG_SHAPE", detail: "a JSON object belongs here", metric: "x" }],
    ["text/n/x", {}, "x".repeat(257), { code: "METRIC_TEXT_TOO_LONG", metric: "x" }],
    ["text/n/x", {}, "a\u0007b", { code: "METRIC_VALUE_INVALID", metric: "x" }],
  ])("%s %j: %s", (where, options, payload, fault) => {
    const hub = createHub();
    announce(hub, where, { ...DEVICE, ...options, stat_t: "s" });
    const heard = hub.send("s", payload);
    expect(heard.readings).toBeUndefined();
    expect(heard.faults?.[0]).toMatchObject(fault);
  });

  test("bytes that are no text", () => {
    const hub = createHub();
    announce(hub, "sensor/n/x", { ...DEVICE, stat_t: "s" });
    expect(hub.send("s", Uint8Array.of(0xff, 0xd8, 0xff)).faults).toEqual([{ code: "PAYLOAD_NOT_UTF8" }]);
  });

  test("an empty message clears what was retained, and says nothing", () => {
    const hub = createHub();
    announce(hub, "sensor/n/x", { ...DEVICE, stat_t: "s" });
    expect(hub.send("s", "")).toEqual({});
  });
});
