/** Simulated Tasmotas, Shellys of all generations and ESPHome nodes against a hub: nothing is configured on either side. */
import { expect, onTestFinished, test } from "vitest";
import { parseBrokerUrl } from "../../../firmware-sim/mqtt/broker-address.ts";
import { startSimulation } from "../../../firmware-sim/simulation.ts";
import type { Device } from "../../../src/contract/readings.ts";
import type { RefusalsAnswer } from "../../../src/contract/rest.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { type HubAddress, launchHub, startHub, tempDir } from "../../support/hub/hub.ts";
import { ask, readingsOf } from "../../support/hub/rest.ts";
import { until } from "../../support/until.ts";

function simulate(url: string, family: string) {
  const address = parseBrokerUrl(url);
  if (address === undefined) throw new Error(`${url} is no address of a broker`);
  const simulation = startSimulation({
    address,
    devices: 2,
    family,
    mqttVersion: "3.1.1",
    intervalMs: 100,
    seed: 3,
    prefix: "sim",
    qos: 1,
    timestamps: true,
    scenarios: [],
    scenarioDevices: 1,
  });
  onTestFinished(async () => void (await simulation.stop()));
  return simulation;
}

const devicesOf = async (hub: HubAddress): Promise<Device[]> =>
  (await ask<{ devices: Device[] }>(hub, "/api/devices")).body.devices;

const FAMILIES = [
  [
    "tasmota",
    /^tasmota:tasmota_[0-9A-F]{6}$/,
    /^Plug [12]$/,
    { "ENERGY.Power": "W", "AM2301.Temperature": "°C", "AM2301.Humidity": "%", "Wifi.Signal": "dBm" },
    { model: "Athom Plug V2" },
  ],
  [
    "shelly1",
    /^shelly:shellyplug-s-[0-9A-F]{6}$/,
    /^shellyplug-s-/,
    { "relay.0.power": "W", "relay.0.energy": "Wh", temperature: "°C" },
    { model: "SHPLG-S" },
  ],
  [
    "shelly2",
    /^shelly:shellyplus1pm-[0-9a-f]{12}$/,
    /^Relay [12]$/,
    { "switch.0.apower": "W", "switch.0.aenergy.total": "Wh", "switch.0.temperature.tC": "°C", "wifi.rssi": "dBm" },
    { model: "SNSW-001P16EU" },
  ],
  [
    "esphome",
    /^ha:02005e[0-9a-f]{6}$/,
    /^Node [12]$/,
    { temperature: "°C", humidity: "%", motion: "", relay: "" },
    { model: "esp32dev", manufacturer: "Espressif" },
  ],
] as const;

test.each(FAMILIES)(
  "%s: boards appear with names, units and attributes, also after a restart",
  async (family, id, name, units, about) => {
    const settings = { dataDir: tempDir() };
    const hub = await launchHub({ settings });
    const simulation = simulate(hub.mqttUrl, family);
    const isComplete = ({ latest, attributes }: Device): boolean =>
      Object.keys(units).every((metric) => metric in latest) && "model" in attributes;
    await until("both are complete", async () => (await devicesOf(hub)).filter(isComplete).length === 2);
    const { errors, notSent } = await simulation.stop();
    expect({ errors, notSent }).toEqual({ errors: [], notSent: [] });
    const refusals = (await ask<RefusalsAnswer>(hub, "/api/refusals")).body.rejections;
    expect(refusals.map(({ code, topic }) => [code, topic])).toEqual([]);
    await hub.close();

    const again = await startHub({ settings });
    const devices = await devicesOf(again);
    expect(devices).toHaveLength(2);
    for (const device of devices) {
      expect(device.deviceId).toMatch(id);
      expect(device.name).toMatch(name);
      expect(device.attributes).toMatchObject(about);
      const said = (await ask<Device>(again, `/api/devices/${device.deviceId}`)).body.metricInfo ?? {};
      expect(Object.fromEntries(Object.keys(units).map((metric) => [metric, said[metric]?.unit]))).toEqual(units);
    }
  },
);

test("a Tasmota that goes offline says so; its button and its relay are stored as what they are", async () => {
  const hub = await startHub();
  const board = await connectJs(hub.mqttUrl, {
    clientId: "DVES_000001",
    will: { topic: "tele/plug/LWT", payload: Buffer.from("Offline"), qos: 1, retain: true },
  });
  await board.publish("tele/plug/LWT", "Online", { qos: 1, retain: true });
  await board.publish("stat/plug/RESULT", '{"POWER":"ON"}', { qos: 1 });
  await board.publish("stat/plug/POWER", "ON", { qos: 1 });
  await board.publish("stat/plug/RESULT", '{"Button1":{"Action":"DOUBLE"}}', { qos: 1 });
  await board.publish("stat/plug/RESULT", '{"MqttPassword":"secret"}', { qos: 1 });
  const { body } = await ask<Device>(hub, "/api/devices/tasmota:plug");
  expect(body).toMatchObject({ name: "plug", presence: "online", latest: { POWER: { value: true } } });
  expect(Object.keys(body.latest)).toEqual(["POWER"]);
  expect((await readingsOf(hub, "tasmota:plug")).map(({ metrics }) => metrics)).toEqual([
    { POWER: true },
    { "Button1.Action": "DOUBLE" },
  ]);
  await board.vanish();
  await until("its last will is taken", async () => {
    return (await ask<Device>(hub, "/api/devices/tasmota:plug")).body.presence === "offline";
  });
});
