/** The join window: opens it, shows the boards that wait in it, and lets one in. */
import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { PairingAnswer, WaitingBoard } from "../../../src/contract/access.ts";
import { FAMILY_NAMES } from "../../../src/contract/families.ts";
import { DEVICE_ID } from "../../../src/contract/fleet/device-id-pattern.ts";
import { admitBoard, closePairing, getPairing, type HubFault, openPairing, toFault } from "../hub/api.ts";
import { hubNowMs } from "../hub/clock.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { TextField } from "../ui/text-field.tsx";
import { durationWords } from "../ui/time-words.ts";
import { type Connected, connectedAs } from "./connected-board.ts";

const LOOK_EVERY_MS = 2_000;
const MINUTES = 10;

export interface Joining {
  readonly state: ReadonlySignal<PairingAnswer | undefined>;
  readonly fault: ReadonlySignal<HubFault | undefined>;
  readonly open: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What is in the join window, read again and again where there is one. */
export function useJoining(isThere: boolean): Joining {
  const state = useSignal<PairingAnswer | undefined>(undefined);
  const fault = useSignal<HubFault | undefined>(undefined);
  useEffect(() => {
    if (!isThere) return;
    let isOver = false;
    const look = async () => {
      const now = await getPairing().catch(() => undefined);
      if (!isOver && now !== undefined) state.value = now;
    };
    void look();
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [isThere]);
  const change = async (work: () => Promise<unknown>) => {
    fault.value = undefined;
    try {
      await work();
      state.value = await getPairing();
    } catch (thrown) {
      fault.value = toFault(thrown);
    }
  };
  return { state, fault, open: () => change(() => openPairing(MINUTES)), close: () => change(closePairing) };
}

export function JoinWindow({ joining: { state, fault, open, close } }: { joining: Joining }) {
  const openUntil = state.value?.openUntil ?? null;
  return (
    <section aria-labelledby="join">
      <h2 id="join">Or let in a board that tries to connect</h2>
      <p class="quiet">
        Open the join window, then start the board: it connects and waits here. Nothing that it sends is stored or
        forwarded until you let it in.
      </p>
      <div class="buttons">
        {openUntil === null ? (
          <button type="button" onClick={() => void open()}>
            Open join window for {MINUTES} minutes
          </button>
        ) : (
          <>
            <p role="status" data-window="open">
              Open for another {durationWords(Date.parse(openUntil) - hubNowMs.value)}
            </p>
            <button type="button" onClick={() => void close()}>
              Close join window
            </button>
          </>
        )}
      </div>
      {fault.value !== undefined && <FaultNote what="The join window was not opened or closed." fault={fault.value} />}
      {openUntil !== null && state.value?.waiting.length === 0 && (
        <p class="quiet">No board is waiting yet. Start or restart the board.</p>
      )}
    </section>
  );
}

interface WaitingBoardsProps {
  joining: Joining;
  letIn: (board: Connected) => void;
}

/** They wait for a person: the first thing on the page. */
export function WaitingBoards({ joining: { state }, letIn }: WaitingBoardsProps) {
  const waiting = state.value?.waiting ?? [];
  return (
    <ul class="waiting" aria-label="Boards that wait" aria-live="polite">
      {waiting.map((board) => (
        <WaitingRow key={board.id} board={board} letIn={letIn} />
      ))}
    </ul>
  );
}

const nameOf = ({ userName, clientId }: WaitingBoard): string => userName || clientId;

function WaitingRow({ board, letIn }: { board: WaitingBoard; letIn: (board: Connected) => void }) {
  const said = nameOf(board);
  const deviceId = useSignal(DEVICE_ID.test(said) ? said : "");
  const fault = useSignal<HubFault | undefined>(undefined);
  const { recognized } = board;
  const ofFamily = recognized !== undefined && recognized.family !== "native" ? recognized : undefined;
  const mayKeep = board.mayAdopt && (ofFamily !== undefined || deviceId.value.trim() === said);

  const admit = async (adopt: boolean) => {
    fault.value = undefined;
    try {
      const spec = ofFamily ?? { deviceId: deviceId.value.trim() };
      letIn(connectedAs(await admitBoard(board.id, { ...spec, adopt })));
    } catch (thrown) {
      fault.value = toFault(thrown);
    }
  };

  return (
    <li class="waiting-board" data-waiting={said}>
      <p>
        <strong>{said || "a board without a name"}</strong> wants to join from {board.address ?? "an unknown address"}
        {board.userName !== undefined && board.clientId !== said && ` as client ${board.clientId}`}. It has been waiting
        for {durationWords(hubNowMs.value - Date.parse(board.since))}.
      </p>
      <p class="quiet">
        {board.topics.length === 0 ? "It has published nothing yet." : `It publishes to ${board.topics.join(", ")}`}
      </p>
      {board.sample !== undefined && (
        <pre>
          <code>{board.sample}</code>
        </pre>
      )}
      <div class="add-board">
        {ofFamily === undefined ? (
          <TextField label="Device id" value={deviceId} isCode />
        ) : (
          <p data-family={ofFamily.family}>
            Its topics are those of {FAMILY_NAMES[ofFamily.family]}. It calls itself <strong>{ofFamily.name}</strong>.
          </p>
        )}
        {mayKeep && (
          <button type="button" class="primary" onClick={() => void admit(true)}>
            Let it in with its own password
          </button>
        )}
        <button
          type="button"
          onClick={() => void admit(false)}
          disabled={ofFamily === undefined && !DEVICE_ID.test(deviceId.value.trim())}
        >
          Give it a new secret
        </button>
      </div>
      <p class="quiet">
        {mayKeep && "Own password: change nothing on the board. "}
        New secret: you must put it on the board afterwards.
      </p>
      {fault.value !== undefined && <FaultNote what="The board was not let in." fault={fault.value} />}
    </li>
  );
}
