/** One alert that is not normal: how bad, where, what, since when, who knows of it, and what one can do. */
import { useComputed } from "@preact/signals";
import type { Alert } from "../../../src/contract/alerts.ts";
import { isFiring } from "../hub/alert-state.ts";
import { hubNowMs, shownNowMs } from "../hub/clock.ts";
import { Icon } from "../ui/icon.tsx";
import { deviceHref } from "../ui/route.ts";
import { durationWords, fullTime, sinceWords } from "../ui/time-words.ts";
import { AlertActions } from "./alert-actions.tsx";
import { sentencesOf } from "./alert-words.ts";
import { SeverityMark } from "./severity-mark.tsx";

interface RowProps {
  readonly alert: Alert;
  /** In a group the rule is said above, and on its own page the device. */
  readonly hides?: "rule" | "device";
}

export function AlertRow({ alert, hides }: RowProps) {
  const quiet = alert.state === "pending" || alert.acknowledged !== undefined || alert.silencedUntil !== undefined;
  const { cause, advice } = sentencesOf(alert);
  return (
    <li
      class={`alert alert-${alert.severity}${quiet ? " alert-quiet" : ""}`}
      data-alert={alert.id}
      data-state={alert.state}
    >
      <div class="alert-main">
        <p class="alert-head">
          <SeverityMark severity={alert.severity} isQuiet={hides === "rule"} />
          {hides !== "device" && <Where alert={alert} />}
          {hides !== "rule" && <span class="alert-rule">{alert.ruleName}</span>}
        </p>
        <p class="alert-text">{cause}</p>
        {advice !== "" && <p class="alert-advice">{advice}</p>}
        <p class="alert-facts">
          <Since alert={alert} />
          {alert.state === "recovering" && <span>back to normal, ends soon</span>}
          {alert.data === "overdue" && (
            <span class="alert-overdue">
              <Icon name="clock" /> no data
              {alert.noDataSince !== undefined &&
                ` since ${sinceWords(Date.parse(alert.noDataSince), hubNowMs.peek())}`}
            </span>
          )}
        </p>
        <Known alert={alert} />
      </div>
      {isFiring(alert) && <AlertActions alert={alert} isOneOfMany={hides === "rule"} />}
    </li>
  );
}

function Where({ alert: { deviceId, deviceName } }: RowProps) {
  if (deviceId === undefined) return <strong>This hub</strong>;
  return (
    <a class="alert-device" href={deviceHref(deviceId)}>
      {deviceName ?? deviceId}
    </a>
  );
}

/** Since when, and for how long: the second is what is asked first. */
function Since({ alert }: RowProps) {
  const sinceMs = Date.parse(alert.since);
  const words = useComputed(() => durationWords(shownNowMs.value - sinceMs));
  return (
    <span>
      {alert.state === "pending" ? "holds" : "for"} <b>{words}</b>,{" "}
      <time dateTime={alert.since} title={fullTime(sinceMs)}>
        since {sinceWords(sinceMs, hubNowMs.peek())}
      </time>
    </span>
  );
}

function Known({ alert: { acknowledged, silencedUntil } }: RowProps) {
  if (acknowledged === undefined && silencedUntil === undefined) return null;
  return (
    <p class="alert-known">
      {acknowledged !== undefined && (
        <span>
          <Icon name="done" /> acknowledged by {acknowledged.by},{" "}
          {sinceWords(Date.parse(acknowledged.at), hubNowMs.peek())}
          {acknowledged.note !== undefined && <q>{acknowledged.note}</q>}
        </span>
      )}
      {silencedUntil !== undefined && (
        <span>
          <Icon name="snooze" /> silenced until {sinceWords(Date.parse(silencedUntil), hubNowMs.peek())}
        </span>
      )}
    </p>
  );
}
