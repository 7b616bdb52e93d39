/** The documents of each collection. Their owner may query them. */
import type { Binary } from "mongodb";
import type { AttributeValue, DeviceId } from "../../../contract/readings.ts";
import type { Retention } from "../../../core/ports/stored-device.ts";

/** A number, a boolean, or text; text that UTF-8 cannot carry (half a surrogate pair) is UTF-16 little-endian in a Binary. */
export type StoredValue = number | boolean | string | Binary;

export interface ReadingDocument {
  /** `<deviceId>-<instant, base 36>-<n>` */
  readonly _id: string;
  readonly device: DeviceId;
  readonly at: Date;
  readonly n: number;
  /** Left out where it is the instant. */
  readonly receivedAt?: Date;
  /** Names may have dots in them: `$getField` reads such a one. */
  readonly metrics: { readonly [name: string]: StoredValue };
  /** Hash of the metrics, where the device gave the instant and `n` > 0: finds an equal reading among many of one instant. */
  readonly hash?: number;
  /** The message, where the device gave no instant and QoS was above 0: finds its redelivery. */
  readonly packet?: { readonly client: string; readonly id: number; readonly element: number };
  /** Generation of the device, from 0, which is left out: a deleted device may come back before its readings are gone. */
  readonly life?: number;
}

export interface DeviceDocument {
  readonly _id: DeviceId;
  readonly name?: string;
  readonly place?: string;
  /** A list, since a key may be any text. */
  readonly attributes: readonly { readonly key: string; readonly value: AttributeValue }[];
  readonly clockSuspect?: boolean;
  readonly status?: { readonly online: boolean; readonly at: Date };
  readonly heardAt: Date;
  readonly intervalMs?: number;
  readonly latest: {
    readonly [metric: string]: {
      readonly value: StoredValue;
      readonly at: Date;
      /** A text came after a number, now or before. */
      readonly wasNumber?: boolean;
    };
  };
  /** Readings of then or later may not be in `latest` yet. */
  readonly unsavedFrom?: Date;
  /** How many days of each its owner keeps; left out: as the hub. */
  readonly retention?: { readonly rawDays?: number; readonly hourDays?: number; readonly dayDays?: number };
  /** Raw readings before it are deleted. */
  readonly rawSince?: Date;
  /** Hours before it are deleted. */
  readonly hoursSince?: Date;
  /** As in readings. */
  readonly life?: number;
}

export interface RollupValues {
  /** Of numbers and booleans. */
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly texts: number;
  readonly last: number | string | Binary;
  readonly lastAt: Date;
}

/** One device, one UTC hour or day, all its metrics. */
export interface RollupDocument {
  /** `<deviceId>-h-<beginning, epoch ms>`, or `-d-` */
  readonly _id: string;
  readonly device: DeviceId;
  readonly level: "hour" | "day";
  readonly at: Date;
  /** Readings that it was made of. */
  readonly readings: number;
  /** Which count wrote it, where the server did. */
  readonly run?: string;
  readonly metrics: { readonly [name: string]: RollupValues };
}

/** An hour whose rollups, and those of its day, are outdated. Until they are counted again, a query counts its raw readings. */
export interface DueDocument {
  /** `<deviceId>-<beginning of the hour, base 36>` */
  readonly _id: string;
  readonly device: DeviceId;
  readonly hour: Date;
  /** Different each time that the hour is marked: a count that is under way does not remove a newer mark. */
  readonly mark: string;
}

/** What was begun and must be finished after a crash: a deletion, an erasure, late readings that are added to rollups. */
export interface JobDocument {
  readonly _id: string;
  readonly kind: string;
  readonly device: DeviceId;
  readonly [detail: string]: unknown;
}

export interface MetaDocument {
  readonly _id: string;
  readonly [detail: string]: unknown;
}

export const toStoredRetention = ({
  rawDays,
  hourDays,
  dayDays,
}: Partial<Retention>): DeviceDocument["retention"] & {} => ({
  ...(rawDays !== undefined && { rawDays }),
  ...(hourDays !== undefined && { hourDays }),
  ...(dayDays !== undefined && { dayDays }),
});

export function fromStoredRetention(stored: DeviceDocument["retention"]): Partial<Retention> {
  const { rawDays, hourDays, dayDays } = stored ?? {};
  return {
    ...(rawDays !== undefined && { rawDays }),
    ...(hourDays !== undefined && { hourDays }),
    ...(dayDays !== undefined && { dayDays }),
  };
}
