/** Plays the examples of docs/devices.md to all families, as the hub does, and shows what came of each as lines of text. */
import sparkplug from "sparkplug-payload";
import type { Publisher } from "../../../src/core/dialects/dialect.ts";
import type { AttributesPart, ParsedMessage, Part } from "../../../src/core/dialects/parsed-message.ts";
import { createDialects } from "../../../src/dialects/dialects.ts";
import { FAMILY_DIALECTS } from "../../../src/dialects/families.ts";
import { createMappingDialect } from "../../../src/dialects/mapping/mapping.ts";
import { inflate } from "../../../src/platform/inflate.ts";
import type { ExampleGroup, ExamplePayload } from "./dialect-example.ts";

const NOW_MS = Date.UTC(2026, 10, 22, 12);
const BETWEEN_MS = 10_000;

/** Without accounts. */
const ANYBODY: Publisher = { id: "anybody", deviceId: undefined, mayPublish: () => true, maySubscribe: () => true };

const encoder = new TextEncoder();

/** Of each example of a group, in their order. */
export function playExamples({ examples, userName, mappings = [] }: ExampleGroup): string[][] {
  const mapping = createMappingDialect();
  mapping.set(mappings.map((fields, index) => ({ ...fields, id: `${index}` })));
  const dialects = createDialects([...FAMILY_DIALECTS.map((create) => create({ inflate })), mapping]);
  return examples.map(([topic, payload], index) => {
    const receivedAtMs = NOW_MS + index * BETWEEN_MS;
    const message = { topic, payload: bytesOf(payload), retain: false, receivedAtMs, publisher: ANYBODY, userName };
    const parts = partsOf(dialects.read(message));
    for (const part of parts) if (part.kind === "learned") dialects.learn(part);
    return [...new Set(parts.flatMap(shown))];
  });
}

function bytesOf(payload: ExamplePayload): Uint8Array {
  if (typeof payload === "string") return encoder.encode(payload);
  const encoded = sparkplug.get("spBv1.0")?.encodePayload(payload);
  if (encoded === undefined) throw new Error("there is no encoder of Sparkplug B");
  return encoded;
}

function partsOf(parsed: ParsedMessage): readonly Part[] {
  if (parsed.kind === "elsewhere" || parsed.kind === "nothing") return [];
  return parsed.kind === "parts" ? parsed.parts : [parsed];
}

function shown(part: Part): string[] {
  switch (part.kind) {
    case "telemetry":
      return [
        ...part.readings.map(({ metrics, said }) => {
          const instant = said === undefined ? "" : ` at ${String(said)}`;
          return `${part.deviceId} ${JSON.stringify(Object.fromEntries(metrics))}${instant}`;
        }),
        ...part.faults.map(({ code, metric = "" }) => `${part.deviceId} without ${metric}: ${code}`),
      ];
    case "status":
      return [`${part.deviceId} ${part.online ? "online" : "offline"}`];
    case "attributes":
      return shownAttributes(part);
    case "refused":
      return [`${part.deviceId ?? "no device"} refused: ${part.fault.code}`];
    case "heard":
      return [`${part.deviceId} is there`];
    case "publish":
      return [`the hub sends ${part.topic}`];
    case "learned":
      return [`${part.deviceId} ${part.data === undefined ? "is described no longer" : "described"}`];
  }
}

/** Only those that are there. */
function shownAttributes({ deviceId, patch }: AttributesPart): string[] {
  const set = [...patch].filter(([, value]) => value !== null);
  return set.length === 0 ? [] : [`${deviceId} attributes ${JSON.stringify(Object.fromEntries(set))}`];
}
