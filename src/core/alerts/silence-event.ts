/** The lines of the alert log that say that a silence began, and that it ended: one each, of however many alerts it is about. */
import type { AlertEvent, Silence } from "../../contract/alerts.ts";
import type { DeviceId } from "../../contract/readings.ts";
import type { AlertEventChange } from "../ports/hub-file.ts";
import { logLine } from "./log-line.ts";

/** Names of what a silence is about; undefined: it is gone, or has none. */
export interface SilenceNames {
  readonly ofRule: (ruleId: string) => string | undefined;
  readonly ofDevice: (deviceId: DeviceId) => string | undefined;
}

export const silencedEvent = (silence: Silence, names: SilenceNames): AlertEventChange =>
  eventOf("silenced", silence, names, {
    at: silence.at,
    by: silence.by,
    ...(silence.note !== undefined && { note: silence.note }),
    to: silence.until,
  });

/** `by` undefined: its time is over. */
export const unsilencedEvent = (
  silence: Silence,
  names: SilenceNames,
  { atMs, by }: { readonly atMs: number; readonly by?: string },
): AlertEventChange =>
  eventOf("unsilenced", silence, names, { at: new Date(atMs).toISOString(), ...(by !== undefined && { by }) });

function eventOf(
  kind: "silenced" | "unsilenced",
  { id, ruleId, deviceId: silenced, until }: Silence,
  { ofRule, ofDevice }: SilenceNames,
  parts: Pick<AlertEvent, "at" | "by" | "note" | "to">,
): AlertEventChange {
  const deviceId = silenced as DeviceId | undefined;
  const deviceName = deviceId && ofDevice(deviceId);
  const ruleName = ruleId === undefined ? "" : (ofRule(ruleId) ?? ruleId);
  const what = ruleId === undefined ? "all alerts" : `"${ruleName}"`;
  const said = kind === "silenced" ? `${what}, silenced until ${until}` : `${what}, no longer silenced`;
  const event: AlertEvent = {
    id: `silence/${id}/${kind}`,
    kind,
    // It is about the alerts of now and about those to come.
    alertId: "",
    episode: 0,
    ruleId: ruleId ?? "",
    ruleName,
    severity: "info",
    ...(deviceId !== undefined && { deviceId }),
    ...(deviceName !== undefined && { deviceName }),
    text: deviceId === undefined ? said : `${deviceName ?? deviceId}: ${said}`,
    ...parts,
  };
  return logLine(event, deviceId);
}
