/** Finds what a device had sent before the range of a trial: what it never sent is not missed. */
import type { Rule } from "../../../contract/alerts.ts";
import type { DeviceId } from "../../../contract/readings.ts";
import type { Store } from "../../ports/readings-store.ts";
import type { TrialSpec } from "../../ports/rule-trial.ts";
import type { LatestMetric } from "../../ports/stored-device.ts";
import { compileRule, isOfValues } from "../decisions/compiled-rule.ts";

export interface SentBeforeOptions {
  readonly store: Pick<Store, "readings">;
  readonly devices: {
    metricsOf(deviceId: DeviceId): Iterable<string>;
    latestOf(deviceId: DeviceId, metric: string): Pick<LatestMetric, "atMs"> | undefined;
  };
  readonly rule: Rule;
  readonly deviceId: DeviceId;
  readonly fromMs: number;
}

/** A metric that came more rarely counts as new when it comes. */
const READINGS = 500;

/** Rejects with a StoreError. */
export async function sentBefore(options: SentBeforeOptions): Promise<TrialSpec["sentBefore"]> {
  const { store, devices, rule, deviceId, fromMs } = options;
  if (compileRule(rule, 0).leaves.every(isOfValues)) return []; // only a reading begins something
  const names = new Set<string>();
  for (const metric of devices.metricsOf(deviceId)) {
    const latest = devices.latestOf(deviceId, metric);
    if (latest !== undefined && latest.atMs < fromMs) names.add(metric);
  }
  const query = { deviceId, fromMs: 0, toMs: fromMs, limit: READINGS, order: "desc", behind: undefined } as const;
  for (const { receivedAtMs, body } of await store.readings(query)) {
    if (receivedAtMs >= fromMs) continue;
    for (const name of Object.keys(JSON.parse(body) as object)) names.add(name);
  }
  return names.size === 0 ? undefined : [...names];
}
