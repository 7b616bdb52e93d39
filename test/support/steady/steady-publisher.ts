/** A publisher as the standard wants it: keeps what is not acknowledged over reconnects, and takes up each handshake. */

import type { HubAddress } from "../hub/hub.ts";
import { disconnectPacket, PROPERTY, publishPacket, pubrelPacket } from "../packets/bytes.ts";
import { propertyOf, type Received } from "../packets/received.ts";
import { keptSession, type Login, openLink, type PacketLink } from "./packet-link.ts";

export interface SentMessage {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
}

export interface PublisherOptions {
  clientId: string;
  version: 4 | 5;
  /** Handshakes that may be under way; fewer where the broker's Receive Maximum is smaller. */
  window: number;
  /** The next message, or undefined while there is none. */
  next: () => SentMessage | undefined;
  /** With accounts. */
  login?: Login;
  /** Told when it happens: PUBACK, or PUBREC, without an error. */
  onAcknowledged?: (message: SentMessage) => void;
}

export interface SteadyPublisher {
  /** All of which a byte may have left, in order. */
  readonly sent: readonly SentMessage[];
  /** QoS 1 with its PUBACK, QoS 2 with its PUBREC. */
  readonly acknowledged: readonly SentMessage[];
  /** What CONNACK said each time. */
  readonly sessionsPresent: readonly boolean[];
  /** PUBACKs and PUBRECs with an error. */
  readonly refusals: readonly number[];
  connect(hub: HubAddress): Promise<void>;
  /** Asks `next` again. */
  fill(): void;
  isSettled(): boolean;
  isOpen(): boolean;
  /** Ends its connection with a RST. */
  reset(): void;
  leave(): Promise<void>;
}

/** A handshake that is under way. */
interface Handshake {
  readonly message: SentMessage;
  /** PUBREC came, so it goes on with PUBREL. [MQTT-4.3.3-1] */
  isReceived: boolean;
}

const PACKET_IDS = 65_535;

export function createPublisher({
  clientId,
  version,
  window,
  next,
  login,
  onAcknowledged,
}: PublisherOptions): SteadyPublisher {
  const sent: SentMessage[] = [];
  const acknowledged: SentMessage[] = [];
  const sessionsPresent: boolean[] = [];
  const refusals: number[] = [];
  /** By packet id; a Map keeps the order in which they were sent first. */
  const waiting = new Map<number, Handshake>();
  let lastId = 0;
  let receiveMaximum = PACKET_IDS;
  let link: PacketLink | undefined;

  const packetOf = (message: SentMessage, packetId: number, dup: boolean): Buffer =>
    publishPacket({ ...message, packetId, dup }, version);

  function freshId(): number {
    do lastId = (lastId % PACKET_IDS) + 1;
    while (waiting.has(lastId));
    return lastId;
  }

  function fill(): void {
    const packets: Buffer[] = [];
    while (link?.isOpen() === true && waiting.size < Math.min(window, receiveMaximum)) {
      const message = next();
      if (message === undefined) break;
      const packetId = message.qos === 0 ? 0 : freshId();
      if (message.qos > 0) waiting.set(packetId, { message, isReceived: false });
      sent.push(message);
      packets.push(packetOf(message, packetId, false));
    }
    if (packets.length > 0) link?.send(...packets);
  }

  function hear(packet: Received): void {
    if (packet.type !== "puback" && packet.type !== "pubrec" && packet.type !== "pubcomp") return;
    const handshake = waiting.get(packet.packetId);
    // A PUBCOMP may say after a restart that the id is not in use any more: the handshake is over. [MQTT 5.0, 3.7.2.1]
    if (packet.type !== "pubcomp" && packet.code >= 0x80) refusals.push(packet.code);
    if (packet.type !== "pubcomp" && handshake?.isReceived === false) {
      acknowledged.push(handshake.message);
      if (packet.code < 0x80) onAcknowledged?.(handshake.message);
    }
    if (packet.type === "pubrec" && packet.code < 0x80) {
      if (handshake !== undefined) handshake.isReceived = true;
      link?.send(pubrelPacket(packet.packetId));
      return;
    }
    waiting.delete(packet.packetId);
    fill();
  }

  return {
    sent,
    acknowledged,
    sessionsPresent,
    refusals,
    connect: async (hub) => {
      link = await openLink(hub, { ...keptSession(version, clientId), ...login }, hear);
      sessionsPresent.push(link.connack.sessionPresent);
      receiveMaximum = Number(propertyOf(link.connack, PROPERTY.receiveMaximum) ?? PACKET_IDS);
      for (const [packetId, { message, isReceived }] of waiting) {
        link.send(isReceived ? pubrelPacket(packetId) : packetOf(message, packetId, true)); // [MQTT-4.4.0-1]
      }
      fill();
    },
    fill,
    isSettled: () => waiting.size === 0,
    isOpen: () => link?.isOpen() === true,
    reset: () => link?.reset(),
    leave: async () => link?.end(disconnectPacket()),
  };
}
