/** The topics that all ThingsBoard clients share are one board's own in the hub, and come back to it as it knows them. */
import { expect, test } from "vitest";
import { ANYBODY, type MqttIdentity, maySubscribe } from "../../../../src/core/access/mqtt-access.ts";
import { sharedTopicsOf } from "../../../../src/core/access/shared-topics.ts";
import { topicsOf } from "../../../../src/core/access/topics-of.ts";

const boiler: MqttIdentity = {
  kind: "board",
  deviceId: "thingsboard:boiler",
  foreign: {
    family: "thingsboard",
    name: "boiler",
    topics: topicsOf({ family: "thingsboard", name: "boiler", options: {} }),
  },
};
const topics = sharedTopicsOf(boiler);

test.each([
  ["v1/devices/me/telemetry", "v1/devices/thingsboard:boiler/telemetry"],
  ["v1/devices/me/rpc/request/+", "v1/devices/thingsboard:boiler/rpc/request/+"],
  ["v1/devices/me/#", "v1/devices/thingsboard:boiler/#"],
  ["v1/devices/me", "v1/devices/thingsboard:boiler"],
  ["v2/t", "v2/thingsboard:boiler/t"],
  ["v2/fw/response/+/chunk/+", "v2/thingsboard:boiler/fw/response/+/chunk/+"],
  ["v2/thingsboard:other/t", "v2/thingsboard:boiler/thingsboard:other/t"],
  ["v2", "v2/thingsboard:boiler"],
])("%s is %s to the hub, and back", (said, own) => {
  expect(topics?.toHub(said)).toBe(own);
  expect(topics?.toClient(own)).toBe(said);
  expect(maySubscribe(boiler, own)).toBe(true);
});

test("a shared subscription is one of the board's own topics", () => {
  expect(topics?.toHub("$share/g/v2/t")).toBe("$share/g/v2/thingsboard:boiler/t");
});

test.each(["", "v1/devices/mesh/telemetry", "v1/devices/+/telemetry", "v1/gateway/telemetry", "v20/t", "#", "$SYS/x"])(
  "%s stays as it is, and is not the board's",
  (topic) => {
    expect(topics?.toHub(topic)).toBe(topic);
    expect(topics?.toClient(topic)).toBe(topic);
    expect(maySubscribe(boiler, topic)).toBe(false);
  },
);

test("nobody else's topics are another", () => {
  const native: MqttIdentity = { kind: "board", deviceId: "cellar" };
  const plug = topicsOf({ family: "tasmota", name: "plug", options: {} });
  const others: MqttIdentity[] = [
    ANYBODY,
    native,
    { kind: "application", id: "a", publish: ["#"], subscribe: ["#"] },
    { kind: "board", deviceId: "tasmota:plug", foreign: { family: "tasmota", name: "plug", topics: plug } },
  ];
  expect(others.map(sharedTopicsOf)).toEqual([undefined, undefined, undefined, undefined]);
});
