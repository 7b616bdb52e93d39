/** The page of one rule: its form, and what it would have done. A new one comes with sensible values filled in. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { RuleFields } from "../../../src/contract/alerts.ts";
import type { ChannelAnswer } from "../../../src/contract/answers/alert-answers.ts";
import { channelsOrNone, getRules, postRule, putRule } from "../hub/alert-api.ts";
import { type HubFault, toFault } from "../hub/api.ts";
import { watchLive } from "../hub/link.ts";
import { reaches } from "../hub/session.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { FaultNote, ReadNote } from "../ui/fault-note.tsx";
import { Icon } from "../ui/icon.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import { alertsHref, query } from "../ui/route.ts";
import { capital } from "../ui/value-words.ts";
import { emptyCondition, type Faults } from "./draft/condition-draft.ts";
import { type KnownDevices, useKnownDevices } from "./draft/known-devices.ts";
import { readSuggestion } from "./draft/read-suggestion.ts";
import {
  draftOfRule,
  EMPTY_DRAFT,
  isWhollyShown,
  type RuleDraft,
  type RuleField,
  readRule,
} from "./draft/rule-draft.ts";
import { conditionWords } from "./draft/rule-words.ts";
import { RuleForm } from "./rule-form.tsx";
import { Trial } from "./trial/trial.tsx";

interface Begun {
  readonly draft: RuleDraft;
  readonly because?: string | undefined;
  readonly notice?: string | undefined;
  /** The form does not show all of it. */
  readonly isPart?: boolean;
}

export function RulePage({ id }: { id: string | undefined }) {
  const title = id === undefined ? "New rule" : "Change rule";
  usePageTitle(title);
  useEffect(() => watchLive([]), []); // no readings are shown here
  const { known, read: devices } = useKnownDevices();
  const begun = useSignal<Begun | "unknown" | undefined>(undefined);
  const channels = useSignal<readonly ChannelAnswer[]>([]);
  const isReady = devices.state.value === "ready";
  const read = useHubRead(isReady ? `rule ${id ?? query.peek()}` : "", async (abort) => {
    const [{ rules }, found] = await Promise.all([getRules(abort), channelsOrNone(abort)]);
    channels.value = found;
    if (begun.peek() !== undefined) return; // what somebody has typed stays
    const rule = rules.find((each) => each.id === id);
    if (id === undefined) begun.value = await begin(known, abort);
    else begun.value = rule === undefined ? "unknown" : beginWith(withoutId(rule), known);
  });
  const now = begun.value;
  return (
    <>
      <a class="back" href={alertsHref("rules")}>
        <Icon name="back" /> All rules
      </a>
      <h1>{title}</h1>
      <ReadNote what="The devices could not be read." read={devices} />
      <ReadNote what="The rule could not be read." read={read} />
      {now === undefined && read.fault.value === undefined && devices.fault.value === undefined && (
        <p class="quiet">Loading…</p>
      )}
      {now === "unknown" && <p class="empty">There is no such rule. It may have been deleted.</p>}
      {now !== undefined && now !== "unknown" && (
        <RuleEditor id={id} begun={now} known={known} channels={channels.value} />
      )}
    </>
  );
}

function withoutId(rule: RuleFields & { id: string }): RuleFields {
  const { id: _, ...fields } = rule;
  return fields;
}

const beginWith = (fields: RuleFields, known: KnownDevices): Begun => ({
  draft: draftOfRule(fields),
  isPart: !isWhollyShown(fields, known.kindOf),
});

async function begin(known: KnownDevices, abort: AbortSignal): Promise<Begun> {
  const asked = new URLSearchParams(query.peek());
  const suggestion = await readSuggestion(asked, known, abort);
  if (suggestion !== undefined) return { ...suggestion, draft: draftOfRule(suggestion.fields) };
  const [first] = known.metrics;
  const condition = emptyCondition(first === undefined ? { kind: "device" } : { kind: "metric", metric: first });
  return { draft: { ...EMPTY_DRAFT, conditions: [condition] } };
}

interface EditorProps {
  readonly id: string | undefined;
  readonly begun: Begun;
  readonly known: KnownDevices;
  readonly channels: readonly ChannelAnswer[];
}

function RuleEditor({ id, begun, known, channels }: EditorProps) {
  const draft = useSignal(begun.draft);
  const faults = useSignal<Faults<RuleField>>({});
  const fault = useSignal<HubFault | undefined>(undefined);
  const saving = useSignal(false);
  const box = useRef<HTMLDivElement>(null);
  const name = nameOf(draft.value, known);
  const current = readRule({ ...draft.value, name: draft.value.name.trim() || name }, known.kindOf);

  const save = async () => {
    faults.value = current.ok ? {} : current.faults;
    if (!current.ok) {
      requestAnimationFrame(() => box.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
      return;
    }
    saving.value = true;
    fault.value = undefined;
    try {
      await (id === undefined ? postRule(current.fields) : putRule(id, current.fields));
      location.hash = alertsHref("rules");
    } catch (thrown) {
      fault.value = toFault(thrown);
      saving.value = false;
    }
  };
  const change = (part: Partial<RuleDraft>) => {
    draft.value = { ...draft.value, ...part };
    if (Object.keys(faults.peek()).length === 0) return;
    const next = readRule({ ...draft.value, name: draft.value.name.trim() || name }, known.kindOf);
    faults.value = next.ok ? {} : next.faults;
  };
  return (
    <div class="rule-editor" ref={box}>
      <div class="rule-card">
        {begun.because !== undefined && (
          <p class="quiet" data-because>
            {begun.because}
          </p>
        )}
        {begun.notice !== undefined && <Notice words={begun.notice} />}
        {begun.isPart === true && (
          <div class="note note-warn">
            <Icon name="warning" />
            <p>This form does not show all of this rule. What it does not show is lost when it is saved here.</p>
          </div>
        )}
        <RuleForm
          {...{ draft: draft.value, known, channels, change }}
          faults={faults.value}
          nameOfItself={name}
          submit={() => void save()}
        >
          {fault.value !== undefined && <FaultNote what="The rule was not saved." fault={fault.value} />}
          {reaches("owner") ? (
            <div class="buttons rule-save">
              <button type="submit" class="primary" disabled={saving.value}>
                {saving.value ? "Saving…" : id === undefined ? "Switch it on" : "Save"}
              </button>
              <a href={alertsHref("rules")}>Cancel</a>
            </div>
          ) : (
            <p class="quiet">Only an owner can save rules.</p>
          )}
        </RuleForm>
      </div>
      <Trial fields={current.ok ? current.fields : undefined} known={known} />
    </div>
  );
}

/** Never left out, and never below what can be overlooked. */
export function Notice({ words }: { words: string }) {
  return (
    <div class="note note-warn" data-notice>
      <Icon name="warning" />
      <p>{words}</p>
    </div>
  );
}

const MOST_NAME = 200;

function nameOf(draft: RuleDraft, known: KnownDevices): string {
  const read = readRule({ ...draft, name: "x", scope: "all" }, known.kindOf);
  if (!read.ok) return "";
  const words = conditionWords(read.fields.condition, known.describe);
  return capital(words).slice(0, MOST_NAME);
}
