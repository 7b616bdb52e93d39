/** One network connection to the broker by mqtt.js, from CONNECT to close. Never reconnects and keeps nothing; the link does. */
import { connect, type IClientOptions } from "mqtt";
import type { BrokerAddress } from "./broker-address.ts";
import type { Clock } from "./clock.ts";

/** The one place that says which MQTT is spoken: 4 is MQTT 3.1.1. */
const PROTOCOL_VERSION = 4;
const CONNECT_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;

export interface Will {
  topic: string;
  payload: string;
  qos: 0 | 1 | 2;
}

export interface SessionOptions {
  address: BrokerAddress;
  clientId: string;
  keepAliveSeconds: number;
  will?: Will;
  clock: Clock;
  onOpen(): void;
  /** At most once: what broke first. Also when the broker closes without a word. */
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
  /** `done` when it is written (QoS 0) or acknowledged (PUBACK, PUBCOMP); never when the connection breaks before. */
  publish(packet: Packet, done: () => void): void;
  /** DISCONNECT, then close: no last will. */
  leave(): void;
  /** The network is gone: no DISCONNECT, so that the broker sends the last will. */
  cut(): void;
}

export function openSession({ clock, onOpen, onError, onClose, ...options }: SessionOptions): Session {
  let nextPacketId = 1;
  let over = false;
  let opened = false;
  const client = connect({ ...mqttOptions(options), messageIdProvider: packetIds(() => nextPacketId) });

  function fail(text: string): void {
    if (!over) onError(text);
    over = true;
  }

  client.on("connect", () => {
    opened = true;
    onOpen();
  });
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
        if (!error) done();
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
      client.end();
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

type ConnectOptions = Omit<SessionOptions, "clock" | "onOpen" | "onError" | "onClose">;

function mqttOptions({ address, clientId, keepAliveSeconds, will }: ConnectOptions): IClientOptions {
  const { protocol, host, port, path, username, password, ca, insecure } = address;
  return {
    protocol,
    host,
    hostname: host,
    port,
    ...(path === "" ? {} : { path }),
    protocolVersion: PROTOCOL_VERSION,
    clientId,
    clean: true,
    keepalive: keepAliveSeconds,
    reconnectPeriod: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    rejectUnauthorized: !insecure,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { ca }),
    ...(will === undefined ? {} : { will: { ...will, payload: Buffer.from(will.payload), retain: true } }),
  };
}

/** Node's error for a name with several addresses has no message of its own, but a code. */
function errorText(error: Error): string {
  if (error.message !== "") return error.message;
  return "code" in error ? String(error.code) : error.name;
}
