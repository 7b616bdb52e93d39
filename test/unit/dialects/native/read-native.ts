/** Reads texts with the native dialect and shows what came of it in few words. */
import type { RefusalCode } from "../../../../src/contract/refusals.ts";
import type { ParsedMessage } from "../../../../src/core/dialects/parsed-message.ts";
import { readNative } from "../../../../src/dialects/native/native.ts";

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const read = (topic: string, text: string): ParsedMessage => readNative(topic, bytes(text));
export const telemetry = (json: unknown): ParsedMessage =>
  read("devices/boiler/telemetry", typeof json === "string" ? json : JSON.stringify(json));

/** `{ metrics, said }` of each reading, and the codes of what was refused beside them. */
export function shape(parsed: ParsedMessage) {
  if (parsed.kind !== "telemetry") throw new Error(`it was ${JSON.stringify(parsed)}`);
  return {
    readings: parsed.readings.map(({ metrics, element, said }) => ({
      metrics: Object.fromEntries(metrics),
      element,
      said,
    })),
    faults: parsed.faults.map(({ code, metric }) => (metric === undefined ? code : `${code} ${metric}`)),
  };
}

export const metricsOf = (json: unknown): Record<string, unknown> | undefined =>
  shape(telemetry(json)).readings[0]?.metrics;
export const faultsOf = (json: unknown): string[] => shape(telemetry(json)).faults;

export function refusal(parsed: ParsedMessage): RefusalCode | string {
  return parsed.kind === "refused" ? parsed.fault.code : parsed.kind;
}

export const list = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
export const nested = (levels: number, leaf: unknown): unknown =>
  levels === 0 ? leaf : { a: nested(levels - 1, leaf) };
