/** What the page knows of one device, as signals. Made here, written only by live.ts. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Device, TimeFault } from "../../../src/contract/readings.ts";
import type { PresenceAt, ValueAt } from "./arrivals.ts";
import { sortMetrics } from "./metric-order.ts";

export interface About {
  readonly name: string | undefined;
  readonly place: string | undefined;
  readonly intervalMs: number | undefined;
  /** Why the time that it sends is not used. */
  readonly timeFault: TimeFault | undefined;
  readonly attributes: Device["attributes"];
}

/** How near the top of a list a device belongs; the smaller the nearer. */
export type Rank = "fire" | "offline" | "clock" | "well";

export interface DeviceState {
  readonly id: string;
  readonly about: Signal<About>;
  readonly presence: Signal<PresenceAt>;
  /** Undefined: never. */
  readonly heardAtMs: Signal<number | undefined>;
  /** Names of its metrics, the telling ones first. */
  readonly metrics: Signal<readonly string[]>;
  /** One signal a metric, there for each name in `metrics`. */
  readonly values: Map<string, Signal<ValueAt>>;
  /** Metrics of which both numbers and texts came: their numbers are drawn, and the texts marked. */
  readonly mixed: Signal<ReadonlySet<string>>;
  readonly rank: ReadonlySignal<Rank>;
}

export const aboutOf = (device: Device): About => ({
  name: device.name,
  place: device.place,
  intervalMs: device.intervalMs,
  timeFault: device.timeFault,
  attributes: device.attributes,
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
  const presence = signal<PresenceAt>({ state: device.presence, sinceMs: Date.parse(device.since) });
  const metrics = signal(sortMetrics([...values.keys()]));
  const rank = computed<Rank>(() => {
    if (metrics.value.includes("flameDetected") && values.get("flameDetected")?.value.value === true) return "fire";
    if (presence.value.state === "offline") return "offline";
    return about.value.timeFault === "clock" ? "clock" : "well";
  });
  return {
    id: device.deviceId,
    about,
    presence,
    heardAtMs: signal(heardAtMsOf(device)),
    metrics,
    values,
    mixed: signal(mixedOf(device)),
    rank,
  };
}
