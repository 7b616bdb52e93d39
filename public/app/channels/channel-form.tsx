/** The form of a channel: its settings, and from which severity on it is sent something. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Severity } from "../../../src/contract/alerts.ts";
import type { ChannelChange } from "../../../src/contract/channels.ts";
import { type HubFault, toFault } from "../hub/api.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { Segments, Text } from "../ui/form-fields.tsx";
import { type ChannelDraft, type ChannelFault, readChannel } from "./channel-draft.ts";
import { KindFields } from "./channel-fields.tsx";
import { CHANNEL_KINDS } from "./channel-kinds.ts";

interface FormProps {
  readonly begun: ChannelDraft;
  readonly kept: readonly string[];
  readonly save: (fields: ChannelChange) => Promise<void>;
  readonly close: () => void;
}

const LEVELS: readonly (readonly [Severity, string])[] = [
  ["info", "Everything"],
  ["warning", "Warnings and critical"],
  ["critical", "Critical only"],
];

export function ChannelForm({ begun, kept, save, close }: FormProps) {
  const draft = useSignal(begun);
  const faults = useSignal<Partial<Record<ChannelFault, string>>>({});
  const fault = useSignal<HubFault | undefined>(undefined);
  const saving = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const change = (part: Partial<ChannelDraft>) => {
    draft.value = { ...draft.value, ...part };
    if (Object.keys(faults.peek()).length === 0) return;
    const read = readChannel(draft.value, kept);
    faults.value = read.ok ? {} : read.faults;
  };
  const submit = async () => {
    const read = readChannel(draft.value, kept);
    faults.value = read.ok ? {} : read.faults;
    if (!read.ok) {
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
      return;
    }
    saving.value = true;
    fault.value = undefined;
    await save(read.fields).catch((thrown: unknown) => {
      fault.value = toFault(thrown);
    });
    saving.value = false;
  };
  return (
    <form
      ref={form}
      class="channel-form"
      aria-label={`Channel: ${CHANNEL_KINDS[draft.value.kind].name}`}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <KindFields draft={draft.value} faults={faults.value} {...{ kept, change }} />
      <Text
        label="Name"
        value={draft.value.name}
        fault={faults.value.name}
        maxLength={100}
        change={(name) => change({ name })}
      />
      <Segments
        legend="Send to it"
        choices={LEVELS}
        value={draft.value.atLeast}
        change={(atLeast) => change({ atLeast })}
      />
      {fault.value !== undefined && <FaultNote what="The channel was not saved." fault={fault.value} />}
      <div class="buttons">
        <button type="submit" class="primary" disabled={saving.value}>
          {saving.value ? "Saving…" : "Save"}
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  );
}
