/** An MQTT 3.1.1 client that sends exactly what it is told, over TCP or WebSocket. Answers nothing by itself. */
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { onTestFinished } from "vitest";
import { createWebSocketStream, WebSocket } from "ws";
import type { HubAddress } from "../hub/hub.ts";
import {
  CONNACK,
  type ConnectWish,
  connectPacket,
  type Packet,
  type PublishWish,
  packetReader,
  publishPacket,
} from "../packets/packets.ts";
import { until, within } from "../until.ts";

export interface RawClient {
  readonly stream: Duplex;
  /** Everything that came, CONNACK first. */
  readonly received: readonly Packet[];
  send(...bytes: Uint8Array[]): void;
  publish(wish: PublishWish): void;
  /** The first `count` packets of that type. */
  packets(type: number, count: number, withinMs?: number): Promise<Packet[]>;
  /** Told each packet as it comes. */
  onPacket(listener: (packet: Packet) => void): void;
  isOpen(): boolean;
  readonly closed: Promise<void>;
  /** Gone without a word, as when the power fails. */
  vanish(): Promise<void>;
}

export type Transport = "tcp" | "websocket";

/** A connection that has said nothing yet. */
export function openRaw(hub: HubAddress, transport: Transport = "tcp"): RawClient {
  const stream =
    transport === "tcp"
      ? connect({ host: hub.mqttHost, port: hub.mqttPort, noDelay: true })
      : createWebSocketStream(new WebSocket(hub.wsUrl, "mqtt"));
  const received: Packet[] = [];
  const listeners: ((packet: Packet) => void)[] = [];
  let open = true;
  const closed = new Promise<void>((resolve) => {
    stream.once("close", () => {
      open = false;
      resolve();
    });
  });
  stream.on("error", () => undefined); // its end is what counts
  const read = packetReader((packet) => {
    received.push(packet);
    for (const listener of listeners) listener(packet);
  });
  stream.on("data", read).on("end", () => stream.end());
  onTestFinished(() => void stream.destroy());
  const send = (...bytes: Uint8Array[]): void => void stream.write(Buffer.concat(bytes));
  return {
    stream,
    received,
    send,
    publish: (wish) => send(publishPacket(wish)),
    packets: (type, count, withinMs) =>
      until(
        `${count} packets of type ${type}`,
        () => {
          const found = received.filter((each) => each.type === type);
          if (found.length >= count) return found.slice(0, count);
          if (!open) throw new Error(`the connection was closed after ${found.length} of them`);
          return undefined;
        },
        { everyMs: 2, ...(withinMs !== undefined && { withinMs }) },
      ),
    onPacket: (listener) => void listeners.push(listener),
    isOpen: () => open,
    closed,
    vanish: async () => {
      stream.destroy();
      await within("the connection is closed", closed);
    },
  };
}

/** Connected: CONNACK came and said yes. */
export async function connectRaw(hub: HubAddress, wish: ConnectWish, transport: Transport = "tcp"): Promise<RawClient> {
  const client = openRaw(hub, transport);
  client.send(connectPacket(wish));
  const [connack] = await client.packets(CONNACK, 1);
  if (connack?.body[1] !== 0) throw new Error(`CONNACK said ${connack?.body[1]}`);
  return client;
}
