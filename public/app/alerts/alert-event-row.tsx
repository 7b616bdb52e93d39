/** One line of the alert log. */
import type { AlertEvent } from "../../../src/contract/alerts.ts";
import { hubNowMs } from "../hub/clock.ts";
import { Icon, type IconName } from "../ui/icon.tsx";
import { deviceHref } from "../ui/route.ts";
import { fullTime, minuteOfDay, sinceWords, spanWords } from "../ui/time-words.ts";
import { EVENT_MEANINGS, EVENT_WORDS, sentencesOf } from "./alert-words.ts";
import { SEVERITY_ICONS } from "./severity-mark.tsx";

export function AlertEventRow({ event }: { event: AlertEvent }) {
  const { kind, deviceId, deviceName, ruleName, by, note, severity } = event;
  const atMs = Date.parse(event.at);
  return (
    <li class={`log-line log-${kind} severity-${severity}`} data-event={kind} data-alert={event.alertId}>
      <time dateTime={event.at} title={fullTime(atMs)}>
        {minuteOfDay(atMs)}
      </time>
      <span class="log-kind" title={EVENT_MEANINGS[kind]}>
        <Icon name={iconOf(event)} />
        <span>{EVENT_WORDS[kind]}</span>
        <span class="sr-only">, {severity}</span>
      </span>
      <span class="log-what">
        {deviceId === undefined ? (
          <strong>{isOfSilence(event) ? "All boards" : "This hub"}</strong>
        ) : (
          <a href={chartHref(deviceId, atMs)}>{deviceName ?? deviceId}</a>
        )}{" "}
        <span>{saysAll(event) ? sentencesOf(event).cause : ruleName || "all alerts"}</span>
        {kind === "silenced" && event.to !== undefined && (
          <span class="quiet"> until {sinceWords(Date.parse(event.to), hubNowMs.peek())}</span>
        )}
        {by !== undefined && <span class="quiet"> by {by}</span>}
        {note !== undefined && <q>{note}</q>}
        {event.from !== undefined && event.to !== undefined && (
          <span class="quiet"> {spanWords(Date.parse(event.from), Date.parse(event.to), hubNowMs.peek())}</span>
        )}
      </span>
    </li>
  );
}

/** What was wrong is said where it began; afterwards the rule's name will do. */
const saysAll = ({ kind }: AlertEvent): boolean =>
  kind === "firing" || kind === "passed" || kind === "noData" || kind === "undelivered";

const isOfSilence = ({ kind }: AlertEvent): boolean => kind === "silenced" || kind === "unsilenced";

function iconOf({ kind, severity }: AlertEvent): IconName {
  switch (kind) {
    case "firing":
    case "passed":
      return SEVERITY_ICONS[severity];
    case "resolved":
    case "dataAgain":
      return "online";
    case "ended":
      return "offline";
    case "noData":
      return "clock";
    case "undelivered":
      return "warning";
    case "acknowledged":
      return "done";
    case "silenced":
    case "unsilenced":
      return "snooze";
  }
}

const AROUND_MS = 3_600_000;

/** The device's charts, an hour before and after. */
function chartHref(deviceId: string, atMs: number): string {
  const iso = (ms: number) => new Date(ms).toISOString();
  return `${deviceHref(deviceId)}?from=${iso(atMs - AROUND_MS)}&to=${iso(atMs + AROUND_MS)}`;
}
