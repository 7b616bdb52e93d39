/** The family of a board by the topics that real firmwares use, and what is offered where they are refused. */
import { describe, expect, test } from "vitest";
import type { MqttIdentity } from "../../../../src/core/access/mqtt-access.ts";
import { createSuggest, recognizedBoard } from "../../../../src/core/access/recognized-board.ts";

const MAC = "AABBCCF17F56";

/** Topics and filters, in the order in which the firmware uses them. */
const BOARDS: readonly (readonly [what: string, topics: readonly string[], found: object | undefined])[] = [
  [
    "Tasmota",
    [
      "tele/tasmota_F17F56/LWT",
      "cmnd/tasmota_F17F56/#",
      "cmnd/tasmotas/#",
      "cmnd/DVES_F17F56_fb/#",
      `tasmota/discovery/${MAC}/config`,
    ],
    { family: "tasmota", name: "tasmota_F17F56", options: { clientId: "DVES_F17F56" } },
  ],
  ["Tasmota, its state alone", ["stat/plug/POWER1"], { family: "tasmota", name: "plug", options: {} }],
  [
    "Tasmota, its discovery alone",
    [`tasmota/discovery/${MAC}/config`],
    { family: "tasmota", name: "esp", options: {} },
  ],
  [
    "Tasmota with a FullTopic",
    ["home/plug/tele/LWT", "home/plug/cmnd/#"],
    { family: "tasmota", name: "plug", options: { fullTopic: "home/%topic%/%prefix%/" } },
  ],
  [
    "Tasmota below a room",
    ["tele/bath/fan/STATE"],
    { family: "tasmota", name: "fan", options: { fullTopic: "%prefix%/bath/%topic%/" } },
  ],
  [
    "Shelly of the first generation",
    ["shellies/shelly1-40F520/online", "shellies/command", "shellies/announce", "shellies/shelly1-40F520/relay/0"],
    { family: "shelly", name: "shelly1-40F520", options: {} },
  ],
  [
    "Shelly of the second generation",
    ["shellyplusht-c049ef8bc088/online", "shellyplusht-c049ef8bc088/rpc", "shellyplusht-c049ef8bc088/events/rpc"],
    { family: "shelly", name: "shellyplusht-c049ef8bc088", options: {} },
  ],
  [
    "Shelly with a prefix",
    ["home/kitchen/status/switch:0"],
    { family: "shelly", name: "kitchen", options: { prefix: "home/kitchen" } },
  ],
  [
    "ESPHome",
    ["livingroom/status", "livingroom/sensor/temperature/state", "homeassistant/sensor/livingroom/temperature/config"],
    { family: "esphome", name: "livingroom", options: {} },
  ],
  [
    "ESPHome with a prefix",
    ["home/living/sensor/temperature/state", "esphome/discover", "esphome/ping/node"],
    { family: "esphome", name: "node", options: { prefix: "home/living" } },
  ],
  [
    "Homie 4",
    ["homie/super-car/$homie", "homie/super-car/engine/temperature"],
    { family: "homie", name: "super-car", options: {} },
  ],
  ["Homie 5", ["homie/5/super-car/$state"], { family: "homie", name: "super-car", options: {} }],
  ["ThingsBoard", ["v1/devices/me/telemetry"], { family: "thingsboard", name: "esp", options: {} }],
  ["ThingsBoard, short", ["v2/t", "v2/r/req/+"], { family: "thingsboard", name: "esp", options: {} }],
  ["native", ["devices/cellar/telemetry"], undefined],
  ["nothing that is known", ["home/cellar/temperature", "a", "", "/", "#", "+/+"], undefined],
  [
    "names that may not be",
    ["tele/+/LWT", "+/events/rpc", "homie/$broadcast/x", "devices/events/rpc", "$SYS/rpc"],
    undefined,
  ],
  ["a long topic", [`tele/${"x/".repeat(40_000)}LWT`, `${"rpc/".repeat(40_000)}rpc`], undefined],
];

test.each(BOARDS)("%s", (_, topics, found) => {
  expect(recognizedBoard(topics, "esp")).toEqual(found);
});

describe("what is offered where a topic is refused", () => {
  const native: MqttIdentity = { kind: "board", deviceId: "kitchen" };
  const suggest = createSuggest((deviceId) => deviceId === "tasmota:taken");

  test.each([
    ["tele/plug/LWT", "publish", { deviceId: "kitchen", family: "tasmota", name: "plug", options: {} }],
    ["cmnd/plug/POWER", "publish", { family: "tasmota", name: "plug" }],
    ["cmnd/plug/#", "subscribe", { family: "tasmota", name: "plug" }],
    ["v1/devices/me/telemetry", "publish", { family: "thingsboard", name: "kitchen" }],
    ["v2/r/req/+", "subscribe", { family: "thingsboard", name: "kitchen" }],
    ["kitchen/events/rpc", "publish", { family: "shelly", name: "kitchen", options: {} }],
  ] as const)("%s (%s)", (topic, use, offered) => {
    const { text = "", ...rest } = suggest(native, topic, use) ?? {};
    expect(rest).toMatchObject(offered);
    expect(text).toMatch(/^Its topics are those of (Tasmota|ThingsBoard|Shelly): let it use these topics$/);
  });

  test.each([
    ["devices/other/telemetry", "publish"],
    ["tele/taken/LWT", "publish"],
    ["tele/+/LWT", "subscribe"],
    ["tele/plug/LWT", "subscribe"],
    ["cmnd/plug/POWER1", "publish"],
    ["devices/kitchen/telemetry", "publish"],
  ] as const)("nothing for %s (%s)", (topic, use) => {
    expect(suggest(native, topic, use)).toBeUndefined();
  });

  test("nothing to those that are no board", () => {
    const application: MqttIdentity = { kind: "application", id: "a", publish: [], subscribe: [] };
    for (const who of [application, { kind: "anybody" } as const])
      expect(suggest(who, "tele/plug/LWT", "publish")).toBeUndefined();
  });
});
