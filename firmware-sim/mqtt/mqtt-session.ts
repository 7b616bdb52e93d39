/** One network connection to the broker by mqtt.js, from CONNECT to close. link.ts reconnects. */
import { connect, type IClientOptions } from "mqtt";
import { FIRST_ERROR, reasonText } from "../../src/contract/reason-codes.ts";
import type { MqttVersion } from "../../src/contract/refusals.ts";
import type { Clock } from "../helpers/clock.ts";
import type { BrokerAddress } from "./broker-address.ts";
import { closedByBroker } from "./disconnect-advice.ts";

/** 3.1.1 is what boards speak; 3.1 is nothing that new firmware is written for. */
export type SpokenVersion = Exclude<MqttVersion, "3.1">;

/** CONNECT's protocol level. */
const PROTOCOL_LEVEL = { "3.1.1": 4, "5": 5 } as const satisfies Record<SpokenVersion, number>;
/** The protocol's limit, which a broker of version 5 may lower. [MQTT 5.0, 3.2.2.3.3] */
const RECEIVE_MAXIMUM = 65_535;
/** The link counts up from 1; it is far from here when SUBACK comes. */
const SUBSCRIBE_PACKET_ID = 65_000;
const CONNECT_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;

export interface Will {
  topic: string;
  payload: string | Buffer;
  qos: 0 | 1 | 2;
  retain: boolean;
}

export interface SessionOptions {
  address: BrokerAddress;
  mqttVersion: SpokenVersion;
  clientId: string;
  keepAliveSeconds: number;
  will?: Will;
  /** Topic filters, subscribed to on each connection. */
  subscriptions: readonly string[];
  /** How long the broker is to keep the session after a lost connection; 0 not at all. Version 5 only. */
  sessionExpirySeconds: number;
  /** Resumes the session of the connection before. Version 5 only: boards of 3.1.1 say clean session. */
  resumes: boolean;
  clock: Clock;
  /** `receiveMaximum`: how many QoS 1 and 2 messages may be on their way at once. */
  onOpen(receiveMaximum: number): void;
  /** A message of a subscription. */
  onMessage(topic: string, payload: Buffer): void;
  /** At most once: what broke first. Also when the broker closes without a reason. */
  onError(text: string): void;
  /** Once, also when it never opened. */
  onClose(): void;
}

export interface Packet {
  topic: string;
  payload: string | Buffer;
  qos: 0 | 1 | 2;
  retain: boolean;
  dup: boolean;
  /** 1 to 65,535; chosen by the link, so that a redelivery has the id of its first copy. Unused with QoS 0. */
  packetId: number;
}

export interface Session {
  /**
   * `done` when it is written (QoS 0) or acknowledged (PUBACK, PUBREC, PUBCOMP), with the reason code if that was an
   * error; never when the connection breaks before.
   */
  publish(packet: Packet, done: (refusedWith?: number) => void): void;
  /** DISCONNECT, then close: no last will, and no session is kept. */
  leave(): void;
  /** The network is gone: no DISCONNECT, so that the broker sends the last will. */
  cut(): void;
}

export function openSession({ clock, onOpen, onMessage, onError, onClose, ...options }: SessionOptions): Session {
  let nextPacketId = 1;
  let over = false;
  let opened = false;
  const client = connect({ ...mqttOptions(options), messageIdProvider: packetIds(() => nextPacketId) });

  function fail(text: string): void {
    if (!over) onError(text);
    over = true;
  }

  client.on("connect", ({ properties }) => {
    opened = true;
    if (options.subscriptions.length > 0) {
      nextPacketId = SUBSCRIBE_PACKET_ID;
      client.subscribe([...options.subscriptions], { qos: 1 });
    }
    onOpen(properties?.receiveMaximum ?? RECEIVE_MAXIMUM);
  });
  client.on("message", onMessage);
  // Of version 5 only: the broker says why before it closes.
  client.on("disconnect", ({ reasonCode = 0 }) => fail(closedByBroker(reasonCode)));
  client.on("error", (error) => fail(errorText(error)));
  // mqtt.js keeps errors without a code to itself, such as a WebSocket's "Unexpected server response: 404".
  client.stream.on("error", (error: Error) => fail(errorText(error)));
  client.once("close", () => {
    fail(opened ? "the broker closed the connection" : "the connection closed before the broker answered CONNECT");
    onClose();
  });
  return {
    publish({ topic, payload, packetId, ...flags }, done) {
      nextPacketId = packetId;
      client.publish(topic, payload, flags, (error) => {
        const refusedWith = errorCode(error);
        if (!error || refusedWith !== undefined) done(refusedWith);
      });
    },
    leave() {
      over = true;
      // Otherwise mqtt.js puts DISCONNECT off until everything is acknowledged, which may be never.
      for (const packetId of Object.keys(client.outgoing)) client.removeOutgoingMessage(Number(packetId));
      client.once(
        "close",
        clock.after(CLOSE_TIMEOUT_MS, () => client.stream.destroy()),
      );
      // [MQTT 5.0, 3.14.2.2.2]: leaving for good ends the session, too.
      if (options.sessionExpirySeconds > 0) client.end({ properties: { sessionExpiryInterval: 0 } });
      else client.end();
    },
    cut() {
      over = true;
      client.stream.destroy();
    },
  };
}

/** The link chooses packet ids: mqtt.js asks here while `publish` runs. */
const packetIds = (chosen: () => number): NonNullable<IClientOptions["messageIdProvider"]> => ({
  allocate: chosen,
  getLastAllocated: chosen,
  register: () => true,
  deallocate: () => {},
  clear: () => {},
});

/** A password cannot stand without a name [MQTT-3.1.2-22]; an Aerie hub takes an application under any name. */
const DEFAULT_USER = "simulator";

type ConnectOptions = Omit<SessionOptions, "clock" | "onOpen" | "onMessage" | "onError" | "onClose">;

function mqttOptions({
  address,
  mqttVersion,
  clientId,
  keepAliveSeconds,
  will,
  ...options
}: ConnectOptions): IClientOptions {
  const { protocol, host, port, path, password, ca, insecure } = address;
  const { username = password === undefined ? undefined : DEFAULT_USER } = address;
  return {
    protocol,
    host,
    hostname: host,
    port,
    ...(path === "" ? {} : { path }),
    protocolVersion: PROTOCOL_LEVEL[mqttVersion],
    clientId,
    clean: mqttVersion !== "5" || !options.resumes,
    ...(mqttVersion === "5" && options.sessionExpirySeconds > 0
      ? { properties: { sessionExpiryInterval: options.sessionExpirySeconds } }
      : {}),
    keepalive: keepAliveSeconds,
    reconnectPeriod: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    rejectUnauthorized: !insecure,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { ca }),
    ...(will === undefined ? {} : { will: { ...will, payload: Buffer.from(will.payload) } }),
  };
}

/** A reason code of version 5 that is an error; mqtt.js' other errors have codes of other kinds. */
function errorCode(error: object | null | undefined): number | undefined {
  const code = error && "code" in error ? error.code : undefined;
  return typeof code === "number" && code >= FIRST_ERROR ? code : undefined;
}

/** Node's error for a name with several addresses has no message of its own, but a code; reason codes have the same text everywhere. */
function errorText(error: Error): string {
  const refusedWith = errorCode(error);
  if (refusedWith !== undefined) return `Connection refused: ${reasonText(refusedWith)}`;
  if (error.message !== "") return error.message;
  return "code" in error ? String(error.code) : error.name;
}
