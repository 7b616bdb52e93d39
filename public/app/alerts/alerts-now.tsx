/** What fires now: what needs somebody first, then what somebody knows of, then what is quiet. */
import { useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import type { Alert } from "../../../src/contract/alerts.ts";
import { alerts, alertsLeftOut, alertsRead, alertsReading, firing } from "../hub/alert-state.ts";
import { RuleOffers } from "../rules/rule-offers.tsx";
import { ReadNote } from "../ui/fault-note.tsx";
import { countWords } from "../ui/value-words.ts";
import { alertParts } from "./alert-groups.ts";
import { AlertList } from "./alert-list.tsx";
import { firingWords } from "./alert-words.ts";
import { AllQuiet } from "./all-quiet.tsx";
import { SilenceList } from "./silence-list.tsx";

export function AlertsNow() {
  const parts = useComputed(() => alertParts(alerts.value.values())).value;
  const words = firingWords(firing.value);
  return (
    <>
      <ReadNote what="The alerts could not be read." read={alertsReading} />
      {alertsRead.value === "loading" && <p class="quiet">Loading alerts…</p>}
      {alertsRead.value === "ready" && words !== "" && (
        <p class="lead" data-firing>
          {words}.{alertsLeftOut.value > 0 && ` ${countWords(alertsLeftOut.value)} of them are not listed here.`}
        </p>
      )}
      {alertsRead.value === "ready" && words === "" && <AllQuiet />}
      {parts.open.length > 0 && <AlertList alerts={parts.open} label="Alerts that fire" />}
      <Part title="Acknowledged" alerts={parts.acknowledged} isOpen />
      <Part title="Silenced" alerts={parts.silenced} isOpen />
      <Part title="Explained by another alert" alerts={parts.explained}>
        The device is offline, so its metrics are silent, too.
      </Part>
      <Part title="About to fire" alerts={parts.pending}>
        The condition holds, but not yet for as long as the rule says.
      </Part>
      <SilenceList />
      <RuleOffers />
    </>
  );
}

interface PartProps {
  readonly title: string;
  readonly alerts: readonly Alert[];
  readonly isOpen?: boolean;
  readonly children?: ComponentChildren;
}

function Part({ title, alerts: own, isOpen = false, children }: PartProps) {
  const id = useId();
  if (own.length === 0) return null;
  return (
    <details class="alert-part" open={isOpen} data-part={title}>
      <summary>
        <h2 id={id}>{title}</h2> <span class="alert-count">{countWords(own.length)}</span>
      </summary>
      {children !== undefined && <p class="quiet">{children}</p>}
      <AlertList alerts={own} label={title} />
    </details>
  );
}
