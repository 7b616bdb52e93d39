/** Makes attributes of what a board says of itself, and leaves out those that it repeats in each message. */
import type { AttributeValue, DeviceId } from "../../contract/readings.ts";
import type { AttributesPart } from "../../core/dialects/parsed-message.ts";
import { setNewest } from "../../core/model/bounded-map.ts";
import type { Fault } from "../../core/model/result.ts";
import { shortText } from "../../core/model/short-text.ts";

export interface AttributeChanges {
  /** Undefined: there is nothing new. Values that are no text, number or truth value are left out. */
  partOf(deviceId: DeviceId, values: Iterable<readonly [string, unknown]>, nowMs: number): AttributesPart | undefined;
}

interface Known {
  readonly value: AttributeValue;
  readonly atMs: number;
}

const MAX_DEVICES = 5_000;
/** Of one message. */
const MAX_ATTRIBUTES = 40;
const MAX_TEXT_CHARS = 256;
/** After it an attribute is sent again, in case its device was deleted in the meantime, or the store refused it. */
const AGAIN_MS = 60 * 60_000;
const NONE: readonly Fault[] = [];

export function createAttributeChanges(): AttributeChanges {
  const devices = new Map<DeviceId, Map<string, Known>>();

  return {
    partOf: (deviceId, values, nowMs) => {
      const known = devices.get(deviceId) ?? new Map<string, Known>();
      const patch = new Map<string, AttributeValue>();
      for (const [key, said] of values) {
        const value = attributeOf(said);
        if (value === undefined || patch.size >= MAX_ATTRIBUTES) continue;
        const former = known.get(key);
        if (former?.value === value && Math.abs(nowMs - former.atMs) < AGAIN_MS) continue;
        patch.set(key, value);
        setNewest(known, key, { value, atMs: nowMs }, MAX_ATTRIBUTES);
      }
      if (patch.size === 0) return undefined;
      setNewest(devices, deviceId, known, MAX_DEVICES);
      return { kind: "attributes", deviceId, patch, faults: NONE };
    },
  };
}

function attributeOf(said: unknown): AttributeValue | undefined {
  if (typeof said === "boolean") return said;
  if (typeof said === "number") return Number.isFinite(said) ? said : undefined;
  return typeof said === "string" && said !== "" ? shortText(said, MAX_TEXT_CHARS) : undefined;
}
