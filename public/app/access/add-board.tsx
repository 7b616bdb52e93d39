/**
 * Connects a board, by a secret with code to put on the board or by letting it in, and shows when its first message came.
 */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { getDevice, type HubFault, postBoard, toFault } from "../hub/api.ts";
import { heardAtMsOf } from "../hub/device-state.ts";
import { reaches, session } from "../hub/session.ts";
import { CommandLine } from "../ui/command-line.tsx";
import { FaultNote } from "../ui/fault-note.tsx";
import { deviceHref, query } from "../ui/route.ts";
import { TextField } from "../ui/text-field.tsx";
import { type BoardCode, codeFor, KINDS, type Kind } from "./board-code.ts";
import { JoinWindow, type LetIn } from "./join-window.tsx";

const LOOK_EVERY_MS = 2_000;
const DEVICE_ID = "[A-Za-z0-9._:\\-]{1,64}";

export function AddBoard() {
  const made = useSignal<LetIn | undefined>(undefined);
  useEffect(() => {
    document.title = "Connect a board – Aerie";
  }, []);
  if (!reaches("operator")) return <p class="quiet">Only an operator or owner can connect a board.</p>;
  return (
    <>
      <h1>Connect a board</h1>
      <NameIt
        made={(board) => {
          made.value = board;
        }}
      />
      <JoinWindow
        letIn={(board) => {
          made.value = board;
        }}
      />
      {made.value !== undefined && <Made key={`${made.value.deviceId} ${made.value.secret}`} board={made.value} />}
    </>
  );
}

/** With a password of its own a board needs nothing more. */
function Made({ board: { deviceId, secret } }: { board: LetIn }) {
  if (secret !== undefined) return <PutOnBoard board={{ deviceId, secret }} />;
  return (
    <section aria-labelledby="let-in">
      <h2 id="let-in">{deviceId} is let in</h2>
      <Heard deviceId={deviceId} />
    </section>
  );
}

function NameIt({ made }: { made: (board: { deviceId: string; secret: string }) => void }) {
  const deviceId = useSignal(new URLSearchParams(query.peek()).get("id") ?? "");
  const busy = useSignal(false);
  const fault = useSignal<HubFault | undefined>(undefined);

  const make = async () => {
    busy.value = true;
    fault.value = undefined;
    await postBoard(deviceId.value.trim()).then(made, (thrown: unknown) => {
      fault.value = toFault(thrown);
    });
    busy.value = false;
  };

  return (
    <form
      class="add-board"
      aria-label="Name the board"
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <TextField
        label="Device id"
        value={deviceId}
        isFirst
        isRequired
        isCode
        placeholder="cellar"
        format={{ pattern: DEVICE_ID, words: "1 to 64 of A-Z a-z 0-9 . _ : -" }}
      />
      <button type="submit" class="primary" disabled={busy.value}>
        Create a secret
      </button>
      <p class="quiet">
        The secret is the board's MQTT password. A board that already has one gets a new one, and the old one stops
        working.
      </p>
      {fault.value !== undefined && <FaultNote what="No secret was created." fault={fault.value} />}
    </form>
  );
}

function PutOnBoard({ board }: { board: { deviceId: string; secret: string } }) {
  const kind = useSignal<Kind>("Arduino");
  const wifiName = useSignal("");
  const wifiPassword = useSignal("");
  const code: BoardCode = {
    ...board,
    host: location.hostname,
    port: session.value?.mqttPort ?? 1883,
    wifiName: wifiName.value,
    wifiPassword: wifiPassword.value,
  };
  return (
    <section aria-labelledby="put-on-board">
      <h2 id="put-on-board">Put this on the board</h2>
      <p class="quiet">
        It contains the board's secret, its MQTT password, which is shown only once. The Wi-Fi name and password stay in
        this page and are not sent to the hub.
      </p>
      <fieldset class="kinds" aria-label="Kind of board">
        {KINDS.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={kind.value === each}
            onClick={() => {
              kind.value = each;
            }}
          >
            {each}
          </button>
        ))}
      </fieldset>
      {kind.value === "Arduino" && (
        <div class="wifi">
          <TextField label="Wi-Fi name" value={wifiName} />
          {/* Not hidden: it stands in the code below. */}
          <TextField label="Wi-Fi password" value={wifiPassword} />
        </div>
      )}
      <CommandLine name="the code" command={codeFor(kind.value, code)} />
      <Heard deviceId={board.deviceId} />
    </section>
  );
}

/** Looks until the board is heard: from now on its page shows what it sends. */
function Heard({ deviceId }: { deviceId: string }) {
  const sinceMs = useRef(Date.now());
  const isHeard = useSignal(false);
  useEffect(() => {
    const timer = setInterval(async () => {
      const device = await getDevice(deviceId).catch(() => undefined);
      const heardAtMs = device && heardAtMsOf(device);
      if (heardAtMs === undefined || heardAtMs < sinceMs.current) return;
      isHeard.value = true;
      clearInterval(timer);
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [deviceId]);
  return isHeard.value ? (
    <p class="note note-ok" role="status" data-heard="yes">
      <span>
        <strong>The hub received a message from {deviceId}.</strong>{" "}
        <a href={deviceHref(deviceId)}>See what it sends</a>
      </span>
    </p>
  ) : (
    <p class="quiet" role="status" data-heard="no">
      Waiting for a message from {deviceId}… If none arrives, the <a href="#/inspector">Inspector</a> shows whether the
      hub refused something, and why.
    </p>
  );
}
