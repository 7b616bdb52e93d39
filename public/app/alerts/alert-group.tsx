/** Many alerts of one rule as one entry: the count, what can be done about all of them, and a bounded list. */
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { Alert } from "../../../src/contract/alerts.ts";
import { acknowledge, postSilence } from "../hub/alert-api.ts";
import { reaches } from "../hub/session.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { countWords } from "../ui/value-words.ts";
import { actionsDisabled, SnoozeChoices, useWork } from "./alert-actions.tsx";
import type { AlertGroup } from "./alert-groups.ts";
import { AlertRow } from "./alert-row.tsx";
import { SeverityMark } from "./severity-mark.tsx";

const SHOWN_AT_FIRST = 20;
const MORE_EACH = 100;
/** Requests at a time, when all of a group are acknowledged. */
const AT_ONCE = 4;
const NAMED = 3;

export function AlertGroupEntry({ group }: { group: AlertGroup }) {
  const shown = useSignal(0);
  const list = useId();
  const { alerts, ruleName, severity, ruleId } = group;
  const isOpen = shown.value > 0;
  const visible = alerts.slice(0, shown.value);
  return (
    <li class={`alert alert-${severity} alert-group`} data-group={ruleId} data-count={alerts.length}>
      <div class="alert-main">
        <p class="alert-head">
          <SeverityMark severity={severity} />
          <strong class="alert-rule">{ruleName}</strong>
          <span class="alert-count">{countWords(alerts.length)} alerts</span>
        </p>
        {!isOpen && <p class="alert-facts">{namesWords(alerts)}</p>}
      </div>
      <GroupActions group={group} />
      <button
        type="button"
        class="fold"
        aria-expanded={isOpen}
        aria-controls={list}
        onClick={() => {
          shown.value = isOpen ? 0 : SHOWN_AT_FIRST;
        }}
      >
        {isOpen ? "Hide them" : "Show them"}
      </button>
      <div id={list} class="alert-group-list" hidden={!isOpen}>
        <ul class="alerts" aria-label={`Alerts of ${ruleName}`}>
          {visible.map((alert) => (
            <AlertRow key={alert.id} alert={alert} hides="rule" />
          ))}
        </ul>
        {isOpen && visible.length < alerts.length && (
          <p class="more">
            <span class="quiet">
              {countWords(visible.length)} of {countWords(alerts.length)}
            </span>
            <button
              type="button"
              onClick={() => {
                shown.value += MORE_EACH;
              }}
            >
              Show {countWords(Math.min(MORE_EACH, alerts.length - visible.length))} more
            </button>
          </p>
        )}
      </div>
    </li>
  );
}

function namesWords(alerts: readonly Alert[]): string {
  const names = alerts
    .slice(0, NAMED)
    .map(({ deviceName, deviceId, metric }) => deviceName ?? deviceId ?? metric ?? "");
  return `${names.join(", ")} and ${countWords(alerts.length - names.length)} more`;
}

function GroupActions({ group: { alerts, ruleId, ruleName } }: { group: AlertGroup }) {
  const isSnoozing = useSignal(false);
  const done = useSignal(0);
  const work = useWork();
  if (!reaches("operator")) return null;
  const open = alerts.filter(({ acknowledged }) => acknowledged === undefined);
  const acknowledgeAll = () => {
    const rest = [...open];
    done.value = 0;
    const next = async (): Promise<void> => {
      for (let alert = rest.shift(); alert !== undefined; alert = rest.shift()) {
        await acknowledge(alert.id, "").catch((thrown: unknown) => {
          rest.length = 0; // the hub has gone, or this person may not
          throw thrown;
        });
        done.value += 1;
      }
    };
    return work.run("Not all of them were acknowledged.", () => Promise.all(Array.from({ length: AT_ONCE }, next)));
  };
  const snooze = async (until: string) => {
    if (await work.run("It was not silenced.", () => postSilence({ ruleId, until }))) isSnoozing.value = false;
  };
  const isOff = work.busy.value || actionsDisabled();
  return (
    <div class="alert-actions">
      <div class="buttons">
        {open.length > 0 && (
          <button type="button" class="primary" disabled={isOff} onClick={() => void acknowledgeAll()}>
            {work.busy.value && done.value > 0
              ? `${countWords(done.value)} of ${countWords(open.length)}…`
              : `Acknowledge all ${countWords(open.length)}`}
          </button>
        )}
        <button
          type="button"
          aria-expanded={isSnoozing.value}
          aria-label={`Snooze the rule ${ruleName}`}
          onClick={() => {
            isSnoozing.value = !isSnoozing.value;
          }}
        >
          Snooze…
        </button>
      </div>
      {isSnoozing.value && <SnoozeChoices isOff={isOff} choose={(until) => void snooze(until)} />}
      {work.fault.value !== undefined && <FaultNote {...work.fault.value} />}
    </div>
  );
}
