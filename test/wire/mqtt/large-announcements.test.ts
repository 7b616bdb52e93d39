/** Announcements as large houses and plants send them: taken whole, and soon. */
import { expect, test } from "vitest";
import { sparkplugPayload } from "../../../firmware-sim/families/sparkplug-payload.ts";
import type { Device } from "../../../src/contract/readings.ts";
import type { DevicesPage, RefusalsAnswer } from "../../../src/contract/rest.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { startHub } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** As Zigbee2MQTT describes a value; real definitions have a description for each. */
const exposed = (name: string, unit: string) => ({
  type: "numeric",
  name,
  label: name,
  property: name,
  access: 1,
  unit,
  description: `Measured value of ${name}, as the device reports it. `.repeat(8),
});

const bridgeDevices = (count: number): string =>
  JSON.stringify(
    numbers(count).map((number) => ({
      ieee_address: `0x00158d00${number.toString(16).padStart(8, "0")}`,
      type: "EndDevice",
      friendly_name: `floor ${number % 5}/room ${number}`,
      interview_completed: true,
      power_source: "Battery",
      definition: {
        model: "WSDCGQ11LM",
        vendor: "Aqara",
        description: "Temperature and humidity sensor",
        exposes: [
          exposed("temperature", "°C"),
          exposed("humidity", "%"),
          ...numbers(12).map((each) => exposed(`calibration_${each}`, "°C")),
        ],
      },
    })),
  );

test("a Zigbee2MQTT house of 300 devices in one message of 2 MB", async () => {
  const hub = await startHub();
  const bridge = await connectJs(hub.mqttUrl);
  const announced = bridgeDevices(300);
  expect(announced.length).toBeGreaterThan(2_000_000);

  await bridge.publish("zigbee2mqtt/bridge/state", '{"state":"online"}', { retain: true, qos: 1 });
  const startedAtMs = performance.now();
  await bridge.publish("zigbee2mqtt/bridge/devices", announced, { retain: true, qos: 1 });
  console.log(`300 devices were taken in ${Math.round(performance.now() - startedAtMs)} ms`);
  await Promise.all(
    numbers(300).map((number) =>
      bridge.publish(`zigbee2mqtt/floor ${number % 5}/room ${number}`, '{"temperature":21.5,"humidity":40}', {
        qos: 1,
      }),
    ),
  );

  const { devices, total } = (await ask<DevicesPage>(hub, "/api/devices?limit=500")).body;
  expect(total).toBe(300);
  for (const { deviceId, name, metricInfo } of devices) {
    expect(deviceId).toMatch(/^zigbee:0x00158d00/);
    expect(name).toMatch(/^floor \d\/room \d+$/);
    expect(metricInfo["temperature"]?.unit).toBe("°C");
  }
  expect((await ask<RefusalsAnswer>(hub, "/api/refusals")).body.rejections).toEqual([]);
});

test("an edge node with 500 metrics", async () => {
  const hub = await startHub();
  const node = await connectJs(hub.mqttUrl);
  const metrics = numbers(500).map((number) => ({
    name: `Hall ${number % 7}/Drive ${number}/Temperature`,
    alias: number,
    value: { type: "double", value: number } as const,
  }));
  const bdSeq = { name: "bdSeq", value: { type: "int64", value: 0 } } as const;
  await node.publish("spBv1.0/Plant/NBIRTH/Line", sparkplugPayload(Date.now(), [bdSeq, ...metrics], 0), { qos: 1 });
  const changed = metrics.map(({ alias }) => ({ alias, value: { type: "double", value: 7 } as const }));
  await node.publish("spBv1.0/Plant/NDATA/Line", sparkplugPayload(Date.now(), changed, 1), { qos: 1 });

  const device = (await ask<Device>(hub, "/api/devices/sparkplug:Plant.Line")).body;
  expect(Object.values(device.latest).filter(({ value }) => value === 7)).toHaveLength(500);
  expect((await ask<RefusalsAnswer>(hub, "/api/refusals")).body.rejections).toEqual([]);
});

test("an inverter that describes each of 400 values by discovery", async () => {
  const hub = await startHub();
  const inverter = await connectJs(hub.mqttUrl);
  const dev = { ids: ["inverter-1"], name: "Inverter", mf: "Sun AG", mdl: "SG-10" };
  for (const number of numbers(400)) {
    const entity = {
      name: `Register ${number}`,
      uniq_id: `inverter-1-register_${number}`,
      stat_t: "inverter/state",
      val_tpl: `{{ value_json.register_${number} }}`,
      unit_of_meas: "W",
      dev_cla: "power",
      stat_cla: "measurement",
      avty_t: "inverter/status",
      dev,
    };
    const topic = `homeassistant/sensor/inverter-1/register_${number}/config`;
    await inverter.publish(topic, JSON.stringify(entity), { retain: true, qos: 1 });
  }
  await inverter.publish("inverter/status", "online", { retain: true, qos: 1 });
  const state = Object.fromEntries(numbers(400).map((number) => [`register_${number}`, number]));
  await inverter.publish("inverter/state", JSON.stringify(state), { qos: 1 });

  const device = (await ask<Device>(hub, "/api/devices/ha:inverter-1")).body;
  expect(Object.keys(device.latest)).toHaveLength(400);
  expect(device.metricInfo["register_400"]).toMatchObject({ label: "Register 400", unit: "W" });
  expect((await ask<RefusalsAnswer>(hub, "/api/refusals")).body.rejections).toEqual([]);
});
