import { describe, expect, test } from "vitest";
import type { Mapping, MappingFields } from "../../../../src/contract/mappings.ts";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import type { DialectMessage } from "../../../../src/core/dialects/dialect.ts";
import type { Part } from "../../../../src/core/dialects/parsed-message.ts";
import { createDialects } from "../../../../src/dialects/dialects.ts";
import { createMappingDialect } from "../../../../src/dialects/mapping/mapping.ts";

const NOW = Date.UTC(2026, 10, 30, 12);
const publisher = { id: "anybody", deviceId: undefined, mayPublish: () => true, maySubscribe: () => true };
const messageOf = (topic: string, payload: string | Uint8Array, receivedAtMs = NOW): DialectMessage => ({
  topic,
  payload: typeof payload === "string" ? Buffer.from(payload) : payload,
  retain: false,
  receivedAtMs,
  publisher,
});

function dialectWith(...mappings: MappingFields[]) {
  const dialect = createMappingDialect();
  dialect.set(mappings.map((fields, at) => ({ ...fields, id: `m${at}` })));
  const read = (topic: string, payload: string | Uint8Array, atMs?: number): readonly Part[] | undefined => {
    const parsed = dialect.claim(topic)?.(messageOf(topic, payload, atMs));
    if (parsed !== undefined && parsed.kind !== "parts") throw new Error(parsed.kind);
    return parsed?.parts;
  };
  return { dialect, read };
}

/** As one line: `kitchen {"temperature":21}` and the instant, or the code of what was refused. */
function wordsOf(parts: readonly Part[] | undefined): string[] | undefined {
  return parts?.flatMap((part) => {
    if (part.kind === "refused") return [`${part.deviceId}: ${part.fault.code}`];
    if (part.kind !== "telemetry") return [];
    return part.readings.map(({ metrics, said }) =>
      [
        part.deviceId,
        JSON.stringify(Object.fromEntries(metrics)),
        ...(said === undefined ? [] : [JSON.stringify(said)]),
      ].join(" "),
    );
  });
}

const VALUES: MappingFields = { topic: "home/{device}/{metric}", payload: "value" };
const DATA: MappingFields = { topic: "sensors/{device}/data", payload: "json" };

describe("one value", () => {
  test.each<
    [what: string, fields: Partial<MappingFields>, topic: string, payload: string, words: string[] | undefined]
  >([
    ["a number", {}, "home/kitchen/temperature", "21.5", ['kitchen {"temperature":21.5}']],
    ["with a line end and a NUL", {}, "home/kitchen/temperature", "21.5\r\n\0", ['kitchen {"temperature":21.5}']],
    ["a boolean word", {}, "home/kitchen/light", "ON", ['kitchen {"light":true}']],
    ["text", {}, "home/kitchen/mode", "auto", ['kitchen {"mode":"auto"}']],
    ["another topic", {}, "garden/kitchen/temperature", "21.5", undefined],
    ["no value", {}, "home/kitchen/temperature", "nan", []],
    ["an empty payload, which clears a retained message", {}, "home/kitchen/temperature", "", []],
    ["what asks a board to do something", {}, "home/lamp/set", "ON", undefined],
    ["JSON where one value is expected", {}, "home/kitchen/temperature", '{"t":1}', ["kitchen: PAYLOAD_WRONG_SHAPE"]],
    ["XML", {}, "home/kitchen/temperature", "<t>1</t>", ["kitchen: PAYLOAD_WRONG_SHAPE"]],
    ["more than a value", {}, "home/kitchen/mode", "x".repeat(2_000), ["kitchen: PAYLOAD_WRONG_SHAPE"]],
    [
      "a word where the catalogue knows a number",
      {},
      "home/kitchen/temperature",
      "warm",
      ["kitchen: METRIC_WRONG_TYPE"],
    ],
    ["a decimal comma", {}, "home/kitchen/level", "21,5", ["kitchen: METRIC_VALUE_INVALID"]],
    [
      "another name",
      { rename: { temp: "temperature" } },
      "home/kitchen/temp",
      "21.5",
      ['kitchen {"temperature":21.5}'],
    ],
    ["only some metrics", { only: ["humidity"] }, "home/kitchen/temperature", "21.5", []],
    ["scaled", { scale: { level: { factor: 0.1, offset: -5 } } }, "home/tank/level", "3", ['tank {"level":-4.7}']],
    [
      "scaled without digits of the binary",
      { scale: { l: { factor: 0.1, offset: 0 } } },
      "home/t/l",
      "3",
      ['t {"l":0.3}'],
    ],
    [
      "scaled beyond what a number holds",
      { scale: { l: { factor: 1e300, offset: 0 } } },
      "home/t/l",
      "1e300",
      ["t: METRIC_VALUE_INVALID"],
    ],
    ["a truth value is not scaled", { scale: { l: { factor: 2, offset: 0 } } }, "home/t/l", "on", ['t {"l":true}']],
    ["a name that no metric has", {}, "home/kitchen/time", "21.5", []],
    [
      "letters that no id and no name has",
      {},
      "home/Küche/Höhe",
      "2",
      [expect.stringMatching(/^K_che~[0-9a-f]{6} {"H_he":2}$/)],
    ],
    ["an id that could be another family's", {}, "home/zigbee:0x1/temperature", "2", ["undefined: DEVICE_ID_INVALID"]],
    ["an id that could be several levels", {}, "home/a.b/x", "2", [expect.stringMatching(/^a\.b~[0-9a-f]{6} /)]],
    ["a number as a name", {}, "home/kitchen/1.8.0", "2", ['kitchen {"m1.8.0":2}']],
  ])("%s", (_what, fields, topic, payload, words) => {
    expect(wordsOf(dialectWith({ ...VALUES, ...fields }).read(topic, payload))).toEqual(words);
  });

  test("several levels are joined", () => {
    const { read } = dialectWith(
      { topic: "b/{device+}/out", payload: "value" },
      { topic: "N/+/{device}/{metric+}", payload: "value" },
    );
    expect(wordsOf(read("b/floor1/kitchen/out", "1"))).toEqual(['floor1.kitchen {"out":1}']);
    expect(wordsOf(read("N/c06/battery/512/Dc/0", "1"))).toEqual(['battery {"m512.Dc.0":1}']);
  });

  test("a pattern without placeholders is of one device", () => {
    const { read } = dialectWith(
      { topic: "weather/{metric}", payload: "value" },
      { topic: "garden/pump/power", payload: "value" },
    );
    expect(wordsOf(read("weather/wind", "4"))).toEqual(['weather {"wind":4}']);
    expect(wordsOf(read("garden/pump/power", "4"))).toEqual(['garden.pump {"power":4}']);
  });
});

describe("JSON", () => {
  const NESTED = '{"meta":{"time":"2026-11-30T10:00:00Z","id":"x9"},"v":{"temp":21.5,"mode":"auto","deep":{"a":1}}}';
  test.each<[what: string, fields: Partial<MappingFields>, payload: string, words: string[]]>([
    ["an object", {}, '{"temperature":21.5,"on":true}', ['a1 {"temperature":21.5,"on":true}']],
    ["nested", {}, '{"env":{"t":1},"list":[4,5]}', ['a1 {"env.t":1,"list.1":4,"list.2":5}']],
    [
      "a nested instant",
      { time: "meta.time", values: "v" },
      NESTED,
      ['a1 {"temp":21.5,"mode":"auto","deep.a":1} "2026-11-30T10:00:00Z"'],
    ],
    ["an instant beside the values is no metric", { time: "at" }, '{"at":1796040000,"x":1}', ['a1 {"x":1} 1796040000']],
    ["an instant that is not there", { time: "at" }, '{"x":1}', ['a1 {"x":1}']],
    [
      "what is about the reading",
      { rename: { ts: "sent" } },
      '{"time":5,"ts":6,"values":{"x":1}}',
      ['a1 {"sent":6,"values.x":1}'],
    ],
    ["an instant that is null", { time: "at" }, '{"at":null,"x":1}', ['a1 {"x":1}']],
    [
      "another name, by its path",
      { rename: { "v.temp": "temperature" }, only: ["temperature"] },
      NESTED,
      ['a1 {"temperature":21.5}'],
    ],
    ["of two that get one name the first", { rename: { b: "a" } }, '{"a":1,"b":2}', ['a1 {"a":1}']],
    [
      "text where the owner named a unit",
      { units: { level: "cm" } },
      '{"level":"42","other":"42"}',
      ['a1 {"level":42,"other":"42"}'],
    ],
    ["one value", { values: "v.temp" }, NESTED, ['a1 {"temp":21.5}']],
    ["nothing there", { values: "nothing" }, NESTED, ["a1: PAYLOAD_WRONG_SHAPE"]],
    ["null there", { values: "x" }, '{"x":null}', []],
    ["a bare number", {}, "21.5", ['a1 {"value":21.5}']],
    ["a list of numbers", { values: "x" }, '{"x":[1,2]}', ['a1 {"x.1":1,"x.2":2}']],
    ["a list of objects", {}, '[{"a":1}]', ["a1: PAYLOAD_WRONG_SHAPE"]],
    ["no JSON", {}, '{"a":', ["a1: PAYLOAD_NOT_JSON"]],
    ["secrets are left out", {}, '{"a":1,"wifi":{"password":"x","psk":"y"}}', ['a1 {"a":1}']],
    ["only what cannot be read", {}, '{"temperature":"warm"}', ["a1: METRIC_WRONG_TYPE"]],
    ["some that cannot be read", {}, '{"temperature":"warm","a":1}', ['a1 {"a":1}']],
  ])("%s", (_what, fields, payload, words) => {
    expect(wordsOf(dialectWith({ ...DATA, ...fields }).read("sensors/a1/data", payload))).toEqual(words);
  });

  test("the id in the payload", () => {
    const { read } = dialectWith({ topic: "rtl_433/events", payload: "json", device: "dev.id", time: "t" });
    expect(wordsOf(read("rtl_433/events", '{"dev":{"id":7},"a":1}'))).toEqual(['7 {"a":1}']);
    expect(wordsOf(read("rtl_433/events", '{"dev":{"id":"A4:C1:38"},"a":1,"t":5}'))).toEqual(['A4:C1:38 {"a":1} 5']);
    for (const id of ["null", '""', "1.5", "true", "[1]", '{"a":1}']) {
      expect(wordsOf(read("rtl_433/events", `{"dev":{"id":${id}},"a":1}`))).toEqual(["undefined: PAYLOAD_WRONG_SHAPE"]);
    }
  });

  test("a metric's name in the topic, and its value in the payload", () => {
    const { read } = dialectWith({ topic: "zwave/{device}/{metric+}", payload: "json", time: "time", values: "value" });
    expect(wordsOf(read("zwave/bath/49/0/Air_temperature", '{"time":1796040000123,"value":21.5}'))).toEqual([
      'bath {"m49.0.Air_temperature":21.5} 1796040000123',
    ]);
    expect(wordsOf(read("zwave/bath/meter", '{"value":{"a":1,"b":2}}'))).toEqual(['bath {"meter.a":1,"meter.b":2}']);
  });

  test("more metrics than a reading holds become several readings", () => {
    const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`m${at}`, at])));
    expect(wordsOf(dialectWith(DATA).read("sensors/a1/data", wide))).toHaveLength(2);
  });
});

test("whatever comes is answered, and nothing is thrown", () => {
  const { read } = dialectWith(
    VALUES,
    { ...DATA, time: "t.t", values: "v.v.v" },
    { topic: "x/{metric+}", payload: "json", device: "a.b" },
  );
  const payloads = [
    "",
    "\0",
    "{",
    "[",
    "null",
    "true",
    '"x"',
    "1e999",
    "-0",
    "[[[[",
    '{"__proto__":{"a":1},"v":{"v":{"v":{"__proto__":1}}}}',
    '{"v":{"v":{"v":"\\ud800"}}}',
    `{"v":{"v":{"v":${"[".repeat(5_000)}`,
    "9".repeat(500),
    `{"a":{"b":"${"x".repeat(5_000)}"}}`,
    '{"a":{"b":"\\u0000"},"c":1}',
  ].map((text) => Buffer.from(text));
  payloads.push(
    Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
    Buffer.alloc(4_096, 0x7b),
    Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
  );
  const topics = [
    "home/a/b",
    "home/\u{10ffff}/\uD800",
    "home/../..",
    `home/${"a".repeat(9_000)}/b`,
    "sensors/__proto__/data",
    "x/constructor",
  ];
  for (const topic of topics) for (const payload of payloads) expect(read(topic, payload)).toBeInstanceOf(Array);
});

test("boards' own topics stay their own, whatever a mapping says", () => {
  const { dialect } = dialectWith({ topic: "{device}/{metric}/raw", payload: "value" });
  expect(dialect.claim("a/b/raw")).toBeDefined();
  expect(dialect.claim("devices/b/raw")).toBeUndefined();
});

describe("what is known of a device of a mapping", () => {
  const learnedOf = (parts: readonly Part[] = []) => parts.flatMap((part) => (part.kind === "learned" ? [part] : []));

  test("its units, which are learned once and hold after a restart", () => {
    const fields: MappingFields = { ...VALUES, units: { temperature: "°F", humidity: "%", level: "cm" } };
    const { dialect, read } = dialectWith(fields);
    const [learned] = learnedOf(read("home/tank/level", "5"));
    expect(learned).toMatchObject({ family: "mapping", deviceId: "tank", key: "m0" });
    dialect.learn("tank" as DeviceId, "m0", learned?.data);
    expect(learnedOf(read("home/tank/level", "6"))).toEqual([]);

    const restarted = dialectWith(fields);
    restarted.dialect.learn("tank" as DeviceId, "m0", learned?.data);
    const infoOf = (metric: string) => restarted.dialect.metricInfo("tank" as DeviceId, metric);
    expect(infoOf("level")).toEqual({ label: "level", kind: "number", unit: "cm" });
    expect(infoOf("temperature")).toEqual({ label: "Temperature", kind: "number", unit: "°F", digits: 1 });
    expect(infoOf("humidity")).toMatchObject({ unit: "%", range: [0, 100] });
    expect(infoOf("other")).toBeUndefined();
    expect(restarted.dialect.metricInfo("other" as DeviceId, "level")).toBeUndefined();
    restarted.dialect.set([]);
    expect(infoOf("level")).toBeUndefined();
  });

  test("its name, where its id is another", () => {
    const { dialect, read } = dialectWith(VALUES);
    const [learned] = learnedOf(read("home/Küche/temperature", "5"));
    const deviceId = learned?.deviceId as DeviceId;
    dialect.learn(deviceId, "m0", learned?.data);
    expect(dialect.nameOf(deviceId)).toBe("Küche");
    expect(learnedOf(read("home/kitchen/temperature", "5"))).toEqual([]);
    dialect.learn(deviceId, "m0", undefined);
    expect(dialect.nameOf(deviceId)).toBeUndefined();
  });

  test.each(["", "{", "[]", "null", '{"name":5}', '{"later":true}'])(
    "data of another version is ignored: %s",
    (data) => {
      const { dialect } = dialectWith(VALUES);
      expect(dialect.learn("x" as DeviceId, "m0", data)).toBe(false);
      expect(dialect.nameOf("x" as DeviceId)).toBeUndefined();
    },
  );
});

test("a mapping that is added, changed or removed holds for the next message of each topic", () => {
  const dialect = createMappingDialect();
  const dialects = createDialects([dialect]);
  const read = () => dialects.read(messageOf("home/kitchen/temperature", "21.5"));
  const set = (...mappings: Mapping[]) => {
    dialect.set(mappings);
    dialects.changed();
  };
  expect(read().kind).toBe("elsewhere");
  expect(dialects.claimedBy("home/kitchen/temperature")).toBeUndefined();
  expect(dialects.claimedBy("devices/x/anything")).toBe("native");
  set({ ...VALUES, id: "a" });
  expect(read()).toMatchObject({ kind: "parts", parts: [{ deviceId: "kitchen" }] });
  expect(dialects.claimedBy("home/kitchen/temperature")).toBe("mapping");
  set({ topic: "home/+/{metric}", payload: "value", id: "a" });
  expect(read()).toMatchObject({ kind: "parts", parts: [{ deviceId: "home" }] });
  set();
  expect(read().kind).toBe("elsewhere");
});

test("a few samples of a mapping are kept, each at most once in ten seconds, and outlive a change of it", () => {
  const { dialect, read } = dialectWith(VALUES);
  for (let at = 0; at < 8; at++) read(`home/room${at}/temperature`, `${at}`);
  read("home/room7/temperature", "100", NOW + 5_000);
  read("home/room6/temperature", "101", NOW + 11_000);
  read("home/room5/temperature", "x".repeat(5_000), NOW + 11_000);
  const shown = () => dialect.samples().map(({ topic, payload }) => `${topic.slice(5, 10)} ${Buffer.from(payload)}`);
  expect(shown()).toEqual(["room3 3", "room4 4", "room5 5", "room7 7", "room6 101"]);
  dialect.set([{ ...VALUES, rename: { a: "b" }, id: "m0" }]);
  expect(shown()).toHaveLength(5);
});
