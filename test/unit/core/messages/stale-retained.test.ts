import { expect, test } from "vitest";
import { isStale, STALE_AFTER_MS } from "../../../../src/core/messages/stale-retained.ts";

const rules = {
  nowMs: 2 * STALE_AFTER_MS,
  startedAtMs: STALE_AFTER_MS,
  isDevice: (id: string) => id === "known",
  isConnected: (clientId: string) => clientId === "here",
};
const old = { publisher: "away", setAtMs: 0 };

test.each([
  ["of a device that the hub does not know", { ...old, topic: "devices/gone/status" }, true],
  ["of a device that it knows", { ...old, topic: "devices/known/status" }, false],
  ["of a client that is away", { ...old, topic: "zigbee2mqtt/lamp" }, true],
  ["of a client that is connected", { topic: "zigbee2mqtt/lamp", publisher: "here", setAtMs: 0 }, false],
  ["of nobody knows whom", { topic: "zigbee2mqtt/lamp", publisher: undefined, setAtMs: 0 }, false],
  ["of the hub itself", { ...old, topic: "aerie/alerts/a/b" }, false],
  ["that is younger than a day", { ...old, topic: "devices/gone/status", setAtMs: STALE_AFTER_MS + 1 }, false],
  [
    "that is from before a start a day ago",
    { topic: "devices/gone/status", publisher: "away", setAtMs: undefined },
    true,
  ],
])("a retained message %s", (_what, facts, stale) => {
  expect(isStale(facts, rules)).toBe(stale);
});
