/** Gives each reading of a message its instant, and leaves out readings older than the raw retention. */

import type { DeviceId } from "../../contract/readings.ts";
import type { RawHorizon } from "../history/raw-horizon.ts";
import { type Instant, readInstant } from "../model/instant.ts";
import type { Fault } from "../model/result.ts";
import { DAY_MS } from "../model/utc-day.ts";
import type { ClockSanity } from "../time/clock-sanity.ts";
import type { ParsedMessage, ParsedReading } from "./parsed-message.ts";

export interface DatedReading {
  readonly reading: ParsedReading;
  readonly instant: Instant;
}

export interface DatedMessage {
  readonly kind: "telemetry";
  readonly deviceId: DeviceId;
  readonly readings: readonly DatedReading[];
  /** Of the dialect, then of the readings that were left out. */
  readonly faults: readonly Fault[];
  /** So many were left out, by the dialect and for their age. */
  readonly leftOut: number;
}

export type Dating = (message: Extract<ParsedMessage, { kind: "telemetry" }>, receivedAtMs: number) => DatedMessage;

export interface DatingOptions {
  readonly clockSanity: Pick<ClockSanity, "isSane">;
  /** Readings before it may be deleted already, so that a redelivery of them could not be recognized. */
  readonly rawHorizon: RawHorizon;
}

export function createDating({ clockSanity, rawHorizon }: DatingOptions): Dating {
  return (message, receivedAtMs) => {
    const { kind, deviceId, faults, leftOut = 0 } = message;
    const isSane = clockSanity.isSane();
    const readings: DatedReading[] = [];
    let oldestMs = Number.POSITIVE_INFINITY;
    for (const reading of message.readings) {
      const instant = readInstant(reading.said, receivedAtMs, isSane);
      readings.push({ reading, instant });
      if (instant.kind === "given" && instant.atMs < oldestMs) oldestMs = instant.atMs;
    }
    // No raw retention is shorter than a day, and hardly a message is older.
    if (oldestMs > receivedAtMs - DAY_MS) return { kind, deviceId, readings, faults, leftOut };
    const sinceMs = rawHorizon(deviceId, receivedAtMs);
    if (oldestMs >= sinceMs) return { kind, deviceId, readings, faults, leftOut };
    const kept = readings.filter(({ instant }) => instant.kind !== "given" || instant.atMs >= sinceMs);
    const tooOld = readings.length - kept.length;
    return {
      kind,
      deviceId,
      readings: kept,
      faults: [...faults, faultOf(tooOld, oldestMs)],
      leftOut: leftOut + tooOld,
    };
  };
}

/** One for all of a message: a backlog of a thousand is one line. */
function faultOf(count: number, oldestMs: number): Fault {
  const oldest = new Date(oldestMs).toISOString();
  return {
    code: "READING_TOO_OLD",
    detail: count === 1 ? `it is of ${oldest}` : `${count} readings, the oldest of ${oldest}`,
  };
}
