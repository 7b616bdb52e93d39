/** What the page knows of one device, as signals. Made here, written only by live.ts. */

import { type Signal, signal } from "@preact/signals";
import { METRICS } from "../../../src/contract/metrics.ts";
import type { Device, TimeFault } from "../../../src/contract/readings.ts";
import { UNCHANGED_MS } from "../../../src/contract/silence.ts";
import { type PresenceAt, presenceAt, type ValueAt } from "./arrivals.ts";
import type { DescribedMetric } from "./described-metric.ts";
import { sortMetrics } from "./metric-order.ts";

export interface About {
  readonly name: string | undefined;
  readonly place: string | undefined;
  readonly tags: readonly string[];
  readonly intervalMs: number | undefined;
  /** What charts take for it: values that did not change are not always stored. */
  readonly stepMs: number | undefined;
  /** Why the time that it sends is not used. */
  readonly timeFault: TimeFault | undefined;
  readonly attributes: Device["attributes"];
  readonly metricInfo: Device["metricInfo"];
}

export interface DeviceState {
  readonly id: string;
  readonly about: Signal<About>;
  readonly presence: Signal<PresenceAt>;
  /** Undefined: never. */
  readonly heardAtMs: Signal<number | undefined>;
  /** Names of its metrics that are shown: without those that its owner hides, the telling ones first. */
  readonly metrics: Signal<readonly string[]>;
  /** One signal a metric, there for each name in `metrics`. */
  readonly values: Map<string, Signal<ValueAt>>;
  /** Metrics of which both numbers and texts came: their numbers are drawn, and the texts marked. */
  readonly mixed: Signal<ReadonlySet<string>>;
  /** The metric with what is known of it. */
  described(metric: string): DescribedMetric;
  /** The telling ones first. */
  sorted(metrics: readonly string[]): string[];
}

export const aboutOf = (device: Device): About => ({
  name: device.name,
  place: device.place,
  tags: device.tags ?? [],
  intervalMs: device.intervalMs,
  stepMs: device.deviceId.startsWith("zigbee:") ? Math.max(device.intervalMs ?? 0, UNCHANGED_MS) : device.intervalMs,
  timeFault: device.timeFault,
  attributes: device.attributes,
  metricInfo: device.metricInfo,
});

export const mixedOf = ({ latest }: Device): ReadonlySet<string> =>
  new Set(Object.entries(latest).flatMap(([metric, { hasTexts }]) => (hasTexts ? [metric] : [])));

export const heardAtMsOf = ({ lastHeardAt }: Device): number | undefined =>
  lastHeardAt === undefined ? undefined : Date.parse(lastHeardAt);

export const displayName = (id: string, about: About): string => about.name ?? id;

export function createDeviceState(device: Device): DeviceState {
  const values = new Map<string, Signal<ValueAt>>();
  for (const [metric, { value, timestamp }] of Object.entries(device.latest)) {
    values.set(metric, signal({ value, atMs: Date.parse(timestamp) }));
  }
  const about = signal(aboutOf(device));
  const presence = signal(presenceAt(device.presence, device.presenceDetail));
  // Until the device is read again, a metric that is new has what the catalogue knows.
  const infoOf = (metric: string) => about.value.metricInfo[metric] ?? METRICS.get(metric);
  const sorted = (names: readonly string[]) => sortMetrics(names, infoOf);
  const metrics = signal(sorted([...values.keys()]));
  return {
    id: device.deviceId,
    about,
    presence,
    heardAtMs: signal(heardAtMsOf(device)),
    metrics,
    values,
    mixed: signal(mixedOf(device)),
    described: (metric) => ({ name: metric, info: infoOf(metric) }),
    sorted,
  };
}
