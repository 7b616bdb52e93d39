/** Simulated stations of both versions against the built hub: what they lose, what is refused of them, and who hears of it. */
import { expect, onTestFinished, test } from "vitest";
import { parseBrokerUrl } from "../../../firmware-sim/mqtt/broker-address.ts";
import { type SimulationOptions, startSimulation } from "../../../firmware-sim/simulation.ts";
import type { RefusalsAnswer } from "../../../src/contract/rest.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { type HubAddress, startHub } from "../../support/hub/hub.ts";
import { ask, readingsOf } from "../../support/hub/rest.ts";
import { until } from "../../support/until.ts";

type Wish = Partial<SimulationOptions> & Pick<SimulationOptions, "mqttVersion">;

/** Stopped when the test has ended. */
function simulate(url: string, options: Wish) {
  const address = parseBrokerUrl(url);
  if (address === undefined) throw new Error(`${url} is no address of a broker`);
  const simulation = startSimulation({
    address,
    devices: 1,
    intervalMs: 40,
    seed: 3,
    prefix: "sim",
    qos: 1,
    timestamps: true,
    scenarios: [],
    scenarioDevices: 1,
    ...options,
  });
  onTestFinished(async () => void (await simulation.stop()));
  return simulation;
}

async function refusalsOf(hub: HubAddress, clientId: string) {
  const { body } = await ask<RefusalsAnswer>(hub, "/api/refusals");
  return body.rejections.filter((refusal) => refusal.clientId === clientId);
}

for (const mqttVersion of ["3.1.1", "5"] as const) {
  for (const transport of ["mqttUrl", "wsUrl"] as const) {
    test(`MQTT ${mqttVersion}, ${transport}: every reading of boards that lose their radio or a PUBACK is stored once`, async () => {
      const hub = await startHub();
      const simulation = simulate(hub[transport], { mqttVersion, devices: 3, scenarios: ["wifi-flap", "duplicate"] });
      await until("a backlog and a redelivery are acknowledged", () => {
        const { backlog, redelivery } = simulation.summary().kinds;
        return backlog.acknowledged > 0 && redelivery.acknowledged > 0;
      });
      const { kinds, errors, notSent, refused } = await simulation.stop();
      const stored = await Promise.all(["sim-01", "sim-02", "sim-03"].map((deviceId) => readingsOf(hub, deviceId)));

      expect({ errors, notSent, refused }).toEqual({ errors: [], notSent: [], refused: [] });
      expect(kinds.telemetry.unacknowledged).toBe(0);
      expect(stored.flat()).toHaveLength(kinds.telemetry.readings + kinds.backlog.readings);
    });
  }

  test(`MQTT ${mqttVersion}: what is refused of a board with faults costs none of its good readings, and the hub says what it speaks`, async () => {
    const hub = await startHub();
    const simulation = simulate(hub.mqttUrl, { mqttVersion, scenarios: ["malformed"], intervalMs: 10 });
    await until("each fault was answered", () => {
      const { acknowledged, refused } = simulation.summary().kinds.malformed;
      return acknowledged + refused >= 17;
    });
    const { kinds, errors } = await simulation.stop();
    expect(errors).toEqual([]);
    expect(kinds.telemetry).toMatchObject({ refused: 0, unacknowledged: 0 });

    const refusals = await refusalsOf(hub, "sim-01");
    expect(refusals.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["PAYLOAD_NOT_JSON", "TOPIC_UNKNOWN", "DEVICE_ID_INVALID", "TOO_MANY_READINGS"]),
    );
    expect(new Set(refusals.map((refusal) => refusal.mqttVersion))).toEqual(new Set([mqttVersion]));
  });
}

test("MQTT 5: a board is told why, in the words that the hub keeps of it", async () => {
  const hub = await startHub();
  const simulation = simulate(hub.mqttUrl, { mqttVersion: "5", scenarios: ["malformed"], intervalMs: 10 });
  await until("each fault was answered", () => {
    const { acknowledged, refused } = simulation.summary().kinds.malformed;
    return acknowledged + refused >= 17;
  });
  const { refused } = await simulation.stop();

  expect(refused.map(({ text }) => text)).toEqual(
    expect.arrayContaining(["0x99 payload format invalid", "0x90 topic name invalid"]),
  );
  const kept = await refusalsOf(hub, "sim-01");
  const reasonOf = (code: string): number | undefined => kept.find((refusal) => refusal.code === code)?.reasonCode;
  expect(["PAYLOAD_NOT_JSON", "TOPIC_UNKNOWN", "TOO_MANY_READINGS"].map(reasonOf)).toEqual([0x99, 0x90, 0x97]);
  const { text } = await ask(hub, "/metrics");
  expect(text).toMatch(/^aerie_refused\{code="PAYLOAD_NOT_JSON",mqtt_version="5",reason_code="0x99"\} \d+$/m);
});

test("MQTT 3.1.1: a board with faults is answered as if all were well, since its version has no other word", async () => {
  const hub = await startHub();
  const simulation = simulate(hub.mqttUrl, { mqttVersion: "3.1.1", scenarios: ["malformed"], intervalMs: 10 });
  await until("each fault was answered", () => simulation.summary().kinds.malformed.acknowledged >= 17);
  const { refused, kinds } = await simulation.stop();
  expect(refused).toEqual([]);
  expect(kinds.malformed.unacknowledged).toBe(0);
});

test("MQTT 5: a board whose id another client takes is told so, and comes back", async () => {
  const hub = await startHub();
  const simulation = simulate(hub.mqttUrl, { mqttVersion: "5" });
  await until("the board is there", () => simulation.summary().kinds.telemetry.acknowledged > 0);
  await connectJs(hub.mqttUrl, { clientId: "sim-01", protocolVersion: 5 });
  await until("the board is cut off", () => simulation.summary().errors.length > 0);
  const before = simulation.summary().kinds.telemetry.acknowledged;
  await until("the board is back", () => simulation.summary().kinds.telemetry.acknowledged > before);
  expect(simulation.summary().errors).toEqual([
    { text: "the broker closed the connection: 0x8E session taken over", count: 1 },
  ]);
});
