/** Deletes a device and its readings, after its id was typed. This cannot be undone. */
import { type Signal, useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import { deleteDevice, type HubFault, toFault } from "../hub/api.ts";
import type { DeviceState } from "../hub/device-state.ts";
import { dropDevice } from "../hub/live.ts";
import { session } from "../hub/session.ts";
import { FaultNote } from "../ui/fault-note.tsx";

export function DeviceDelete({ device }: { device: DeviceState }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const typed = useSignal("");
  const fault = useSignal<HubFault | undefined>(undefined);
  const deleting = useSignal(false);
  const keepsSecret = useSignal(false);
  const hasSecrets = session.value?.auth === "on";
  const deletesSecret = hasSecrets && !keepsSecret.value;

  const remove = async () => {
    deleting.value = true;
    fault.value = undefined;
    try {
      await deleteDevice(device.id, keepsSecret.value ? "keep" : "remove");
      dropDevice(device.id);
      location.hash = "#/";
    } catch (thrown) {
      fault.value = toFault(thrown);
      deleting.value = false;
    }
  };

  return (
    <>
      <button type="button" class="danger-quiet" onClick={() => dialog.current?.showModal()}>
        Delete…
      </button>
      <dialog
        ref={dialog}
        aria-labelledby={heading}
        onClose={() => {
          typed.value = "";
          fault.value = undefined;
        }}
      >
        <form
          class="dialog-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (typed.value === device.id) void remove();
          }}
        >
          <h2 id={heading}>Delete this device?</h2>
          <p>
            This also deletes {deletesSecret && "its secret, "}all of its readings and its retained messages, and cannot
            be undone. If the board may still connect and sends again, it appears as a new device.
          </p>
          {hasSecrets && <KeepSecret keeps={keepsSecret} />}
          <label class="dialog-field">
            <span>
              To confirm, type its id: <code>{device.id}</code>
            </span>
            <input
              class="mono"
              autocomplete="off"
              spellcheck={false}
              value={typed.value}
              onInput={(event) => {
                typed.value = event.currentTarget.value;
              }}
            />
          </label>
          {fault.value !== undefined && <FaultNote what="The device was not deleted." fault={fault.value} />}
          <div class="buttons">
            <button type="button" onClick={() => dialog.current?.close()}>
              Keep it
            </button>
            <button type="submit" class="danger" disabled={typed.value !== device.id || deleting.value}>
              {deleting.value ? "Deleting…" : "Delete device"}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}

function KeepSecret({ keeps }: { keeps: Signal<boolean> }) {
  return (
    <label class="dialog-check">
      <input
        type="checkbox"
        checked={keeps.value}
        onChange={(event) => {
          keeps.value = event.currentTarget.checked;
        }}
      />
      <span>Keep its secret, so that the board can continue to send</span>
    </label>
  );
}
