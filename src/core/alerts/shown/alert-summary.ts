/** Counts alerts as they change: how many fire, how severe the worst of a device is. */
import type { Alert, AlertState, FiringCounts, Severity } from "../../../contract/alerts.ts";
import type { AlertEngine } from "../alert-types.ts";

export interface AlertCount {
  readonly severity: Severity;
  readonly state: Exclude<AlertState, "normal">;
  readonly count: number;
}

/** What it costs to ask does not depend on how many alerts there are. */
export interface AlertSummary {
  firing(): FiringCounts;
  /** Of the alerts of this device that fire; undefined: none does. */
  worstOf(deviceId: string): Severity | undefined;
  counts(): readonly AlertCount[];
}

/** It is not over before it has recovered. */
export const isFiring = ({ state }: Pick<Alert, "state">): boolean => state === "firing" || state === "recovering";

const SEVERITIES: readonly Severity[] = ["critical", "warning", "info"];
const STATES: readonly AlertCount["state"][] = ["pending", "firing", "recovering"];

type Known = Pick<Alert, "severity" | "state" | "deviceId">;

export function createAlertSummary({ list, onChange }: Pick<AlertEngine, "list" | "onChange">): AlertSummary {
  /** Those that are not normal. */
  const known = new Map<string, Known>();
  const totals = new Map<string, number>();
  /** By device, of those that fire. */
  const ofDevices = new Map<string, Map<Severity, number>>();

  function add({ severity, state, deviceId }: Known, by: 1 | -1): void {
    bump(totals, `${severity} ${state}`, by);
    if (deviceId === undefined || !isFiring({ state })) return;
    const counts = ofDevices.get(deviceId) ?? new Map<Severity, number>();
    bump(counts, severity, by);
    if (counts.size === 0) ofDevices.delete(deviceId);
    else ofDevices.set(deviceId, counts);
  }

  function note(alert: Alert): void {
    const former = known.get(alert.id);
    if (former !== undefined) add(former, -1);
    if (alert.state === "normal") return void known.delete(alert.id);
    const { severity, state, deviceId } = alert;
    const now = { severity, state, ...(deviceId !== undefined && { deviceId }) };
    known.set(alert.id, now);
    add(now, 1);
  }

  for (const alert of list()) note(alert);
  onChange((alerts) => {
    for (const alert of alerts) note(alert);
  });

  const countOf = (severity: Severity, state: AlertCount["state"]): number => totals.get(`${severity} ${state}`) ?? 0;
  const firingOf = (severity: Severity): number => countOf(severity, "firing") + countOf(severity, "recovering");
  return {
    firing: () => ({ critical: firingOf("critical"), warning: firingOf("warning"), info: firingOf("info") }),
    worstOf: (deviceId) => SEVERITIES.find((severity) => ofDevices.get(deviceId)?.has(severity)),
    counts: () =>
      SEVERITIES.flatMap((severity) => STATES.map((state) => ({ severity, state, count: countOf(severity, state) }))),
  };
}

function bump<Key>(counts: Map<Key, number>, key: Key, by: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
