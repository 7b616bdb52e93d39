/** What a person can do about one refusal, and whether it worked: a secret, another family, a limit, the location of a fault. */
import { useSignal } from "@preact/signals";
import type { FaultLocation, Refusal, Suggestion } from "../../../src/contract/refusal.ts";
import { likelyBoard } from "../access/likely-board.ts";
import { type HubFault, patchBoard, toFault } from "../hub/api.ts";
import type { Refused } from "../hub/refused.ts";
import { reaches } from "../hub/session.ts";
import { CommandLine } from "../ui/command-line.tsx";
import { FaultNote } from "../ui/fault-note.tsx";
import { addHref } from "../ui/route.ts";
import { fullTime, timeOfDay } from "../ui/time-words.ts";
import { limitsBehind } from "./limits-behind.ts";

const LET_IN = "Connect this board";
const SECRETS: Partial<Record<Refusal["code"], string>> = {
  CREDENTIAL_MISSING: LET_IN,
  CREDENTIAL_UNKNOWN: LET_IN,
  CREDENTIAL_WRONG: "Give it a new secret",
  CREDENTIAL_ENDED: "Give it a new secret",
};

export function RefusalFix({ refusal, refused }: { refusal: Refusal; refused: Refused }) {
  const { code, place, acceptedAt, suggestion } = refusal;
  const secret = SECRETS[code];
  if (acceptedAt !== undefined) return <Accepted at={acceptedAt} />;
  return (
    <>
      {place !== undefined && <Fault location={place} />}
      {suggestion !== undefined && reaches("operator") && <UseItsTopics suggestion={suggestion} />}
      {secret !== undefined && reaches("operator") && (
        <a class="fix" href={addHref(likelyBoard(refusal.clientId))}>
          {secret}
        </a>
      )}
      {reaches("operator") && <Raise code={code} refused={refused} />}
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

function Accepted({ at }: { at: string }) {
  const atMs = Date.parse(at);
  return (
    <span class="accepted" data-accepted>
      ✓ The next try was accepted, at <time title={fullTime(atMs)}>{timeOfDay(atMs)}</time>
    </span>
  );
}

function Fault({ location: { before, from } }: { location: FaultLocation }) {
  return (
    <details class="fix">
      <summary>Show where</summary>
      <code class="place">
        {before}
        <mark>{from === "" ? "(end of the payload)" : from.slice(0, 1)}</mark>
        {from.slice(1)}
      </code>
    </details>
  );
}

/** A limit is a setting, read at the start of the hub. */
function Raise({ code, refused }: { code: Refusal["code"]; refused: Refused }) {
  const { now, higher } = limitsBehind(code, refused);
  if (now.length === 0) return null;
  if (higher.length === 0) {
    return <p class="fix quiet">This limit cannot be raised: it has its highest value ({now.join(", ")}).</p>;
  }
  return (
    <details class="fix">
      <summary>Raise the limit</summary>
      <p class="quiet">Now {now.join(", ")}. To raise it, restart the hub with:</p>
      <CommandLine name="the setting" command={higher.join(" ")} />
    </details>
  );
}
