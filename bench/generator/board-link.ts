/** One board's connection: sends while its window is open, and walks QoS 2 to its end. */

import { openMqttLink } from "./mqtt-link.ts";
import { ackPackets, PUBREL } from "./packets/ack-packets.ts";
import { packetIdOf } from "./packets/packet-cutter.ts";
import type { SendWindow } from "./send-window.ts";

export interface BoardLinkOptions {
  host: string;
  port: number;
  clientId: string;
  password?: string | undefined;
  /** Of the messages that are acknowledged. */
  qos: 1 | 2;
  window: SendWindow;
  /** All acknowledgements of one read have been told: time to send more. */
  onReadyToSend(): void;
  /** An open connection ended; what was in flight stays unacknowledged. */
  onClosed(): void;
}

export interface BoardLink {
  /** Sends at most that many messages; gives how many. */
  send(limit: number): number;
  isOpen(): boolean;
  close(): void;
}

const PUBACK = 0x40;
const PUBREC = 0x50;
const PUBCOMP = 0x70;

/** Settles when the broker has accepted the connection; rejects when it refused it or is not there. */
export async function openBoardLink({ qos, window, onReadyToSend, ...options }: BoardLinkOptions): Promise<BoardLink> {
  const lastAck = qos === 2 ? PUBCOMP : PUBACK;
  let received: number[] = [];
  const link = await openMqttLink({
    ...options,
    onPacket(packet) {
      if (packet.firstByte === lastAck) window.acknowledge(packetIdOf(packet), packet.atMs);
      else if (qos === 2 && packet.firstByte === PUBREC) received.push(packetIdOf(packet));
      else window.stray();
    },
    onRead() {
      if (received.length > 0) link.write(ackPackets(PUBREL, received));
      received = [];
      onReadyToSend();
    },
  });
  return {
    send: (limit) => (link.isOpen() ? window.fill(limit, link.write) : 0),
    isOpen: link.isOpen,
    close: link.close,
  };
}
