/** What can be done with the selected devices: place, tags, deletion, each with one request. */
import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import type { DevicesChanged, DevicesDeleted } from "../../../../src/contract/fleet/tags.ts";
import { ask, getDevices, type HubFault, toFault } from "../../hub/api.ts";
import { dropDevice } from "../../hub/live.ts";
import { FaultNote } from "../../ui/fault-note.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { countWords } from "../../ui/value-words.ts";
import { choice } from "../list/list-choice.ts";
import { list, queryOf, readList, showWaiting } from "../list/list-reader.ts";
import { selectAll, selected, selectNone, stopSelecting } from "./selected-devices.ts";

/** In one request, as the hub has it. */
const MOST = 200;

const devices = (count: number): string => `${countWords(count)} ${count === 1 ? "device" : "devices"}`;

export function SelectionBar() {
  const said = useSignal("");
  const fault = useSignal<HubFault | undefined>(undefined);
  const count = selected.value?.size ?? 0;
  const matching = list.value?.ids.length ?? 0;
  useEffect(() => stopSelecting, []);
  // It was about those that were selected then.
  useSignalEffect(() => {
    if (selected.value !== undefined) said.value = "";
  });
  const isUsable = count > 0 && count <= MOST;

  const all = async () => {
    fault.value = undefined;
    try {
      const { devices: found, total } = await getDevices({ ...queryOf(choice.peek()), limit: MOST }, NEVER);
      if (total <= MOST) return selectAll(found.map(({ deviceId }) => deviceId));
      said.value = `${devices(total)} match. At most ${MOST} can be changed at a time: search, or choose a filter above.`;
    } catch (thrown) {
      fault.value = toFault(thrown);
    }
  };
  return (
    <section class="selection-bar" aria-label="Selected devices">
      <p role="status">
        <strong data-selected={count}>{count === 0 ? "Nothing is selected" : `${devices(count)} selected`}</strong>{" "}
        <span class="quiet">{count > MOST ? `At most ${MOST} can be changed at a time.` : said.value}</span>
      </p>
      <div class="buttons">
        <button type="button" onClick={() => void all()}>
          Select all {countWords(matching)}
        </button>
        <button type="button" disabled={count === 0} onClick={selectNone}>
          Select none
        </button>
        <LocationDialog isUsable={isUsable} said={said} />
        <TagsDialog isUsable={isUsable} said={said} />
        <DeleteDialog isUsable={isUsable} said={said} />
        <button type="button" onClick={stopSelecting}>
          Done
        </button>
      </div>
      {fault.value !== undefined && <FaultNote what="The devices could not be read." fault={fault.value} />}
    </section>
  );
}

const NEVER = new AbortController().signal;

interface ActionProps {
  readonly isUsable: boolean;
  /** What was done last, in words. */
  readonly said: Signal<string>;
}

interface DialogProps {
  readonly isUsable: boolean;
  readonly open: string;
  readonly title: string;
  readonly action: string;
  readonly isDanger?: boolean;
  readonly isReady?: boolean;
  readonly onOpen: () => void;
  readonly run: () => Promise<void>;
  readonly children: ComponentChildren;
}

function ActionDialog({ isUsable, open, title, action, isDanger, isReady = true, onOpen, run, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const fault = useSignal<HubFault | undefined>(undefined);
  const running = useSignal(false);
  const submit = async () => {
    running.value = true;
    fault.value = undefined;
    try {
      await run();
      dialog.current?.close();
    } catch (thrown) {
      fault.value = toFault(thrown);
    }
    running.value = false;
  };
  return (
    <>
      <button
        type="button"
        class={isDanger ? "danger-quiet" : ""}
        disabled={!isUsable}
        onClick={() => {
          fault.value = undefined;
          onOpen();
          dialog.current?.showModal();
        }}
      >
        {open}
      </button>
      <dialog ref={dialog} aria-labelledby={heading}>
        <form
          class="dialog-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (isReady) void submit();
          }}
        >
          <h2 id={heading}>{title}</h2>
          {children}
          {fault.value !== undefined && <FaultNote what="The devices were not changed." fault={fault.value} />}
          <div class="buttons">
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="submit" class={isDanger ? "danger" : "primary"} disabled={!isReady || running.value}>
              {action}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}

const chosen = (): string[] => [...(selected.peek() ?? [])];

/** Then reads what is in sight of them; of the others the hub says that they changed. */
async function change(patch: { place?: string; addTags?: string[]; removeTags?: string[] }): Promise<string> {
  const body = JSON.stringify({ devices: chosen(), ...patch });
  const { changed } = await ask<DevicesChanged>("/api/devices/changes", { method: "POST", body });
  await readList(NEVER);
  showWaiting();
  return `${devices(changed)} changed.`;
}

function LocationDialog({ isUsable, said }: ActionProps) {
  const place = useSignal("");
  return (
    <ActionDialog
      isUsable={isUsable}
      open="Set place…"
      title={`Set the place of ${devices(selected.value?.size ?? 0)}`}
      action="Set place"
      onOpen={() => {
        place.value = "";
      }}
      run={async () => {
        said.value = await change({ place: place.peek().trim() });
      }}
    >
      <div class="dialog-field">
        <TextField label="Place" value={place} maxLength={100} placeholder="Cellar" />
      </div>
      <p class="quiet">Leave it empty to take the place away.</p>
    </ActionDialog>
  );
}

const tagsIn = (text: string): string[] =>
  text
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");

function TagsDialog({ isUsable, said }: ActionProps) {
  const [added, removed] = [useSignal(""), useSignal("")];
  return (
    <ActionDialog
      isUsable={isUsable}
      open="Tags…"
      title={`Change the tags of ${devices(selected.value?.size ?? 0)}`}
      action="Change tags"
      isReady={tagsIn(added.value).length + tagsIn(removed.value).length > 0}
      onOpen={() => {
        added.value = "";
        removed.value = "";
      }}
      run={async () => {
        said.value = await change({ addTags: tagsIn(added.peek()), removeTags: tagsIn(removed.peek()) });
      }}
    >
      <div class="dialog-field">
        <TextField label="Add tags" value={added} maxLength={600} placeholder="heating, ground floor" />
      </div>
      <div class="dialog-field">
        <TextField label="Remove tags" value={removed} maxLength={600} />
      </div>
      <p class="quiet">Several tags with commas between them. Other tags stay.</p>
    </ActionDialog>
  );
}

function DeleteDialog({ isUsable, said }: ActionProps) {
  const typed = useSignal("");
  const count = selected.value?.size ?? 0;
  return (
    <ActionDialog
      isUsable={isUsable}
      open="Delete…"
      title={`Delete ${devices(count)}?`}
      action={`Delete ${devices(count)}`}
      isDanger
      isReady={typed.value.trim() === String(count)}
      onOpen={() => {
        typed.value = "";
      }}
      run={async () => {
        const ids = chosen();
        const body = JSON.stringify({ devices: ids });
        const { deleted } = await ask<DevicesDeleted>("/api/devices/deletions", { method: "POST", body });
        selectNone();
        for (const id of ids) dropDevice(id);
        await readList(NEVER);
        showWaiting();
        said.value = `${devices(deleted)} deleted.`;
      }}
    >
      <p>
        This also deletes their secrets, all of their readings and their retained messages, and cannot be undone. A
        board that may still connect and sends again appears as a new device.
      </p>
      <div class="dialog-field">
        <TextField label={`To confirm, type how many: ${count}`} value={typed} isCode />
      </div>
    </ActionDialog>
  );
}
