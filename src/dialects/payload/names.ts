/** Makes device ids and metric names of the names that boards of other families use. */
import type { Family } from "../../contract/families.ts";
import type { DeviceId } from "../../contract/readings.ts";
import { NO_METRICS } from "../../core/model/device-id.ts";

/** Of an id or a name without its hash; 64 with it. */
const LONGEST = 57;
const FORBIDDEN_IN_ID = /[^A-Za-z0-9._:-]/g;
const FORBIDDEN_IN_METRIC = /[^A-Za-z0-9._-]/g;

/**
 * `tasmota:plug`; several parts are joined by a point: `sparkplug:group.edge.device`. Two different originals have different ids:
 * where one had to be changed or cut, or could be mistaken for several parts, a hash of the original follows: `zigbee:K_che~1a2b3c`.
 */
export const deviceIdOf = (family: Family, ...parts: readonly string[]): DeviceId => idOf(`${family}:`, parts);

/** The same without a family. */
export const plainDeviceIdOf = (...parts: readonly string[]): DeviceId => idOf("", parts);

function idOf(prefix: string, parts: readonly string[]): DeviceId {
  const plain = `${prefix}${parts.map((part) => part.replaceAll("/", ".").replace(FORBIDDEN_IN_ID, "_")).join(".")}`;
  const isExact = parts.every((part) => !part.includes(".") && part.search(FORBIDDEN_IN_ID) < 0);
  if (isExact && plain.length <= LONGEST && parts.some((part) => part !== "")) return plain as DeviceId;
  return `${plain.slice(0, LONGEST)}~${hash(parts.join("\n"))}` as DeviceId;
}

/** Several levels of a name as one: `switch:0/apower` → `switch.0.apower`, `1-0:1.8.0` → `m1-0.1.8.0`. The same each time. */
export function metricNameOf(original: string): string {
  const levels = original
    .replaceAll(/[:/]/g, ".")
    .split(".")
    .filter((level) => level !== "");
  const plain = levels.join(".").replace(FORBIDDEN_IN_METRIC, "_");
  const name = /^[A-Za-z]/.test(plain) ? plain : `m${plain}`;
  return name.length > LONGEST || NO_METRICS.has(name) ? withHash(name, original) : name;
}

/** For the second of two originals that would have the same name. */
export const otherNameOf = (original: string): string => withHash(metricNameOf(original), original);

const withHash = (name: string, original: string): string => `${name.slice(0, LONGEST)}_${hash(original)}`;

/** Six hex digits of FNV-1a over the UTF-16 units. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return (((value >>> 24) ^ value) & 0xffffff).toString(16).padStart(6, "0");
}
