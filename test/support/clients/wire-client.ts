/** A connection of any MQTT version that costs little, for tests that open thousands. Sends only what it is told. */
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { createWebSocketStream, WebSocket } from "ws";
import type { HubAddress } from "../hub/hub.ts";
import { CONNACK, type Packet, PINGREQ_PACKET, PINGRESP, packetReader } from "../packets/packets.ts";
import {
  type Connack,
  type ConnectOptions,
  connectOf,
  readConnack,
  type Version,
} from "../packets/packets-of-version.ts";
import { LONG_MS } from "../until.ts";

export interface WireClient {
  readonly stream: Duplex;
  readonly received: readonly Packet[];
  send(...bytes: Uint8Array[]): void;
  /** Told each packet as it comes. */
  onPacket(listener: (packet: Packet) => void): void;
  /** The first that fits of those that came and will come. Rejects at the deadline, and when the connection ends before. */
  first(what: string, fits: (packet: Packet) => boolean, withinMs?: number): Promise<Packet>;
  /** Asks for a PINGRESP and waits for it. */
  ping(withinMs?: number): Promise<void>;
  isOpen(): boolean;
  readonly closed: Promise<void>;
  destroy(): void;
}

export interface WireOptions {
  /** An address of this machine to come from, such as 127.0.0.2. */
  localAddress?: string;
  transport?: "tcp" | "websocket";
  /** Over TCP: its side stays open when the hub has ended the other. */
  allowHalfOpen?: boolean;
}

interface Waiter {
  readonly what: string;
  readonly fits: (packet: Packet) => boolean;
  readonly resolve: (packet: Packet) => void;
  readonly reject: (error: Error) => void;
}

const streamTo = ({ mqttHost: host, mqttPort: port, wsUrl }: HubAddress, options: WireOptions): Duplex =>
  options.transport === "websocket"
    ? createWebSocketStream(new WebSocket(wsUrl, "mqtt"))
    : connect({
        host,
        port,
        noDelay: true,
        allowHalfOpen: options.allowHalfOpen === true,
        ...(options.localAddress && { localAddress: options.localAddress }),
      });

export function openWire(hub: HubAddress, options: WireOptions = {}): WireClient {
  const stream = streamTo(hub, options);
  const received: Packet[] = [];
  const listeners: ((packet: Packet) => void)[] = [];
  const waiters = new Set<Waiter>();
  let open = true;
  let trouble = "";
  const closed = new Promise<void>((resolve) => {
    stream.once("close", () => {
      open = false;
      for (const { what, reject } of waiters) reject(new Error(`the connection ended without ${what} ${trouble}`));
      resolve();
    });
  });
  const read = packetReader((packet) => {
    received.push(packet);
    for (const listener of listeners) listener(packet);
    for (const waiter of waiters) if (waiter.fits(packet)) waiter.resolve(packet);
  });
  stream.on("data", read).on("end", () => options.allowHalfOpen !== true && stream.end());
  stream.on("error", ({ message }) => {
    trouble = `(${message})`;
  });

  async function next(what: string, fits: (packet: Packet) => boolean, withinMs: number): Promise<Packet> {
    if (!open) throw new Error(`the connection ended without ${what} ${trouble}`);
    let timer: NodeJS.Timeout | undefined;
    let waiter: Waiter | undefined;
    return new Promise<Packet>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`not within ${withinMs} ms: ${what}`)), withinMs);
      waiter = { what, fits, resolve, reject };
      waiters.add(waiter);
    }).finally(() => {
      clearTimeout(timer);
      if (waiter !== undefined) waiters.delete(waiter);
    });
  }

  const send = (...bytes: Uint8Array[]): void => void stream.write(Buffer.concat(bytes));
  return {
    stream,
    received,
    send,
    onPacket: (listener) => void listeners.push(listener),
    first: async (what, fits, withinMs = LONG_MS) => received.find(fits) ?? next(what, fits, withinMs),
    ping: async (withinMs = LONG_MS) => {
      const answer = next("a PINGRESP", ({ type }) => type === PINGRESP, withinMs);
      send(PINGREQ_PACKET);
      await answer;
    },
    isOpen: () => open,
    closed,
    destroy: () => void stream.destroy(),
  };
}

export interface Connected extends WireClient {
  readonly version: Version;
  readonly connack: Connack;
}

/** Says CONNECT and waits for the CONNACK, whatever it says; leaves nothing open where none comes. */
export async function connectWire(
  hub: HubAddress,
  version: Version,
  options: ConnectOptions & WireOptions,
): Promise<Connected> {
  const client = openWire(hub, options);
  client.send(connectOf(version, options));
  const connack = await client
    .first("a CONNACK", ({ type }) => type === CONNACK)
    .catch((error: unknown) => {
      client.destroy();
      throw error;
    });
  return { ...client, version, connack: readConnack(version, connack) };
}
