/** The retained message of each alert that fires: right after any changes, and after a start that finds others. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Alert } from "../../../../../src/contract/alerts.ts";
import { isFiring } from "../../../../../src/core/alerts/shown/alert-summary.ts";
import { createAlertTopics, type KeptTopic, topicOf } from "../../../../../src/core/alerts/shown/alert-topics.ts";
import { createManualClock } from "../../../../support/clock/manual-clock.ts";
import { alertOf, createToldEngine } from "./alert-of.ts";

const text = (payload: Uint8Array): string => new TextDecoder().decode(payload);
const kept = (alert: Alert): KeptTopic => ({
  topic: topicOf(alert),
  payload: new TextEncoder().encode(JSON.stringify(alert)),
});

function open(stored: readonly Alert[], before: readonly KeptTopic[] = []) {
  const clock = createManualClock();
  const engine = createToldEngine(...stored);
  const retained = new Map(before.map(({ topic, payload }) => [topic, text(payload)]));
  const published: string[] = [];
  const topics = createAlertTopics({
    alerts: engine,
    clock,
    publish: (topic, payload) => {
      published.push(topic);
      if (payload.length === 0) retained.delete(topic);
      else retained.set(topic, text(payload));
    },
  });
  return { clock, engine, retained, published, topics };
}

describe("a topic", () => {
  test.each([
    ["gas~cellar", "cellar", "aerie/alerts/gas/cellar"],
    ["gas~K_che~14e23b", "K_che~14e23b", "aerie/alerts/gas/K_che~14e23b"],
    ["low~K_che~14e23b~battery", "K_che~14e23b", "aerie/alerts/low/K_che~14e23b/battery"],
    ["low~zigbee2mqtt:0x1~a.b", "zigbee2mqtt:0x1", "aerie/alerts/low/zigbee2mqtt:0x1/a.b"],
    ["hub~~disk", undefined, "aerie/alerts/hub/@hub/disk"],
  ])("of %s", (id, deviceId, topic) => {
    const [ruleId = ""] = id.split("~");
    expect(topicOf({ id, ruleId, ...(deviceId !== undefined && { deviceId }) })).toBe(topic);
  });
});

test("a message is there while the alert fires or recovers, and empty when it is over", () => {
  const { clock, engine, retained } = open([]);
  const seen: (string | undefined)[] = [];
  for (const state of ["pending", "firing", "recovering", "firing", "normal"] as const) {
    engine.tell(alertOf("gas~cellar", { state }));
    clock.advance(10);
    const payload = retained.get("aerie/alerts/gas/cellar");
    seen.push(payload && (JSON.parse(payload) as Alert).state);
  }
  expect(seen).toEqual([undefined, "firing", "recovering", "firing", undefined]);
});

test("thousands that change at once are published a few at a time, and only as they are then", () => {
  const { clock, engine, retained, published } = open([]);
  const alerts = Array.from({ length: 2_000 }, (_, at) => alertOf(`gas~d${at}`));
  engine.tell(...alerts);
  engine.tell(alertOf("gas~d1999", { state: "normal" }));
  clock.advance(5);
  expect(published).toHaveLength(50);
  clock.advance(1_000);
  expect(published).toHaveLength(1_999);
  expect(retained.size).toBe(1_999);
});

test("what an earlier run left is cleared where it does not hold, and not published again where it does", () => {
  const holds = alertOf("gas~cellar");
  const changed = alertOf("gas~attic", { text: "gasPpm is 400" });
  const before = [
    kept(holds),
    kept(alertOf("gas~attic")),
    kept(alertOf("gas~gone")),
    { topic: "aerie/forged", payload: Uint8Array.of(1) },
  ];
  const { clock, retained, published, topics } = open([holds, changed], before);
  topics.reconcile(before);
  clock.advance(100);
  expect(published.sort()).toEqual(["aerie/alerts/gas/attic", "aerie/alerts/gas/gone", "aerie/forged"]);
  expect(retained).toEqual(new Map([holds, changed].map((alert) => [topicOf(alert), JSON.stringify(alert)])));
});

test("what the broker is given late, when MongoDB answers, replaces nothing that was published since", () => {
  const { clock, engine, retained, topics } = open([alertOf("gas~cellar")]);
  clock.advance(100);
  engine.tell(alertOf("gas~attic", { state: "normal" }));
  const late = [kept(alertOf("gas~cellar", { text: "old" })), kept(alertOf("gas~attic"))];
  for (const { topic, payload } of late) if (!retained.has(topic)) retained.set(topic, text(payload)); // as the broker does
  topics.reconcile(late);
  clock.advance(100);
  expect([...retained.keys()]).toEqual(["aerie/alerts/gas/cellar"]);
  expect(retained.get("aerie/alerts/gas/cellar")).not.toContain("old");
});

test("after any changes, with pauses anywhere, exactly the alerts that fire are retained", () => {
  const change = fc.record({
    id: fc.constantFrom("r~a", "r~b", "s~a~battery", "hub~~disk"),
    state: fc.constantFrom<Alert["state"]>("normal", "pending", "firing", "recovering"),
    text: fc.constantFrom("one", "two"),
    pauseMs: fc.constantFrom(0, 3, 20),
  });
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const { clock, engine, retained } = open([]);
      for (const { id, state, text: words, pauseMs } of changes) {
        engine.tell(alertOf(id, { state, text: words }));
        clock.advance(pauseMs);
      }
      clock.advance(100);
      const due = engine.list().filter(isFiring);
      expect(retained).toEqual(new Map(due.map((alert) => [topicOf(alert), JSON.stringify(alert)])));
    }),
  );
});
