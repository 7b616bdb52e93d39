/** What is wrong with a device in a few words, and the state by which its edge is coloured. */
import type { Alert } from "../../../src/contract/alerts.ts";
import { alertParts } from "../alerts/alert-groups.ts";
import { sentencesOf } from "../alerts/alert-words.ts";
import type { DeviceState } from "../hub/device-state.ts";
import type { IconName } from "../ui/icon.tsx";
import { sinceWords } from "../ui/time-words.ts";
import { countWords } from "../ui/value-words.ts";
import type { CountedState } from "./list/list-words.ts";

export interface Trouble {
  readonly state: Exclude<CountedState, "all" | "new"> | "warning" | "normal";
  /** Undefined: nothing is wrong. */
  readonly words: string | undefined;
  readonly icon: IconName | undefined;
}

/** `alerts`: of the device, that fire. */
export function troubleOf(device: DeviceState, alerts: readonly Alert[], nowMs: number): Trouble {
  const [first] = alertParts(alerts).open.concat(alerts);
  const { detail, detailSinceMs } = device.presence.value;
  const many = alerts.length > 1 ? `${countWords(alerts.length)} alerts: ` : "";
  const words = first === undefined ? undefined : `${many}${sentencesOf(first).cause}`;
  if (first?.severity === "critical") return { state: "alarm", words, icon: "critical" };
  if (device.values.get("flameDetected")?.value.value === true)
    return { state: "alarm", words: "Flame detected", icon: "fire" };
  if (first?.severity === "warning") return { state: "warning", words, icon: "warning" };
  if (detail !== "online")
    return { state: detail, words: `${detail} since ${sinceWords(detailSinceMs, nowMs)}`, icon: detail };
  if (device.about.value.timeFault === "clock") return { state: "clock", words: "clock is wrong", icon: "clock" };
  return { state: "normal", words, icon: first === undefined ? undefined : "info" };
}
