/** The line of the alert log that says that a notification was given up. */
import type { AlertEvent } from "../../contract/alerts.ts";
import type { DeviceId } from "../../contract/readings.ts";
import { logLine } from "../alerts/log-line.ts";
import { parseDeviceId } from "../model/device-id.ts";
import type { OutgoingMessage } from "../ports/alert-channel.ts";
import type { AlertEventChange } from "../ports/hub-file.ts";
import type { Delivery } from "./notification-records.ts";

export function undeliveredEvent(
  { id, message }: Delivery,
  channelName: string,
  reason: string,
  atMs: number,
): AlertEventChange {
  const [first] = message.entries;
  const count = message.entries.length + message.more;
  const ruleId = first?.alertId.split("~", 1)[0] ?? "";
  const deviceId = deviceOf(message);
  const event: AlertEvent = {
    id: `${first?.alertId ?? ""}/undelivered/${id}`,
    at: new Date(atMs).toISOString(),
    kind: "undelivered",
    alertId: first?.alertId ?? "",
    episode: 0,
    ruleId,
    ruleName: first?.ruleName ?? "",
    severity: message.severity,
    ...(deviceId !== undefined && { deviceId }),
    ...(deviceId !== undefined && first?.device !== undefined && { deviceName: first.device }),
    text: `${channelName}: "${message.title}"${count > 1 ? ` and what came with it (${count} in all)` : ""} did not arrive within 24 hours and was given up. ${reason}`,
  };
  return logLine(event, deviceId);
}

/** Undefined: it is about the hub, about several devices, or about more alerts than it lists. */
function deviceOf({ entries, more }: OutgoingMessage): DeviceId | undefined {
  const [first] = entries;
  if (more > 0 || entries.some(({ deviceId }) => deviceId !== first?.deviceId)) return undefined;
  const parsed = first?.deviceId === undefined ? undefined : parseDeviceId(first.deviceId);
  return parsed?.ok ? parsed.value : undefined;
}
