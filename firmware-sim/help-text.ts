/** The text of --help: every option with its default, and examples. */
import { SIMULATED_FAMILIES } from "./families/family-list.ts";
import { SCENARIOS } from "./scenarios/scenario-list.ts";

const families = Object.entries(SIMULATED_FAMILIES)
  .map(([name, { about }]) => `  ${name.padEnd(13)} ${about}`)
  .join("\n");
const names = [...SCENARIOS].map(([name, { about }]) => `  ${name.padEnd(13)} ${about}`).join("\n");

export const HELP = `Simulated boards that publish to an MQTT broker: ESP32 air-quality stations, or those of another family.

Usage: npm run sim -- [options]

  --url <url>             mqtt, mqtts, ws or wss (default mqtt://127.0.0.1:1883; path of ws and wss: /mqtt)
  --username <name>       user name (default: the one that the family has, or simulator with a password)
  --password-file <file>  file with the password; or set AERIE_SIM_PASSWORD
  --password <text>       the password; every user of this machine can see it in the process list
  --ca <file>             PEM file of the authority that signed the broker's certificate
  --insecure              accept any certificate
  --mqtt-version 3.1.1|5  version of MQTT; with 5 the hub says why it refuses a message (default 3.1.1)
  --devices <n>           number of stations, 1 to 10000 (default 20)
  --family <name>         whose firmware they have: native, a family below, or all of them (default native)
  --interval <time>       time between two readings of a station: 500ms, 2s, 1m (default 2s)
  --duration <time>       stop after this (default: until Ctrl-C)
  --seed <n>              the same seed gives the same rooms and weather (default 1)
  --prefix <text>         device ids are <prefix>-01, <prefix>-02 … (default esp32)
  --qos 0|1|2             QoS of all messages (default 1)
  --timestamps on|off     readings carry a timestamp: ISO 8601 or epoch ms, by station (default on)
  --scenario <name,…>     scenarios below; the first stations play them, the others are steady
  --scenario-devices <n>  stations of each scenario (default 1)
  --quiet                 print only the table at the end
  --help

Families:
${families}

Scenarios (of native stations):
${names}
Scenarios that need timestamps or a certain QoS ignore --timestamps off and --qos.

Examples:
  npm run sim
  npm run sim -- --devices 3 --interval 500ms --scenario fire,wifi-flap,malformed
  npm run sim -- --mqtt-version 5 --scenario malformed
  npm run sim -- --family tasmota --devices 5
  npm run sim -- --family all --devices 60
  npm run sim -- --url ws://127.0.0.1:3000/mqtt --devices 100 --interval 10s --duration 10m
  npm run sim -- --url mqtts://hub.local:8883 --ca ca.pem --username shed --password-file shed.secret

Exit code: 0; 1 if no station could ever connect (it tries for 30 s); 2 if an option is wrong.
`;
