/** Plays messages to a dialect as the hub does, learned parts included, and shows what came of each as lines of text. */
import type { DeviceId } from "../../../src/contract/readings.ts";
import { createDescriptions } from "../../../src/core/dialects/descriptions.ts";
import type { Dialect, DialectMessage, Publisher } from "../../../src/core/dialects/dialect.ts";
import { createLearnedBook } from "../../../src/core/dialects/learned-book.ts";
import type { ParsedMessage, Part } from "../../../src/core/dialects/parsed-message.ts";
import type { StoredLearned } from "../../../src/core/ports/hub-file.ts";
import { createDialects } from "../../../src/dialects/dialects.ts";

export const NOW = Date.UTC(2026, 10, 22, 12);

export const ANYBODY: Publisher = {
  id: "anybody",
  deviceId: undefined,
  mayPublish: () => true,
  maySubscribe: () => true,
};

/** An application that may publish below these topics only. */
export const application = (id: string, ...roots: readonly string[]): Publisher => ({
  id: `application:${id}`,
  deviceId: undefined,
  mayPublish: (topic) => roots.some((root) => topic === root || topic.startsWith(`${root}/`)),
  maySubscribe: () => true,
});

export type Payload = string | Uint8Array | object;
type Options = Partial<Pick<DialectMessage, "retain" | "dup" | "publisher">>;

export function openSession(create: () => Dialect, stored: readonly StoredLearned[] = []) {
  const dialects = createDialects([create()]);
  const descriptions = createDescriptions(dialects);
  const book = createLearnedBook({ dialects, descriptions, stored });
  const disk = new Map(stored.map((each) => [`${each.family} ${each.deviceId} ${each.key}`, each]));
  let nowMs = NOW;
  let writes = 0;

  /** What the hub would do with it. */
  function read(topic: string, payload: Payload, options: Options = {}): ParsedMessage {
    const message = { topic, payload: bytesOf(payload), retain: false, receivedAtMs: nowMs, publisher: ANYBODY };
    const parsed = dialects.read({ ...message, ...options });
    for (const part of partsOf(parsed)) if (part.kind === "learned") learn(part);
    return parsed;
  }

  function learn(part: Extract<Part, { kind: "learned" }>): void {
    const taken = book.take(part);
    if (!taken.ok) throw new Error(taken.fault.code);
    if (taken.value === undefined) return;
    writes++;
    const { family, deviceId, key, data } = taken.value;
    if (data === undefined) disk.delete(`${family} ${deviceId} ${key}`);
    else disk.set(`${family} ${deviceId} ${key}`, { family, deviceId, key, data });
    book.stored(taken.value);
  }

  return {
    read,
    /** What became of it, without what was learned. */
    say: (topic: string, payload: Payload, options?: Options): string[] => shown(read(topic, payload, options)),
    pass: (ms: number): void => {
      nowMs += ms;
    },
    /** What is on disk; in another order, as the hub may load it. */
    stored: (): StoredLearned[] => [...disk.values()].reverse(),
    writes: () => writes,
    nameOf: (deviceId: string) => dialects.nameOf(deviceId as DeviceId),
    info: (deviceId: string, metric: string) => descriptions.metricInfo(deviceId as DeviceId, metric),
    presenceOf: (deviceId: string) => dialects.presenceOf(deviceId as DeviceId),
  };
}

export type Session = ReturnType<typeof openSession>;

const encoder = new TextEncoder();

export function bytesOf(payload: Payload): Uint8Array {
  if (payload instanceof Uint8Array) return payload;
  return encoder.encode(typeof payload === "string" ? payload : JSON.stringify(payload));
}

export function partsOf(parsed: ParsedMessage): readonly Part[] {
  if (parsed.kind === "elsewhere" || parsed.kind === "nothing") return [];
  return parsed.kind === "parts" ? parsed.parts : [parsed];
}

const shown = (parsed: ParsedMessage): string[] =>
  parsed.kind === "elsewhere" ? ["elsewhere"] : partsOf(parsed).flatMap(shownPart);

function shownPart(part: Part): string[] {
  switch (part.kind) {
    case "telemetry":
      return [
        ...part.readings.map(({ metrics, said }) =>
          [
            part.deviceId,
            ...(said === undefined ? [] : [`at ${String(said)}`]),
            JSON.stringify(Object.fromEntries(metrics)),
          ].join(" "),
        ),
        ...part.faults.map(({ code, metric = "" }) => `${part.deviceId} without ${metric}: ${code}`),
      ];
    case "status":
      return [`${part.deviceId} ${part.online ? "online" : "offline"}`];
    case "heard":
      return [`${part.deviceId} heard`];
    case "attributes":
      return [`${part.deviceId} attributes ${JSON.stringify(Object.fromEntries(part.patch))}`];
    case "refused":
      return [`${part.deviceId ?? "nobody"} refused: ${part.fault.code}`];
    case "publish":
      return [`publish ${part.topic}`];
    case "learned":
      return [];
  }
}
