/** Documents and messages that mean harm: everything is answered, in bounded time and memory. */
import { describe, expect, test } from "vitest";
import { createHomeAssistant } from "../../../../src/dialects/home-assistant/home-assistant.ts";
import { createSession, metricsOf } from "../family-session.ts";
import { announce, createHub, id } from "./announce.ts";

const DEVICE = { dev: { ids: "d" } };
const TOPIC = "homeassistant/sensor/n/t/config";

test.each([
  ["no JSON", "{", "PAYLOAD_NOT_JSON"],
  ["no object", "[1,2]", "PAYLOAD_WRONG_SHAPE"],
  ["a number", "5", "PAYLOAD_WRONG_SHAPE"],
  ["null", "null", "PAYLOAD_WRONG_SHAPE"],
  ["no UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d), "PAYLOAD_NOT_UTF8"],
  ["too large", `{"a":"${"x".repeat(300_000)}"}`, "DESCRIPTION_TOO_LARGE"],
  ["a list that nests deep", "[".repeat(60_000), "PAYLOAD_NOT_JSON"],
])("a document that is %s is refused with its reason", (_, payload, code) => {
  const hub = createHub();
  expect(hub.send(TOPIC, payload).faults?.map((fault) => fault.code)).toEqual([code]);
  expect(hub.stored()).toEqual([]);
});

test("what nests deep in a document is dropped, the rest is read, also after a restart", () => {
  const hub = createHub();
  const deep = `${'{"a":'.repeat(8_000)}1${"}".repeat(8_000)}`;
  hub.send(TOPIC, `{"dev":{"ids":"d"},"stat_t":"s","x":${deep},"avty":${"[".repeat(2_000)}${"]".repeat(2_000)}}`);
  expect(metricsOf(hub.restarted().send("s", "1"))).toEqual({ t: 1 });
  expect(hub.stored()[0]?.data.length).toBeLessThan(1_000);
});

const ODD: readonly object[] = [
  { stat_t: 5 },
  { stat_t: ["s"] },
  { stat_t: { s: 1 } },
  { stat_t: "s", val_tpl: 7, name: [], dev_cla: {}, unit_of_meas: null },
  { stat_t: "s", dev: 5, avty: 5, o: [] },
  { stat_t: "s", dev: { ids: {}, cns: "mac", name: { a: 1 } } },
  { stat_t: "s", dev: { ids: [[], {}, null], cns: [["mac"], [1, 2], null, "x", []] } },
  { stat_t: "s", avty: [null, 1, "x", [], { t: 5 }, { t: null }], avty_mode: [] },
  { "~": {}, stat_t: "~/s" },
  { "~": "#", stat_t: "~" },
  { __proto__: null, constructor: "x", toString: 1, stat_t: "s" },
  { platform: "mqtt", stat_t: "s", ops: 5, evt_typ: {}, min: "x", max: [], step: -1 },
];

test.each(ODD.map((document) => [document]))("odd values are answered: %j", (document) => {
  for (const component of ["sensor", "binary_sensor", "number", "select", "event", "light", "cover", "update", "x"]) {
    const hub = createHub();
    announce(hub, `${component}/n/t`, document);
    for (const payload of ["1", "ON", '{"state":{},"event_type":[],"brightness":"x"}', "[]", "null", "\u0000"]) {
      expect(hub.parse("s", payload).kind).toMatch(/^(parts|elsewhere)$/);
    }
  }
});

describe("a template", () => {
  const loops = [
    "{% for x in range(1000000000) %}{{ x }}{% endfor %}",
    "{{ ''.join(['x'] * 1000000000) }}",
    "{{ 9 ** 9 ** 9 ** 9 }}",
    `{{ ${"(".repeat(500)}1${")".repeat(500)} }}`,
    `{{ ${"not ".repeat(900)}1 }}`,
    `{{ ${"value and ".repeat(300)}1 }}`,
    `{{ ${"value ~ ".repeat(120)}value }}`,
    "{{ value.__class__.__mro__ }}",
    "{{ value_json.constructor.constructor('return 1')() }}",
    `${"{% if value %}".repeat(200)}x`,
    "{{",
    "{%",
    "{#",
    "{{ value | tojson | tojson | tojson }}",
  ];
  test.each(loops)("%s takes no time", (template) => {
    const hub = createHub();
    announce(hub, "sensor/n/t", { ...DEVICE, stat_t: "s", val_tpl: template });
    const startedAtMs = performance.now();
    for (let round = 0; round < 20; round++) hub.parse("s", '"x"'.repeat(1 + round));
    expect(performance.now() - startedAtMs).toBeLessThan(500);
  });

  test("of which there are many for one topic shares its steps with the others", () => {
    const hub = createHub();
    const components = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [
        `c${index}`,
        { p: "sensor", val_tpl: "{{ value_json|tojson|upper|lower }}" },
      ]),
    );
    for (let device = 0; device < 4; device++)
      announce(hub, `device/d${device}`, { dev: { ids: `d${device}` }, stat_t: "s", cmps: components });
    const large = JSON.stringify({ text: "x".repeat(2_000_000) });
    const startedAtMs = performance.now();
    const heard = hub.send("s", large);
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
    expect(heard.readings).toBeUndefined();
    expect(heard.faults?.length).toBeLessThanOrEqual(100);
  });
});

test("JSON that every entity of a topic reads is read once, however large", () => {
  const hub = createHub();
  for (let device = 0; device < 4; device++) {
    const components = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`c${index}`, { p: "light", schema: "json" }]),
    );
    announce(hub, `device/d${device}`, { dev: { ids: `d${device}` }, stat_t: "s", cmps: components });
  }
  const startedAtMs = performance.now();
  hub.parse("s", JSON.stringify({ text: "x".repeat(2_000_000) }));
  hub.parse("s", `{"text":"${"x".repeat(2_000_000)}`);
  expect(performance.now() - startedAtMs).toBeLessThan(1_000);
});

test("a device may not describe itself without end: the hub's limit is named", () => {
  const hub = createHub();
  const long = "x".repeat(30_000);
  for (const id of "abcdefgh") announce(hub, `sensor/n/${id}`, { ...DEVICE, stat_t: id, long });
  expect(() => announce(hub, "sensor/n/i", { ...DEVICE, stat_t: "i", long })).toThrow("DESCRIPTION_TOO_LARGE");
  expect(hub.send("i", "1")).toEqual({ elsewhere: true });
  expect(metricsOf(hub.send("a", "1"))).toEqual({ a: 1 });
});

test("a discovery topic that is long is refused by the same limit", () => {
  const hub = createHub();
  expect(() => announce(hub, `sensor/${"n".repeat(200)}/${"o".repeat(200)}`, { stat_t: "s" })).toThrow(
    "DESCRIPTION_TOO_LARGE",
  );
});

test("a document whose state topic is a discovery topic changes nothing about that", () => {
  const hub = createHub();
  announce(hub, "sensor/n/t", { ...DEVICE, stat_t: "homeassistant/sensor/n/u/config" });
  announce(hub, "sensor/n/u", { ...DEVICE, stat_t: "s" });
  expect(metricsOf(hub.send("s", "1"))).toEqual({ u: 1 });
});

test("a document that points at another device's topic reads it for itself only", () => {
  const hub = createHub();
  announce(hub, "sensor/victim/t", { dev: { ids: "victim" }, stat_t: "victim/t", avty_t: "victim/up" });
  announce(hub, "sensor/thief/t", {
    dev: { ids: "thief" },
    stat_t: "victim/t",
    avty_t: "victim/t",
    pl_not_avail: "21",
  });
  expect(hub.send("victim/t", "21").readings).toEqual([
    { deviceId: "ha:victim", metrics: { t: 21 } },
    { deviceId: "ha:thief", metrics: { t: 21 } },
  ]);
  expect(hub.send("victim/up", "online").status).toEqual({ "ha:victim": true });
});

test.each([
  "",
  "{",
  "null",
  "5",
  '{"v":2}',
  '{"v":1}',
  '{"v":1,"by":5,"document":{}}',
  '{"v":1,"by":"x","document":[]}',
])("what was stored by another version, or is damaged, is left alone: %s", (data) => {
  const stored = [{ family: "ha" as const, deviceId: id("ha:d"), key: "sensor/n/t/config", data }];
  const hub = createSession(() => createHomeAssistant(), { stored });
  expect(hub.send("s", "1")).toEqual({ elsewhere: true });
  announce(hub, "sensor/n/t", { ...DEVICE, stat_t: "s" });
  expect(metricsOf(hub.send("s", "1"))).toEqual({ t: 1 });
});

describe("what costs time", () => {
  const MAX_MS = 700;
  const entities = (count: number, fields: (index: number) => object): object =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`c${index}`, { p: "sensor", ...fields(index) }]));

  function timed(run: () => unknown): void {
    const startedMs = performance.now();
    run();
    expect(performance.now() - startedMs).toBeLessThan(MAX_MS);
  }

  const none = () => ({});
  const strict = { id: "board:ha:d", deviceId: "ha:d" as never, mayPublish: split, maySubscribe: split };
  function split(topic: string): boolean {
    return topic.split("/").length > 0;
  }

  test.each<[string, object]>([
    [
      "thousands of names",
      { dev: { ids: Array.from({ length: 25_000 }, (_, index) => `i${index}`) }, cmps: entities(500, none) },
    ],
    [
      "topics of 100,000 levels",
      { "~": "/".repeat(100_000), dev: { ids: "d" }, cmps: entities(512, (index) => ({ stat_t: `~${index}` })) },
    ],
    [
      "availability in many words",
      {
        dev: { ids: "d" },
        avty: Array.from({ length: 8 }, (_, index) => ({ t: `a${index}`, pl_avail: "y".repeat(25_000) })),
        cmps: entities(512, (index) => ({ stat_t: `s${index}` })),
      },
    ],
  ])("%s", (_, document) => {
    const hub = createHub();
    timed(() => hub.send("homeassistant/device/n/config", JSON.stringify(document), { publisher: strict }));
  });

  test.each([
    ["{{ value_json | float }}", JSON.stringify({ a: "x".repeat(3_000_000) })],
    ["{{ value | float }}", "1".repeat(3_000_000)],
    ["", "x".repeat(3_000_000)],
  ])("a large message to 512 entities with the template %s", (template, payload) => {
    const hub = createHub();
    const cmps = entities(512, () => ({ unit_of_meas: "W", ...(template !== "" && { val_tpl: template }) }));
    hub.send("homeassistant/device/n/config", JSON.stringify({ dev: { ids: "d" }, stat_t: "s", cmps }));
    timed(() => hub.send("s", payload));
  });
});
