/** Alerts as a list: one by one, or as groups of a rule. Bounded, with a count. */
import { useSignal } from "@preact/signals";
import type { Alert } from "../../../src/contract/alerts.ts";
import { countWords } from "../ui/value-words.ts";
import { AlertGroupEntry } from "./alert-group.tsx";
import { groupsOf } from "./alert-groups.ts";
import { AlertRow } from "./alert-row.tsx";

const SHOWN_AT_FIRST = 30;
const MORE_EACH = 100;

interface ListProps {
  readonly alerts: readonly Alert[];
  readonly label: string;
  readonly hides?: "device";
}

export function AlertList({ alerts, label, hides }: ListProps) {
  const most = useSignal(SHOWN_AT_FIRST);
  // On the page of one device nothing is gained by groups.
  const groups = hides === undefined ? groupsOf(alerts) : alerts.map((alert) => ({ ...alert, alerts: [alert] }));
  const left = groups.length - most.value;
  return (
    <>
      <ul class="alerts" aria-label={label}>
        {groups.slice(0, most.value).map((group) => {
          const [only] = group.alerts;
          return group.alerts.length === 1 && only !== undefined ? (
            <AlertRow key={only.id} alert={only} {...(hides !== undefined && { hides })} />
          ) : (
            <AlertGroupEntry key={`group ${group.ruleId}`} group={group} />
          );
        })}
      </ul>
      {left > 0 && (
        <p class="more">
          <span class="quiet">{countWords(left)} more entries</span>
          <button
            type="button"
            onClick={() => {
              most.value += MORE_EACH;
            }}
          >
            Show {countWords(Math.min(MORE_EACH, left))} more
          </button>
        </p>
      )}
    </>
  );
}
