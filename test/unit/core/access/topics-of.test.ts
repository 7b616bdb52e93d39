/** What the credential of each family may publish and subscribe to, and names by which it would get something else. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { topicOptions } from "../../../../src/contract/access.ts";
import { filterCovers, filtersOverlap } from "../../../../src/core/access/filter-cover.ts";
import { type MqttIdentity, maySubscribe, publishRight } from "../../../../src/core/access/mqtt-access.ts";
import { conflictOf, faultOf } from "../../../../src/core/access/topic-claims.ts";
import { type CredentialSpec, deviceIdOf, topicsOf } from "../../../../src/core/access/topics-of.ts";

type Short = readonly [CredentialSpec["family"], string, CredentialSpec["options"]?];
const specOf = ([family, name, options = {}]: Short): CredentialSpec => ({ family, name, options });

function identityOf(short: Short): MqttIdentity {
  const spec = specOf(short);
  const deviceId = deviceIdOf(spec);
  const { family, name } = spec;
  if (family === "native") return { kind: "board", deviceId };
  return { kind: "board", deviceId, foreign: { family, name, topics: topicsOf(spec) } };
}

const PLUG: Short = ["tasmota", "plug", { clientId: "DVES_15568C" }];
const REVERSED: Short = [
  "tasmota",
  "plug",
  { fullTopic: "home/%topic%/%prefix%/", prefixes: ["c", "s", "t"], groups: [] },
];
const SHELLY: Short = ["shelly", "shellyplusht-c049ef8bc088"];
const KITCHEN: Short = ["shelly", "shelly1-40F520", { prefix: "home/kitchen" }];
const NODE: Short = ["esphome", "livingroom"];
const HOMIE: Short = ["homie", "super-car"];
const BOILER: Short = ["thingsboard", "boiler"];

test.each([
  [["native", "cellar"], "cellar"],
  [PLUG, "tasmota:plug"],
  [SHELLY, "shelly:shellyplusht-c049ef8bc088"],
  [NODE, "ha:livingroom"],
  [HOMIE, "homie:super-car"],
  [BOILER, "thingsboard:boiler"],
] as const)("%o is the device %s", (short, deviceId) => {
  expect(deviceIdOf(specOf(short))).toBe(deviceId);
});

describe("publishing", () => {
  test.each([
    [["native", "cellar"], "devices/cellar/telemetry", "all"],
    [["native", "cellar"], "devices/cellar/commands/1/reply", "all"],
    [["native", "cellar"], "devices/cellar/commandsOf", "all"],
    [["native", "cellar"], "devices/cellar/desires", "all"],
    [["native", "cellar"], "devices/cellar/reported", "all"],
    [["native", "cellar"], "devices/cellar/commands", "none"],
    [["native", "cellar"], "devices/cellar/commands/1", "none"],
    [["native", "cellar"], "devices/cellar/commands/1/reply/x", "none"],
    [["native", "cellar"], "devices/cellar/desired", "none"],
    [["native", "cellar"], "devices/cellar/desired/x", "none"],
    [PLUG, "tele/plug/SENSOR", "all"],
    [PLUG, "tele/plug/0x1A2B/SENSOR", "all"],
    [PLUG, "stat/plug/RESULT", "all"],
    [PLUG, "cmnd/plug/POWER", "empty"],
    [PLUG, "cmnd/plug/POWER1", "none"],
    [PLUG, "cmnd/plug/Restart", "none"],
    [PLUG, "cmnd/tasmotas/POWER", "none"],
    [PLUG, "cmnd/DVES_15568C_fb/POWER", "none"],
    [PLUG, "tasmota/discovery/AABBCCF17F56/config", "all"],
    [PLUG, "tasmota/discovery/AABBCCF17F56/sensors", "all"],
    [PLUG, "tasmota/discovery/AABBCCF17F56/other", "none"],
    [PLUG, "tele/other/SENSOR", "none"],
    [PLUG, "tele/plug2/SENSOR", "none"],
    [PLUG, "devices/tasmota:plug/telemetry", "none"],
    [REVERSED, "home/plug/t/SENSOR", "all"],
    [REVERSED, "home/plug/s/POWER", "all"],
    [REVERSED, "home/plug/c/POWER", "empty"],
    [REVERSED, "tele/plug/SENSOR", "none"],
    [SHELLY, "shellyplusht-c049ef8bc088/events/rpc", "all"],
    [SHELLY, "shellyplusht-c049ef8bc088/aerie/rpc", "all"],
    [SHELLY, "shellies/shellyplusht-c049ef8bc088/online", "all"],
    [SHELLY, "shellies/announce", "all"],
    [SHELLY, "shellies/command", "none"],
    [SHELLY, "shellyplusht-000000000000/rpc", "none"],
    [KITCHEN, "home/kitchen/events/rpc", "all"],
    [KITCHEN, "shellies/shelly1-40F520/relay/0", "all"],
    [KITCHEN, "shelly1-40F520/online", "none"],
    [NODE, "livingroom/sensor/temperature/state", "all"],
    [NODE, "homeassistant/sensor/livingroom/temperature/config", "all"],
    [NODE, "homeassistant/device/livingroom/config", "all"],
    [NODE, "esphome/discover/livingroom", "all"],
    [NODE, "homeassistant/sensor/bedroom/temperature/config", "none"],
    [NODE, "homeassistant/device/bedroom/config", "none"],
    [NODE, "homeassistant/sensor/livingroom/config", "none"],
    [NODE, "homeassistant/status", "none"],
    [NODE, "esphome/discover/bedroom", "none"],
    [NODE, "esphome/discover", "none"],
    [HOMIE, "homie/super-car/engine/temperature", "all"],
    [HOMIE, "homie/5/super-car/$state", "all"],
    [HOMIE, "homie/5/other/$state", "none"],
    [HOMIE, "homie/$broadcast/alert", "none"],
    [BOILER, "v1/devices/thingsboard:boiler/telemetry", "all"],
    [BOILER, "v2/thingsboard:boiler/t", "all"],
    [BOILER, "v1/devices/me/telemetry", "none"],
    [BOILER, "v2/t", "none"],
    [BOILER, "v1/gateway/telemetry", "none"],
    [BOILER, "v1/devices/thingsboard:other/rpc/response/1", "none"],
  ] as const)("%o to %s: %s", (short, topic, right) => {
    expect(publishRight(identityOf(short), topic)).toBe(right);
  });
});

describe("subscribing", () => {
  test.each([
    [["native", "cellar"], "devices/cellar/desired", true],
    [PLUG, "cmnd/plug/#", true],
    [PLUG, "cmnd/DVES_15568C_fb/#", true],
    [PLUG, "cmnd/tasmotas/#", true],
    [PLUG, "cmnd/DVES_000000_fb/#", false],
    [PLUG, "cmnd/other/#", false],
    [PLUG, "cmnd/+/POWER", false],
    [PLUG, "tele/plug/#", false],
    [PLUG, "tasmota/discovery/#", false],
    [["tasmota", "plug"], "cmnd/DVES_15568C_fb/#", false],
    [REVERSED, "home/plug/c/#", true],
    [REVERSED, "home/tasmotas/c/#", false],
    [SHELLY, "shellyplusht-c049ef8bc088/rpc", true],
    [SHELLY, "shellies/command", true],
    [SHELLY, "shellies/shellyplusht-c049ef8bc088/relay/0/command", true],
    [SHELLY, "shellies/announce", false],
    [SHELLY, "shellyplusht-000000000000/#", false],
    [SHELLY, "+/rpc", false],
    [NODE, "livingroom/switch/relay/command", true],
    [NODE, "homeassistant/status", true],
    [NODE, "esphome/discover", true],
    [NODE, "esphome/ping/livingroom", true],
    [NODE, "esphome/discover/#", false],
    [NODE, "homeassistant/#", false],
    [NODE, "bedroom/#", false],
    [HOMIE, "homie/super-car/+/+/set", true],
    [HOMIE, "homie/5/$broadcast/#", true],
    [HOMIE, "homie/5/#", false],
    [BOILER, "v1/devices/thingsboard:boiler/rpc/request/+", true],
    [BOILER, "v2/thingsboard:boiler/#", true],
    [BOILER, "v1/devices/+/rpc/request/+", false],
    [BOILER, "v2/#", false],
    [BOILER, "$share/g/v1/devices/thingsboard:boiler/attributes", true],
    [BOILER, "$share/g/v1/devices/#", false],
  ] as const)("%o to %s: %s", (short, filter, may) => {
    expect(maySubscribe(identityOf(short), filter)).toBe(may);
  });
});

/** Each is refused, whatever other credentials there are. */
const REFUSED: readonly Short[] = [
  ...["tasmota", "shelly", "esphome", "homie", "thingsboard"].flatMap((family) =>
    ["", "+", "#", "$SYS", "a/b", "a b", "a:b", "ü", "..", "x".repeat(60)].map(
      (name) => [family as CredentialSpec["family"], name] as const,
    ),
  ),
  ["native", "tasmota:plug"],
  ["native", "ha:livingroom"],
  ["native", "esphome:x"],
  ["native", "sparkplug:a.b"],
  ["native", ".."],
  ["shelly", "devices"],
  ["shelly", "homeassistant"],
  ["shelly", "aerie"],
  ["shelly", "tele"],
  ["shelly", "zigbee2mqtt"],
  ["shelly", "v1"],
  ["shelly", "announce"],
  ["shelly", "command"],
  ["esphome", "devices"],
  ["esphome", "homie"],
  ["esphome", "shellies"],
  ["tasmota", "SENSOR"],
  ["tasmota", "lwt"],
  ["tasmota", "tasmotas"],
  ["homie", "5"],
  ["shelly", "plug", { prefix: "devices/cellar" }],
  ["shelly", "plug", { prefix: "homeassistant" }],
  ["shelly", "plug", { prefix: "shellies" }],
  ["shelly", "plug", { prefix: "shellies/announce" }],
  ["shelly", "plug", { prefix: "tele/plug" }],
  ["esphome", "node", { prefix: "devices" }],
  ["esphome", "node", { prefix: "esphome" }],
  ["esphome", "node", { prefix: "esphome/discover" }],
  ["tasmota", "plug", { prefixes: ["cmnd", "stat", "devices"] }],
  ["tasmota", "plug", { prefixes: ["homeassistant", "stat", "tele"] }],
  ["tasmota", "plug", { fullTopic: "%prefix%" }],
  ["tasmota", "plug", { fullTopic: "devices/%topic%/%prefix%" }],
  ["tasmota", "devices", { fullTopic: "%topic%/%prefix%/" }],
  ["tasmota", "plug", { fullTopic: "%prefix%/SENSOR/%topic%" }],
  ["tasmota", "plug", { groups: ["plug"] }],
  ["tasmota", "plug", { prefix: "x" }],
  ["homie", "car", { prefix: "x" }],
  ["thingsboard", "boiler", { clientId: "x" }],
];

const named = (shorts: readonly Short[]) => shorts.map((short) => [JSON.stringify(short), short] as const);

test.each(named(REFUSED))("%s is no credential that may be", (_, short) => {
  expect(faultOf(specOf(short))?.message).toMatch(/./);
});

const ALLOWED: readonly Short[] = [
  ["native", "cellar"],
  ["native", "AA:BB:CC:DD:EE:FF"],
  PLUG,
  REVERSED,
  ["tasmota", "fan", { fullTopic: "%prefix%/bath/%topic%/" }],
  SHELLY,
  KITCHEN,
  ["shelly", "plug", { prefix: "shellies/plug" }],
  NODE,
  ["esphome", "node", { prefix: "esphome/node" }],
  HOMIE,
  BOILER,
  ["thingsboard", "devices"],
  ["tasmota", "devices"],
];

test.each(named(ALLOWED))("%s may be", (_, short) => {
  expect(faultOf(specOf(short))).toBeUndefined();
});

test.each([
  { fullTopic: "%topic%" },
  { fullTopic: "%prefix%/%hostname%" },
  { fullTopic: "%prefix%//%topic%" },
  { fullTopic: "/%prefix%/%topic%" },
  { fullTopic: "%prefix%/#" },
  { fullTopic: `${"a".repeat(90)}!` },
  { prefixes: ["a/b", "c", "d"] },
  { prefixes: ["a", "b"] },
  { groups: ["+"] },
  { clientId: "a/b" },
  { prefix: "+/x" },
  { prefix: "#" },
  { prefix: "$SYS" },
  { prefix: "a//b" },
  { prefix: "/a" },
  { prefix: "" },
  { other: 1 },
])("%j are no options", (options) => {
  expect(topicOptions.safeParse(options).success).toBe(false);
});

const holder = (short: Short) => ({ label: deviceIdOf(specOf(short)), topics: topicsOf(specOf(short)) });

test.each([
  [["shelly", "one", { prefix: "home" }], KITCHEN],
  [["shelly", "one", { prefix: "home/kitchen/light" }], KITCHEN],
  [["esphome", "one", { prefix: "home/kitchen" }], KITCHEN],
  [["esphome", "home"], KITCHEN],
  [["shelly", "livingroom"], NODE],
  [["esphome", "livingroom", { prefix: "elsewhere" }], NODE],
  [["tasmota", "other", { groups: ["plug"] }], PLUG],
  [["tasmota", "other", { clientId: "DVES_15568C" }], PLUG],
  [["tasmota", "DVES_15568C_fb"], PLUG],
  [["tasmota", "tasmotas", { groups: [] }], PLUG],
  [["tasmota", "other", { fullTopic: "%prefix%/plug/%topic%" }], PLUG],
] as readonly (readonly [Short, Short])[])("%j may not be beside %j", (short, other) => {
  expect(faultOf(specOf(short))).toBeUndefined();
  expect(conflictOf(specOf(short), [holder(other)])?.message).toContain(deviceIdOf(specOf(other)));
  expect(conflictOf(specOf(other), [holder(short)])?.message).toContain(deviceIdOf(specOf(short)));
});

test("boards of all families may be beside each other, and those of one family share its groups", () => {
  const beside = [...ALLOWED.filter(([, name]) => name !== "plug"), PLUG, ["tasmota", "other"] as const];
  for (const short of beside) {
    const others = beside.filter((other) => other !== short).map(holder);
    expect([short, conflictOf(specOf(short), others)]).toEqual([short, undefined]);
  }
});

test("two filters overlap exactly where a topic is matched by both", () => {
  const level = fc.constantFrom("a", "b", "$x");
  const filter = fc
    .tuple(fc.array(fc.oneof(level, fc.constant("+")), { minLength: 0, maxLength: 3 }), fc.boolean())
    .map(([levels, isOpen]) => (isOpen || levels.length === 0 ? [...levels, "#"] : levels).join("/"));
  const topic = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join("/"));
  fc.assert(
    fc.property(filter, filter, topic, (one, other, name) => {
      expect(filtersOverlap(one, other)).toBe(filtersOverlap(other, one));
      if (filterCovers(one, name) && filterCovers(other, name)) expect(filtersOverlap(one, other)).toBe(true);
    }),
    { numRuns: 5_000 },
  );
  expect(["a/b", "a/+/c", "+/b/#", "$SYS/a"].map((each) => filtersOverlap("a/b/d/#", each))).toEqual([
    false,
    false,
    true,
    false,
  ]);
});
