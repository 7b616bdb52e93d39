/** Lays a board's packets out one after the other, in units that one acknowledgement ends. */
import { publishPacket } from "../packets/publish-packet.ts";

export interface UnitRowOptions {
  topic: string;
  nextPayload(): string;
  units: number;
  /** The last message of a unit has `qos`, and the unit's number + 1 as packet id; those before it are QoS 0. */
  messagesPerUnit: number;
  qos: 1 | 2;
}

export interface UnitRow {
  packets: Buffer;
  /** Slot n ends where slot n + 1 begins. */
  offsets: Uint32Array;
  /** The packets of slots `from` ≤ slot < `end`; a view, not a copy. */
  bytes(from: number, end: number): Buffer;
}

export function layUnits({ topic, nextPayload, units, messagesPerUnit, qos }: UnitRowOptions): UnitRow {
  const slots = units * messagesPerUnit;
  const offsets = new Uint32Array(slots + 1);
  const made: Buffer[] = [];
  for (let slot = 0, offset = 0; slot < slots; slot += 1) {
    const isLast = slot % messagesPerUnit === messagesPerUnit - 1;
    const packetId = isLast ? Math.floor(slot / messagesPerUnit) + 1 : undefined;
    const packet = publishPacket({ topic, payload: nextPayload(), qos: isLast ? qos : 0, packetId });
    made.push(packet);
    offset += packet.length;
    offsets[slot + 1] = offset;
  }
  const packets = Buffer.concat(made);
  return { packets, offsets, bytes: (from, end) => packets.subarray(offsets[from] ?? 0, offsets[end] ?? 0) };
}
