/** The examples of ThingsBoard's documentation, of boards and of gateways. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import type { Publisher } from "../../../../src/core/dialects/dialect.ts";
import type { Part } from "../../../../src/core/dialects/parsed-message.ts";
import { createThingsboard } from "../../../../src/dialects/thingsboard/thingsboard.ts";

const publisher = (deviceId: string | undefined): Publisher => ({
  id: deviceId === undefined ? "anybody" : `board:${deviceId}`,
  deviceId: deviceId as DeviceId | undefined,
  mayPublish: () => true,
  maySubscribe: () => true,
});

interface Sender {
  readonly deviceId?: string;
  readonly userName?: string;
  readonly retain?: boolean;
}

test("attributes that no device may have, and names of devices without end, are refused before they are looked at", () => {
  const { send } = world();
  const long = "a,".repeat(600);
  expect(send("v1/devices/me/attributes", `{"a":"${"x".repeat(70_000)}"}`)).toEqual([
    "! ATTRIBUTES_TOO_LARGE undefined",
  ]);
  expect(send("v1/devices/me/attributes", `{"${long}":1,"b":2}`)).toEqual([
    expect.stringContaining('{"b":2}'),
    expect.stringContaining("METRIC_NAME_INVALID"),
  ]);
  expect(send("v1/gateway/telemetry", `{"${long}":[{"a":1}]}`, {})).toEqual([
    expect.stringContaining("PAYLOAD_WRONG_SHAPE"),
  ]);
  expect(send("v1/gateway/connect", `{"device":"${long}"}`, {})).toEqual([
    expect.stringContaining("PAYLOAD_WRONG_SHAPE"),
  ]);
});

test("a message of a gateway with very many readings is read in part, and says what is left out", () => {
  const list = Array.from({ length: 900 }, () => ({ a: 1 }));
  const json = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`d${index}`, list]));
  const parts = world().parts("v1/gateway/telemetry", JSON.stringify(json), {});
  const telemetry = parts.flatMap((part) => (part.kind === "telemetry" ? [part] : []));
  expect(telemetry.reduce((sum, { readings }) => sum + readings.length, 0)).toBe(4_000);
  expect(telemetry.at(-1)).toMatchObject({ leftOut: 900, faults: [{ code: "TOO_MANY_READINGS" }] });
});

const BOARD: Sender = { deviceId: "thingsboard:kitchen", userName: "the-secret" };
const ME = "thingsboard:kitchen";

/** As the hub: what is learned is given back at once. */
function world() {
  const dialect = createThingsboard();
  function parts(
    topic: string,
    payload: string | Uint8Array,
    { deviceId, userName, retain = false }: Sender = BOARD,
  ): readonly Part[] {
    const reader = dialect.claim(topic);
    if (reader === undefined) throw new Error(`${topic} is not of ThingsBoard`);
    const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
    const parsed = reader({ topic, payload: bytes, retain, receivedAtMs: 0, publisher: publisher(deviceId), userName });
    if (parsed.kind !== "parts") throw new Error(`it was ${parsed.kind}`);
    for (const part of parsed.parts) if (part.kind === "learned") dialect.learn(part.deviceId, part.key, part.data);
    return parsed.parts;
  }
  return { dialect, parts, send: (...message: Parameters<typeof parts>) => parts(...message).flatMap(shown) };
}

/** `id metrics @said`, `id {attributes}`, `id online`, `! CODE metric` */
function shown(part: Part): string[] {
  switch (part.kind) {
    case "telemetry":
      return [
        ...part.readings.map(
          ({ metrics, said }) => `${part.deviceId} ${json(metrics)}${said === undefined ? "" : ` @${said}`}`,
        ),
        ...part.faults.map(({ code, metric }) => `! ${code}${metric === undefined ? "" : ` ${metric}`}`),
      ];
    case "attributes":
      return [
        `${part.deviceId} attributes ${json(part.patch)}`,
        ...part.faults.map(({ code, metric }) => `! ${code} ${metric}`),
      ];
    case "heard":
      return [`${part.deviceId} heard`];
    case "status":
      return [`${part.deviceId} ${part.online ? "online" : "offline"}`];
    case "refused":
      return [`! ${part.fault.code} ${part.deviceId}`];
    case "learned":
      return [`learned ${part.deviceId} ${part.data}`];
    case "publish":
      return [`publish ${part.topic}`];
  }
}

const json = (entries: Iterable<readonly [string, unknown]>): string => JSON.stringify(Object.fromEntries(entries));

const TOPICS = ["v1/devices/me/telemetry", "v2/t", "v2/t/j", `v1/devices/${ME}/telemetry`, `v2/${ME}/t`];

describe.each(TOPICS)("telemetry to %s", (topic) => {
  test.each<[form: string, payload: string, shown: string[]]>([
    ["values", '{"temperature":42}', [`${ME} {"temperature":42}`]],
    ["a list", '[{"key1":"value1"},{"key2":true}]', [`${ME} {"key1":"value1"}`, `${ME} {"key2":true}`]],
    [
      "a time with values",
      '{"ts":1451649600512,"values":{"stringKey":"value1","booleanKey":true,"doubleKey":42.0,"longKey":73,"jsonKey":{"someNumber":42,"someArray":[1,2,3],"someNestedObject":{"key":"value"}}}}',
      [
        `${ME} {"stringKey":"value1","booleanKey":true,"doubleKey":42,"longKey":73,"jsonKey.someNumber":42,"jsonKey.someArray.1":1,"jsonKey.someArray.2":2,"jsonKey.someArray.3":3,"jsonKey.someNestedObject.key":"value"} @1451649600512`,
      ],
    ],
    [
      "a list of times with values",
      '[{"ts":1451649600512,"values":{"a":1}},{"ts":1451649600513,"values":{"a":2}}]',
      [`${ME} {"a":1} @1451649600512`, `${ME} {"a":2} @1451649600513`],
    ],
    ["a time among the values", '{"ts":1451649600512,"a":1}', [`${ME} {"a":1} @1451649600512`]],
    [
      "a number as text, as ThingsBoard takes it",
      '{"a":"23.5","serial":"12345678901234567890"}',
      [`${ME} {"a":23.5,"serial":"12345678901234567890"}`],
    ],
    [
      "names that a metric may not have",
      '{"Außen/Temp":1,"time":2}',
      [expect.stringMatching(/"Au_en.Temp":1,"time_[0-9a-f]{6}":2/)],
    ],
    ["nothing", "{}", ["! READING_EMPTY"]],
    ["an empty list", "[]", ["! READING_EMPTY"]],
    ["no object", '[1,{"a":1}]', [`${ME} {"a":1}`, "! READING_WRONG_SHAPE"]],
    ["values that are none", '{"ts":1451649600512,"values":5}', ["! READING_WRONG_SHAPE"]],
    ["bad JSON", '{"a":', [`! PAYLOAD_NOT_JSON ${ME}`]],
    ["no payload", "", [`! PAYLOAD_EMPTY ${ME}`]],
  ])("as %s", (_, payload, expected) => {
    expect(world().send(topic, payload)).toEqual(expected);
  });
});

test("a list of a thousand is taken, and what is behind it is counted", () => {
  const payload = JSON.stringify(Array.from({ length: 1_003 }, (_, a) => ({ a })));
  const [part] = world().parts("v1/devices/me/telemetry", payload);
  expect(part).toMatchObject({ kind: "telemetry", leftOut: 3, faults: [{ code: "TOO_MANY_READINGS" }] });
  const elements = part?.kind === "telemetry" ? part.readings.map(({ element }) => element) : [];
  expect([elements.length, new Set(elements).size]).toEqual([1_000, 1_000]);
});

describe("the device", () => {
  test("is that of the credential, else the user name, else it is refused with what to do", () => {
    const { send, dialect } = world();
    expect(send("v1/devices/me/telemetry", '{"a":1}', { deviceId: ME, userName: "x" })).toEqual([`${ME} {"a":1}`]);
    expect(send("v1/devices/me/telemetry", '{"a":1}', { userName: "A1_TEST_TOKEN" })).toEqual([
      'thingsboard:A1_TEST_TOKEN {"a":1}',
    ]);
    expect(dialect.nameOf("thingsboard:A1_TEST_TOKEN" as DeviceId)).toBe("A1_TEST_TOKEN");
    for (const sender of [{}, { userName: "" }]) {
      expect(send("v1/devices/me/telemetry", '{"a":1}', sender)).toEqual(["! DEVICE_NOT_NAMED undefined"]);
    }
  });

  test("is the one of the topic where it names one, whoever sends it", () => {
    expect(world().send(`v1/devices/${ME}/telemetry`, '{"a":1}', { userName: "bridge" })).toEqual([`${ME} {"a":1}`]);
  });

  test("keeps a user name that no id may be as its name", () => {
    const { send, dialect } = world();
    const [learned, reading] = send("v1/devices/me/telemetry", '{"a":1}', { userName: "my board" });
    const id = reading?.split(" ")[0] ?? "";
    expect(id).toMatch(/^thingsboard:my_board~[0-9a-f]{6}$/);
    expect(learned).toBe(`learned ${id} "my board"`);
    expect(dialect.nameOf(id as DeviceId)).toBe("my board");
    expect(send("v1/devices/me/telemetry", '{"a":1}', { userName: "my board" })).toEqual([`${id} {"a":1}`]);
  });
});

test.each(["v1/devices/me/attributes", "v2/a", "v2/a/j", `v1/devices/${ME}/attributes`, `v2/${ME}/a`])(
  "client attributes to %s are attributes, without secrets",
  (topic) => {
    const { send } = world();
    expect(
      send(topic, '{"attribute1":"value1","attribute2":true,"attribute3":{"a":[1],"psk":"x"},"wifi password":"x"}'),
    ).toEqual([`${ME} attributes {"attribute1":"value1","attribute2":true,"attribute3":{"a":[1]}}`]);
    expect(send(topic, "[1]")).toEqual([`! PAYLOAD_WRONG_SHAPE ${ME}`]);
    expect(send(topic, '{"Serial number":5,"gone":null}')).toEqual([
      `${ME} attributes {"Serial_number":5,"gone":null}`,
    ]);
  },
);

describe("a gateway", () => {
  const GATEWAY: Sender = { userName: "gateway" };
  const A = expect.stringMatching(/^thingsboard:Device_A~[0-9a-f]{6} /);

  test("speaks for the devices that it names", () => {
    const { send, dialect } = world();
    const [learned = "", online = "", type] = send(
      "v1/gateway/connect",
      '{"device":"Device A","type":"thermometer"}',
      GATEWAY,
    );
    const id = learned.split(" ")[1] ?? "";
    expect(learned).toBe(`learned ${id} "Device A"`);
    expect([online, type]).toEqual([`${id} online`, `${id} attributes {"deviceType":"thermometer"}`]);
    expect(dialect.nameOf(id as DeviceId)).toBe("Device A");
    const telemetry =
      '{"Device A":[{"ts":1483228800000,"values":{"temperature":42,"humidity":80}},{"ts":1483228801000,"values":{"temperature":43,"humidity":82},"metadata":{"connector":"MQTT","receivedTs":1,"publishedTs":2}}],"B":[{"temperature":40}]}';
    expect(send("v1/gateway/telemetry", telemetry, GATEWAY)).toEqual([
      `${id} {"temperature":42,"humidity":80} @1483228800000`,
      `${id} {"temperature":43,"humidity":82} @1483228801000`,
      'thingsboard:B {"temperature":40}',
    ]);
    expect(
      send("v1/gateway/attributes", '{"Device A":{"attribute1":"value1"},"B":{"attribute1":42}}', GATEWAY),
    ).toEqual([`${id} attributes {"attribute1":"value1"}`, 'thingsboard:B attributes {"attribute1":42}']);
    expect(send("v1/gateway/disconnect", '{"device":"Device A"}', GATEWAY)).toEqual([`${id} offline`]);
    expect(online).toEqual(A);
  });

  test.each([
    ["v1/gateway/connect", "{}", ["! PAYLOAD_WRONG_SHAPE undefined"]],
    ["v1/gateway/disconnect", '{"device":5}', ["! PAYLOAD_WRONG_SHAPE undefined"]],
    ["v1/gateway/telemetry", "[]", ["! PAYLOAD_WRONG_SHAPE undefined"]],
    [
      "v1/gateway/telemetry",
      '{"":[{"a":1}],"B":[{"a":1}]}',
      ["! PAYLOAD_WRONG_SHAPE undefined", 'thingsboard:B {"a":1}'],
    ],
    ["v1/gateway/telemetry", '{"B":5}', ["! READING_WRONG_SHAPE"]],
    ["v1/gateway/attributes", '{"B":5}', ["! PAYLOAD_WRONG_SHAPE thingsboard:B"]],
    ["v1/gateway/telemetry", "hello", ["! PAYLOAD_NOT_JSON undefined"]],
  ])("%s %s is refused where it is wrong", (topic, payload, expected) => {
    expect(world().send(topic, payload, GATEWAY)).toEqual(expected);
  });

  test("names of devices are known after a restart", () => {
    const before = world();
    const learned = before.parts("v1/gateway/connect", '{"device":"Raum 1"}').find((part) => part.kind === "learned");
    const after = createThingsboard();
    expect(learned && after.learn(learned.deviceId, learned.key, learned.data)).toBe(false);
    expect(learned && after.nameOf(learned.deviceId)).toBe("Raum 1");
    after.learn(ME as DeviceId, "name", "{damaged");
    expect(after.nameOf(ME as DeviceId)).toBe("kitchen");
  });
});

test.each([
  ["v1/devices/me/attributes/request/1", '{"clientKeys":"attribute1,attribute2","sharedKeys":"shared1,shared2"}'],
  ["v1/devices/me/attributes/response/1", '{"client":{"attribute1":"value1"}}'],
  ["v1/devices/me/rpc/request/1", '{"method":"getSessionLimits","params":{}}'],
  [`v1/devices/${ME}/rpc/response/1`, '{"ok":true}'],
  ["v1/devices/me/claim", '{"secretKey":"value","durationMs":60000}'],
  [
    "/provision/request",
    '{"deviceName":"DEVICE_NAME","provisionDeviceKey":"u7piawkboq8v32dmcmpp","provisionDeviceSecret":"jpmwdn8ptlswmf4m29bw"}',
  ],
  ["v2/a/req/1", "{}"],
  ["v2/r/res/1", "{}"],
  [`v2/${ME}/r/req/1`, "{}"],
  ["v2/fw/request/1/chunk/0", "1024"],
  ["v2/fw/error", "x"],
  ["v2/t/p", "\u0001\u0002"],
  ["v1/gateway/rpc", '{"device":"Device A","data":{"id":1,"method":"toggle","params":{}}}'],
  ["v1/gateway/attributes/request", '{"id":1,"device":"Device A","client":true,"key":"attribute1"}'],
])("%s is carried, and nothing of it is stored", (topic, payload) => {
  expect(world().send(topic, payload)).toEqual([]);
});

test.each([
  "v1",
  "v1/devices/me",
  "v1/devices/kitchen/telemetry",
  "v1/devices/tasmota:x/telemetry",
  "v1/devices/thingsboard:/é/telemetry",
  "v1/devices/me/telemetry/x",
  "v1/devices/me/constructor",
  "v1/gateway",
  "v1/gateway/__proto__",
  "v2",
  "v2/toString",
  "v2/house/t",
  "v2/fw",
  "v3/t",
  "provision/request",
])("%s is not of ThingsBoard", (topic) => {
  expect(world().dialect.claim(topic)).toBeUndefined();
});

test("a retained message that is cleared is nothing", () => {
  expect(world().send("v1/devices/me/attributes", "", { ...BOARD, retain: true })).toEqual([]);
});

test("whatever the JSON, there is an answer", () => {
  const { send } = world();
  fc.assert(
    fc.property(
      fc.constantFrom(
        "v1/devices/me/telemetry",
        "v2/a",
        "v1/gateway/telemetry",
        "v1/gateway/attributes",
        "v1/gateway/connect",
      ),
      fc.jsonValue(),
      (topic, value) => {
        expect(send(topic, JSON.stringify(value)).length).toBeGreaterThanOrEqual(0);
      },
    ),
    { numRuns: 500, interruptAfterTimeLimit: 500 },
  );
});
