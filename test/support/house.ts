/** A house in which boards of all families are, and what the hub is to know of each kind of them. */
import { onTestFinished } from "vitest";
import { parseBrokerUrl } from "../../firmware-sim/mqtt/broker-address.ts";
import { type Simulation, startSimulation } from "../../firmware-sim/simulation.ts";
import type { Device } from "../../src/contract/readings.ts";

export interface Expected {
  readonly family: string;
  /** Of the device that has number 1. */
  readonly id: RegExp;
  /** Undefined: boards of this family do not say one. */
  readonly name: string | undefined;
  readonly metric: string;
  readonly label: string;
  readonly unit: string;
}

/** As the simulator's boards call themselves (firmware-sim/families). */
export const HOUSE: readonly Expected[] = [
  {
    family: "tasmota",
    id: /^tasmota:tasmota_000001$/,
    name: "Plug 1",
    metric: "ENERGY.Power",
    label: "Power",
    unit: "W",
  },
  {
    family: "shelly1",
    id: /^shelly:shellyplug-s-010001$/,
    name: undefined,
    metric: "relay.0.power",
    label: "Power",
    unit: "W",
  },
  {
    family: "shelly2",
    id: /^shelly:shellyplus1pm-02005e020001$/,
    name: undefined,
    metric: "switch.0.apower",
    label: "Power",
    unit: "W",
  },
  {
    family: "zigbee2mqtt",
    id: /^zigbee:0x02005efffe030001$/,
    name: "living room sensor 1",
    metric: "temperature",
    label: "Temperature",
    unit: "°C",
  },
  {
    family: "esphome",
    id: /^ha:02005e040001$/,
    name: "Node 1",
    metric: "temperature",
    label: "Temperature",
    unit: "°C",
  },
  {
    family: "homie4",
    id: /^homie:homie4-050001$/,
    name: "Weather station 1",
    metric: "air.temperature",
    label: "Temperature",
    unit: "°C",
  },
  {
    family: "homie5",
    id: /^homie:homie5-060001$/,
    name: "Greenhouse 1",
    metric: "air.temperature",
    label: "Temperature",
    unit: "°C",
  },
  {
    family: "thingsboard",
    id: /^thingsboard:tb-070001$/,
    name: undefined,
    metric: "temperature",
    label: "Temperature",
    unit: "°C",
  },
  {
    family: "sparkplug",
    id: /^sparkplug:Plant_1\.Line_A\.Press_1~/,
    name: undefined,
    metric: "Inputs.Temperature",
    label: "Inputs/Temperature",
    unit: "",
  },
];

/** What the hub knows of a device, without what changes with each reading. */
export const knownOf = ({ deviceId, name, presence, metricInfo }: Device) => ({ deviceId, name, presence, metricInfo });

/** What is missing of that which the hub is to know. */
export function missingOf(devices: readonly Device[]): string[] {
  return HOUSE.flatMap(({ family, id, name, metric, label, unit }) => {
    const device = devices.find(({ deviceId }) => id.test(deviceId));
    if (device === undefined) return [`${family}: no device ${id}`];
    const info = device.metricInfo[metric];
    const faults = [
      ...(device.presence === "online" ? [] : [`is ${device.presence}`]),
      ...(name === undefined || device.name === name ? [] : [`is called ${device.name}`]),
      ...(device.latest[metric] === undefined ? [`has no ${metric}, but ${Object.keys(device.latest)}`] : []),
      ...(info?.unit === unit || (unit === "" && info === undefined) ? [] : [`${metric} is in ${info?.unit}`]),
      ...(info === undefined || info.label.toLowerCase().includes(label.toLowerCase())
        ? []
        : [`${metric} is labelled ${info.label}`]),
    ];
    return faults.map((fault) => `${family}: ${device.deviceId} ${fault}`);
  });
}

/** The simulated house; stopped when the test has ended. */
export function simulateHouse(url: string, options: { devices: number; intervalMs: number }): Simulation {
  const address = parseBrokerUrl(url);
  if (address === undefined) throw new Error(`${url} is no address of a broker`);
  const simulation = startSimulation({
    ...options,
    address,
    mqttVersion: "3.1.1",
    family: "all",
    seed: 5,
    prefix: "sim",
    qos: 1,
    timestamps: true,
    scenarios: [],
    scenarioDevices: 1,
  });
  onTestFinished(async () => void (await simulation.stop()));
  return simulation;
}
