/** A line of the alert log, as it is written. */
import type { AlertEvent } from "../../contract/alerts.ts";
import type { DeviceId } from "../../contract/readings.ts";
import type { AlertEventChange } from "../ports/hub-file.ts";

/** `deviceId` undefined: of the hub itself, or of several devices. */
export const logLine = (event: AlertEvent, deviceId: DeviceId | undefined): AlertEventChange => ({
  of: "alertEvent",
  id: event.id,
  atMs: Date.parse(event.at),
  ruleId: event.ruleId,
  deviceId,
  severity: event.severity,
  data: JSON.stringify(event),
});
