/** Asks whether a view is to be removed, and removes it. */
import { useSignal } from "@preact/signals";
import type { View } from "../../../src/contract/views/views.ts";
import { type HubFault, toFault } from "../hub/api.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { Modal } from "../ui/modal.tsx";
import { deleteView } from "./view-api.ts";

export function RemoveView({ view, close }: { view: View; close: () => void }) {
  const fault = useSignal<HubFault | undefined>(undefined);
  const remove = async () => {
    try {
      await deleteView(view.id);
      location.hash = "#/views";
    } catch (thrown) {
      fault.value = toFault(thrown);
    }
  };
  return (
    <Modal title={`Remove the view ${view.name}?`} close={close}>
      <p>
        Its devices and their readings stay. Wall tablets that show it will show no view. Download it first to keep a
        copy.
      </p>
      {fault.value !== undefined && <FaultNote what="The view was not removed." fault={fault.value} />}
      <button type="button" class="danger" onClick={() => void remove()}>
        Remove view
      </button>
    </Modal>
  );
}
