/** Which devices match a question, which of them are the page, and their groups. One pass over devices that are in order already. */
import type { DeviceFamily } from "../../contract/families.ts";
import type { FleetGroup, FleetGroupCounts, FleetSort } from "../../contract/fleet/devices-query.ts";
import type { FleetState } from "../../contract/fleet/states.ts";
import type { DeviceRecord } from "../devices/device-record.ts";
import { bitOf, type StateSet } from "./device-rank.ts";
import { createFleetGroups } from "./fleet-groups.ts";
import type { FleetRow } from "./fleet-row.ts";
import { isBehindValue, type MetricPosition, metricPosition } from "./metric-order.ts";

/** Where a page ended. It keeps its meaning whatever becomes of the device that was there. */
export type FleetPosition =
  | { readonly sort: "id"; readonly id: string }
  | { readonly sort: "name"; readonly key: string; readonly id: string }
  | { readonly sort: "state"; readonly rank: number; readonly sinceMs: number; readonly id: string }
  | MetricPosition;

export interface FleetQuestion {
  readonly states?: readonly FleetState[] | undefined;
  /** All of them; none: those without any. */
  readonly tags?: readonly string[] | undefined;
  /** Empty: those without one. */
  readonly location?: string | undefined;
  readonly family?: DeviceFamily | undefined;
  readonly search?: string | undefined;
  readonly group?: FleetGroup | undefined;
  /** Group by group, in each of them in order; without `behind`. */
  readonly byGroup?: boolean | undefined;
  readonly behind?: FleetPosition | undefined;
  /** So many that match are left out before the page. */
  readonly offset?: number | undefined;
  readonly limit: number;
}

export interface FleetPage {
  readonly devices: readonly DeviceRecord[];
  /** That match, on all pages. */
  readonly total: number;
  /** Undefined: it is the last page. */
  readonly end: FleetPosition | undefined;
  readonly groups: { readonly groups: FleetGroupCounts[]; readonly groupsTotal: number } | undefined;
}

/** `parts`: all rows in the order of `sort`. */
export function askFleet(parts: readonly (readonly FleetRow[])[], sort: FleetSort, question: FleetQuestion): FleetPage {
  const { behind, offset = 0, limit, group, byGroup = false } = question;
  const matches = matcherOf(question);
  const page: FleetRow[] = [];
  const groups = createFleetGroups(group, byGroup);
  let total = 0;
  let isMore = false;
  for (const part of parts)
    for (const row of part) {
      if (!matches(row)) continue;
      total++;
      groups.add(row);
      if (byGroup || isMore || total <= offset || (behind !== undefined && page.length === 0 && !isBehind(row, behind)))
        continue;
      if (page.length < limit) page.push(row);
      else isMore = true;
    }
  if (byGroup) page.push(...groups.rows().slice(offset, offset + limit));
  const last = page.at(-1);
  return {
    devices: page.map(({ device }) => device),
    total,
    end: isMore && last !== undefined ? positionOf(last, sort) : undefined,
    groups: group === undefined ? undefined : groups.answer(),
  };
}

function matcherOf({ states, tags, location, family, search }: FleetQuestion): (row: FleetRow) => boolean {
  const wanted: StateSet | undefined = states?.reduce((set, state) => set | bitOf(state), 0);
  const text = search?.toLowerCase();
  return ({ place = "", tags: itsTags, states: its, family: itsFamily, searchText }) =>
    (wanted === undefined || (its & wanted) !== 0) &&
    (location === undefined || place === location) &&
    (family === undefined || itsFamily === family) &&
    (tags === undefined || hasTags(itsTags, tags)) &&
    (text === undefined || searchText.includes(text));
}

const hasTags = (its: readonly string[], wanted: readonly string[]): boolean =>
  wanted.length === 0 ? its.length === 0 : wanted.every((tag) => its.includes(tag));

function isBehind(row: FleetRow, position: FleetPosition): boolean {
  const { deviceId } = row.device;
  switch (position.sort) {
    case "id":
      return deviceId > position.id;
    case "name":
      return row.nameKey === position.key ? deviceId > position.id : row.nameKey > position.key;
    case "state":
      if (row.rank !== position.rank) return row.rank > position.rank;
      return row.sinceMs === position.sinceMs ? deviceId > position.id : row.sinceMs < position.sinceMs;
    default:
      return isBehindValue(row, position);
  }
}

function positionOf(row: FleetRow, sort: FleetSort): FleetPosition {
  const { nameKey: key, rank, sinceMs } = row;
  const id = row.device.deviceId;
  switch (sort) {
    case "id":
      return { sort, id };
    case "name":
      return { sort, key, id };
    case "state":
      return { sort, rank, sinceMs, id };
    default:
      return metricPosition(row, sort);
  }
}
