/** Makes a message of entries: a title that says the most important, a list that is not too long, and what is left out counted. Pure. */
import type { Severity } from "../../../contract/alerts.ts";
import type { MessageEntry, OutgoingMessage } from "../../ports/alert-channel.ts";
import { isActive, type Notice, type WaitingEntry } from "./notice.ts";
import { worstOf } from "./targets.ts";

/** In one message; the others are counted. */
export const MOST_LISTED = 20;

const WORDS: Readonly<Record<Severity, string>> = { critical: "CRITICAL", warning: "Warning", info: "Note" };

export const entryOf = (notice: Notice, { kind, atMs, text, count = 1 }: WaitingEntry): MessageEntry => ({
  alertId: notice.alertId,
  ...(isActive({ kind }) && { episode: notice.episode }),
  kind,
  severity: notice.severity,
  ruleName: notice.ruleName,
  ...(notice.deviceId !== undefined && { deviceId: notice.deviceId }),
  device: notice.deviceName ?? notice.deviceId,
  atMs,
  text: count > 1 ? `${text} It happened ${count} times.` : text,
  ...(notice.runbook !== undefined && { runbook: notice.runbook }),
});

/** `more`: entries that are counted already. */
export function composeMessage(
  about: Omit<OutgoingMessage, "severity" | "title" | "entries" | "more">,
  entries: readonly MessageEntry[],
  more = 0,
): OutgoingMessage {
  const sorted = byWeight(entries);
  const listed = sorted.slice(0, MOST_LISTED);
  return {
    ...about,
    severity: worstOf(entries.map(({ severity }) => severity)),
    title: titleOf(sorted, more),
    entries: listed,
    more: more + sorted.length - listed.length,
  };
}

/** Alerts that fire come first, of these the more severe, then in order. Entries of one alert stay together, in their order. */
function byWeight(entries: readonly MessageEntry[]): MessageEntry[] {
  const alerts = new Map<string, MessageEntry[]>();
  for (const entry of entries) {
    const of = alerts.get(entry.alertId);
    if (of === undefined) alerts.set(entry.alertId, [entry]);
    else of.push(entry);
  }
  const weightOf = (of: readonly MessageEntry[]): number => {
    const last = of.at(-1);
    if (last === undefined) return 0;
    return (fires(last) ? 0 : 10) - ["info", "warning", "critical"].indexOf(last.severity);
  };
  return [...alerts.values()].sort((a, b) => weightOf(a) - weightOf(b)).flat();
}

export const fires = ({ kind }: MessageEntry): boolean =>
  kind === "firing" || kind === "repeated" || kind === "escalated" || kind === "noData";

function titleOf(sorted: readonly MessageEntry[], more: number): string {
  const [first] = sorted;
  if (first === undefined) return "";
  const count = sorted.length + more;
  if (count === 1) {
    return `${wordOf(first)}: ${first.ruleName}${first.device === undefined ? "" : `, ${first.device}`}`;
  }
  const isOneRule = sorted.every(({ ruleName }) => ruleName === first.ruleName);
  const isOneKind = sorted.every(({ kind, severity }) => kind === first.kind && severity === first.severity);
  if (isOneRule && isOneKind) return `${wordOf(first)}: ${first.ruleName}, ${count} alerts`;
  const firing = sorted.filter(fires).length;
  const parts = [
    ...(firing > 0 ? [`${firing} firing`] : []),
    ...(sorted.length > firing ? [`${sorted.length - firing} over`] : []),
    ...(more > 0 ? [`${more} more`] : []),
  ].join(", ");
  return `${firing > 0 ? WORDS[first.severity] : "Over"}: ${isOneRule ? first.ruleName : `${count} alerts`} (${parts})`;
}

function wordOf({ kind, severity }: MessageEntry): string {
  switch (kind) {
    case "firing":
      return WORDS[severity];
    case "repeated":
      return `Still ${WORDS[severity]}`;
    case "escalated":
      return `${WORDS[severity]}, not acknowledged`;
    case "noData":
      return `${WORDS[severity]}, no data`;
    case "resolved":
      return "Over";
    case "ended":
      return "Ended";
    case "passed":
      return "Was, and is over";
  }
}
