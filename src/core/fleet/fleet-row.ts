/** What the index knows of one device, and the orders in which devices may be. */

import { type DeviceFamily, FAMILIES } from "../../contract/families.ts";
import type { DeviceRecord } from "../devices/device-record.ts";
import type { StateSet } from "./device-rank.ts";
import type { Compare } from "./sorted-list.ts";

export interface FleetRow {
  readonly device: DeviceRecord;
  readonly family: DeviceFamily;
  states: StateSet;
  rank: number;
  /** Since when it has this rank, epoch ms: the newest come first. */
  sinceMs: number;
  /** The values of which `nameKey` and `searchText` were made. The device may have others by now. */
  name: string | undefined;
  place: string | undefined;
  tags: readonly string[];
  /** What is shown as its name, to sort by. */
  nameKey: string;
  /** Id, name, place and tags in small letters. */
  searchText: string;
}

const compareIds: Compare<FleetRow> = ({ device: a }, { device: b }) =>
  a.deviceId < b.deviceId ? -1 : a.deviceId > b.deviceId ? 1 : 0;

export const compareRows: Readonly<Record<"id" | "name" | "state", Compare<FleetRow>>> = {
  id: compareIds,
  name: (a, b) => (a.nameKey < b.nameKey ? -1 : a.nameKey > b.nameKey ? 1 : compareIds(a, b)),
  state: (a, b) => a.rank - b.rank || b.sinceMs - a.sinceMs || compareIds(a, b),
};

const MAX_KEY_CHARS = 100;
const DIGITS = 12;

/** In any case, and *Board 9* before *Board 10*. */
export const nameKey = (name: string): string =>
  name
    .toLowerCase()
    .replace(/\d+/g, (digits) => digits.padStart(DIGITS, "0"))
    .slice(0, MAX_KEY_CHARS)
    .replace(/\p{Surrogate}/gu, "\ufffd"); // a cursor has it as UTF-8

export const searchTextOf = ({ deviceId, tags }: DeviceRecord, name = "", place = ""): string =>
  [deviceId, name, place, ...tags].join("\n").toLowerCase();

/** By what stands before the colon of its id. */
export function familyOf(deviceId: string): DeviceFamily {
  const end = deviceId.indexOf(":");
  if (end < 0) return "native";
  const prefix = deviceId.slice(0, end);
  return FAMILIES.find((family) => family === prefix) ?? "native";
}
