/** What a dialect makes of one message. Types only. */
import type { Family } from "../../contract/families.ts";
import type { AttributeValue, DeviceId } from "../../contract/readings.ts";
import type { ReadingMetrics } from "../model/metric-list.ts";
import type { Fault } from "../model/result.ts";
import type { Body } from "../ports/writes.ts";

export interface ParsedReading {
  /** The instant as the device sent it; `undefined`: it sent none. */
  readonly said: unknown;
  readonly metrics: ReadingMetrics;
  /** Exactly the metrics, where the device wrote them as one object. */
  readonly body?: Body;
  /** Index in the message. */
  readonly element: number;
}

export interface TelemetryPart {
  readonly kind: "telemetry";
  readonly deviceId: DeviceId;
  readonly readings: readonly ParsedReading[];
  /** What was refused of it while the rest was kept. */
  readonly faults: readonly Fault[];
  /** Readings beyond those that one message may hold. */
  readonly leftOut?: number;
}

/** Somebody who would say so says that the device is there, or that it is not: it holds until something else is said. */
export interface StatusPart {
  readonly kind: "status";
  readonly deviceId: DeviceId;
  readonly online: boolean;
}

/** A message of the device came that holds nothing to store. It shows as well as a reading does that the device is there. */
export interface HeardPart {
  readonly kind: "heard";
  readonly deviceId: DeviceId;
}

export interface AttributesPart {
  readonly kind: "attributes";
  readonly deviceId: DeviceId;
  readonly patch: ReadonlyMap<string, AttributeValue | null>;
  readonly faults: readonly Fault[];
}

/** Nothing of it is stored. `deviceId` undefined: it names none. */
export interface RefusedPart {
  readonly kind: "refused";
  readonly deviceId: DeviceId | undefined;
  readonly fault: Fault;
}

/** What a message taught about a device: names, units, aliases, topics. Kept on disk before the message is acknowledged. */
export interface LearnedPart {
  readonly kind: "learned";
  /** The dialect that reads it again. */
  readonly family: Family;
  readonly deviceId: DeviceId;
  /** What it is, in the words of its dialect: `discovery/sensor/kitchen/temperature`. At most 256 bytes. */
  readonly key: string;
  /** JSON in a form that the dialect can read again after an upgrade; undefined: it no longer holds. */
  readonly data: string | undefined;
}

/** A message that the dialect wants the hub to send, such as a request for a device's description. */
export interface PublishPart {
  readonly kind: "publish";
  readonly topic: string;
  readonly payload: Uint8Array;
}

export type Part = TelemetryPart | StatusPart | HeardPart | AttributesPart | RefusedPart | LearnedPart | PublishPart;

export type ParsedMessage =
  /** Not a topic of this dialect: carried as every broker does, not stored. */
  | { readonly kind: "elsewhere" }
  /** Of this dialect, and nothing to store (a retained message is cleared). */
  | { readonly kind: "nothing" }
  | RefusedPart
  | TelemetryPart
  | StatusPart
  | AttributesPart
  /** Each part is judged alone; they are stored in one commit and acknowledged together. May be empty. */
  | { readonly kind: "parts"; readonly parts: readonly Part[] };
