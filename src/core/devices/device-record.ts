/** What memory holds of one device: how it changes and how it is shown. Knows no other device. */
import type { AttributeValue, Device, DeviceId, MetricValue, Presence } from "../../contract/readings.ts";
import { timeFaultOf } from "../model/instant.ts";
import type { MetricList, ReadingMetrics } from "../model/metric-list.ts";
import type { LatestMetric, Retention } from "../ports/stored-device.ts";
import type { UsualInterval } from "./presence.ts";

export interface DeviceRecord {
  readonly deviceId: DeviceId;
  name: string | undefined;
  place: string | undefined;
  readonly attributes: Map<string, AttributeValue>;
  clockSuspect: boolean;
  readonly latest: Map<string, LatestMetric>;
  readonly interval: UsualInterval;
  /** What its owner has set apart from the hub's settings. */
  retention: Partial<Retention>;
  /** Undefined: never. */
  lastHeardAtMs: number | undefined;
  state: Presence;
  sinceMs: number;
}

/** `latest` is the greatest instant of each metric, ties by arrival. */
export function mergeLatest(latest: Map<string, LatestMetric>, metrics: ReadingMetrics, atMs: number): void {
  // forEach: destructuring entries would make a list of two for each metric of each reading.
  metrics.forEach((value, name) => {
    const former = latest.get(name);
    if (former === undefined) latest.set(name, { value, atMs });
    else takeLater(former, value, atMs);
  });
}

/** The same for a shape whose places in `latest` are known: no look-up by name. */
export function mergeInto(places: readonly LatestMetric[], metrics: MetricList, atMs: number): void {
  for (let place = 0; place < places.length; place++) {
    const former = places[place];
    const value = metrics.values[place];
    if (former !== undefined && value !== undefined) takeLater(former, value, atMs);
  }
}

function takeLater(former: LatestMetric, value: MetricValue, atMs: number): void {
  if (atMs < former.atMs) return;
  if (typeof former.value === "number" && typeof value === "string") former.wasNumber = true;
  former.value = value;
  former.atMs = atMs;
}

/** The later of two instants of which either may be unknown. */
export const laterOf = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);

/** `null` deletes a key. */
export function mergeAttributes(
  attributes: Map<string, AttributeValue>,
  patch: ReadonlyMap<string, AttributeValue | null>,
): void {
  for (const [key, value] of patch) {
    if (value === null) attributes.delete(key);
    else attributes.set(key, value);
  }
}

/** What is left out of the patch stays; `null` takes one away, or all. */
export function mergeRetention(
  former: Partial<Retention>,
  patch: { readonly [Level in keyof Retention]?: number | null | undefined } | null,
): Partial<Retention> {
  const merged = patch === null ? {} : { ...former, ...patch };
  return Object.fromEntries(Object.entries(merged).filter((entry): entry is [string, number] => entry[1] != null));
}

export function toDevice(record: DeviceRecord): Device {
  const { deviceId, name, place, interval, clockSuspect, retention } = record;
  const timeFault = timeFaultOf(clockSuspect, record.attributes.get("deviceClock"));
  return {
    deviceId,
    ...(name !== undefined && { name }),
    ...(place !== undefined && { place }),
    presence: record.state,
    since: new Date(record.sinceMs).toISOString(),
    ...(record.lastHeardAtMs !== undefined && { lastHeardAt: new Date(record.lastHeardAtMs).toISOString() }),
    ...(interval.ms !== undefined && { intervalMs: Math.round(interval.ms) }),
    clockSuspect,
    ...(timeFault !== undefined && { timeFault }),
    ...(Object.keys(retention).length > 0 && { retention }),
    attributes: Object.fromEntries(record.attributes),
    latest: toLatest(record),
  };
}

export function toLatest(record: DeviceRecord): Device["latest"] {
  return Object.fromEntries(
    [...record.latest].map(([metric, { value, atMs, wasNumber }]) => [
      metric,
      { value, timestamp: new Date(atMs).toISOString(), ...(wasNumber === true && { hasTexts: true }) },
    ]),
  );
}
