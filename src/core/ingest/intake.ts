/** Takes one message from a client and answers with its outcome. */
import type { DeviceId } from "../../contract/readings.ts";
import { type RefusalCode, reasonCodeOf } from "../../contract/refusals.ts";
import type { Connection } from "../devices/connection.ts";
import type { Registry } from "../devices/registry.ts";
import type { Refusals } from "../limits/refusals.ts";
import { metricsJson, type ReadingMetrics } from "../model/metric-list.ts";
import { withNumbers } from "../model/numeric-text.ts";
import type { Fault } from "../model/result.ts";
import type { Clock } from "../ports/clock.ts";
import type { Counters } from "../ports/counters.ts";
import type { ReadingWrite, Write } from "../ports/writes.ts";
import type { DatedMessage, Dating } from "./dating.ts";
import type { Dialect, ParsedMessage } from "./parsed-message.ts";
import type { MessageOutcome, Writer } from "./writer.ts";

export interface InboundMessage {
  readonly connection: Connection;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly dup: boolean;
  /** Packet id of QoS 1 and 2. */
  readonly packetId: number | undefined;
}

/**
 * `carry`: forward it as any broker does. `stored`: the same, and what was accepted of it is on disk. `refuse`:
 * acknowledge and drop it. `stalled`: it was not taken in time, and is to come again.
 */
export type Outcome = "carry" | "stored" | "refuse" | "stalled";

/** `code`: why it was refused. */
export type Answer = (outcome: Outcome, code?: RefusalCode) => void;

export interface Intake {
  /** Answers once, at once or after the commit; never throws. */
  accept(message: InboundMessage, answer: Answer): void;
}

export interface IntakeOptions {
  readonly dialect: Dialect;
  readonly writer: Writer;
  readonly registry: Registry;
  readonly refusals: Refusals;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly dating: Dating;
}

type Storable = DatedMessage | Extract<ParsedMessage, { kind: "status" | "attributes" }>;

/** What is stored of a message, and what was refused of it. Without faults it is accepted completely. */
interface Accepted {
  readonly writes: readonly Write[];
  readonly faults: readonly Fault[];
}

const NONE: readonly Fault[] = [];

/** What a write holds in memory beside its bytes: a list of a thousand small readings is small only on the wire. */
const HELD_BYTES_A_WRITE = 1_024;

/** Nothing of it can be stored, so it creates no device. */
function isEmpty(parsed: Storable): boolean {
  if (parsed.kind === "telemetry") return parsed.readings.length === 0;
  return parsed.kind === "attributes" && parsed.patch.size === 0 && parsed.faults.length > 0;
}

export function createIntake(options: IntakeOptions): Intake {
  const { dialect, writer, registry, refusals, counters, clock, dating } = options;

  function accept(message: InboundMessage, answer: Answer): void {
    const receivedAtMs = clock.nowMs();
    const parsed = dialect(message.topic, message.payload);
    switch (parsed.kind) {
      case "elsewhere":
        counters.message("carried");
        return answer("carry");
      case "nothing":
        if (message.retain) {
          counters.message("carried");
          return answer("carry");
        }
        return refuse(message, undefined, { code: "PAYLOAD_EMPTY" }, answer);
      case "refused":
        return refuse(message, parsed.deviceId, parsed.fault, answer);
      case "telemetry":
        return store(message, dating(parsed, { receivedAtMs, packet: packetOf(message) }), receivedAtMs, answer);
      case "status":
        // A last will, or an old retained `offline`, is no sign of life: it creates no device.
        if (!parsed.online && !registry.knows(parsed.deviceId)) {
          counters.message("carried");
          return answer("carry");
        }
        return store(message, parsed, receivedAtMs, answer);
      case "attributes":
        return store(message, parsed, receivedAtMs, answer);
    }
  }

  function store(message: InboundMessage, parsed: Storable, receivedAtMs: number, answer: Answer): void {
    const { deviceId } = parsed;
    const code = isEmpty(parsed) ? undefined : admissionRefusal(message, parsed);
    if (code !== undefined) return refuse(message, deviceId, { code }, answer);
    const { writes, faults } = accepted(parsed, receivedAtMs);
    for (const fault of faults) note(message, deviceId, fault);
    if (writes.length === 0) {
      counters.message("refused");
      return answer("refuse", faults[0]?.code);
    }
    writer.put({
      writes,
      bytes: message.payload.length + message.topic.length + writes.length * HELD_BYTES_A_WRITE,
      urgent: message.qos > 0,
      connection: message.connection,
      answer: (outcome) => {
        if (faults.length === 0 && outcome !== "stalled" && outcome.every(({ kind }) => kind !== "refused")) {
          refusals.accepted(message.connection.clientId, message.topic);
        }
        settle(message, deviceId, writes, outcome, answer);
      },
    });
  }

  function admissionRefusal(message: InboundMessage, parsed: Storable): RefusalCode | undefined {
    const { deviceId } = parsed;
    if (parsed.kind === "attributes" && !registry.admitAttributes(deviceId, parsed.patch)) {
      return "ATTRIBUTES_TOO_LARGE";
    }
    return registry.admitDevice(deviceId, message.connection.clientId);
  }

  function accepted(parsed: Storable, receivedAtMs: number): Accepted {
    const { deviceId } = parsed;
    switch (parsed.kind) {
      case "telemetry":
        return acceptedReadings(parsed);
      case "status":
        return { writes: [{ kind: "status", deviceId, receivedAtMs, online: parsed.online }], faults: NONE };
      case "attributes": {
        const { patch, faults } = parsed;
        return { writes: isEmpty(parsed) ? [] : [{ kind: "attributes", deviceId, receivedAtMs, patch }], faults };
      }
    }
  }

  function acceptedReadings({ readings, clockNote, faults: found, leftOut }: DatedMessage): Accepted {
    const faults = [...found];
    if (leftOut > 0) counters.readings("refused", leftOut);
    const writes: Write[] = [];
    for (const reading of readings) {
      const kept = admitted(reading, faults);
      if (kept !== undefined) writes.push(kept);
    }
    if (clockNote !== undefined && writes.length > 0) writes.push(clockNote);
    return { writes, faults };
  }

  /** Without metrics beyond the device's limit; undefined: none is left. What is refused of it goes to `faults`. */
  function admitted(reading: ReadingWrite, faults: Fault[]): ReadingWrite | undefined {
    const metrics = numbersIn(reading, faults);
    if (metrics.size === 0) return undefined;
    const refused = registry.admitMetrics(reading.deviceId, metrics);
    if (refused.length === 0) return metrics === reading.metrics ? reading : withMetrics(reading, metrics);
    for (const metric of refused) faults.push({ code: "TOO_MANY_METRICS_OF_DEVICE", metric });
    const kept = new Map([...metrics].filter(([metric]) => !refused.includes(metric)));
    return kept.size === 0 ? undefined : withMetrics(reading, kept);
  }

  function numbersIn({ deviceId, metrics, body }: ReadingWrite, faults: Fault[]): ReadingMetrics {
    // A dialect that passes on the device's own bytes guarantees that no text in them is a number.
    if (typeof body !== "string") return metrics;
    const read = withNumbers(metrics, (name) => registry.hasBeenNumber(deviceId, name));
    faults.push(...read.faults);
    return read.metrics;
  }

  function settle(
    message: InboundMessage,
    deviceId: DeviceId,
    writes: readonly Write[],
    outcome: MessageOutcome,
    answer: Answer,
  ): void {
    if (outcome === "stalled") {
      counters.message("stalled");
      note(message, deviceId, { code: "STORE_STALLED" });
      return answer("stalled");
    }
    const refused = outcome.filter((each) => each.kind === "refused");
    for (const { reason } of refused) note(message, deviceId, { code: "STORE_REFUSED", detail: reason });
    const accepted = refused.length < writes.length;
    counters.message(accepted ? "stored" : "refused");
    if (accepted) answer("stored");
    else answer("refuse", "STORE_REFUSED");
  }

  function refuse(message: InboundMessage, deviceId: DeviceId | undefined, fault: Fault, answer: Answer): void {
    note(message, deviceId, fault);
    counters.message("refused");
    answer("refuse", fault.code);
  }

  function note(message: InboundMessage, deviceId: DeviceId | undefined, fault: Fault): void {
    const { clientId, mqttVersion } = message.connection;
    // What is refused in part is acknowledged as taken; a note of it says all the same what it would be in MQTT 5.
    const reasonCode = mqttVersion === "5" && message.qos > 0 ? reasonCodeOf(fault.code) : undefined;
    refusals.add({ ...fault, kind: "message", clientId, topic: message.topic, deviceId, mqttVersion, reasonCode });
  }

  return { accept };
}

const packetOf = ({ packetId, connection, dup }: InboundMessage): ReadingWrite["packet"] =>
  packetId === undefined ? undefined : { clientId: connection.clientId, id: packetId, dup };

const withMetrics = (reading: ReadingWrite, metrics: ReadingMetrics): ReadingWrite => ({
  ...reading,
  metrics,
  body: metricsJson(metrics),
});
