import { expect, test } from "vitest";
import { APPLICATION_PRESETS, filtersOf, PRESET_NAMES } from "../../../src/contract/application-presets.ts";
import { filterCovers } from "../../../src/core/access/filter-cover.ts";

const GIVEN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "sparkplug-edge-node": { group: "Plant 1", edge: "Press" },
};

test.each(PRESET_NAMES)("%s has filters without an open parameter, and all of its parameters are in them", (name) => {
  const found = filtersOf(name, GIVEN[name] ?? {});
  if (!found.ok) throw new Error(found.message);
  for (const filter of [...found.publish, ...found.subscribe]) expect(filter).toMatch(/^[^{}]+$/);
  const { publish, subscribe, parameters } = APPLICATION_PRESETS[name];
  for (const parameter of Object.keys(parameters))
    expect([...publish, ...subscribe].join()).toContain(`{${parameter}}`);
});

test.each([
  ["zigbee2mqtt", {}, "zigbee2mqtt/bridge/devices", "zigbee2mqtt/lamp/set"],
  ["zigbee2mqtt", { base: "house/z2m" }, "house/z2m/bridge/info", "house/z2m/lamp/get"],
  [
    "sparkplug-edge-node",
    GIVEN["sparkplug-edge-node"] ?? {},
    "spBv1.0/Plant 1/NBIRTH/Press",
    "spBv1.0/Plant 1/NCMD/Press",
  ],
  ["sparkplug-edge-node", GIVEN["sparkplug-edge-node"] ?? {}, "spBv1.0/Plant 1/DDATA/Press/Pump", "spBv1.0/STATE/host"],
  ["thingsboard-gateway", {}, "v1/gateway/telemetry", "v1/gateway/rpc"],
  ["gateway", {}, "devices/cellar/telemetry", "devices/cellar/commands/1"],
  ["bridge", {}, "anything", "anything/else"],
  ["home-assistant", {}, "cmnd/plug/POWER", "homeassistant/sensor/x/config"],
] as const)("%s with %j publishes %s and reads %s", (name, given, published, read) => {
  const found = filtersOf(name, given);
  expect(found.ok && found.publish.some((filter) => filterCovers(filter, published))).toBe(true);
  expect(found.ok && found.subscribe.some((filter) => filterCovers(filter, read))).toBe(true);
});

test.each([
  ["sparkplug-edge-node", { group: "Plant" }, "edge"],
  ["sparkplug-edge-node", { group: "+", edge: "Press" }, "group"],
  ["zigbee2mqtt", { base: "#" }, "base"],
  ["zigbee2mqtt", { base: "$SYS" }, "base"],
  ["zigbee2mqtt", { base: "" }, "base"],
  ["zigbee2mqtt", { toString: "x" }, "toString"],
  ["bridge", { base: "x" }, "base"],
] as const)("%s with %j is refused for %s", (name, given, parameter) => {
  expect(filtersOf(name, given)).toMatchObject({ ok: false, parameter });
});
