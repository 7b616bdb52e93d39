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
import { Modal } from "../ui/modal.tsx";
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
  const isAsking = useSignal(false);
  const last = now.changes.at(-1);
  if (last === undefined || now.hardware === device.id) return null;
  const isUndoable = now.undoUntil !== undefined && Date.parse(now.undoUntil) > shownNowMs.value;
  return (
    <>
      <p class="facts board-line" data-replaced={now.hardware}>
        <span>
          Hardware replaced on {dateWords(Date.parse(last.since))} by <span class="mono">{now.hardware}</span>
        </span>
        {isUndoable && reaches("owner") && (
          <>
            <button type="button" onClick={() => (isAsking.value = true)}>
              Undo replacement…
            </button>
            <span class="quiet">possible until {dateWords(Date.parse(now.undoUntil ?? ""))}</span>
          </>
        )}
      </p>
      {isAsking.value && (
        <UndoDialog device={device} now={now} hardware={hardware} close={() => (isAsking.value = false)} />
      )}
    </>
  );
}

function UndoDialog({ device, now, hardware, close }: LineProps & { close: () => void }) {
  const fault = useSignal<HubFault | undefined>(undefined);
  const saving = useSignal(false);
  const undo = async () => {
    fault.value = undefined;
    saving.value = true;
    try {
      hardware.value = await ask<HardwareAnswer>(pathOf(device), { method: "DELETE" });
      close();
      await readDevice(device.id);
    } catch (thrown) {
      fault.value = toFault(thrown);
      saving.value = false;
    }
  };
  const board = <span class="mono">{now.hardware}</span>;
  return (
    <Modal title={`Undo the replacement of ${displayName(device.id, device.about.value)}`} close={close}>
      <ul class="consequences">
        <li>
          The former board <span class="mono">{now.changes.at(-2)?.hardware ?? device.id}</span> is the board of this
          device again.
        </li>
        <li>What {board} sends from now on is stored under its own id. What it sent until now stays here.</li>
        {session.value?.auth === "on" && <li>The secret of the former board works again.</li>}
      </ul>
      {fault.value !== undefined && <FaultNote what="The replacement was not undone." fault={fault.value} />}
      <button type="button" class="primary" disabled={saving.value} onClick={() => void undo()}>
        {saving.value ? "Undoing…" : "Undo replacement"}
      </button>
    </Modal>
  );
}

function ReplaceDialog({ device, hardware }: Pick<LineProps, "device" | "hardware">) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const offered = useSignal<CandidatesAnswer | undefined>(undefined);
  const by = useSignal<string | undefined>(undefined);
  const fault = useSignal<HubFault | undefined>(undefined);
  const unread = useSignal<HubFault | undefined>(undefined);
  const saving = useSignal(false);

  const read = async () => {
    unread.value = undefined;
    try {
      offered.value = await ask<CandidatesAnswer>(`${pathOf(device)}/candidates`, {});
    } catch (thrown) {
      unread.value = toFault(thrown);
    }
  };
  const open = () => {
    by.value = undefined;
    offered.value = undefined;
    fault.value = undefined;
    dialog.current?.showModal();
    void read();
  };
  const replace = async () => {
    fault.value = undefined;
    saving.value = true;
    try {
      const body = JSON.stringify({ by: by.peek() });
      hardware.value = await ask<HardwareAnswer>(pathOf(device), { method: "POST", body });
      dialog.current?.close();
      await readDevice(device.id);
    } catch (thrown) {
      fault.value = toFault(thrown);
    }
    saving.value = false;
  };

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
          {offered.value === undefined && unread.value === undefined && <p class="quiet">Loading boards…</p>}
          {unread.value !== undefined && (
            <FaultNote what="The boards could not be read." fault={unread.value} retry={() => void read()} />
          )}
          {offered.value !== undefined && <Candidates offered={offered.value} chosen={by} />}
          <WhatHappens hardware={hardware.value?.hardware ?? device.id} by={by.value} />
          {fault.value !== undefined && <FaultNote what="The board was not replaced." fault={fault.value} />}
          <div class="buttons">
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="submit" class="primary" disabled={by.value === undefined || saving.value}>
              {saving.value ? "Replacing…" : "Replace board"}
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
        No other board has sent anything in the last 24 hours. Connect the new board with its own id first:{" "}
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
  return `${same}, last seen ${agoWords(Date.parse(lastHeardAt), shownNowMs.peek())}`;
}

/** `hardware`: the board that the device has now. */
function WhatHappens({ hardware, by }: { hardware: string; by: string | undefined }) {
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
          The secret of the board <span class="mono">{hardware}</span> stops working at once.
        </li>
      )}
      <li>You can undo it for 7 days.</li>
    </ul>
  );
}
