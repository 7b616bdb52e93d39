/** Marks the hours that have to be counted again. A mark is durable before the readings that it is for are sent. */
import type { Collection } from "mongodb";
import type { DeviceId } from "../../../contract/readings.ts";
import { HOUR_MS } from "../../../core/model/utc-day.ts";
import type { InTime } from "../db/in-time.ts";
import type { DueDocument } from "../format/documents.ts";
import type { InFlight } from "./in-flight.ts";

export interface HourOfDevice {
  readonly device: DeviceId;
  readonly hourMs: number;
}

export interface Marks {
  /** Whether this hour is marked durably. */
  has(device: DeviceId, hourMs: number): boolean;
  /** Settles when these hours are marked. */
  mark(hours: readonly HourOfDevice[]): Promise<void>;
  /** The next reading marks them again. Settles when no group that relied on the mark is under way. */
  release(hours: readonly HourOfDevice[]): Promise<void>;
  dropDevice(device: DeviceId): void;
}

export const hourOf = (atMs: number): number => Math.floor(atMs / HOUR_MS) * HOUR_MS;

export const dueId = (device: DeviceId, hourMs: number): string => `${device}-${hourMs.toString(36)}`;

export interface MarksOptions {
  readonly due: () => Collection<DueDocument>;
  readonly inFlight: InFlight;
  readonly inTime: InTime;
  /** Tells one run of the hub from another. */
  readonly bootId: string;
}

const WITHIN_MS = 2_500;

export function createMarks({ due, inFlight, inTime, bootId }: MarksOptions): Marks {
  /** device → hour → on its way, or durable */
  const known = new Map<DeviceId, Map<number, Promise<void> | true>>();
  let marked = 0;

  const ofDevice = (device: DeviceId): Map<number, Promise<void> | true> => {
    const found = known.get(device) ?? new Map<number, Promise<void> | true>();
    known.set(device, found);
    return found;
  };

  function mark(hours: readonly HourOfDevice[]): Promise<void> {
    const waits = new Set<Promise<void>>();
    const fresh: HourOfDevice[] = [];
    for (const hour of hours) {
      const state = known.get(hour.device)?.get(hour.hourMs);
      if (state === undefined) fresh.push(hour);
      else if (state !== true) waits.add(state);
    }
    if (fresh.length > 0) waits.add(write(fresh));
    return Promise.all(waits).then(() => undefined);
  }

  function write(hours: readonly HourOfDevice[]): Promise<void> {
    const token = `${bootId}-${marked++}`;
    const operations = hours.map(({ device, hourMs }) => ({
      updateOne: {
        filter: { _id: dueId(device, hourMs) },
        update: { $set: { device, hour: new Date(hourMs), mark: token } },
        upsert: true,
      },
    }));
    const written: Promise<void> = inTime(due().bulkWrite(operations, { ordered: false, timeoutMS: WITHIN_MS })).then(
      () => settle(hours, written, true),
      (error: unknown) => {
        settle(hours, written, undefined);
        throw error;
      },
    );
    for (const { device, hourMs } of hours) ofDevice(device).set(hourMs, written);
    return written;
  }

  function settle(hours: readonly HourOfDevice[], written: Promise<void>, state: true | undefined): void {
    for (const { device, hourMs } of hours) {
      const ofThis = known.get(device);
      // It may have been released, and marked again, meanwhile.
      if (ofThis?.get(hourMs) !== written) continue;
      if (state === undefined) ofThis.delete(hourMs);
      else ofThis.set(hourMs, state);
    }
  }

  return {
    has: (device, hourMs) => known.get(device)?.get(hourMs) === true,
    mark,
    release: (hours) => {
      for (const { device, hourMs } of hours) known.get(device)?.delete(hourMs);
      return inFlight.settled();
    },
    dropDevice: (device) => void known.delete(device),
  };
}
