/** Keeps a device's events apart from its latest values: a button that was pressed has no value that holds afterwards. */
import type { LatestMetric } from "../ports/stored-device.ts";

export interface ValuesOfDevice {
  /** Tells its events from its other metrics; undefined: none is an event. */
  readonly family: { isEvent(metric: string): boolean } | undefined;
  /** Without events. */
  readonly latest: Map<string, LatestMetric>;
  /** The last occurrence of each event. */
  readonly events: Map<string, LatestMetric>;
}

/** Where the newest value of a metric belongs. */
export const valuesOf = ({ family, latest, events }: ValuesOfDevice, metric: string): Map<string, LatestMetric> =>
  family?.isEvent(metric) === true ? events : latest;

export function keepNewer(values: Map<string, LatestMetric>, metric: string, former: LatestMetric): void {
  const present = values.get(metric);
  if (present === undefined || present.atMs < former.atMs) values.set(metric, { ...former });
}

/** Moves each value to where it belongs: the store keeps both kinds together, and a device may describe itself later. */
export function separateEvents(device: ValuesOfDevice): void {
  const { latest, events } = device;
  for (const from of [latest, events]) {
    for (const [metric, value] of from) {
      const to = valuesOf(device, metric);
      if (to === from) continue;
      from.delete(metric);
      keepNewer(to, metric, value);
    }
  }
}

/** Both kinds, as the store keeps them. */
export const allValues = ({ latest, events }: ValuesOfDevice): ReadonlyMap<string, LatestMetric> =>
  events.size === 0 ? latest : new Map([...latest, ...events]);
