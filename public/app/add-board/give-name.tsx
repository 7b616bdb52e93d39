/** Gives a device that has just come in the name that a person typed for it, and says so. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type HubFault, patchDevice, toFault } from "../hub/api.ts";
import { FaultNote } from "../ui/fault-note.tsx";

export function GiveName({ deviceId, name }: { deviceId: string; name: string }) {
  const isDone = useSignal(false);
  const fault = useSignal<HubFault | undefined>(undefined);
  const give = async () => {
    fault.value = undefined;
    try {
      await patchDevice(deviceId, { name });
      isDone.value = true;
    } catch (thrown) {
      fault.value = toFault(thrown);
    }
  };
  useEffect(() => void give(), [deviceId, name]);
  if (fault.value !== undefined) return <FaultNote what="It has no name yet." fault={fault.value} retry={give} />;
  return isDone.value ? <p class="quiet">It is called {name} now.</p> : null;
}
