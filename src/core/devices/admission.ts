/** Decides whether memory takes another device, metric or attribute: each of them is bounded. */
import type { AttributeValue, DeviceId } from "../../contract/readings.ts";
import type { RefusalCode } from "../../contract/refusals.ts";
import type { ReadingMetrics } from "../model/metric-list.ts";
import { type DeviceEntry, type EntryParts, newEntry } from "./device-entry.ts";
import { mergeAttributes } from "./device-record.ts";

export interface DeviceLimits {
  readonly maxDevices: number;
  readonly maxDevicesPerClient: number;
  readonly maxMetricsPerDevice: number;
}

export interface Admission {
  /** Adds a device that is about to be stored, or says why it is refused. `clientId` undefined: its owner imports it. */
  admitDevice(deviceId: DeviceId, clientId: string | undefined): RefusalCode | undefined;
  /** Adds the metrics of an admitted device; answers those that are refused. */
  admitMetrics(deviceId: DeviceId, metrics: ReadingMetrics): readonly string[];
  /** Whether its attributes stay within their bounds with this patch. */
  admitAttributes(deviceId: DeviceId, patch: ReadonlyMap<string, AttributeValue | null>): boolean;
}

const MAX_ATTRIBUTES = 64;
const MAX_ATTRIBUTES_CHARS = 16 * 1024;
const NONE: readonly string[] = [];
/** What a device sends, and what is derived of it. */
const KEPT_LISTS = 4;

export function createAdmission(
  entries: Map<string, DeviceEntry>,
  { limits, parts }: { readonly limits: DeviceLimits; readonly parts: EntryParts },
): Admission {
  const devicesOfClient = new Map<string, number>();

  function admitDevice(deviceId: DeviceId, clientId: string | undefined): RefusalCode | undefined {
    if (entries.has(deviceId)) return undefined;
    if (entries.size >= limits.maxDevices) return "TOO_MANY_DEVICES";
    if (clientId !== undefined) {
      const admitted = devicesOfClient.get(clientId) ?? 0;
      if (admitted >= limits.maxDevicesPerClient) return "TOO_MANY_DEVICES_OF_CLIENT";
      devicesOfClient.set(clientId, admitted + 1);
    }
    entries.set(deviceId, newEntry(deviceId, parts));
    return undefined;
  }

  function admitMetrics(deviceId: DeviceId, metrics: ReadingMetrics): readonly string[] {
    const entry = entries.get(deviceId);
    if (entry === undefined || (metrics.names !== undefined && entry.admitted.includes(metrics.names))) return NONE;
    const names = entry.metrics;
    let refused = NONE;
    for (const name of metrics.keys()) {
      if (names.has(name)) continue;
      if (names.size < limits.maxMetricsPerDevice) names.add(name);
      else refused = [...refused, name];
    }
    if (refused === NONE && metrics.names !== undefined) {
      entry.admitted = [metrics.names, ...entry.admitted.slice(0, KEPT_LISTS - 1)];
    }
    return refused;
  }

  function admitAttributes(deviceId: DeviceId, patch: ReadonlyMap<string, AttributeValue | null>): boolean {
    const merged = new Map(entries.get(deviceId)?.attributes);
    mergeAttributes(merged, patch);
    return merged.size <= MAX_ATTRIBUTES && JSON.stringify(Object.fromEntries(merged)).length <= MAX_ATTRIBUTES_CHARS;
  }

  return { admitDevice, admitMetrics, admitAttributes };
}
