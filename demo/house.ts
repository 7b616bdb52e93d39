/** The house of the demo: its boards, what their owner calls them, and the rule that watches one of them. */

import type { SimulatedFamilyName } from "../firmware-sim/families/family-list.ts";
import type { ScenarioName } from "../firmware-sim/scenarios/scenario-list.ts";
import type { RuleFields } from "../src/contract/alerts.ts";
import type { MappingFields } from "../src/contract/mappings.ts";

/** The same seed for what the boards have sent in the past and for what they send now: the one continues the other. */
export const SEED = 20;
export const STATION_PREFIX = "station";
/** The first one plays the scenario. */
export const STATIONS = 4;
export const SCENARIO: ScenarioName = "gas-leak";

/** Devices of each family; a bridge of Sparkplug is one more: together with the stations a house of eighteen. */
export const FAMILIES: readonly (readonly [SimulatedFamilyName, number])[] = [
  ["tasmota", 1],
  ["shelly1", 1],
  ["shelly2", 1],
  ["zigbee2mqtt", 4],
  ["esphome", 1],
  ["homie4", 1],
  ["homie5", 1],
  ["thingsboard", 1],
  ["sparkplug", 1],
  ["custom", 1],
];

/** Of the sketch whose topics are its own. */
export const MAPPING: MappingFields = { topic: "home/{device}/{metric}", payload: "value" };

/** Often enough that something moves, and seldom enough that a chart of minutes has no gaps beside it. */
export const INTERVAL_MS = 5_000;

/** What the owner of the house calls each board, and where it stands. */
export const NAMES: Readonly<Record<string, { readonly name: string; readonly place: string }>> = {
  "station-01": { name: "Workshop air", place: "Workshop" },
  "station-02": { name: "Kitchen air", place: "Kitchen" },
  "station-03": { name: "Bedroom air", place: "Bedroom" },
  "station-04": { name: "Living room air", place: "Living room" },
  "tasmota:tasmota_000001": { name: "Fridge", place: "Kitchen" },
  "shelly:shellyplug-s-010001": { name: "Desk", place: "Study" },
  "shelly:shellyplus1pm-02005e020001": { name: "Boiler", place: "Cellar" },
  "zigbee:0x02005efffe030001": { name: "Living room sensor", place: "Living room" },
  "zigbee:0x02005efffe030002": { name: "Bathroom sensor", place: "Bathroom" },
  "zigbee:0x02005efffe030003": { name: "Television", place: "Living room" },
  "zigbee:0x02005efffe030004": { name: "Bathroom window", place: "Bathroom" },
  "ha:02005e040001": { name: "Nursery", place: "Nursery" },
  "homie:homie4-050001": { name: "Guest room", place: "Guest room" },
  "homie:homie5-060001": { name: "Conservatory", place: "Conservatory" },
  "thingsboard:tb-070001": { name: "Study air", place: "Study" },
  "sparkplug:Plant_1.Line_A.Press_1~ddd132": { name: "Heat pump", place: "Cellar" },
  "sparkplug:Plant_1.Line_A~e70d47": { name: "Heating controller", place: "Cellar" },
  cellar1: { name: "Cellar", place: "Cellar" },
};

/** Gas leaks in the workshop soon after the start, and again every ten minutes. */
export const RULE: RuleFields = {
  name: "Gas in the workshop",
  enabled: true,
  severity: "critical",
  scope: { devices: ["station-01"] },
  condition: { kind: "above", metric: "ch4Ppm", threshold: 150, clear: 100 },
  forS: 0,
  keepFiringS: 60,
  channels: "all",
  message: "A simulated leak: {metric} is {value} at {device}.",
};
