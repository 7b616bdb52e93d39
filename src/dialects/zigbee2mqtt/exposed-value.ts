/** Reads one value of a Zigbee device by what its definition says of it. */
import { METRICS } from "../../contract/metrics.ts";
import { jsonValue, numericText, type Read } from "../../core/model/metric-value.ts";
import { fault, ok } from "../../core/model/result.ts";
import { exactText } from "../payload/exact-text.ts";
import { type Exposed, isEventName } from "./exposes.ts";

/** Converters pass on what a battery sends where it does not know its level: 0xFF, and others. */
const NO_BATTERY_LEVEL: ReadonlySet<unknown> = new Set([148, 255]);

/** `value`: of JSON, or the text of a topic of its own. `exposed` undefined: the definition says nothing of it. */
export function exposedValue(name: string, value: unknown, exposed: Exposed | undefined): Read {
  if (value === null || value === "") return ok(undefined);
  if (exposed?.kind === "event" || isEventName(name)) return textValue(name, value);
  switch (exposed?.kind) {
    case "boolean":
      return booleanValue(name, value, exposed);
    case "number":
      return numberValue(name, value, exposed);
    case "enum":
    case "text":
      return textValue(name, value);
    default: {
      const read = jsonValue(name, value);
      return read.ok && isSentinel(name, read.value) ? outside(name, value) : read;
    }
  }
}

function booleanValue(name: string, value: unknown, { on, off }: Exposed): Read {
  if (on !== undefined && String(value) === String(on)) return ok(true);
  if (off !== undefined && String(value) === String(off)) return ok(false);
  if (typeof value === "boolean") return ok(value);
  return on === undefined && off === undefined ? jsonValue(name, value) : outside(name, value);
}

function numberValue(name: string, value: unknown, { min, max }: Exposed): Read {
  const read = typeof value === "string" ? numericText(name, value) : jsonValue(name, value);
  if (read?.ok === false) return read;
  const number = read?.value;
  if (typeof number !== "number") return outside(name, value);
  const isInside = (min === undefined || number >= min) && (max === undefined || number <= max);
  return isInside && !isSentinel(name, number) ? ok(number) : outside(name, value);
}

/** Numbers among the texts of an enum stand for themselves. */
const textValue = (name: string, value: unknown): Read =>
  typeof value === "object" ? jsonValue(name, value) : exactText(name, String(value));

const isSentinel = (name: string, value: unknown): boolean =>
  (name === "battery" && NO_BATTERY_LEVEL.has(value)) || (value === -1 && METRICS.get(name)?.range?.[0] === 0);

const outside = (name: string, value: unknown): Read =>
  fault("METRIC_OUT_OF_RANGE", JSON.stringify(value)?.slice(0, 80), name);
