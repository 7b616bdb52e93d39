/**
 * The broker of one test file, and each test over each transport. Knows no MQTT.
 *
 * `AERIE_CONFORMANCE_BROKER=host:port` names another broker in place of the hub, to hold the tests themselves against:
 * `AERIE_CONFORMANCE_BROKER=127.0.0.1:1883 npx vitest run --project conformance`. Over TCP only, or with
 * `host:port,ws://host:port` over WebSocket too.
 */
import { describe } from "vitest";
import type { Config } from "../../src/config/settings.ts";
import { createShiftedClock, type ShiftedClock } from "../support/clock/shifted-clock.ts";
import { hubOfFile } from "../support/hub/hub-of-file.ts";
import type { ConnectWish, Version } from "../support/packets/bytes.ts";
import { pause } from "../support/until.ts";
import { type BrokerAddress, type ConnectedClient, connect, open, type Transport, type WireClient } from "./wire.ts";

/** Undefined where the hub is tested. */
const OTHER_BROKER = process.env["AERIE_CONFORMANCE_BROKER"];

/** False where another broker stands in: what only our own hub promises is not to be asked of it. */
export const isOurHub = OTHER_BROKER === undefined;

const TRANSPORTS: readonly Transport[] =
  isOurHub || OTHER_BROKER?.includes("ws://") === true ? ["tcp", "websocket"] : ["tcp"];

/** What the tests of one transport use. */
export interface Wire {
  readonly transport: Transport;
  /** Only for tests that open sockets of their own. */
  readonly address: BrokerAddress;
  /** A connection that has said nothing yet; `version` says how its answers are read. */
  open(version?: Version): WireClient;
  /** Connected: CONNACK came and said yes. A client id of its own where none is given. */
  connect(wish?: ConnectWish): Promise<ConnectedClient>;
  /** So much time passes behind all that was done so far: at once for the hub, as it does for another broker. */
  pass(ms: number): Promise<void>;
  /** A topic (of three levels), filter or client id that no other test uses. */
  unique(): string;
}

/** Of this file's run: another broker keeps what former runs left. */
const RUN = Math.floor(Math.random() * 36 ** 4).toString(36);

let count = 0;
const unique = (): string => {
  count += 1;
  return `conf/${RUN}/${count}`;
};

/** Runs `body` once for each transport, against one hub for the whole file. */
export function overTransports(body: (wire: Wire) => void, settings: Partial<Config> = {}): void {
  const clock = createShiftedClock();
  const address = isOurHub ? addressOfHub(settings, clock) : otherBroker(OTHER_BROKER ?? "");
  const pass = async (ms: number): Promise<void> => {
    if (!isOurHub) return pause(ms);
    const witness = await connect(address, { transport: "tcp", clientId: unique() });
    await witness.ping(); // the hub has seen what came before, ends of connections too
    await witness.disconnect();
    clock.pass(ms);
  };
  describe.each(TRANSPORTS)("over %s", (transport) => {
    body({
      transport,
      address,
      open: (version) => open(address, { transport, ...(version !== undefined && { version }) }),
      connect: (wish) => connect(address, { transport, clientId: unique(), ...wish }),
      pass,
      unique,
    });
  });
}

function otherBroker(named: string): BrokerAddress {
  const [tcp = "", wsUrl = ""] = named.split(",");
  const [mqttHost = "", port] = tcp.split(":");
  return { mqttHost, mqttPort: Number(port), wsUrl };
}

/** Its address is known once the tests run. */
function addressOfHub(settings: Partial<Config>, clock: ShiftedClock): BrokerAddress {
  const hub = hubOfFile({ settings, clock });
  return {
    get mqttHost() {
      return hub().mqttHost;
    },
    get mqttPort() {
      return hub().mqttPort;
    },
    get wsUrl() {
      return hub().wsUrl;
    },
  };
}
