/** What is wrong now, the worst first: one row a problem, with what one can do about it. */
import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Alert } from "../../../src/contract/alerts.ts";
import { actionsDisabled, useWork } from "../alerts/alert-actions.tsx";
import { alertParts, keepShown } from "../alerts/alert-groups.ts";
import { sentencesOf } from "../alerts/alert-words.ts";
import { acknowledge } from "../hub/alert-api.ts";
import { alerts, alertsLeftOut } from "../hub/alert-state.ts";
import { shownNowMs } from "../hub/clock.ts";
import { deviceState } from "../hub/live.ts";
import { readDevice } from "../hub/read-device.ts";
import { reaches } from "../hub/session.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { Icon } from "../ui/icon.tsx";
import { alertsHref, deviceHref } from "../ui/route.ts";
import { durationWords } from "../ui/time-words.ts";
import { countWords } from "../ui/value-words.ts";
import { sparks } from "./list/sparks.ts";
import { SparkLine } from "./spark-line.tsx";

const MOST_ROWS = 3;

/** What needs somebody; what is only for information does not. */
const problems = (): readonly Alert[] =>
  alertParts(alerts.value.values()).open.filter(({ severity }) => severity !== "info");

/** `isOnlyShown`: without links and buttons, for a wall. */
export function AttentionStrip({ isOnlyShown = false }: { isOnlyShown?: boolean }) {
  const open = useComputed(problems);
  const space = useSpace(() => Math.min(MOST_ROWS, open.value.length) + Number(open.value.length > MOST_ROWS));
  const lastShown = useRef<readonly string[]>([]);
  const shown = keepShown(open.value, lastShown.current).slice(0, MOST_ROWS);
  lastShown.current = shown.map(({ id }) => id);
  if (space.value === 0) return null;
  const more = open.value.length - shown.length + alertsLeftOut.value;
  return (
    <section
      class="attention"
      aria-label="What is wrong"
      style={{ "--rows": space.value }}
      data-attention={open.value.length}
    >
      <ul>
        {shown.map((alert) => (
          <Problem key={alert.id} alert={alert} isOnlyShown={isOnlyShown} />
        ))}
      </ul>
      {more > 0 && (
        <p class="attention-more">
          {isOnlyShown ? moreWords(more) : <a href={alertsHref("now")}>{moreWords(more)}</a>}
        </p>
      )}
      {shown.length === 0 && <p class="attention-more quiet">Nothing is wrong any more.</p>}
    </section>
  );
}

const moreWords = (more: number): string => (more === 1 ? "1 more alert" : `${countWords(more)} more alerts`);

/** The space that it has taken stays until the viewer does something: what is below moves once at most, not with each alert. */
function useSpace(wanted: () => number) {
  const space = useSignal(wanted());
  useSignalEffect(() => {
    const rows = wanted();
    if (rows > space.peek()) space.value = rows;
  });
  useEffect(() => {
    const release = () => {
      space.value = wanted();
    };
    addEventListener("click", release);
    return () => removeEventListener("click", release);
  }, []);
  return space;
}

function Problem({ alert, isOnlyShown }: { alert: Alert; isOnlyShown: boolean }) {
  const { deviceId, severity } = alert;
  const work = useWork();
  const device = deviceId === undefined ? undefined : deviceState(deviceId);
  const read = useSignal(0);
  useEffect(() => {
    if (deviceId === undefined) return;
    const abort = new AbortController();
    if (deviceState(deviceId) === undefined)
      readDevice(deviceId, abort.signal).then(
        () => {
          read.value += 1;
        },
        () => undefined,
      );
    return () => abort.abort();
  }, [deviceId]);
  read.value;
  const spark = useComputed(() => (deviceId === undefined ? undefined : sparks.value.get(deviceId)));
  const sinceMs = Date.parse(alert.since);
  const forWords = useComputed(() => durationWords(shownNowMs.value - sinceMs));
  const where = device?.about.value.place;
  return (
    <li class={`problem problem-${severity}`} data-alert={alert.id}>
      <Icon name={severity} />
      <span class="sr-only">{severity}: </span>
      <span class="problem-where">
        {where !== undefined && <span class="quiet">{where}</span>}{" "}
        {deviceId === undefined || isOnlyShown ? (
          <b>{alert.deviceName ?? deviceId ?? "This hub"}</b>
        ) : (
          <a href={deviceHref(deviceId)}>{alert.deviceName ?? deviceId}</a>
        )}
      </span>
      <span class="problem-words">
        {sentencesOf(alert).cause}, for <b>{forWords}</b>
      </span>
      <SparkLine
        means={spark.value?.metric === alert.metric ? spark.value?.means : undefined}
        width={60}
        height={20}
        state={severity === "critical" ? "alarm" : "warning"}
      />
      {reaches("operator") && !isOnlyShown && (
        <button
          type="button"
          disabled={work.busy.value || actionsDisabled()}
          aria-label={`Acknowledge ${alert.ruleName}: ${alert.deviceName ?? deviceId ?? "this hub"}`}
          onClick={() => void work.run("It was not acknowledged.", () => acknowledge(alert.id, ""))}
        >
          Acknowledge
        </button>
      )}
      {work.fault.value !== undefined && <FaultNote {...work.fault.value} />}
    </li>
  );
}
