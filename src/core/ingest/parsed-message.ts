/** What a dialect makes of one message. Types only. */
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

export type ParsedMessage =
  /** Not a topic of this dialect: carried as every broker does, not stored. */
  | { readonly kind: "elsewhere" }
  /** Of this dialect, and nothing to store (a retained message is cleared). */
  | { readonly kind: "nothing" }
  | { readonly kind: "refused"; readonly deviceId: DeviceId | undefined; readonly fault: Fault }
  | {
      readonly kind: "telemetry";
      readonly deviceId: DeviceId;
      readonly readings: readonly ParsedReading[];
      /** What was refused of it while the rest was kept. */
      readonly faults: readonly Fault[];
      /** Readings beyond those that one message may hold. */
      readonly leftOut?: number;
    }
  | { readonly kind: "status"; readonly deviceId: DeviceId; readonly online: boolean }
  | {
      readonly kind: "attributes";
      readonly deviceId: DeviceId;
      readonly patch: ReadonlyMap<string, AttributeValue | null>;
      readonly faults: readonly Fault[];
    };

/** (topic, payload) → readings. Pure, total: it never throws, whatever the bytes. */
export type Dialect = (topic: string, payload: Uint8Array) => ParsedMessage;
