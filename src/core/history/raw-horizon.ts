/** Calculates the instant before which a device's raw readings are too old to be kept. */
import type { DeviceId } from "../../contract/readings.ts";
import type { Registry } from "../devices/registry.ts";
import { keptSinceMs } from "../model/utc-day.ts";

export interface RawHorizonOptions {
  readonly registry: Pick<Registry, "get">;
  /** Raw age of a device without its own setting; 0: forever. */
  readonly rawDays: number;
  /** The clock may be trusted for ages. */
  readonly mayExpire: () => boolean;
}

/** `keptSinceMs` of the device's raw readings; 0: none is too old. */
export type RawHorizon = (deviceId: DeviceId, nowMs: number) => number;

export function createRawHorizon({ registry, rawDays, mayExpire }: RawHorizonOptions): RawHorizon {
  return (deviceId, nowMs) =>
    mayExpire() ? keptSinceMs(registry.get(deviceId)?.retention.rawDays ?? rawDays, nowMs) : 0;
}
