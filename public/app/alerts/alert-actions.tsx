/** What a person does about alerts: acknowledge, with a note if there is one, and snooze. One click each, or two. */
import { type Signal, useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { Alert } from "../../../src/contract/alerts.ts";
import { acknowledge, postSilence } from "../hub/alert-api.ts";
import { readAlerts } from "../hub/alert-state.ts";
import { type HubFault, toFault } from "../hub/api.ts";
import { hubNowMs } from "../hub/clock.ts";
import { isStale } from "../hub/freshness.ts";
import { freshness } from "../hub/link.ts";
import { reaches } from "../hub/session.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { TextField } from "../ui/text-field.tsx";
import { SNOOZES } from "./alert-words.ts";

type Open = "none" | "note" | "snooze";

interface Work {
  readonly busy: Signal<boolean>;
  readonly fault: Signal<{ what: string; fault: HubFault } | undefined>;
  run(what: string, task: () => Promise<unknown>): Promise<boolean>;
}

/** What was done is shown when the hub says so, not before. */
export function useWork(): Work {
  const busy = useSignal(false);
  const fault = useSignal<{ what: string; fault: HubFault } | undefined>(undefined);
  const run = async (what: string, task: () => Promise<unknown>): Promise<boolean> => {
    busy.value = true;
    fault.value = undefined;
    try {
      await task();
      await readAlerts();
      return true;
    } catch (thrown) {
      fault.value = { what, fault: toFault(thrown) };
      return false;
    } finally {
      busy.value = false;
    }
  };
  return { busy, fault, run };
}

/** Why an action cannot be carried out now; undefined: it can. */
export const actionsDisabled = (): boolean => isStale(freshness.value);

/** `isOneOfMany`: there is a button for all of them. */
export function AlertActions({ alert, isOneOfMany }: { alert: Alert; isOneOfMany: boolean }) {
  const open = useSignal<Open>("none");
  const note = useSignal("");
  const work = useWork();
  if (!reaches("operator")) return null;
  const subject = alert.deviceName ?? alert.deviceId ?? "this hub";
  const acknowledgeNow = async (words: string) => {
    const isDone = await work.run("It was not acknowledged.", () => acknowledge(alert.id, words));
    if (isDone) open.value = "none";
  };
  const snooze = async (until: string) => {
    const scope = { ruleId: alert.ruleId, ...(alert.deviceId !== undefined && { deviceId: alert.deviceId }) };
    const isDone = await work.run("It was not silenced.", () => postSilence({ ...scope, until }));
    if (isDone) open.value = "none";
  };
  const isOff = work.busy.value || actionsDisabled();
  return (
    <div class="alert-actions">
      <div class="buttons">
        {alert.acknowledged === undefined && (
          <>
            <button
              type="button"
              class={alert.silencedUntil === undefined && !isOneOfMany ? "primary" : ""}
              disabled={isOff}
              aria-label={`Acknowledge ${alert.ruleName}: ${subject}`}
              onClick={() => void acknowledgeNow("")}
            >
              Acknowledge
            </button>
            <Toggle {...{ open, alert, subject }} part="note" words="Note…" />
          </>
        )}
        {alert.silencedUntil === undefined && <Toggle {...{ open, alert, subject }} part="snooze" words="Snooze…" />}
      </div>
      {open.value === "snooze" && <SnoozeChoices isOff={isOff} choose={(until) => void snooze(until)} />}
      {open.value === "note" && (
        <form
          class="alert-note"
          aria-label="Acknowledge with a note"
          onSubmit={(event) => {
            event.preventDefault();
            void acknowledgeNow(note.value.trim());
          }}
        >
          <TextField label="Note" value={note} isFirst maxLength={500} placeholder="Window is open, I am on my way" />
          <button type="submit" disabled={isOff}>
            Acknowledge with this note
          </button>
        </form>
      )}
      {work.fault.value !== undefined && <FaultNote {...work.fault.value} />}
    </div>
  );
}

interface ToggleProps {
  readonly open: Signal<Open>;
  readonly part: "note" | "snooze";
  readonly words: string;
  readonly alert: Alert;
  readonly subject: string;
}

function Toggle({ open, part, words, alert, subject }: ToggleProps) {
  const isOpen = open.value === part;
  return (
    <button
      type="button"
      aria-expanded={isOpen}
      aria-label={`${words.replace("…", "")}: ${alert.ruleName}, ${subject}`}
      onClick={() => {
        open.value = isOpen ? "none" : part;
      }}
    >
      {words}
    </button>
  );
}

/** A snooze always ends. */
export function SnoozeChoices({ isOff, choose }: { isOff: boolean; choose: (until: string) => void }) {
  const id = useId();
  const nowMs = hubNowMs.peek();
  return (
    <fieldset class="snooze" aria-describedby={id}>
      <legend>Send nothing about it for</legend>
      <div class="buttons">
        {SNOOZES.map(({ key, label, untilMs }) => (
          <button
            key={key}
            type="button"
            data-snooze={key}
            disabled={isOff}
            onClick={() => choose(new Date(untilMs(hubNowMs.peek())).toISOString())}
          >
            {label(nowMs)}
          </button>
        ))}
      </div>
      <p id={id} class="quiet">
        It is still watched, shown here and in the log.
      </p>
    </fieldset>
  );
}
