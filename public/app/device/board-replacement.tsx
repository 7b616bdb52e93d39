/** Whether another board sends what this device's own once did, with a button to undo that; and the dialog by which an owner replaces the board. */
import { type Signal, useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import type { CandidatesAnswer, HardwareAnswer, ReplacementCandidate } from "../../../src/contract/answers/hardware.ts";
import { ask, type HubFault, toFault } from "../hub/api.ts";
import { shownNowMs } from "../hub/clock.ts";
import { type DeviceState, displayName } from "../hub/device-state.ts";
import { readDevice } from "../hub/read-device.ts";
import { reaches, session } from "../hub/session.ts";
import { useHubRead } from "../hub/use-hub-read.ts";
import { FaultNote, ReadNote } from "../ui/fault-note.tsx";
import { agoWords, dateWords } from "../ui/time-words.ts";

const pathOf = ({ id }: DeviceState): string => `/api/devices/${encodeURIComponent(id)}/replacement`;

interface ReplacementProps {
  readonly device: DeviceState;
  /** Name and place are edited now: the board may be replaced, too. */
  readonly isEditing: boolean;
}

export function BoardReplacement({ device, isEditing }: ReplacementProps) {
  const hardware = useSignal<HardwareAnswer | undefined>(undefined);
  const read = useHubRead(`replacement ${device.id}`, async (abort) => {
    hardware.value = await ask<HardwareAnswer>(pathOf(device), { abort });
  });
  const now = hardware.value;
  return (
    <>
      {now !== undefined && <ReplacedLine device={device} now={now} hardware={hardware} />}
      {isEditing && <ReadNote what="Which board this device has could not be read." read={read} />}
      {isEditing && reaches("owner") && <ReplaceDialog device={device} hardware={hardware} />}
    </>
  );
}

interface LineProps {
  readonly device: DeviceState;
  readonly now: HardwareAnswer;
  readonly hardware: Signal<HardwareAnswer | undefined>;
}

function ReplacedLine({ device, now, hardware }: LineProps) {
  const fault = useSignal<HubFault | undefined>(undefined);
  const last = now.changes.at(-1);
  if (last === undefined || now.hardware === device.id) return null;
  const isUndoable = now.undoUntil !== undefined && Date.parse(now.undoUntil) > shownNowMs.value;
  const undo = async () => {
    fault.value = undefined;
    try {
      hardware.value = await ask<HardwareAnswer>(pathOf(device), { method: "DELETE" });
      await readDevice(device.id);
    } catch (thrown) {
      fault.value = toFault(thrown);
    }
  };
  return (
    <>
      <p class="facts board-line" data-replaced={now.hardware}>
        <span>
          Hardware replaced on {dateWords(Date.parse(last.since))} by <span class="mono">{now.hardware}</span>
        </span>
        {isUndoable && reaches("owner") && (
          <button type="button" onClick={() => void undo()}>
            Undo until {dateWords(Date.parse(now.undoUntil ?? ""))}
          </button>
        )}
      </p>
      {fault.value !== undefined && <FaultNote what="The replacement was not undone." fault={fault.value} />}
    </>
  );
}

function ReplaceDialog({ device, hardware }: Pick<LineProps, "device" | "hardware">) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const offered = useSignal<CandidatesAnswer | undefined>(undefined);
  const by = useSignal<string | undefined>(undefined);
  const fault = useSignal<HubFault | undefined>(undefined);
  const saving = useSignal(false);

  const tried = async (what: () => Promise<void>) => {
    fault.value = undefined;
    saving.value = true;
    try {
      await what();
    } catch (thrown) {
      fault.value = toFault(thrown);
    }
    saving.value = false;
  };
  const open = () => {
    by.value = undefined;
    dialog.current?.showModal();
    void tried(async () => {
      offered.value = await ask<CandidatesAnswer>(`${pathOf(device)}/candidates`, {});
    });
  };
  const replace = () =>
    tried(async () => {
      const body = JSON.stringify({ by: by.peek() });
      hardware.value = await ask<HardwareAnswer>(pathOf(device), { method: "POST", body });
      dialog.current?.close();
      await readDevice(device.id);
    });

  return (
    <>
      <p class="board-line">
        <button type="button" onClick={open}>
          Replace this board…
        </button>
      </p>
      <dialog ref={dialog} aria-labelledby={heading}>
        <form
          class="dialog-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (by.peek() !== undefined) void replace();
          }}
        >
          <h2 id={heading}>Replace the board of {displayName(device.id, device.about.value)}</h2>
          {offered.value === undefined && fault.value === undefined && <p class="quiet">Loading boards…</p>}
          {offered.value !== undefined && <Candidates offered={offered.value} chosen={by} />}
          <WhatHappens device={device} by={by.value} />
          {fault.value !== undefined && <FaultNote what="The board was not replaced." fault={fault.value} />}
          <div class="buttons">
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="submit" class="primary" disabled={by.value === undefined || saving.value}>
              {saving.value && offered.value !== undefined ? "Replacing…" : "Replace board"}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}

function Candidates({ offered, chosen }: { offered: CandidatesAnswer; chosen: Signal<string | undefined> }) {
  const name = useId();
  if (offered.candidates.length === 0)
    return (
      <p>
        No other board was heard in the last 24 hours. Connect the new one under an id of its own first:{" "}
        <a href="#/add">Add board</a>.
      </p>
    );
  return (
    <fieldset class="candidates">
      <legend>The new board</legend>
      {offered.candidates.map((board) => (
        <label key={board.deviceId} class="candidate">
          <input
            type="radio"
            name={name}
            checked={chosen.value === board.deviceId}
            onChange={() => {
              chosen.value = board.deviceId;
            }}
          />
          <span>
            {board.name !== undefined && `${board.name} `}
            <span class="mono">{board.deviceId}</span>
            <span class="quiet">{candidateWords(board, offered.metrics)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function candidateWords({ lastHeardAt, sharedMetrics }: ReplacementCandidate, metrics: number): string {
  const same = sharedMetrics === 0 ? "sends other metrics" : `sends ${sharedMetrics} of ${metrics} metrics`;
  return `${same}, heard ${agoWords(Date.parse(lastHeardAt), shownNowMs.peek())}`;
}

function WhatHappens({ device, by }: { device: DeviceState; by: string | undefined }) {
  const board = by === undefined ? "The new board" : <span class="mono">{by}</span>;
  const hasSecrets = session.value?.auth === "on";
  return (
    <ul class="consequences">
      <li>
        What {by === undefined ? "the new board" : board} sends from now on is stored here: history, name, tags and
        rules continue.
      </li>
      <li>
        {board} is not shown as a device of its own any more. What it sent until now stays stored under its own id.
      </li>
      {hasSecrets && (
        <li>
          The secret of the board <span class="mono">{device.id}</span> stops working at once.
        </li>
      )}
      <li>You can undo it for 7 days.</li>
    </ul>
  );
}
