/** Decides what is stored of one part of a message, and what is refused of it. */
import type { RefusalCode } from "../../contract/refusals.ts";
import type { Derivation } from "../derived/derivation.ts";
import type { Registry } from "../devices/registry.ts";
import type { AttributesPart, StatusPart, TelemetryPart } from "../dialects/parsed-message.ts";
import type { HardwareBook } from "../hardware/hardware-book.ts";
import { metricsJson, type ReadingMetrics } from "../model/metric-list.ts";
import { withNumbers } from "../model/numeric-text.ts";
import type { Fault } from "../model/result.ts";
import type { Counters } from "../ports/counters.ts";
import type { ReadingWrite, Write } from "../ports/writes.ts";
import type { DatedMessage, Dating, Receipt } from "./dating.ts";

/** Without faults it is accepted completely. */
export interface Accepted {
  readonly writes: readonly Write[];
  readonly faults: readonly Fault[];
}

/** What can be stored of a device. */
export type StorablePart = TelemetryPart | StatusPart | AttributesPart;

export interface PartAcceptanceOptions {
  readonly registry: Registry;
  readonly counters: Counters;
  readonly dating: Dating;
  readonly derivation: Pick<Derivation, "derive">;
  /** Where a board stands for another device, what it sends is that device's. */
  readonly hardware: Pick<HardwareBook, "deviceOf">;
}

/** Undefined: it needs no answer, such as the last will of a device that nobody knows. */
export type PartAcceptance = (part: StorablePart, clientId: string, receipt: Receipt) => Accepted | undefined;

const NONE: readonly Fault[] = [];

export function createPartAcceptance({
  registry,
  counters,
  dating,
  derivation,
  hardware,
}: PartAcceptanceOptions): PartAcceptance {
  return (sent, clientId, receipt) => {
    const { receivedAtMs } = receipt;
    const owner = hardware.deviceOf(sent.deviceId);
    const part = owner === sent.deviceId ? sent : { ...sent, deviceId: owner };
    switch (part.kind) {
      case "telemetry": {
        const dated = dating(part, receipt);
        return (dated.readings.length > 0 && admission(part, clientId)) || acceptedReadings(dated);
      }
      case "status": {
        const { deviceId, online } = part;
        // A last will, or an old retained `offline`, is no sign of life: it creates no device.
        if (!online && !registry.knows(deviceId)) return undefined;
        return (
          admission(part, clientId) ?? { writes: [{ kind: "status", deviceId, receivedAtMs, online }], faults: NONE }
        );
      }
      case "attributes": {
        const { deviceId, patch, faults } = part;
        // Nothing of it can be stored, so it creates no device.
        if (patch.size === 0 && faults.length > 0) return { writes: [], faults };
        if (!registry.admitAttributes(deviceId, patch)) return refused("ATTRIBUTES_TOO_LARGE");
        return admission(part, clientId) ?? { writes: [{ kind: "attributes", deviceId, receivedAtMs, patch }], faults };
      }
    }
  };

  function admission({ deviceId }: StorablePart, clientId: string): Accepted | undefined {
    const code = registry.admitDevice(deviceId, clientId);
    return code && refused(code);
  }

  function acceptedReadings({ readings, clockNote, faults: found, leftOut }: DatedMessage): Accepted {
    const faults = [...found];
    if (leftOut > 0) counters.readings("refused", leftOut);
    const writes: Write[] = [];
    for (const reading of readings) {
      const kept = admitted(reading, faults);
      if (kept !== undefined) writes.push(derivation.derive(kept));
    }
    if (clockNote !== undefined && writes.length > 0) writes.push(clockNote);
    return { writes, faults };
  }

  /** Without metrics beyond the device's limit; undefined: none is left. What is refused of it goes to `faults`. */
  function admitted(reading: ReadingWrite, faults: Fault[]): ReadingWrite | undefined {
    const metrics = numbersIn(reading, faults);
    if (metrics.size === 0) return undefined;
    const refusedNames = registry.admitMetrics(reading.deviceId, metrics);
    if (refusedNames.length === 0) return metrics === reading.metrics ? reading : withMetrics(reading, metrics);
    for (const metric of refusedNames) faults.push({ code: "TOO_MANY_METRICS_OF_DEVICE", metric });
    const kept = new Map([...metrics].filter(([metric]) => !refusedNames.includes(metric)));
    return kept.size === 0 ? undefined : withMetrics(reading, kept);
  }

  function numbersIn({ deviceId, metrics, body }: ReadingWrite, faults: Fault[]): ReadingMetrics {
    // A dialect that passes on the device's own bytes guarantees that no text in them is a number.
    if (typeof body !== "string") return metrics;
    const read = withNumbers(metrics, (name) => registry.hasBeenNumber(deviceId, name));
    faults.push(...read.faults);
    return read.metrics;
  }
}

const refused = (code: RefusalCode): Accepted => ({ writes: [], faults: [{ code }] });

const withMetrics = (reading: ReadingWrite, metrics: ReadingMetrics): ReadingWrite => ({
  ...reading,
  metrics,
  body: metricsJson(metrics),
});
