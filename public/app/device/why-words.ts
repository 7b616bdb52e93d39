/** Says in a sentence why a device is online, late, asleep or offline; pure. The rules are those of the hub, in its order. */
import type { PresenceDetail } from "../../../src/contract/readings.ts";
import { allowedSilenceMs, MISSED_INTERVALS } from "../../../src/contract/silence.ts";
import { durationWords, timeOfDay } from "../ui/time-words.ts";

type Presence = Pick<PresenceDetail, "state" | "because">;

/** `5.0 s`, `12 min` */
export const intervalWords = (ms: number): string =>
  ms < 9_950 ? `${Number((ms / 1_000).toFixed(1))} s` : durationWords(ms);

export const connectionWords = ({ because }: Presence): string =>
  because.connection ? "A connection of its own is open" : "No connection of its own";

export function availabilityWords({ because: { availability } }: Presence): string {
  return availability === undefined ? "Nothing that still holds" : `It is ${availability}`;
}

export function usualWords({ because: { intervalMs } }: Presence): string {
  return intervalMs === undefined ? "It keeps none" : `${intervalWords(intervalMs)}, learned from its readings`;
}

/** Nothing is claimed of now while the hub cannot be asked. */
export const unknownWords = (sinceMs: number): string =>
  `Not known: nothing has come from the hub since ${timeOfDay(sinceMs)}. What follows is from before.`;

export function verdictWords({ state, because }: Presence, nowMs: number): string {
  const { connection, availability, lastReadingAt, intervalMs } = because;
  const silentMs = lastReadingAt === undefined ? Number.POSITIVE_INFINITY : nowMs - Date.parse(lastReadingAt);
  // Without an interval the hub's own limit is not known here.
  const limit = intervalMs === undefined ? "usual" : `${durationWords(allowedSilenceMs(intervalMs))}`;
  switch (state) {
    case "asleep":
      return "Asleep: it connects only to send, and its next reading is not overdue.";
    case "late":
      return `Late: it ${connection ? "is connected" : "was said to be online"}, but it has been silent for longer than ${limit}.`;
    case "online": {
      if (intervalMs !== undefined || silentMs < allowedSilenceMs(undefined))
        return intervalMs === undefined
          ? "Online: its last reading is recent."
          : `Online: its last reading is not older than ${limit} (${MISSED_INTERVALS} intervals, at least 1 min).`;
      return `Online: it ${connection ? "is connected" : "was said to be online"}, and it keeps no interval by which it could be late.`;
    }
    case "offline": {
      if (availability === "offline") return "Offline: the board, its last will or its bridge said so.";
      if (lastReadingAt === undefined) return "Offline: it is not connected and has never sent a reading.";
      return `Offline: it is not connected and has been silent for longer than ${limit}.`;
    }
  }
}
