/** What became of a message, in words. */
import type { RefusedPart, WatchedMessage } from "../../../../src/contract/live/watched-messages.ts";

/** Without what was stored of it, which is said with its devices. */
export function outcomeWords({ outcome, dialect, readings }: WatchedMessage): string {
  switch (outcome) {
    case "stored":
      return readings.length > 0 ? "Stored" : "Stored: device description";
    case "refused":
      return "Refused";
    case "stalled":
      return "Not stored in time; the client should send it again";
    case "carried":
      return dialect === undefined
        ? "Delivered to subscribers. Nobody reads this topic"
        : "Delivered to subscribers. There was nothing in it to store";
  }
}

export function refusedWords({ reason, deviceId, metric }: RefusedPart): string {
  const of = [metric !== undefined && `metric ${metric}`, deviceId !== undefined && `of ${deviceId}`];
  const subject = of.filter((word) => word !== false).join(" ");
  return subject === "" ? reason : `${subject}: ${reason}`;
}
