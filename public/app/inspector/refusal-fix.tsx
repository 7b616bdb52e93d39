/** What a person can do about one client or board that is refused: give it a secret, or another family. */
import { useSignal } from "@preact/signals";
import type { Refusal, Suggestion } from "../../../src/contract/refusal.ts";
import { likelyBoard } from "../access/likely-board.ts";
import { type HubFault, patchBoard, toFault } from "../hub/api.ts";
import { reaches } from "../hub/session.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { addHref } from "../ui/route.ts";

const LET_IN = "Connect this board";
const SECRETS: Partial<Record<Refusal["code"], string>> = {
  CREDENTIAL_MISSING: LET_IN,
  CREDENTIAL_UNKNOWN: LET_IN,
  CREDENTIAL_WRONG: "Give it a new secret",
  CREDENTIAL_ENDED: "Give it a new secret",
};

export function RefusalFix({ refusal }: { refusal: Refusal }) {
  const { code, suggestion } = refusal;
  const secret = SECRETS[code];
  if (!reaches("operator")) return null;
  return (
    <>
      {suggestion !== undefined && <UseItsTopics suggestion={suggestion} />}
      {secret !== undefined && (
        <a class="fix" href={addHref(likelyBoard(refusal.clientId))}>
          {secret}
        </a>
      )}
    </>
  );
}

/** Its credential gets another family; the board keeps its password. */
function UseItsTopics({ suggestion }: { suggestion: Suggestion }) {
  const state = useSignal<"offered" | "busy" | "done">("offered");
  const fault = useSignal<HubFault | undefined>(undefined);
  const { text, deviceId, ...spec } = suggestion;

  const change = async () => {
    state.value = "busy";
    fault.value = undefined;
    try {
      await patchBoard(deviceId, spec);
      state.value = "done";
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
