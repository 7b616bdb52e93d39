/** The silences that have not ended: what they are about, until when, who made them; each can be ended. */
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { Silence } from "../../../src/contract/alerts.ts";
import { deleteSilence, getRules, getSilences } from "../hub/alert-api.ts";
import { alerts } from "../hub/alert-state.ts";
import { hubNowMs } from "../hub/clock.ts";
import { reaches } from "../hub/session.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { FaultNote, ReadNote } from "../ui/fault-note.tsx";
import { Icon } from "../ui/icon.tsx";
import { sinceWords } from "../ui/time-words.ts";
import { actionsDisabled, useWork } from "./alert-actions.tsx";

interface Found {
  readonly silences: readonly Silence[];
  readonly names: ReadonlyMap<string, string>;
}

export function SilenceList() {
  const title = useId();
  const found = useSignal<Found>({ silences: [], names: new Map() });
  const look = async (abort?: AbortSignal) => {
    const [{ silences }, { rules }] = await Promise.all([getSilences(abort), getRules(abort)]);
    found.value = { silences, names: new Map(rules.map(({ id, name }) => [id, name])) };
  };
  // A silence that is made on this page shows in the alerts that it silences.
  const silenced = [...alerts.value.values()].filter(({ silencedUntil }) => silencedUntil !== undefined).length;
  const read = useHubRead("silences", look, silenced);
  const { silences, names } = found.value;
  if (silences.length === 0) return read.fault.value && <ReadNote what="The silences could not be read." read={read} />;
  return (
    <section class="silences" aria-labelledby={title}>
      <h2 id={title}>Silences</h2>
      <ul>
        {silences.map((silence) => (
          <SilenceEntry key={silence.id} {...{ silence, names }} ended={() => look()} />
        ))}
      </ul>
    </section>
  );
}

interface EntryProps {
  readonly silence: Silence;
  readonly names: ReadonlyMap<string, string>;
  readonly ended: () => Promise<void>;
}

function SilenceEntry({ silence, names, ended }: EntryProps) {
  const work = useWork();
  const subject = subjectWords(silence, names);
  const end = () =>
    work.run("The silence was not ended.", async () => {
      await deleteSilence(silence.id);
      await ended();
    });
  return (
    <li data-silence={silence.id}>
      <span class="silence-about">
        <Icon name="snooze" /> <strong>{subject}</strong>{" "}
        <span class="quiet">
          until {sinceWords(Date.parse(silence.until), hubNowMs.peek())}, by {silence.by}
          {silence.note !== undefined && `: ${silence.note}`}
        </span>
      </span>
      {reaches("operator") && (
        <button
          type="button"
          aria-label={`End the silence of ${subject}`}
          disabled={work.busy.value || actionsDisabled()}
          onClick={() => void end()}
        >
          End it now
        </button>
      )}
      {work.fault.value !== undefined && <FaultNote {...work.fault.value} />}
    </li>
  );
}

function subjectWords({ ruleId, deviceId }: Silence, names: ReadonlyMap<string, string>): string {
  const rule = ruleId === undefined ? undefined : (names.get(ruleId) ?? ruleId);
  if (rule === undefined) return deviceId === undefined ? "All alerts" : `All of ${deviceId}`;
  return deviceId === undefined ? rule : `${rule}: ${deviceId}`;
}
