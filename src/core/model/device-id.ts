/** The names that devices and metrics may have. Checks text; knows no device. */
import type { DeviceId } from "../../contract/readings.ts";
import { fault, ok, type Result } from "./result.ts";

const DEVICE_ID = /^[A-Za-z0-9._:-]{1,64}$/;
const METRIC = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;

export function parseDeviceId(text: string): Result<DeviceId> {
  if (!DEVICE_ID.test(text) || text === "." || text === "..") return fault("DEVICE_ID_INVALID", shown(text));
  return ok(text as DeviceId);
}

/** 1–64 of `A-Z a-z 0-9 . _ -`, first a letter: so never `__proto__`. */
export const isMetricName = (text: string): boolean => METRIC.test(text);

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
