/** Tries a mapping, changes it, and adds or saves it: one click shows what would come of it, a second one makes it hold. */
import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { Mapping, MappingFields, TryAnswer } from "../../../src/contract/mappings.ts";
import { type HubFault, postMapping, putMapping, toFault, tryMapping } from "../hub/api.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { MappingForm } from "./mapping-form.tsx";
import { MappingPreview } from "./mapping-preview.tsx";

export interface Saved {
  readonly mapping: Mapping;
  /** That its last messages were of. */
  readonly devices: readonly string[];
}

export interface EditorProps {
  readonly fields: MappingFields;
  /** Of the mapping that is changed; undefined: a new one. */
  readonly id?: string;
  /** The fields are shown at once, and nothing is tried yet. */
  readonly isOpen?: boolean;
  readonly saved: (saved: Saved) => void;
  readonly close: () => void;
}

export function MappingEditor({ fields, id, isOpen = false, saved, close }: EditorProps) {
  const shown = useSignal<{ fields: MappingFields; answer: TryAnswer } | undefined>(undefined);
  const isEditing = useSignal(isOpen);
  const busy = useSignal(false);
  const fault = useSignal<{ what: string; fault: HubFault } | undefined>(undefined);

  const work = async (what: string, task: () => Promise<void>) => {
    busy.value = true;
    fault.value = undefined;
    await task().catch((thrown: unknown) => {
      fault.value = { what, fault: toFault(thrown) };
    });
    busy.value = false;
  };
  const show = (next: MappingFields) =>
    work("This mapping cannot be used.", async () => {
      shown.value = { fields: next, answer: await tryMapping({ ...next, ...(id !== undefined && { replaces: id }) }) };
    });
  const save = (next: MappingFields, { readings }: TryAnswer) =>
    work("The mapping was not saved.", async () => {
      const mapping = await (id === undefined ? postMapping(next) : putMapping(id, next));
      saved({ mapping, devices: [...new Set(readings.map(({ deviceId }) => deviceId))] });
    });
  useEffect(() => {
    if (!isOpen) void show(fields);
  }, []);

  return (
    <div class="mapping-editor" data-editor={fields.topic}>
      {isEditing.value && (
        <MappingForm
          fields={shown.value?.fields ?? fields}
          busy={busy}
          show={(next) => void show(next)}
          changed={() => {
            shown.value = undefined; // what is on screen would not be what is saved
          }}
        />
      )}
      {fault.value !== undefined && <FaultNote {...fault.value} />}
      {shown.value !== undefined && <MappingPreview {...shown.value} />}
      <div class="buttons">
        {shown.value !== undefined && <SaveButton {...{ id, busy, save, shown: shown.value }} />}
        {!isEditing.value && (
          <button type="button" onClick={() => (isEditing.value = true)}>
            Change…
          </button>
        )}
        <button type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </div>
  );
}

interface SaveButtonProps {
  readonly id: string | undefined;
  readonly busy: Signal<boolean>;
  readonly shown: { fields: MappingFields; answer: TryAnswer };
  readonly save: (fields: MappingFields, answer: TryAnswer) => Promise<void>;
}

function SaveButton({ id, busy, shown: { fields, answer }, save }: SaveButtonProps): ComponentChildren {
  return (
    <button type="button" class="primary" disabled={busy.value} onClick={() => void save(fields, answer)}>
      {id === undefined ? "Add this mapping" : "Save"}
    </button>
  );
}
