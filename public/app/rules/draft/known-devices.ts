/** The devices and metrics that a rule can be about: what the hub knows now. */
import { useSignal } from "@preact/signals";
import { METRICS, type MetricInfo } from "../../../../src/contract/metrics.ts";
import type { Device } from "../../../../src/contract/readings.ts";
import { getDevices } from "../../hub/api.ts";
import { sortMetrics } from "../../hub/metric-order.ts";
import { type HubRead, useHubRead } from "../../hub/use-hub-read.ts";
import type { ValueKind } from "./condition-draft.ts";
import type { Names } from "./rule-words.ts";

const MOST_DEVICES = 1_000;

export interface KnownDevices extends Names {
  /** By name. */
  readonly devices: readonly { readonly id: string; readonly name: string }[];
  /** There are more than were read. */
  readonly isPart: boolean;
  /** The telling ones first. */
  readonly metrics: readonly string[];
  /** Such as `battery`. */
  readonly classes: readonly string[];
  kindOf(metric: string): ValueKind;
  has(deviceId: string, metric: string): boolean;
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

export function knownDevices(devices: readonly Device[], total: number): KnownDevices {
  const infos = new Map<string, MetricInfo>();
  const kinds = new Map<string, ValueKind>();
  const classes = new Set<string>();
  for (const { latest, metricInfo } of devices) {
    for (const [metric, { value }] of Object.entries(latest)) {
      const info = metricInfo[metric] ?? METRICS.get(metric);
      if (info !== undefined && !infos.has(metric)) infos.set(metric, info);
      if (info?.deviceClass !== undefined && typeof value === "number") classes.add(info.deviceClass);
      if (!kinds.has(metric)) kinds.set(metric, kindOfValue(value, info));
    }
  }
  const infoOf = (metric: string) => infos.get(metric) ?? METRICS.get(metric);
  const names = new Map(devices.map(({ deviceId, name }) => [deviceId, name ?? deviceId]));
  return {
    devices: [...names].map(([id, name]) => ({ id, name })).sort((a, b) => collator.compare(a.name, b.name)),
    isPart: total > devices.length,
    metrics: sortMetrics([...kinds.keys()], infoOf),
    classes: [...classes].sort(),
    kindOf: (metric) => kinds.get(metric) ?? kindOfValue(undefined, infoOf(metric)),
    has: (deviceId, metric) => devices.some((device) => device.deviceId === deviceId && metric in device.latest),
    describe: (metric) => ({ name: metric, info: infoOf(metric), inHubUnit: true }),
    deviceName: (id) => names.get(id) ?? id,
  };
}

function kindOfValue(value: unknown, info: MetricInfo | undefined): ValueKind {
  if (info?.kind === "number" || info?.kind === "boolean") return info.kind;
  if (typeof value === "boolean") return "boolean";
  return typeof value === "string" || info !== undefined ? "text" : "number";
}

const NONE = knownDevices([], 0);

export function useKnownDevices(): { known: KnownDevices; read: HubRead } {
  const known = useSignal<KnownDevices>(NONE);
  const read = useHubRead("devices for rules", async (abort) => {
    const { devices, total } = await getDevices({ limit: MOST_DEVICES }, abort);
    known.value = knownDevices(devices, total);
  });
  return { known: known.value, read };
}
