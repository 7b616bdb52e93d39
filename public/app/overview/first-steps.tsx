/** What an empty hub shows: how to connect the first device. */
import { useSignal } from "@preact/signals";
import { type HubFault, postApplication, toFault } from "../hub/api.ts";
import { reaches, session } from "../hub/session.ts";
import { CommandLine } from "../ui/command-line.tsx";
import { FaultNote } from "../ui/fault-note.tsx";

export function FirstSteps() {
  const { auth, isUnclaimed } = session.value ?? {};
  return auth === "on" && isUnclaimed !== true ? <FirstBoard /> : <FirstMessage />;
}

/** Where a board needs a secret. */
function FirstBoard() {
  return (
    <section class="first-steps" aria-labelledby="first-steps">
      <h2 id="first-steps">No device yet</h2>
      <p>A device appears here as soon as it sends something.</p>
      {reaches("operator") ? (
        <p>
          <a class="main-link" href="#/add">
            Connect a board
          </a>
        </p>
      ) : (
        <p>Only an operator or owner can connect a board.</p>
      )}
      {reaches("owner") && <SimulatedBoards />}
    </section>
  );
}

const SIMULATOR = "simulator";

/** They come as one application, which may speak for all devices. */
function SimulatedBoards() {
  const secret = useSignal<string | undefined>(undefined);
  const fault = useSignal<HubFault | undefined>(undefined);
  const make = async () => {
    fault.value = undefined;
    try {
      secret.value = (await postApplication({ name: SIMULATOR, publish: ["devices/#"], subscribe: [] })).secret;
    } catch (thrown) {
      fault.value = toFault(thrown);
    }
  };
  return (
    <>
      <h3>Simulated boards</h3>
      {secret.value === undefined ? (
        <p>
          No board at hand?{" "}
          <button type="button" onClick={() => void make()}>
            Create a secret for simulated boards
          </button>
        </p>
      ) : (
        <>
          <p>Run this in the folder where Aerie is installed. It starts three simulated boards:</p>
          <CommandLine
            name="the simulator's command"
            command={`AERIE_SIM_PASSWORD=${secret.value} npm run sim -- --devices 3`}
          />
          <p class="quiet">The secret is shown only once. You can remove it under Settings.</p>
        </>
      )}
      {fault.value !== undefined && <FaultNote what="No secret was created." fault={fault.value} />}
    </>
  );
}

function FirstMessage() {
  const publish = `mosquitto_pub -h ${location.hostname} -p ${session.value?.mqttPort ?? 1883} -q 1 -t devices/esp32-01/telemetry -m '{"temperature":21.5,"humidity":48}'`;
  return (
    <section class="first-steps" aria-labelledby="first-steps">
      <h2 id="first-steps">No device yet</h2>
      <p>A device appears here as soon as it sends something. Two ways to try it now:</p>
      <h3>Simulated boards</h3>
      <p>Run this in the folder where Aerie is installed. It starts three simulated boards:</p>
      <CommandLine name="the simulator's command" command="npm run sim -- --devices 3" />
      <h3>Send a message yourself</h3>
      <p>
        Run this on {session.value?.isUnclaimed === true ? "this computer" : "any computer that can reach the hub"}. A
        board publishes the same JSON to the same topic:
      </p>
      <CommandLine name="the publish command" command={publish} />
      <p class="quiet">
        If you have sent something and nothing appears, the <a href="#/inspector">Inspector</a> shows what the hub
        refused, and why.
      </p>
    </section>
  );
}
