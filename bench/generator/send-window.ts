/** Keeps what of a ring is under way: which units wait for their last acknowledgement, since when, for which sequences. */
import type { PublishRing } from "./messages/publish-ring.ts";
import { createSequenceList } from "./sequence-list.ts";

export interface SendWindowOptions {
  ring: PublishRing;
  units: number;
  messagesPerUnit: number;
  /** How many units may be unacknowledged. */
  windowUnits: number;
  firstSequence: number;
  /** One unit's PUBACK or PUBCOMP came: it stood for that many messages. */
  onAcknowledged(messages: number, latencyMs: number): void;
}

export interface SendWindow {
  unitsInFlight(): number;
  /** The sequence that the next message will have. */
  nextSequence(): number;
  /** In the order of their acknowledgements. */
  acknowledgedSequences(): Uint32Array;
  /** Acknowledgements that nobody waited for. */
  strayAcks(): number;
  /** The broker sent a packet that is none of the expected acknowledgements. */
  stray(): void;
  /** Stamps up to `limit` messages and hands them to `write`, neighbours together; gives how many. */
  fill(limit: number, write: (bytes: Buffer) => void): number;
  acknowledge(packetId: number, nowMs: number): void;
}

export function createSendWindow(options: SendWindowOptions): SendWindow {
  const { ring, units, messagesPerUnit, windowUnits, firstSequence, onAcknowledged } = options;
  const waiting = new Uint16Array(units);
  const sentAtMs = new Float64Array(units);
  const firstOf = new Float64Array(units);
  const acknowledged = createSequenceList();
  let nextUnit = 0;
  let sequence = firstSequence;
  let inFlight = 0;
  let strays = 0;

  function takeUnit(begin: number, count: number, nowMs: number, nowUs: number): void {
    for (let offset = 0; offset < count; offset += 1) ring.stamp(begin + offset, sequence + offset, nowUs);
    waiting[nextUnit] = count;
    sentAtMs[nextUnit] = nowMs;
    firstOf[nextUnit] = sequence;
    sequence += count;
    inFlight += 1;
    nextUnit = nextUnit + 1 === units ? 0 : nextUnit + 1;
  }

  return {
    unitsInFlight: () => inFlight,
    nextSequence: () => sequence,
    acknowledgedSequences: acknowledged.all,
    strayAcks: () => strays,
    stray: () => {
      strays += 1;
    },
    fill(limit, write) {
      const nowMs = performance.now();
      const nowUs = Number(process.hrtime.bigint() / 1000n);
      let sent = 0;
      let from = 0;
      let to = 0;
      // A slot is never stamped while its bytes may still wait in the socket: its unit is then unacknowledged.
      while (sent < limit && inFlight < windowUnits && waiting[nextUnit] === 0) {
        const count = Math.min(messagesPerUnit, limit - sent);
        const end = (nextUnit + 1) * messagesPerUnit;
        const begin = end - count; // a part of a unit is its tail, because its last message is the acknowledged one
        if (begin !== to) {
          if (to > from) write(ring.bytes(from, to));
          from = begin;
        }
        to = end;
        takeUnit(begin, count, nowMs, nowUs);
        sent += count;
      }
      if (to > from) write(ring.bytes(from, to));
      return sent;
    },
    acknowledge(packetId, nowMs) {
      const unit = packetId - 1;
      const count = waiting[unit] ?? 0;
      if (count === 0) {
        strays += 1;
        return;
      }
      waiting[unit] = 0;
      inFlight -= 1;
      acknowledged.add(firstOf[unit] ?? 0, count);
      onAcknowledged(count, nowMs - (sentAtMs[unit] ?? 0));
    },
  };
}
