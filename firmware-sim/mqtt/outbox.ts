/**
 * A board's unacknowledged messages: each is kept until it is acknowledged and repeated on the next connection, as esp-mqtt does. Bounded.
 */

import type { MessageKind, Tally } from "../helpers/tally.ts";
import type { Session } from "./mqtt-session.ts";

export interface Message {
  kind: MessageKind;
  topic: string;
  payload: string | Buffer;
  qos: 0 | 1 | 2;
  retain?: boolean;
  /** How many readings it holds. */
  readings?: number;
  /** Belongs to this connection only, such as `online`: not repeated on the next one. */
  passing?: boolean;
  /** The answer came, be it that the hub refused the message: to the firmware a PUBACK is a PUBACK. */
  onAcknowledged?(packetId: number): void;
}

export interface Outbox {
  /** QoS 1 and 2 wait for a connection; QoS 0 needs one. What does not fit is counted as not sent. */
  send(message: Message): void;
  /** Sends an acknowledged message once more: same packet id, DUP=1. */
  redeliver(message: Message, packetId: number): void;
  /** Messages without their acknowledgement. */
  waiting(): number;
  /**
   * A connection is open. What waits goes out when `repeat` is called, so that greetings can go first; no more than
   * `receiveMaximum` at once. [MQTT-3.3.4-7]
   */
  attach(session: Session, receiveMaximum: number): { repeat(): void };
  detach(): void;
  /** Drops all that waits, as memory does in deep sleep or at power-off. */
  clear(): void;
}

interface Waiting {
  message: Message;
  packetId: number;
  /** Already on the wire once: the next time is a repetition. */
  repeated: boolean;
}

/** A board has little memory. At one reading each 2 s this is two minutes without a hub. */
const MAX_WAITING = 64;

export function createOutbox(tally: Tally): Outbox {
  const waiting = new Map<number, Waiting>();
  const nextPacketId = packetIds(waiting);
  let session: Session | undefined;
  let unwritten = 0;
  let receiveMaximum = 0;
  /** Packet ids that wait for their acknowledgement on this connection. */
  const onTheWay = new Set<number>();

  function transmit(entry: Waiting): void {
    const { message, packetId } = entry;
    if (onTheWay.size >= receiveMaximum) return; // `transmitNext` comes back to it
    onTheWay.add(packetId);
    const dup = entry.repeated || message.kind === "redelivery";
    if (entry.repeated) tally.retransmitted();
    else tally.sent({ readings: 0, ...message });
    entry.repeated = true;
    session?.publish({ ...message, retain: message.retain ?? false, dup, packetId }, (refusedWith) => {
      if (waiting.get(packetId) !== entry) return;
      waiting.delete(packetId);
      onTheWay.delete(packetId);
      if (refusedWith === undefined) tally.acknowledged(message.kind);
      else tally.refused(message.kind, refusedWith);
      message.onAcknowledged?.(packetId);
      transmitNext();
    });
  }

  function transmitNext(): void {
    if (onTheWay.size >= Math.min(waiting.size, receiveMaximum)) return;
    for (const entry of waiting.values()) {
      if (!onTheWay.has(entry.packetId)) return transmit(entry);
    }
  }

  function enqueue(message: Message, packetId: number): void {
    if (waiting.size >= MAX_WAITING) {
      tally.notSent(`${MAX_WAITING} messages already wait for the broker`);
      return;
    }
    const entry: Waiting = { message, packetId, repeated: false };
    waiting.set(packetId, entry);
    if (session !== undefined) transmit(entry);
  }

  function sendUnacknowledged(message: Message): void {
    const mine = session;
    if (mine === undefined) tally.notSent("QoS 0 needs a connection and there was none");
    else if (unwritten >= MAX_WAITING) tally.notSent("the broker reads too slowly (QoS 0)");
    else {
      unwritten += 1;
      tally.sent({ readings: 0, ...message });
      mine.publish({ ...message, retain: message.retain ?? false, dup: false, packetId: 0 }, () => {
        if (session === mine) unwritten -= 1;
      });
    }
  }

  return {
    send: (message) => (message.qos === 0 ? sendUnacknowledged(message) : enqueue(message, nextPacketId())),
    redeliver({ onAcknowledged: _, ...message }, packetId) {
      if (!waiting.has(packetId)) enqueue({ ...message, kind: "redelivery" }, packetId);
    },
    waiting: () => waiting.size,
    attach(opened, most) {
      session = opened;
      receiveMaximum = most;
      unwritten = 0;
      const left = [...waiting.values()];
      return { repeat: () => left.forEach(transmit) };
    },
    detach() {
      session = undefined;
      onTheWay.clear();
      for (const [packetId, { message }] of waiting) if (message.passing) waiting.delete(packetId);
    },
    clear() {
      for (const { repeated } of waiting.values()) if (!repeated) tally.notSent("no connection until the end");
      waiting.clear();
    },
  };
}

function packetIds(taken: ReadonlyMap<number, unknown>): () => number {
  let last = 0;
  return () => {
    do last = (last % 65_535) + 1;
    while (taken.has(last));
    return last;
  };
}
