/** The form for a device's name and place. */
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { type HubFault, patchDevice, toFault } from "../hub/api.ts";
import type { DeviceState } from "../hub/device-state.ts";
import { readDevice } from "../hub/read-device.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { TextField } from "../ui/text-field.tsx";

export function DeviceEdit({ device, done }: { device: DeviceState; done: () => void }) {
  const before = useMemo(() => {
    const { name = "", place = "" } = device.about.peek();
    return { name, place };
  }, []);
  const name = useSignal(before.name);
  const place = useSignal(before.place);
  const saving = useSignal(false);
  const fault = useSignal<HubFault | undefined>(undefined);

  const save = async () => {
    saving.value = true;
    fault.value = undefined;
    const written = { name: name.value.trim(), place: place.value.trim() };
    try {
      // What the device says of itself stays its own word where it was not changed here.
      await patchDevice(device.id, {
        ...(written.name !== before.name && { name: written.name }),
        ...(written.place !== before.place && { place: written.place }),
      });
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
