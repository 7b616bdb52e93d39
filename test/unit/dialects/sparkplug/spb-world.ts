/** A Sparkplug dialect with the memory that the hub keeps for it, and payloads by Tahu's own encoder. */
import sparkplug from "sparkplug-payload";
import type { UMetric, UPayload } from "sparkplug-payload/lib/sparkplugbpayload.js";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import type { Publisher } from "../../../../src/core/dialects/dialect.ts";
import type { LearnedPart, Part } from "../../../../src/core/dialects/parsed-message.ts";
import { createSparkplug } from "../../../../src/dialects/sparkplug/sparkplug.ts";
import { inflate } from "../../../../src/platform/inflate.ts";

const tahu = sparkplug.get("spBv1.0");

export const NOW_MS = Date.UTC(2026, 10, 22, 12);

/** Without a name where only the alias is sent, and with one or more values. */
export type TestMetric = Omit<UMetric, "type" | "value"> & { type?: UMetric["type"]; value?: UMetric["value"] };

export interface TestPayload extends Omit<UPayload, "metrics"> {
  readonly metrics?: readonly TestMetric[];
}

export function encoded(payload: TestPayload): Uint8Array {
  if (tahu === null) throw new Error("there is no encoder");
  return tahu.encodePayload(payload as UPayload);
}

export const decoded = (bytes: Uint8Array): UPayload | undefined => tahu?.decodePayload(bytes);

export const ANYBODY: Publisher = {
  id: "anybody",
  deviceId: undefined,
  mayPublish: () => true,
  maySubscribe: () => true,
};

export interface SendOptions {
  readonly atMs?: number;
  readonly dup?: boolean;
  readonly publisher?: Publisher;
}

/** What came of a message, in few words. */
export interface Came {
  /** Of the device → metric → value, all readings of a device together. */
  readonly values: Record<string, Record<string, unknown>>;
  /** `device said`, of each reading. */
  readonly instants: readonly string[];
  readonly readings: number;
  readonly attributes: Record<string, Record<string, unknown>>;
  /** `device online` */
  readonly presence: readonly string[];
  /** `CODE metric` */
  readonly faults: readonly string[];
  readonly asked: readonly string[];
  readonly learned: readonly LearnedPart[];
  readonly parts: readonly Part[];
}

export function spbWorld(stored: ReadonlyMap<string, LearnedPart> = new Map()) {
  const dialect = createSparkplug({ inflate });
  const kept = new Map(stored);
  for (const { deviceId, key, data } of kept.values()) dialect.learn(deviceId, key, data);

  function send(topic: string, payload: TestPayload | Uint8Array, options: SendOptions = {}): Came {
    const { atMs = NOW_MS, dup = false, publisher = ANYBODY } = options;
    const bytes = payload instanceof Uint8Array ? payload : encoded(payload);
    const reader = dialect.claim(topic);
    if (reader === undefined) throw new Error(`${topic} is not of Sparkplug`);
    const parsed = reader({ topic, payload: bytes, retain: false, dup, receivedAtMs: atMs, publisher });
    if (parsed.kind !== "parts") throw new Error(`it was ${parsed.kind}`);
    // As the hub does: what it knows already is not learned again.
    for (const part of parsed.parts) if (part.kind === "learned") learn(part);
    return shown(parsed.parts);
  }

  function learn(part: LearnedPart): void {
    const key = `${part.deviceId} ${part.key}`;
    if (kept.get(key)?.data === part.data) return;
    dialect.learn(part.deviceId, part.key, part.data);
    if (part.data === undefined) kept.delete(key);
    else kept.set(key, part);
  }

  return {
    dialect,
    send,
    info: (deviceId: string, metric: string) => dialect.metricInfo(deviceId as DeviceId, metric),
    nameOf: (deviceId: string) => dialect.nameOf(deviceId as DeviceId),
    /** A hub that starts with what was on disk. */
    restarted: () => spbWorld(kept),
  };
}

function shown(parts: readonly Part[]): Came {
  const values: Record<string, Record<string, unknown>> = {};
  const attributes: Record<string, Record<string, unknown>> = {};
  const instants: string[] = [];
  const presence: string[] = [];
  const faults: string[] = [];
  const asked: string[] = [];
  for (const part of parts) {
    if (part.kind === "telemetry") {
      for (const { metrics, said } of part.readings) {
        values[part.deviceId] = { ...values[part.deviceId], ...Object.fromEntries(metrics) };
        instants.push(`${part.deviceId} ${said}`);
      }
      for (const { code, metric, detail } of part.faults) faults.push(`${code} ${metric ?? detail ?? ""}`.trim());
    } else if (part.kind === "attributes") attributes[part.deviceId] = Object.fromEntries(part.patch);
    else if (part.kind === "status") presence.push(`${part.deviceId} ${part.online ? "online" : "offline"}`);
    else if (part.kind === "refused") faults.push(`${part.fault.code} ${part.fault.detail ?? ""}`.trim());
    else if (part.kind === "publish") asked.push(part.topic);
  }
  const learned = parts.filter((part) => part.kind === "learned");
  return { values, instants, readings: instants.length, attributes, presence, faults, asked, learned, parts };
}
