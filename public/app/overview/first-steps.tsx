/** What an empty hub shows: how to connect the first board, or to try with simulated ones, and the addresses that boards use. */
import { isOpen, mayAddBoard } from "../access/board-access.ts";
import { isLoopback } from "../access/loopback.ts";
import { reaches, session } from "../hub/session.ts";
import { CommandLine } from "../ui/command-line.tsx";
import { StartSimulation } from "./simulated-boards.tsx";

export function FirstSteps() {
  return (
    <section class="first-steps" aria-labelledby="first-steps">
      <h2 id="first-steps">No device yet</h2>
      <p>A device appears here as soon as it sends something.</p>
      <div class="first-tiles">
        <div class="first-tile">
          <h3>Add a board</h3>
          <ConnectBoard />
        </div>
        <div class="first-tile">
          <h3>Try with three simulated boards</h3>
          <TrySimulated />
        </div>
      </div>
      <Addresses />
    </section>
  );
}

function ConnectBoard() {
  if (isOpen()) return <FirstMessage />;
  if (!mayAddBoard()) return <p>Only an operator or owner can add a board.</p>;
  return (
    <>
      <p>The page gives you the code or the settings for it, and shows its first message when it arrives.</p>
      <p>
        <a class="main-link" href="#/add">
          Add a board
        </a>
      </p>
    </>
  );
}

function FirstMessage() {
  const host = session.value?.isUnclaimed ? "localhost" : location.hostname;
  const publish = `mosquitto_pub -h ${host} -p ${mqttPort()} -q 1 -t devices/esp32-01/telemetry -m '{"temperature":21.5,"humidity":48}'`;
  return (
    <>
      <p>
        A board publishes JSON to its topic, as this command does. <a href="#/add">Add a board</a> has the code for
        others, and shows how far each has come.
      </p>
      <CommandLine name="the publish command" command={publish} />
    </>
  );
}

function TrySimulated() {
  if (reaches("operator")) {
    return (
      <>
        <p>The hub runs them itself. One click stops them and removes all that they made.</p>
        <StartSimulation />
      </>
    );
  }
  if (!isOpen()) return <p>Only an operator or owner can start them.</p>;
  return (
    <>
      <p>Run this in the folder where Aerie is installed:</p>
      <CommandLine name="the simulator's command" command="npm run sim -- --devices 3" />
    </>
  );
}

const mqttPort = (): number => session.value?.mqttPort ?? 1883;

/** As this browser reaches the hub, a board of the same network does. */
function Addresses() {
  const { hostname, host, protocol } = location;
  const webSocket = `${protocol === "https:" ? "wss" : "ws"}://${host}/mqtt`;
  return (
    <div class="first-addresses">
      <p>Boards use these addresses:</p>
      <ul>
        <li>
          <code>
            mqtt://{hostname}:{mqttPort()}
          </code>
        </li>
        <li>
          <code>{webSocket}</code> (MQTT over WebSocket)
        </li>
      </ul>
      {isLoopback() && (
        <p>
          A board needs this computer's address in your network instead of <code>{hostname}</code>, and the hub must
          listen to the network (<code>AERIE_MQTT_HOST</code>).
        </p>
      )}
    </div>
  );
}
