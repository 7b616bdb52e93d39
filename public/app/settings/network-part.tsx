/** Where the hub listens, who can reach that, and what to set where nobody can. */
import type { ListenAddress, SettingsAnswer } from "../../../src/contract/answers/settings-answer.ts";
import { CommandLine } from "../ui/command-line.tsx";
import { Icon } from "../ui/icon.tsx";
import { HowToChange, SettingTable } from "./setting-table.tsx";

const WIRE_WORDS: Record<ListenAddress["wire"], string> = {
  http: "Dashboard and REST",
  mqtt: "MQTT",
  mqtts: "MQTT over TLS",
  mqttOverWebSocket: "MQTT over WebSocket",
};
const REACH_WORDS: Record<ListenAddress["reach"], string> = {
  machine: "this machine only",
  network: "your network",
};
const NAMES = [
  "AERIE_HTTP_HOST",
  "AERIE_HTTP_PORT",
  "AERIE_MQTT_HOST",
  "AERIE_MQTT_PORT",
  "AERIE_TLS_CERT",
  "AERIE_TLS_KEY",
  "AERIE_MQTTS_PORT",
  "AERIE_HSTS",
  "AERIE_HOST_NAMES",
  "AERIE_PUBLIC_URL",
  "AERIE_TRUSTED_PROXIES",
  "AERIE_CORS_ORIGINS",
];

export function NetworkPart({ settings }: { settings: SettingsAnswer }) {
  return (
    <>
      <BoardsOutside settings={settings} />
      <table class="stacked" aria-label="Addresses">
        <thead>
          <tr>
            <th scope="col">For</th>
            <th scope="col">Address</th>
            <th scope="col">Can be reached from</th>
          </tr>
        </thead>
        <tbody>
          {settings.addresses.map(({ wire, url, reach }) => (
            <tr key={`${wire} ${url}`} data-reach={reach}>
              <th scope="row">{WIRE_WORDS[wire]}</th>
              <td data-label="Address">
                <code>{url}</code>
              </td>
              <td data-label="Can be reached from">{REACH_WORDS[reach]}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <HowToChange />
      <SettingTable label="Settings of the network" settings={settings} names={NAMES} />
    </>
  );
}

/** Boards are on the network: a hub that only its own machine can reach hears none. */
function BoardsOutside({ settings: { addresses, settings } }: { settings: SettingsAnswer }) {
  if (addresses.some(({ wire, reach }) => wire !== "http" && reach === "network")) return null;
  const auth = settings.find(({ name }) => name === "AERIE_AUTH")?.value;
  const needed = [...(auth === "on" ? [] : ["AERIE_AUTH=on"]), "AERIE_HTTP_HOST=0.0.0.0", "AERIE_MQTT_HOST=0.0.0.0"];
  return (
    <div class="note note-warn" data-note="loopback">
      <Icon name="warning" />
      <div>
        <p>
          <strong>Boards on your network cannot reach this hub:</strong> it listens to programs on its own machine only.
          Start it with
        </p>
        <CommandLine name="the settings" command={needed.join(" ")} />
      </div>
    </div>
  );
}
