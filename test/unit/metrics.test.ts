import { expect, test } from "vitest";
import { createRefusals } from "../../src/core/refusals.ts";
import { createMetrics } from "../../src/platform/metrics.ts";
import { createManualClock } from "../support/manual-clock.ts";

test("refusals are told by code, MQTT version and reason code; what is unknown has no label", async () => {
  const refusals = createRefusals({ clock: createManualClock({ nowMs: 0 }) });
  const metrics = createMetrics();
  const none = (): number => 0;
  metrics.watch({
    waitingBytes: none,
    mqttClients: none,
    mqttSessions: none,
    retainedMessages: none,
    queuedBytes: none,
    browsers: none,
    devices: none,
    refusals: refusals.countsByAnswer,
  });
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
