/** Leaves out what a board says twice: the same value, by another of its topics, within a moment. */
import type { DeviceId, MetricValue } from "../../contract/readings.ts";
import { dropOldest, setNewest } from "../../core/model/bounded-map.ts";

export interface RecentValues {
  /** Those of `metrics` that no other channel of the device has just brought with the same value. */
  fresh(
    deviceId: DeviceId,
    channel: string,
    metrics: ReadonlyMap<string, MetricValue>,
    nowMs: number,
  ): ReadonlyMap<string, MetricValue>;
}

interface Recent {
  readonly value: MetricValue;
  readonly channel: string;
  readonly atMs: number;
}

const MAX_DEVICES = 2_000;
const MAX_METRICS_OF_DEVICE = 1_024;

/** A value that one channel repeats is news each time: only another channel's copy of it is left out. */
export function createRecentValues(windowMs: number): RecentValues {
  const devices = new Map<DeviceId, Map<string, Recent>>();

  function isCopy(former: Recent | undefined, channel: string, value: MetricValue, nowMs: number): boolean {
    if (former === undefined || former.channel === channel || former.value !== value) return false;
    return Math.abs(nowMs - former.atMs) <= windowMs;
  }

  return {
    fresh: (deviceId, channel, metrics, nowMs) => {
      const recent = devices.get(deviceId) ?? new Map<string, Recent>();
      setNewest(devices, deviceId, recent, MAX_DEVICES);
      const fresh = new Map<string, MetricValue>();
      for (const [name, value] of metrics) {
        if (isCopy(recent.get(name), channel, value, nowMs)) continue;
        fresh.set(name, value);
        recent.set(name, { value, channel, atMs: nowMs });
      }
      dropOldest(recent, MAX_METRICS_OF_DEVICE);
      return fresh;
    },
  };
}
