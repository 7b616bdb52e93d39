/** What is wrong with a device in a few words, and the state by which its edge is coloured. */
import type { Alert } from "../../../src/contract/alerts.ts";
import { alertParts } from "../alerts/alert-groups.ts";
import { sentencesOf } from "../alerts/alert-words.ts";
import type { DeviceState } from "../hub/device-state.ts";
import { sinceWords } from "../ui/time-words.ts";
import { countWords } from "../ui/value-words.ts";
import type { CountedState } from "./list/list-words.ts";

export interface Trouble {
  readonly state: Exclude<CountedState, "all" | "new"> | "normal";
  /** Undefined: nothing is wrong. */
  readonly words: string | undefined;
}

/** `alerts`: of the device, that fire. */
export function troubleOf(device: DeviceState, alerts: readonly Alert[], nowMs: number): Trouble {
  const [first] = alertParts(alerts).open.concat(alerts);
  const { detail, detailSinceMs } = device.presence.value;
  const cause = first === undefined ? undefined : sentencesOf(first).cause;
  const many = alerts.length > 1 ? `${countWords(alerts.length)} alerts: ` : "";
  const alarm = cause === undefined ? undefined : `${many}${cause}`;
  if (alarm !== undefined && first?.severity !== "info") return { state: "alarm", words: alarm };
  if (device.values.get("flameDetected")?.value.value === true) return { state: "alarm", words: "Flame detected" };
  if (detail === "offline" || detail === "asleep" || detail === "late")
    return { state: detail, words: `${detail} since ${sinceWords(detailSinceMs, nowMs)}` };
  if (device.about.value.timeFault === "clock") return { state: "clock", words: "clock is wrong" };
  return { state: "normal", words: alarm };
}
