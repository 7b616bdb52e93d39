/** Gives each reading of a message its instant, leaves out those older than the raw retention, and notes a clock that is wrong. */
import type { AttributeValue, DeviceId } from "../../contract/readings.ts";
import type { Registry } from "../devices/registry.ts";
import type { ParsedMessage } from "../dialects/parsed-message.ts";
import type { RawHorizon } from "../history/raw-horizon.ts";
import { type Instant, readInstant, timeFaultOf } from "../model/instant.ts";
import { metricsJson } from "../model/metric-list.ts";
import type { Fault } from "../model/result.ts";
import { DAY_MS } from "../model/utc-day.ts";
import type { AttributesWrite, ReadingWrite } from "../ports/writes.ts";
import type { ClockSanity } from "../time/clock-sanity.ts";

export interface DatedMessage {
  readonly kind: "telemetry";
  readonly deviceId: DeviceId;
  /** As they will be stored, unless some of their metrics are refused. */
  readonly readings: readonly ReadingWrite[];
  /** The device's clock was found wrong, or right again. */
  readonly clockNote: AttributesWrite | undefined;
  /** Of the dialect, then of the readings that were left out. */
  readonly faults: readonly Fault[];
  /** So many were left out, by the dialect and for their age. */
  readonly leftOut: number;
}

/** How a message came. */
export type Receipt = Pick<ReadingWrite, "receivedAtMs" | "packet">;

export type Dating = (message: Extract<ParsedMessage, { kind: "telemetry" }>, receipt: Receipt) => DatedMessage;

export interface DatingOptions {
  readonly clockSanity: Pick<ClockSanity, "isSane">;
  readonly registry: Pick<Registry, "get">;
  /** Readings before it may be deleted already, so that a redelivery of them could not be recognized. */
  readonly rawHorizon: RawHorizon;
}

export function createDating({ clockSanity, registry, rawHorizon }: DatingOptions): Dating {
  return ({ kind, deviceId, readings: parsed, faults, leftOut = 0 }, { receivedAtMs, packet }) => {
    const isSane = clockSanity.isSane();
    const readings: ReadingWrite[] = [];
    let clockNote: AttributesWrite | undefined;
    let horizonMs: number | undefined;
    let tooOld = 0;
    let oldestMs = Number.POSITIVE_INFINITY;
    for (const { said, metrics, body, element } of parsed) {
      const instant = readInstant(said, receivedAtMs, isSane);
      const timed = instant.kind === "given";
      const atMs = timed ? instant.atMs : receivedAtMs;
      // No raw retention is shorter than a day, and hardly a reading is older.
      if (atMs <= receivedAtMs - DAY_MS) {
        horizonMs ??= rawHorizon(deviceId, receivedAtMs);
        if (atMs < horizonMs) {
          tooOld++;
          oldestMs = Math.min(oldestMs, atMs);
          continue;
        }
      }
      readings.push({
        kind: "reading",
        deviceId,
        atMs,
        timed,
        receivedAtMs,
        metrics,
        body: body ?? metricsJson(metrics),
        element,
        packet,
      });
      clockNote = noteClock(deviceId, receivedAtMs, instant) ?? clockNote;
    }
    if (tooOld === 0) return { kind, deviceId, readings, clockNote, faults, leftOut };
    return {
      kind,
      deviceId,
      readings,
      clockNote,
      faults: [...faults, faultOf(tooOld, oldestMs)],
      leftOut: leftOut + tooOld,
    };
  };

  /** Written once, not with every reading. */
  function noteClock(deviceId: DeviceId, receivedAtMs: number, instant: Instant): AttributesWrite | undefined {
    if (instant.kind === "absent") return undefined;
    const device = registry.get(deviceId);
    const former = device && timeFaultOf(device.clockSuspect, device.attributes.get("deviceClock"));
    const said = instant.kind === "given" ? undefined : instant.said;
    const clockSuspect = instant.kind === "wrong";
    if (timeFaultOf(clockSuspect, said) === former) return undefined;
    const patch = new Map<string, AttributeValue | null>([["deviceClock", said ?? null]]);
    return { kind: "attributes", deviceId, receivedAtMs, patch, clockSuspect };
  }
}

/** One for all of a message: a backlog of a thousand is one line. */
function faultOf(count: number, oldestMs: number): Fault {
  const oldest = new Date(oldestMs).toISOString();
  return {
    code: "READING_TOO_OLD",
    detail: count === 1 ? `it is of ${oldest}` : `${count} readings, the oldest of ${oldest}`,
  };
}
