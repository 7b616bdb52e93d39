/** Gathers readings until the next batch is sent. Beyond its limit it keeps the newest of each device. */
import type { LiveReading } from "../core/model/live-reading.ts";

export interface Batch {
  /** By device, in order of arrival. */
  readonly byDevice: ReadonlyMap<string, readonly LiveReading[]>;
  /** How many were left out, by device. */
  readonly left: ReadonlyMap<string, number>;
}

export interface BatchBuffer {
  add(reading: LiveReading): void;
  /** What was gathered; `newestOnly` keeps one reading of each device. */
  take(newestOnly: boolean): Batch;
}

export function createBatchBuffer(maxReadings: number): BatchBuffer {
  let byDevice = new Map<string, LiveReading[]>();
  let left = new Map<string, number>();
  let count = 0;

  function leave(deviceId: string, some: number): void {
    if (some > 0) left.set(deviceId, (left.get(deviceId) ?? 0) + some);
  }

  function keepNewest(): void {
    for (const [deviceId, readings] of byDevice) {
      leave(deviceId, readings.length - 1);
      readings.splice(0, readings.length - 1);
    }
    count = byDevice.size;
  }

  return {
    add: (reading) => {
      const readings = byDevice.get(reading.deviceId);
      if (readings === undefined) byDevice.set(reading.deviceId, [reading]);
      else readings.push(reading);
      if (++count > maxReadings) keepNewest();
    },
    take: (newestOnly) => {
      if (newestOnly) keepNewest();
      const batch = { byDevice, left };
      byDevice = new Map();
      left = new Map();
      count = 0;
      return batch;
    },
  };
}
