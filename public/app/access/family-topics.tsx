/** Lets a board that was refused the topics of another family use them: its credential gets that family, and it keeps its password. */
import { useSignal } from "@preact/signals";
import type { Suggestion } from "../../../src/contract/refusal.ts";
import { type HubFault, patchBoard, toFault } from "../hub/api.ts";
import { FaultNote } from "../ui/fault-note.tsx";

interface FamilyTopicsProps {
  suggestion: Suggestion;
  /** `deviceId`: as the board is called from now on. */
  done?: (deviceId: string) => void;
}

export function FamilyTopics({ suggestion, done }: FamilyTopicsProps) {
  const state = useSignal<"offered" | "busy" | "done">("offered");
  const fault = useSignal<HubFault | undefined>(undefined);
  const { text, deviceId, ...spec } = suggestion;

  const change = async () => {
    state.value = "busy";
    fault.value = undefined;
    try {
      const board = await patchBoard(deviceId, spec);
      state.value = "done";
      done?.(board.deviceId);
    } catch (thrown) {
      state.value = "offered";
      fault.value = toFault(thrown);
    }
  };

  const [what = text, offer = "let it use these topics"] = text.split(": ");
  if (state.value === "done") {
    return (
      <p class="fix" role="status" data-done>
        ✓ {spec.name} may use its topics now. It connects again by itself.
      </p>
    );
  }
  return (
    <p class="fix">
      {what}.{" "}
      <button type="button" disabled={state.value === "busy"} onClick={() => void change()}>
        {offer.slice(0, 1).toUpperCase() + offer.slice(1)}
      </button>
      {fault.value !== undefined && <FaultNote what="Its topics were not changed." fault={fault.value} />}
    </p>
  );
}
