/** Which states a device is in, and which rank that gives it among all devices. */
import { FLEET_STATES, type FleetState } from "../../contract/fleet/states.ts";
import type { PresenceState, Severity } from "../../contract/readings.ts";

export interface RankFacts {
  readonly presence: PresenceState;
  /** The worst of its alerts that fire. */
  readonly alert: Severity | undefined;
  readonly isNew: boolean;
  readonly clockSuspect: boolean;
}

/** A bit for each state, in the order of `FLEET_STATES`. */
export type StateSet = number;

export const bitOf = (state: FleetState): StateSet => 1 << FLEET_STATES.indexOf(state);

const [ALARM, NEW, CLOCK, NORMAL] = [bitOf("alarm"), bitOf("new"), bitOf("clock"), bitOf("normal")];
const OF_PRESENCE: Readonly<Record<PresenceState, StateSet>> = {
  online: 0,
  late: bitOf("late"),
  offline: bitOf("offline"),
  asleep: bitOf("asleep"),
};

/** An alert that is only for information is no alarm. */
export function statesOf({ presence, alert, isNew, clockSuspect }: RankFacts): StateSet {
  const isAlarm = alert === "critical" || alert === "warning";
  const states = (isAlarm ? ALARM : 0) | OF_PRESENCE[presence] | (isNew ? NEW : 0) | (clockSuspect ? CLOCK : 0);
  return states === 0 ? NORMAL : states;
}

/** 0 comes first: a critical alarm, then a warning, then by the first of its other states. */
export function rankOf(facts: RankFacts): number {
  if (facts.alert === "critical") return 0;
  const states = statesOf(facts);
  return 1 + FLEET_STATES.findIndex((state) => (states & bitOf(state)) !== 0);
}
