/** Plays messages to a dialect as the hub does: what is learned is taken up at once, and is there again after a restart. */
import type { AttributeValue, DeviceId, MetricValue } from "../../../src/contract/readings.ts";
import { createDescriptions, type Descriptions } from "../../../src/core/dialects/descriptions.ts";
import type { Dialect, DialectOptions, Dialects, Publisher } from "../../../src/core/dialects/dialect.ts";
import { createLearnedBook } from "../../../src/core/dialects/learned-book.ts";
import type { ParsedMessage, Part } from "../../../src/core/dialects/parsed-message.ts";
import type { Fault } from "../../../src/core/model/result.ts";
import type { StoredLearned } from "../../../src/core/ports/hub-file.ts";
import { createDialects } from "../../../src/dialects/dialects.ts";

/** What came of one message. Empty parts are left out, so that a test names what it expects and nothing else. */
export interface Heard {
  elsewhere?: true;
  readings?: { deviceId: string; metrics: Record<string, MetricValue>; said?: unknown }[];
  status?: Record<string, boolean>;
  attributes?: Record<string, Record<string, AttributeValue | null>>;
  faults?: Fault[];
  sent?: string[];
}

export interface SessionOptions {
  readonly stored?: readonly StoredLearned[];
  readonly publisher?: Publisher;
}

export interface MessageOptions {
  readonly publisher?: Publisher;
  readonly atMs?: number;
  readonly retain?: boolean;
  readonly dup?: boolean;
}

export interface FamilySession extends Pick<Descriptions, "nameOf" | "metricInfo">, Pick<Dialects, "presenceOf"> {
  send(topic: string, payload: string | Uint8Array, options?: MessageOptions): Heard;
  /** Of lines `topic payload`, the last one's. */
  play(lines: string, options?: MessageOptions): Heard[];
  parse(topic: string, payload: string | Uint8Array, options?: MessageOptions): ParsedMessage;
  /** With what is on disk, and nothing else. */
  restarted(): FamilySession;
  stored(): StoredLearned[];
}

const NOW_MS = Date.UTC(2026, 10, 30, 12);
const encoder = new TextEncoder();

export const ANYBODY: Publisher = {
  id: "anybody",
  deviceId: undefined,
  mayPublish: () => true,
  maySubscribe: () => true,
};

/** A credential with the right to `allowed`, and to nothing else. */
export const credential = (id: string, deviceId: string | undefined, allowed: RegExp): Publisher => ({
  id,
  deviceId: deviceId as DeviceId | undefined,
  mayPublish: (topic) => allowed.test(topic),
  maySubscribe: (topic) => allowed.test(topic),
});

export function createSession(
  create: (options: DialectOptions) => Dialect,
  { stored = [], publisher = ANYBODY }: SessionOptions = {},
): FamilySession {
  const dialects = createDialects([create({ inflate: () => undefined })]);
  const descriptions = createDescriptions(dialects);
  const disk = new Map(stored.map((each) => [`${each.deviceId} ${each.key}`, each]));
  const book = createLearnedBook({ dialects, descriptions, stored });
  let nowMs = NOW_MS;

  function parse(topic: string, payload: string | Uint8Array, options: MessageOptions = {}): ParsedMessage {
    nowMs = options.atMs ?? nowMs + 10_000;
    return dialects.read({
      topic,
      payload: typeof payload === "string" ? encoder.encode(payload) : payload,
      retain: options.retain ?? false,
      dup: options.dup ?? false,
      receivedAtMs: nowMs,
      publisher: options.publisher ?? publisher,
    });
  }

  function send(topic: string, payload: string | Uint8Array, options?: MessageOptions): Heard {
    const parsed = parse(topic, payload, options);
    if (parsed.kind === "elsewhere") return { elsewhere: true };
    if (parsed.kind === "nothing") return {};
    const heard: Heard = {};
    for (const part of parsed.kind === "parts" ? parsed.parts : [parsed]) hear(part, heard);
    return heard;
  }

  function hear(part: Part, heard: Heard): void {
    switch (part.kind) {
      case "telemetry":
        for (const { metrics, said } of part.readings) {
          const reading = { deviceId: part.deviceId, metrics: Object.fromEntries(metrics) };
          heard.readings = [...(heard.readings ?? []), said === undefined ? reading : { ...reading, said }];
        }
        if (part.faults.length > 0) heard.faults = [...(heard.faults ?? []), ...part.faults];
        return;
      case "status":
        heard.status = { ...heard.status, [part.deviceId]: part.online };
        return;
      case "attributes":
        heard.attributes = { ...heard.attributes, [part.deviceId]: Object.fromEntries(part.patch) };
        return;
      case "refused":
        heard.faults = [...(heard.faults ?? []), part.fault];
        return;
      case "publish":
        heard.sent = [...(heard.sent ?? []), `${part.topic} ${new TextDecoder().decode(part.payload)}`];
        return;
      case "learned": {
        const taken = book.take(part);
        if (!taken.ok) throw new Error(taken.fault.code);
        if (taken.value === undefined) return;
        const { family, deviceId, key, data } = taken.value;
        if (data === undefined) disk.delete(`${deviceId} ${key}`);
        else disk.set(`${deviceId} ${key}`, { family, deviceId, key, data });
        book.stored(taken.value);
      }
    }
  }

  return {
    nameOf: descriptions.nameOf,
    metricInfo: descriptions.metricInfo,
    presenceOf: dialects.presenceOf,
    parse,
    send,
    play: (lines, options) =>
      lines
        .trim()
        .split("\n")
        .map((line) => {
          const [topic = ""] = line.trim().split(" ", 1);
          return send(topic, line.trim().slice(topic.length + 1), options);
        }),
    restarted: () => createSession(create, { stored: [...disk.values()].reverse(), publisher }),
    stored: () => [...disk.values()],
  };
}

export const metricsOf = ({ readings = [] }: Heard): Record<string, MetricValue> =>
  Object.assign({}, ...readings.map(({ metrics }) => metrics));
