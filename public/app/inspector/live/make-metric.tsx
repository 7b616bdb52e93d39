/** A mapping that makes a metric of one number, filled in as far as the hub can propose it. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { MappingFields } from "../../../../src/contract/mappings.ts";
import { getUnmapped } from "../../hub/api.ts";
import { MappingEditor, type Saved } from "../../mapping/mapping-editor.tsx";
import { SavedNote } from "../../mapping/saved-note.tsx";
import { fieldsFor, type Making } from "./metric-fields.ts";

export function MakeMetric({ making, close }: { making: Making; close: () => void }) {
  const fields = useSignal<MappingFields | undefined>(undefined);
  const saved = useSignal<Saved | undefined>(undefined);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    const abort = new AbortController();
    fields.value = undefined;
    saved.value = undefined;
    section.current?.focus();
    const read = async () => {
      // Without a proposal the topic as it is can be mapped, too.
      const { topics } = await getUnmapped(abort.signal).catch(() => ({ topics: [] }));
      if (!abort.signal.aborted) fields.value = fieldsFor(making, topics);
    };
    void read();
    return () => abort.abort();
  }, [making]);
  return (
    <section class="topic-group" aria-label="New metric" tabIndex={-1} ref={section}>
      <h2>
        Make a metric of{" "}
        <span class="mono">
          {making.topic}
          {making.path !== "" && ` · ${making.path}`}
        </span>
      </h2>
      {saved.value !== undefined ? (
        <>
          <SavedNote saved={saved.value} />
          <button type="button" onClick={close}>
            Close form
          </button>
        </>
      ) : fields.value === undefined ? (
        <p class="quiet">Loading the proposal…</p>
      ) : (
        <MappingEditor fields={fields.value} saved={(one) => (saved.value = one)} close={close} />
      )}
    </section>
  );
}
