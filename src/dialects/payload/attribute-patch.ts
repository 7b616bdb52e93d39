/** Makes attributes of a JSON object, within the bounds of what a device may have. */
import type { AttributeValue } from "../../contract/readings.ts";
import type { RefusalCode } from "../../contract/refusals.ts";
import type { AttributesPart } from "../../core/dialects/parsed-message.ts";
import type { Fault } from "../../core/model/result.ts";
import { type JsonObject, REPLACED } from "./payload-text.ts";
import { tooManyNames } from "./too-many-names.ts";

export interface AttributeOptions {
  /** Bytes of the payload were not UTF-8. */
  readonly isDamaged: boolean;
  /** Undefined: it may not be called so. */
  readonly nameOf: (key: string) => string | undefined;
}

const MAX_KEYS = 64;
const MAX_KEY_CHARS = 256;
const MAX_DEPTH = 8;
const MAX_FAULTS = 20;

/** `null` takes an attribute away. */
export function attributePatch(
  json: JsonObject,
  { isDamaged, nameOf }: AttributeOptions,
): Pick<AttributesPart, "patch" | "faults"> {
  const patch = new Map<string, AttributeValue | null>();
  const faults: Fault[] = [];
  const excess: string[] = [];
  for (const [key, value] of Object.entries(json)) {
    const name = key.length > MAX_KEY_CHARS ? undefined : nameOf(key);
    const wrong = name === undefined ? "METRIC_NAME_INVALID" : faultOf(value, MAX_DEPTH - 1, isDamaged);
    if (name === undefined || wrong !== undefined)
      faults.push({ code: wrong ?? "METRIC_NAME_INVALID", metric: key.slice(0, 80) });
    else if (patch.size === MAX_KEYS) excess.push(key);
    else patch.set(name, value as AttributeValue | null); // JSON.parse makes nothing else
  }
  if (excess.length > 0) faults.unshift(tooManyNames("ATTRIBUTES_TOO_LARGE", excess, MAX_KEYS));
  return { patch, faults: faults.slice(0, MAX_FAULTS) };
}

/** JSON can hold numbers that are too large for a double (1e400), and could not be written as JSON again. */
function faultOf(value: unknown, levels: number, isDamaged: boolean): RefusalCode | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return "METRIC_VALUE_INVALID";
  if (typeof value === "string" && isDamaged && value.includes(REPLACED)) return "PAYLOAD_NOT_UTF8";
  if (typeof value !== "object" || value === null) return undefined;
  if (levels === 0) return "TOO_DEEP";
  for (const [key, inner] of Object.entries(value)) {
    const wrong = faultOf(key, 1, isDamaged) ?? faultOf(inner, levels - 1, isDamaged);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
