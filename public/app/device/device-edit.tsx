/** The form for a device's name and place. */
import { useSignal } from "@preact/signals";
import { type HubFault, patchDevice, toFault } from "../hub/api.ts";
import type { DeviceState } from "../hub/device-state.ts";
import { readDevice } from "../hub/read-device.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { TextField } from "../ui/text-field.tsx";

export function DeviceEdit({ device, done }: { device: DeviceState; done: () => void }) {
  const name = useSignal(device.about.peek().name ?? "");
  const place = useSignal(device.about.peek().place ?? "");
  const saving = useSignal(false);
  const fault = useSignal<HubFault | undefined>(undefined);

  const save = async () => {
    saving.value = true;
    fault.value = undefined;
    try {
      await patchDevice(device.id, { name: name.value.trim(), place: place.value.trim() });
      await readDevice(device.id);
      done();
    } catch (thrown) {
      fault.value = toFault(thrown);
      saving.value = false;
    }
  };

  return (
    <form
      class="edit"
      aria-label="Name and place"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={(event) => event.key === "Escape" && done()}
    >
      <TextField label="Name" value={name} isFirst maxLength={100} placeholder={device.id} />
      <TextField label="Place" value={place} maxLength={100} placeholder="Cellar" />
      <div class="buttons">
        <button type="submit" class="primary" disabled={saving.value}>
          {saving.value ? "Saving…" : "Save"}
        </button>
        <button type="button" onClick={done}>
          Cancel
        </button>
      </div>
      {fault.value !== undefined && <FaultNote what="The change was not saved." fault={fault.value} />}
    </form>
  );
}
