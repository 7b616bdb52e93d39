/** For which devices a credential's messages count. */
import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { maySpeakFor, publisherOf } from "../../../../src/core/dialects/publisher.ts";

const ofBoard = (deviceId: string) => publisherOf({ kind: "board", deviceId });

test.each([
  ["tasmota:plug", "tasmota:plug", true],
  ["tasmota:plug", "tasmota:plug.0x5480", true],
  ["tasmota:plug", "tasmota:plug2", false],
  ["tasmota:plug", "shelly:shelly1-40F520", false],
  ["tasmota:plug", "zigbee:0x00158d0001a2b3c4", false],
  ["homie:a", "homie:b", false],
  ["kitchen", "homie:kitchen", true],
  ["kitchen", "homie:cellar", false],
  ["kitchen", "tasmota:kitchen", false],
  ["ha:node", "tasmota:node", false],
  // Described by a program, or mapped by the owner.
  ["tasmota:plug", "ha:plug_energy", true],
  ["ha:node", "greenhouse", true],
])("%s speaks for %s: %s", (own, deviceId, may) => {
  expect(maySpeakFor(ofBoard(own), deviceId as DeviceId)).toBe(may);
});

test("an application speaks for whatever its topics reach, and anybody where there are no accounts", () => {
  const application = publisherOf({ kind: "application", id: "a", publish: ["#"], subscribe: [] });
  for (const publisher of [application, publisherOf({ kind: "anybody" })]) {
    expect(maySpeakFor(publisher, "zigbee:0x1" as DeviceId)).toBe(true);
  }
});
