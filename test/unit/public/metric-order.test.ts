import { expect, test } from "vitest";
import { sortMetrics } from "../../../public/app/hub/metric-order.ts";
import type { MetricInfo } from "../../../src/contract/metrics.ts";

type Known = Readonly<Record<string, Partial<MetricInfo>>>;

const sorted = (known: Known): string[] =>
  sortMetrics(Object.keys(known), (metric) => {
    const info = known[metric] ?? {};
    return Object.keys(info).length === 0 ? undefined : { label: metric, kind: "number", unit: "", ...info };
  });

/** As the simulated boards of each family describe their metrics; the first three are on the card. */
test.each<[board: string, known: Known, first: string[]]>([
  [
    "a Tasmota plug",
    {
      "AM2301.DewPoint": { deviceClass: "temperature" },
      "AM2301.Humidity": { deviceClass: "humidity" },
      "AM2301.Temperature": { deviceClass: "temperature" },
      "ENERGY.Power": { deviceClass: "power" },
      Heap: { deviceClass: "data_size" },
    },
    ["AM2301.Temperature", "AM2301.Humidity", "ENERGY.Power", "AM2301.DewPoint"],
  ],
  [
    "a Tasmota relay",
    {
      Heap: { deviceClass: "data_size" },
      LoadAvg: { unit: "%" },
      MqttCount: { label: "MQTT connections" },
      POWER: { kind: "boolean", deviceClass: "switch" },
      UptimeSec: { deviceClass: "duration" },
      Vcc: { deviceClass: "voltage" },
    },
    ["POWER", "Vcc"],
  ],
  [
    "a Shelly Plus 1PM",
    {
      "input.0.state": { kind: "boolean" },
      "switch.0.aenergy.total": { deviceClass: "energy" },
      "switch.0.apower": { deviceClass: "power" },
      "switch.0.output": { kind: "boolean", deviceClass: "switch", settable: true },
      "switch.0.temperature.tC": { label: "Switch device temperature", deviceClass: "temperature" },
      "switch.0.temperature.tF": { label: "Switch device temperature (°F)", deviceClass: "temperature" },
      "wifi.rssi": { deviceClass: "signal_strength" },
    },
    ["switch.0.apower", "switch.0.output", "switch.0.aenergy.total", "input.0.state", "switch.0.temperature.tC"],
  ],
  [
    "a Zigbee plug",
    {
      energy: { deviceClass: "energy" },
      linkquality: { unit: "lqi" },
      power: { deviceClass: "power" },
      state: { kind: "boolean", settable: true },
    },
    ["power", "state", "energy", "linkquality"],
  ],
  [
    "a Homie station",
    { "air.humidity": { label: "Humidity" }, "air.temperature": { label: "Temperature" } },
    ["air.temperature", "air.humidity"],
  ],
  [
    "a Sparkplug device",
    { "Inputs.Humidity": {}, "Inputs.Temperature": {}, "Outputs.Pump": { kind: "boolean" } },
    ["Inputs.Temperature", "Inputs.Humidity", "Outputs.Pump"],
  ],
  ["a board of one's own", { battery: {}, coPpm: {}, level: {}, temperature: {} }, ["coPpm", "temperature", "level"]],
])("the most telling metrics of %s come first", (_, known, first) => {
  expect(sorted(known).slice(0, first.length)).toEqual(first);
});

test("what the owner pins comes first, then what has a position, then the rest by importance; what is hidden is not there", () => {
  expect(
    sorted({
      temperature: { deviceClass: "temperature" },
      humidity: { deviceClass: "humidity" },
      rssi: { order: 1 },
      battery: { order: 0 },
      voltage: { pinned: true },
      current: { pinned: true, hidden: true },
    }),
  ).toEqual(["voltage", "battery", "rssi", "temperature", "humidity"]);
});

test("numbers in names are numbers", () => {
  expect(sorted({ probe10: {}, probe2: {}, probe1: {} })).toEqual(["probe1", "probe2", "probe10"]);
});
