/** The names that devices and metrics may have. Checks text; knows no device. */

import { CREDENTIAL_FAMILIES, FAMILIES } from "../../contract/families.ts";
import { DEVICE_ID } from "../../contract/fleet/device-id-pattern.ts";
import type { DeviceId } from "../../contract/readings.ts";
import { fault, ok, type Result } from "./result.ts";

const METRIC = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;

export function parseDeviceId(text: string): Result<DeviceId> {
  if (!DEVICE_ID.test(text)) return fault("DEVICE_ID_INVALID", shown(text));
  return ok(text as DeviceId);
}

const FAMILY_PREFIXES: ReadonlySet<string> = new Set([...FAMILIES, ...CREDENTIAL_FAMILIES]);

/** It is an id of another family, such as `tasmota:plug`: a new native device may not have it. */
export function hasFamilyPrefix(id: string): boolean {
  const end = id.indexOf(":");
  return end > 0 && FAMILY_PREFIXES.has(id.slice(0, end));
}

/** 1–64 of `A-Z a-z 0-9 . _ -`, first a letter: so never `__proto__`. */
export const isMetricName = (text: string): boolean => METRIC.test(text);

/** With it the names of derived metrics begin, as no name from the wire does. */
export const DERIVED_PREFIX = "_";
const DERIVED = /^_[A-Za-z][A-Za-z0-9._-]{0,62}$/;

/** A letter follows the `_`: so never `__proto__`. */
export const isDerivedName = (text: string): boolean => text.startsWith(DERIVED_PREFIX) && DERIVED.test(text);

/** Of a metric that may be stored, whether it came or was computed. */
export const isStoredName = (text: string): boolean => isMetricName(text) || isDerivedName(text);

/** These are about a reading, not in it. */
export const NO_METRICS: ReadonlySet<string> = new Set([
  "timestamp",
  "ts",
  "time",
  "deviceId",
  "values",
  "_id",
  "receivedAt",
]);

const shown = (text: string): string => JSON.stringify(text.slice(0, 80));
