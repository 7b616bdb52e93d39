/** All devices in order, worst first, and how many there are in each state: kept up to date with each change, so that a question costs little. */
import { FLEET_STATES, type FleetCounts } from "../../contract/fleet/states.ts";
import type { Severity } from "../../contract/readings.ts";
import type { DeviceRecord } from "../devices/device-record.ts";
import { bitOf, type RankFacts, rankOf, type StateSet, statesOf } from "./device-rank.ts";
import { createSortedList } from "./sorted-list.ts";

export interface FleetRow {
  readonly device: DeviceRecord;
  states: StateSet;
  rank: number;
  /** Since when it has this rank, epoch ms: the newest come first. */
  sinceMs: number;
}

export interface FleetIndex {
  /** Something of it changed: its state, or that it is there. */
  refresh(deviceId: string): void;
  counts(): FleetCounts;
  /** By rank, then the newest change, then id. */
  readonly byRank: readonly FleetRow[];
}

export interface FleetIndexOptions {
  readonly registry: {
    get(deviceId: string): DeviceRecord | undefined;
    list(): readonly DeviceRecord[];
  };
  /** Of the alerts of the device that fire; undefined: none does. */
  readonly worstOf: (deviceId: string) => Severity | undefined;
  readonly isNew: (deviceId: string) => boolean;
  readonly nowMs: () => number;
  readonly onCounts: (counts: FleetCounts) => void;
}

export const compareRows = (a: FleetRow, b: FleetRow): number =>
  a.rank - b.rank || b.sinceMs - a.sinceMs || compareIds(a.device.deviceId, b.device.deviceId);

const compareIds = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function createFleetIndex(options: FleetIndexOptions): FleetIndex {
  const { registry, worstOf, isNew, nowMs, onCounts } = options;
  const rows = new Map<string, FleetRow>();
  const byRank = createSortedList(compareRows);
  const inState = FLEET_STATES.map(() => 0);

  for (const device of registry.list()) put(device, factsOf(device));

  function factsOf(device: DeviceRecord): RankFacts {
    const { deviceId, detail: presence, clockSuspect } = device;
    return { presence, alert: worstOf(deviceId), isNew: isNew(deviceId), clockSuspect };
  }

  function refresh(deviceId: string): void {
    const device = registry.get(deviceId);
    const row = rows.get(deviceId);
    if (device === undefined || row?.device !== device) {
      if (row !== undefined) drop(row);
      if (device !== undefined) put(device, factsOf(device));
      if (device !== undefined || row !== undefined) onCounts(counts());
      return;
    }
    const facts = factsOf(device);
    const rank = rankOf(facts);
    const states = statesOf(facts);
    if (rank !== row.rank) {
      byRank.remove(row);
      row.rank = rank;
      row.sinceMs = nowMs();
      byRank.add(row);
    }
    if (states === row.states) return;
    count(row.states, -1);
    count(states, 1);
    row.states = states;
    onCounts(counts());
  }

  /** What held before the hub looks at it first has held since its presence changed. */
  function put(device: DeviceRecord, facts: RankFacts): void {
    const row = { device, states: statesOf(facts), rank: rankOf(facts), sinceMs: device.detailSinceMs };
    rows.set(device.deviceId, row);
    byRank.add(row);
    count(row.states, 1);
  }

  function drop(row: FleetRow): void {
    rows.delete(row.device.deviceId);
    byRank.remove(row);
    count(row.states, -1);
  }

  function count(states: StateSet, by: 1 | -1): void {
    for (const [index, state] of FLEET_STATES.entries()) {
      if ((states & bitOf(state)) !== 0) inState[index] = (inState[index] ?? 0) + by;
    }
  }

  function counts(): FleetCounts {
    const [alarm = 0, late = 0, offline = 0, asleep = 0, ofNew = 0, clock = 0] = inState;
    return { all: rows.size, alarm, late, offline, asleep, new: ofNew, clock };
  }

  return { refresh, counts, byRank: byRank.items };
}
