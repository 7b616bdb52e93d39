import { describe, expect, test } from "vitest";
import { MAX_LEARNED_CHARS } from "../../../../src/core/dialects/learned-limit.ts";
import { createHomie } from "../../../../src/dialects/homie/homie.ts";
import { createRandom } from "../../../support/random.ts";
import { bytesOf, openSession, type Payload, type Session } from "../line-session.ts";

const ID = "homie:dev";
/** By id of the property. */
const PROPERTIES: Readonly<Record<string, object>> = {
  count: { datatype: "integer", unit: "#", format: ":10:2" },
  level: { datatype: "float", unit: "%", format: "0:100:0.5", settable: true },
  power: { datatype: "boolean", format: "off,on", settable: true },
  mode: { datatype: "enum", format: "off,eco,comfort" },
  title: { datatype: "string" },
  color: { datatype: "color", format: "rgb,hsv" },
  since: { datatype: "datetime" },
  for: { datatype: "duration" },
  more: { datatype: "json", format: '{"type":"object"}' },
  bell: { datatype: "boolean", retained: false },
  speed: { datatype: "float", retained: false },
  new: { datatype: "quaternion" },
};

function device(): Session {
  const session = openSession(createHomie);
  session.say("homie/5/dev/$description", { homie: "5.1", version: 1, nodes: { node: { properties: PROPERTIES } } });
  return session;
}

const VALUES: readonly [property: string, payload: Payload, ...becomes: string[]][] = [
  ["count", "7", `${ID} {"node.count":7}`],
  ["count", "many", `${ID} without node.count: METRIC_WRONG_TYPE`],
  ["count", "9223372036854775807", `${ID} without node.count: METRIC_VALUE_INVALID`],
  ["level", "1e1", `${ID} {"node.level":10}`],
  ["level", "NaN"],
  ["level", "12,5", `${ID} without node.level: METRIC_WRONG_TYPE`],
  ["power", "true", `${ID} {"node.power":true}`],
  ["power", "false", `${ID} {"node.power":false}`],
  ["power", "maybe", `${ID} without node.power: METRIC_WRONG_TYPE`],
  ["mode", "off", `${ID} {"node.mode":"off"}`],
  ["mode", "eco", `${ID} {"node.mode":"eco"}`],
  ["title", "42", `${ID} {"node.title":"42"}`],
  ["title", new Uint8Array([0]), `${ID} {"node.title":""}`],
  ["title", "x".repeat(300), `${ID} without node.title: METRIC_TEXT_TOO_LONG`],
  ["color", "rgb,100,100,100", `${ID} {"node.color":"rgb,100,100,100"}`],
  ["color", "255,255,0", `${ID} {"node.color":"255,255,0"}`],
  ["since", "2026-11-22T12:00:00Z", `${ID} {"node.since":"2026-11-22T12:00:00Z"}`],
  ["for", "PT12H5M46S", `${ID} {"node.for":"PT12H5M46S"}`],
  ["more", '{"a":1,"b":{"c":"x"}}', `${ID} {"node.more.a":1,"node.more.b.c":"x"}`],
  ["more", "[1,2]", `${ID} {"node.more.1":1,"node.more.2":2}`],
  ["more", "1", `${ID} without : PAYLOAD_WRONG_SHAPE`],
  ["more", "{", `${ID} without : PAYLOAD_NOT_JSON`],
  ["bell", "true", `${ID} {"node.bell":true}`],
  ["new", "1,2,3", `${ID} {"node.new":"1,2,3"}`],
  ["unknown", "ON", `${ID} {"node.unknown":true}`],
  ["count", ""],
];

describe("a value of a property", () => {
  test.each(VALUES)("%s %s", (property, payload, ...becomes) => {
    expect(device().say(`homie/5/dev/node/${property}`, payload)).toEqual(becomes);
  });

  test("is described by its datatype and format", () => {
    const session = device();
    const info = (property: string) => session.info(ID, `node.${property}`);
    expect(info("count")).toEqual({ label: "count", kind: "number", unit: "", digits: 0 });
    expect(info("level")).toEqual({ label: "level", kind: "number", unit: "%", range: [0, 100], settable: true });
    expect(info("power")).toEqual({ label: "power", kind: "boolean", unit: "", settable: true });
    expect(info("mode")).toMatchObject({ kind: "enum", options: ["off", "eco", "comfort"] });
    expect(info("title")?.kind).toBe("text");
    // Momentary events; a number that is not retained is a measurement all the same.
    expect(info("bell")?.kind).toBe("event");
    expect(info("speed")?.kind).toBe("number");
  });
});

describe("payloads that nobody should send", () => {
  const TOPICS = [
    "$description",
    "$state",
    "$alert/a",
    "$log/warn",
    "node/level",
    "node/more",
    "node/title",
    "node/level/$target",
  ];
  const JUNK: readonly unknown[] = [
    null,
    true,
    -1,
    "",
    "\u0000",
    "__proto__",
    "x".repeat(300),
    [],
    [[]],
    {},
    { properties: 1 },
  ];

  test("end nothing: descriptions and values that were changed at random, for half a second", () => {
    const { next, chance, whole, pick } = createRandom(11);
    const session = device();
    const seeds: readonly unknown[] = [
      { homie: "5.0", name: "x", root: "y", nodes: { node: { name: "n", properties: PROPERTIES } } },
      { a: 1, b: [1, { c: 2 }] },
      "ready",
      "21.5",
    ];

    function changed(value: unknown): unknown {
      if (chance(0.1)) return pick(JUNK);
      if (Array.isArray(value)) return value.map(changed);
      if (typeof value !== "object" || value === null) return value;
      const keys = ["__proto__", "constructor", "a/b", "", "$x"];
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) => [chance(0.1) ? pick(keys) : key, changed(each)]),
      );
    }

    const endMs = performance.now() + 400;
    let count = 0;
    while (performance.now() < endMs) {
      const value = changed(pick(seeds));
      const payload = bytesOf(typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
      if (chance(0.2) && payload.length > 0) payload[whole(payload.length)] = Math.floor(next() * 256);
      session.say(`${pick(["homie/5", "homie", "garden/5"])}/dev/${pick(TOPICS)}`, payload);
      count++;
    }
    expect(count).toBeGreaterThan(50);
    session.say("homie/5/dev/$description", { nodes: { node: { properties: PROPERTIES } } });
    expect(session.say("homie/5/dev/node/level", "3")).toEqual([`${ID} {"node.level":3}`]);
  });

  test("a description without end is cut, and kept", () => {
    const session = openSession(createHomie);
    const many = Object.fromEntries(
      Array.from({ length: 3_000 }, (_, index) => [
        `p${index}`,
        { datatype: "enum", format: "a,".repeat(400), name: `${index}` },
      ]),
    );
    session.say("homie/5/dev/$description", { nodes: { node: { properties: many } } });
    expect(Math.max(...session.stored().map(({ data }) => data.length))).toBeLessThan(MAX_LEARNED_CHARS);
    expect(session.info(ID, "node.p0")?.label).toBe("0");
  });

  test("topics of any length and depth cost little", () => {
    const session = openSession(createHomie);
    for (const topic of [
      `homie/${"a/".repeat(10_000)}b`,
      `${"a/".repeat(10_000)}$homie`,
      `homie/5/${"x".repeat(60_000)}/$state`,
      "homie",
      "homie/",
      "homie//a/b",
      "/$homie",
    ]) {
      session.say(topic, "ready");
    }
    expect(session.say("homie/dev/a/b", "1")).toEqual([`${ID} {"a.b":1}`]);
  });
});
