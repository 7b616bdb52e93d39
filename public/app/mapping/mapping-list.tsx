/** The mappings that there are: shown, changed and removed, and one more added by hand. */
import { useSignal } from "@preact/signals";
import type { Mapping, MappingFields } from "../../../src/contract/mappings.ts";
import { deleteMapping, type HubFault, toFault } from "../hub/api.ts";
import { reaches } from "../hub/session.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { MappingEditor, type Saved } from "./mapping-editor.tsx";
import { textOf } from "./mapping-text.ts";

export interface MappingListProps {
  readonly mappings: readonly Mapping[];
  readonly saved: (saved: Saved) => void;
  /** One was removed. */
  readonly removed: () => void;
}

const EMPTY: MappingFields = { topic: "", payload: "value" };

export function MappingList({ mappings, saved, removed }: MappingListProps) {
  const isAdding = useSignal(false);
  return (
    <section class="access-list" aria-labelledby="mappings">
      <h2 id="mappings">Mappings</h2>
      <ul>
        {mappings.map((mapping) => (
          <MappingEntry key={mapping.id} {...{ mapping, saved, removed }} />
        ))}
      </ul>
      {mappings.length === 0 && <p class="quiet">None yet.</p>}
      {reaches("operator") &&
        (isAdding.value ? (
          <MappingEditor
            fields={EMPTY}
            isOpen
            saved={(one) => {
              isAdding.value = false;
              saved(one);
            }}
            close={() => (isAdding.value = false)}
          />
        ) : (
          <button type="button" onClick={() => (isAdding.value = true)}>
            Write a mapping by hand…
          </button>
        ))}
    </section>
  );
}

/** What it does besides the topic. */
function aboutMapping({ id: _, ...fields }: Mapping): string {
  const { payload, device, time, values, rename, only, scale, units } = textOf(fields);
  const parts = {
    "device at": device,
    "time at": time,
    "values at": values,
    "other names": rename,
    only,
    scale,
    units,
  };
  const given = Object.entries(parts).flatMap(([name, text]) => (text === "" ? [] : [`${name} ${text}`]));
  return [payload === "json" ? "JSON" : "one value", ...given].join("; ");
}

function MappingEntry({ mapping, saved, removed }: { mapping: Mapping } & Omit<MappingListProps, "mappings">) {
  const state = useSignal<"shown" | "asking" | "editing">("shown");
  const fault = useSignal<HubFault | undefined>(undefined);
  const { id, ...fields } = mapping;
  const to = (next: typeof state.value) => () => {
    state.value = next;
  };
  const remove = async () => {
    fault.value = undefined;
    await deleteMapping(id).then(removed, (thrown: unknown) => {
      fault.value = toFault(thrown);
    });
    state.value = "shown";
  };
  return (
    <li data-mapping={mapping.topic}>
      <span>
        <strong class="mono">{mapping.topic}</strong> <span class="quiet">{aboutMapping(mapping)}</span>
      </span>
      {state.value === "shown" && reaches("operator") && (
        <span class="buttons">
          <button type="button" aria-label={`Change ${mapping.topic}`} onClick={to("editing")}>
            Change…
          </button>
          <button type="button" aria-label={`Remove ${mapping.topic}`} onClick={to("asking")}>
            Remove…
          </button>
        </span>
      )}
      {state.value === "asking" && (
        <span class="buttons" role="alert">
          <span>Its topics will no longer be stored; devices and their readings stay.</span>
          <button type="button" class="danger" onClick={() => void remove()}>
            Remove
          </button>
          <button type="button" onClick={to("shown")}>
            Keep
          </button>
        </span>
      )}
      {state.value === "editing" && (
        <MappingEditor
          fields={fields}
          id={id}
          isOpen
          saved={(one) => {
            state.value = "shown";
            saved(one);
          }}
          close={to("shown")}
        />
      )}
      {fault.value !== undefined && <FaultNote what={`${mapping.topic} was not removed.`} fault={fault.value} />}
    </li>
  );
}
