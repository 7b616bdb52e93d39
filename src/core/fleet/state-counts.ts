/** How many devices are in each state, as they come and go. Written without loops: a group is counted once for each device in it. */
import type { FleetCounts } from "../../contract/fleet/states.ts";
import { bitOf, type StateSet } from "./device-rank.ts";

const ALARM = bitOf("alarm");
const LATE = bitOf("late");
const OFFLINE = bitOf("offline");
const ASLEEP = bitOf("asleep");
const NEW = bitOf("new");
const CLOCK = bitOf("clock");

export const noCounts = (): FleetCounts => ({ all: 0, alarm: 0, late: 0, offline: 0, asleep: 0, new: 0, clock: 0 });

/** A device in these states comes or goes. */
export function countStates(counts: FleetCounts, states: StateSet, by: 1 | -1): void {
  counts.all += by;
  if ((states & ALARM) !== 0) counts.alarm += by;
  if ((states & LATE) !== 0) counts.late += by;
  if ((states & OFFLINE) !== 0) counts.offline += by;
  if ((states & ASLEEP) !== 0) counts.asleep += by;
  if ((states & NEW) !== 0) counts.new += by;
  if ((states & CLOCK) !== 0) counts.clock += by;
}
