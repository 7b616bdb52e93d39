/** All devices in each of their orders, and how many are in each state: kept up to date with each change, so that a question costs little. */
import { type FleetSort, isMetricSort } from "../../contract/fleet/devices-query.ts";
import type { FleetCounts } from "../../contract/fleet/states.ts";
import type { Severity } from "../../contract/readings.ts";
import { type DeviceRecord, locationOf } from "../devices/device-record.ts";
import { type RankFacts, rankOf, statesOf } from "./device-rank.ts";
import { askFleet, type FleetPage, type FleetQuestion } from "./fleet-query.ts";
import { compareRows, type FleetRow, familyOf, nameKey, searchTextOf } from "./fleet-row.ts";
import { byMetric } from "./metric-order.ts";
import { createSortedList } from "./sorted-list.ts";
import { countStates, noCounts } from "./state-counts.ts";

export interface FleetIndex {
  /** Something of it but values changed: its state, its name, or that it is there. */
  refresh(deviceId: string): void;
  counts(): FleetCounts;
  ask(sort: FleetSort, question: FleetQuestion): FleetPage;
}

export interface FleetIndexOptions {
  readonly registry: {
    get(deviceId: string): DeviceRecord | undefined;
    list(): readonly DeviceRecord[];
  };
  /** As it is shown; undefined: it has none. */
  readonly nameOf: (device: DeviceRecord) => string | undefined;
  /** Of the alerts of the device that fire; undefined: none does. */
  readonly worstOf: (deviceId: string) => Severity | undefined;
  readonly isNew: (deviceId: string) => boolean;
  readonly nowMs: () => number;
  readonly onCounts: (counts: FleetCounts) => void;
}

export function createFleetIndex(options: FleetIndexOptions): FleetIndex {
  const { registry, nameOf, worstOf, isNew, nowMs, onCounts } = options;
  const rows = new Map<string, FleetRow>();
  const inStates = noCounts();
  const counts = (): FleetCounts => ({ ...inStates });
  const inOrder = {
    id: createSortedList(compareRows.id),
    name: createSortedList(compareRows.name),
    state: createSortedList(compareRows.state),
  };

  for (const device of registry.list()) put(device);

  function factsOf(device: DeviceRecord): RankFacts {
    const { deviceId, detail: presence, clockSuspect } = device;
    return { presence, alert: worstOf(deviceId), isNew: isNew(deviceId), clockSuspect };
  }

  function refresh(deviceId: string): void {
    const device = registry.get(deviceId);
    const row = rows.get(deviceId);
    if (device !== undefined && device === row?.device) return update(row);
    if (row !== undefined) drop(row);
    if (device !== undefined) put(device);
    if (device !== undefined || row !== undefined) onCounts(counts());
  }

  function update(row: FleetRow): void {
    describe(row);
    const facts = factsOf(row.device);
    const rank = rankOf(facts);
    if (rank !== row.rank) {
      inOrder.state.remove(row);
      row.rank = rank;
      row.sinceMs = Math.round(nowMs());
      inOrder.state.add(row);
    }
    const states = statesOf(facts);
    if (states === row.states) return;
    countStates(inStates, row.states, -1);
    countStates(inStates, states, 1);
    row.states = states;
    onCounts(counts());
  }

  function describe(row: FleetRow): void {
    const name = nameOf(row.device);
    const { tags } = row.device;
    const place = locationOf(row.device);
    if (name === row.name && place === row.place && tags === row.tags) return;
    Object.assign(row, { name, place, tags, searchText: searchTextOf(row.device, name, place) });
    const key = nameKey(name ?? row.device.deviceId);
    if (key === row.nameKey) return;
    inOrder.name.remove(row);
    row.nameKey = key;
    inOrder.name.add(row);
  }

  /** What held before the hub looks at it first has held since its presence changed. */
  function put(device: DeviceRecord): void {
    const facts = factsOf(device);
    const name = nameOf(device);
    const place = locationOf(device);
    const row: FleetRow = {
      device,
      family: familyOf(device.deviceId),
      states: statesOf(facts),
      rank: rankOf(facts),
      sinceMs: Math.round(device.detailSinceMs),
      name,
      place,
      tags: device.tags,
      nameKey: nameKey(name ?? device.deviceId),
      searchText: searchTextOf(device, name, place),
    };
    rows.set(device.deviceId, row);
    for (const list of Object.values(inOrder)) list.add(row);
    countStates(inStates, row.states, 1);
  }

  function drop(row: FleetRow): void {
    rows.delete(row.device.deviceId);
    for (const list of Object.values(inOrder)) list.remove(row);
    countStates(inStates, row.states, -1);
  }

  return {
    refresh,
    counts,
    ask: (sort, question) => {
      const parts = isMetricSort(sort) ? byMetric(inOrder.id.parts, sort) : inOrder[sort].parts;
      return askFleet(parts, sort, question);
    },
  };
}
