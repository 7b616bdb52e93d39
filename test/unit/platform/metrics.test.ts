import { expect, test } from "vitest";
import { createRefusals } from "../../../src/core/limits/refusals.ts";
import type { StoreSpace } from "../../../src/core/ports/readings-store.ts";
import { createMetrics, type Gauges } from "../../../src/platform/metrics.ts";
import { createManualClock } from "../../support/clock/manual-clock.ts";

const none = (): number => 0;
const NOTHING: Gauges = {
  waitingBytes: none,
  mqttClients: none,
  mqttSessions: none,
  retainedMessages: none,
  queuedBytes: none,
  browsers: none,
  liveSessions: none,
  devices: none,
  refusals: () => [],
  space: () => undefined,
  hubFileBytes: () => undefined,
  outbox: () => undefined,
  alerts: () => [],
  alertRules: none,
  notifications: () => ({ sent: 0, failed: 0, refused: 0, givenUp: 0 }),
  logLinesDropped: none,
};

test("refusals are counted by code, MQTT version and reason code; what is unknown has no label", async () => {
  const refusals = createRefusals({ clock: createManualClock({ nowMs: 0 }) });
  const metrics = createMetrics();
  metrics.watch({ ...NOTHING, refusals: refusals.countsByAnswer });
  refusals.add({ code: "PAYLOAD_NOT_JSON", kind: "message", mqttVersion: "5", reasonCode: 0x99 });
  refusals.add({ code: "PAYLOAD_NOT_JSON", kind: "message", mqttVersion: "5", reasonCode: 0x99 });
  refusals.add({ code: "PAYLOAD_NOT_JSON", kind: "message", mqttVersion: "3.1.1" });
  refusals.add({ code: "HOST_FOREIGN", kind: "connection" });

  const lines = (await metrics.text()).body.split("\n").filter((line) => line.startsWith("aerie_refused{"));
  metrics.close();
  expect(lines).toEqual([
    'aerie_refused{code="PAYLOAD_NOT_JSON",mqtt_version="5",reason_code="0x99"} 2',
    'aerie_refused{code="PAYLOAD_NOT_JSON",mqtt_version="3.1.1"} 1',
    'aerie_refused{code="HOST_FOREIGN"} 1',
  ]);
});

test("the store's room is shown once it is known, and not as a disk with nothing free before", async () => {
  const metrics = createMetrics();
  let space: StoreSpace | undefined;
  metrics.watch({ ...NOTHING, space: () => space, hubFileBytes: () => space && 3 });
  const told = async (): Promise<string[]> =>
    (await metrics.text()).body
      .split("\n")
      .filter((line) => /^aerie_(store_bytes|hub_file_bytes|disk_free_bytes)/.test(line));
  expect(await told()).toEqual([]);
  space = { usedBytes: 5, reusableBytes: 2, diskFreeBytes: 7, diskBytes: 9 };
  expect(await told()).toEqual([
    'aerie_store_bytes{part="used"} 5',
    'aerie_store_bytes{part="reusable"} 2',
    "aerie_hub_file_bytes 3",
    "aerie_disk_free_bytes 7",
  ]);
  space = undefined;
  expect(await told()).toEqual([]);
  metrics.close();
});

test("alerts are counted by severity and state, notifications by what became of them", async () => {
  const metrics = createMetrics();
  const alerts: Gauges["alerts"] = () => [
    { severity: "critical", state: "firing", count: 2 },
    { severity: "info", state: "pending", count: 0 },
  ];
  metrics.watch({
    ...NOTHING,
    alerts,
    alertRules: () => 7,
    notifications: () => ({ sent: 3, failed: 2, refused: 0, givenUp: 1 }),
  });
  const lines = (await metrics.text()).body.split("\n").filter((line) => /^aerie_(alert|notif)/.test(line));
  expect(lines.sort()).toEqual([
    "aerie_alert_rules 7",
    'aerie_alerts{severity="critical",state="firing"} 2',
    'aerie_alerts{severity="info",state="pending"} 0',
    'aerie_notifications_total{outcome="failed"} 2',
    'aerie_notifications_total{outcome="given_up"} 1',
    'aerie_notifications_total{outcome="refused"} 0',
    'aerie_notifications_total{outcome="sent"} 3',
  ]);
  metrics.close();
});

test("upkeep is counted by what it did, and how many readings are hot", async () => {
  const metrics = createMetrics();
  metrics.counters.upkeep({ did: "sealed", readings: 500, hot: 1_200 });
  metrics.counters.upkeep({ did: "sealed", readings: 200, hot: 700 });
  metrics.counters.upkeep({ did: "nothing", readings: 0, hot: 700 });
  const lines = (await metrics.text()).body.split("\n").filter((line) => /^aerie_(upkeep|hot)/.test(line));
  expect(lines).toEqual(['aerie_upkeep_readings_total{did="sealed"} 700', "aerie_hot_readings 700"]);
  metrics.close();
});
