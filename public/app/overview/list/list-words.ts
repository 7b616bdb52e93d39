/** The states, groups and orders of the list, in words. */
import type { FleetGroup, FleetSort } from "../../../../src/contract/fleet/devices-query.ts";
import type { FleetCounts, FleetState } from "../../../../src/contract/fleet/states.ts";
import type { IconName } from "../../ui/icon.tsx";

export type CountedState = keyof FleetCounts;

interface StateWords {
  readonly word: string;
  readonly icon?: IconName;
  /** In a sentence: `No device is late.` */
  readonly is: string;
}

export const STATE_WORDS: Readonly<Record<CountedState, StateWords>> = {
  all: { word: "All", is: "there" },
  alarm: { word: "Alarm", icon: "critical", is: "in alarm" },
  late: { word: "Late", icon: "late", is: "late" },
  offline: { word: "Offline", icon: "offline", is: "offline" },
  asleep: { word: "Asleep", icon: "asleep", is: "asleep" },
  new: { word: "New", icon: "nearer", is: "new" },
  clock: { word: "Clock", icon: "clock", is: "without a right clock" },
};

/** Each always where it is, also with nothing in it. */
export const COUNTED_STATES: readonly CountedState[] = ["all", "alarm", "late", "offline", "asleep", "new", "clock"];

export const isFleetState = (word: string | null): word is FleetState =>
  word === "normal" || (word !== null && word !== "all" && COUNTED_STATES.some((state) => state === word));

export const GROUP_WORDS: readonly { readonly group: FleetGroup | undefined; readonly word: string }[] = [
  { group: "place", word: "Place" },
  { group: "tag", word: "Tag" },
  { group: "family", word: "Kind" },
  { group: undefined, word: "None" },
];

export const SORT_WORDS: readonly { readonly sort: FleetSort; readonly word: string }[] = [
  { sort: "state", word: "Worst first" },
  { sort: "name", word: "Name" },
  { sort: "id", word: "Id" },
];

/** The heading of what is in no group. */
export const NAMELESS: Readonly<Record<FleetGroup, string>> = {
  place: "No place",
  tag: "No tag",
  family: "Other",
};

const FAMILY_WORDS: Readonly<Record<string, string>> = {
  native: "Aerie",
  tasmota: "Tasmota",
  shelly: "Shelly",
  zigbee: "Zigbee",
  homie: "Homie",
  sparkplug: "Sparkplug",
  thingsboard: "ThingsBoard",
  ha: "ESPHome and others",
  mapping: "Own topics",
};

export function groupWords(group: FleetGroup | undefined, name: string | null): string {
  if (group === undefined) return "";
  if (name === null) return NAMELESS[group];
  return group === "family" ? (FAMILY_WORDS[name] ?? name) : name;
}
