/** What a board and an application may publish and subscribe to: every pair that matters, and none by accident. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { filterCovers } from "../../../../src/core/access/filter-cover.ts";
import {
  ANYBODY,
  type MqttIdentity,
  mayPublish,
  maySubscribe,
  publishRefusal,
  publishRight,
} from "../../../../src/core/access/mqtt-access.ts";
import { topicsOf } from "../../../../src/core/access/topics-of.ts";

const board: MqttIdentity = { kind: "board", deviceId: "cellar" };
const application: MqttIdentity = {
  kind: "application",
  id: "a",
  publish: ["devices/+/commands/#", "panel/one"],
  subscribe: ["devices/#", "plant/+/state", "$SYS/+/heartbeat"],
};

describe("publishing", () => {
  test.each([
    [board, "devices/cellar/telemetry", true],
    [board, "devices/cellar/telemetry/temperature", true],
    [board, "devices/cellar/status", true],
    [board, "devices/cellar/", true],
    [board, "devices/cellar", false],
    [board, "devices/cellar2/telemetry", false],
    [board, "devices/attic/telemetry", false],
    [board, "Devices/cellar/telemetry", false],
    [board, "/devices/cellar/telemetry", false],
    [board, "cellar/telemetry", false],
    [board, "$SYS/x/new/clients", false],
    [application, "devices/cellar/commands/1", true],
    [application, "devices/cellar/telemetry", false],
    [application, "panel/one", true],
    [application, "panel/one/two", false],
    [application, "panel", false],
    [ANYBODY, "devices/cellar/telemetry", true],
    [ANYBODY, "aeries/x", true],
  ] as const)("%o to %s: %s", (who, topic, may) => {
    expect(mayPublish(who, topic)).toBe(may);
  });
});

describe("topics of the hub itself", () => {
  const granted: MqttIdentity = { kind: "application", id: "a", publish: ["#", "aerie/#"], subscribe: ["aerie/#"] };
  const foreign = topicsOf({ family: "esphome", name: "node", options: { prefix: "aerie" } });
  const claimed: MqttIdentity = {
    kind: "board",
    deviceId: "ha:node",
    foreign: { family: "esphome", name: "node", topics: { ...foreign, cleared: ["aerie/alerts/r/cellar"] } },
  };

  test.each(["aerie", "aerie/", "aerie/alerts/r/cellar"])("nobody publishes to %s, and is told why", (topic) => {
    for (const who of [ANYBODY, board, application, granted, claimed]) expect(publishRight(who, topic)).toBe("none");
    expect(publishRefusal(topic)).toBe("TOPIC_OF_HUB");
  });

  test("they are read by whoever may read them by his filters: a board has none such", () => {
    const filters = ["aerie/#", "aerie/alerts/#", "$share/g/aerie/alerts/+/cellar"];
    for (const filter of filters) {
      expect([ANYBODY, granted].map((who) => maySubscribe(who, filter))).toEqual([true, true]);
      expect([board, application].map((who) => maySubscribe(who, filter))).toEqual([false, false]);
    }
  });

  test("other topics are refused as not one's own", () => {
    expect(publishRefusal("aeries/x")).toBe("TOPIC_NOT_OWN");
  });
});

describe("subscribing", () => {
  test.each([
    [board, "devices/cellar/commands/+", true],
    [board, "devices/cellar/#", true],
    [board, "$share/group/devices/cellar/#", true],
    [board, "devices/+/commands/+", false],
    [board, "devices/#", false],
    [board, "#", false],
    [board, "+/cellar/#", false],
    [board, "$share/devices/cellar/#", false],
    [board, "$share/g/#", false],
    [board, "$SYS/#", false],
    [application, "devices/#", true],
    [application, "devices/cellar/telemetry", true],
    [application, "devices", true],
    [application, "$share/g/devices/+/telemetry", true],
    [application, "plant/+/state", true],
    [application, "plant/1/state", true],
    [application, "plant/#", false],
    [application, "plant/+/+", false],
    [application, "+/1/state", false],
    [application, "#", false],
    [application, "$SYS/hub/heartbeat", true],
    [application, "$SYS/#", false],
    [ANYBODY, "#", true],
  ] as const)("%o to %s: %s", (who, filter, may) => {
    expect(maySubscribe(who, filter)).toBe(may);
  });
});

test("an application that may read everything reads no topics of the broker's own", () => {
  const all: MqttIdentity = { kind: "application", id: "a", publish: ["#"], subscribe: ["#", "+/x"] };
  expect(maySubscribe(all, "#")).toBe(true);
  expect(maySubscribe(all, "$SYS/#")).toBe(false);
  expect(maySubscribe(all, "$SYS/x")).toBe(false);
  expect(mayPublish(all, "a/b")).toBe(true);
});

test("what is covered is matched: no topic that a covered filter matches is left out by the one that covers it", () => {
  const level = fc.constantFrom("a", "b", "", "$x");
  const topic = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join("/"));
  const filter = fc
    .tuple(fc.array(fc.oneof(level, fc.constant("+")), { minLength: 0, maxLength: 3 }), fc.boolean())
    .map(([levels, isOpen]) => (isOpen || levels.length === 0 ? [...levels, "#"] : levels).join("/"));
  fc.assert(
    fc.property(filter, filter, topic, (granted, wanted, name) => {
      if (filterCovers(granted, wanted) && matches(wanted, name))
        expect([granted, wanted, name, matches(granted, name)]).toEqual([granted, wanted, name, true]);
    }),
    { numRuns: 20_000 },
  );
});

/** As the standard has it, written another way. [MQTT 5.0, 4.7] */
function matches(filter: string, topic: string): boolean {
  if (topic.startsWith("$") && /^[+#]/.test(filter)) return false;
  const shape = filter
    .split("/")
    .map((level) => (level === "+" ? "[^/]*" : level === "#" ? "…" : level.replaceAll("$", "\\$")))
    .join("/");
  const pattern = shape === "…" ? ".*" : shape.replace(/\/…$/, "(?:/.*)?");
  return new RegExp(`^${pattern}$`).test(topic);
}
