/** Keeps what of a fan-out is under way: when each message left, and how many subscribers still wait for it. */
import { type InboundPacket, payloadNumber } from "./packets/packet-cutter.ts";

export interface Rounds {
  readonly counts: { published: number; deliveries: number; wrong: number };
  underWay(): number;
  /** A message leaves now; gives its number, which its payload begins with. */
  begin(): number;
  /** True when it was the last that the message was missing at. */
  delivered(subscriber: number, packet: InboundPacket): boolean;
  /** From a message's start to its last delivery. */
  latenciesMs(): readonly number[];
  clearLatencies(): void;
}

export function createRounds(subscribers: number): Rounds {
  const next = new Uint32Array(subscribers);
  const underWay = new Map<number, { sentAtMs: number; missing: number }>();
  const counts = { published: 0, deliveries: 0, wrong: 0 };
  let latenciesMs: number[] = [];
  return {
    counts,
    underWay: () => underWay.size,
    begin() {
      const message = counts.published;
      counts.published += 1;
      underWay.set(message, { sentAtMs: performance.now(), missing: subscribers });
      return message;
    },
    delivered(subscriber, packet) {
      const message = payloadNumber(packet);
      counts.deliveries += 1;
      if (message !== next[subscriber]) counts.wrong += 1;
      next[subscriber] = message + 1;
      const round = underWay.get(message);
      if (round === undefined) return false;
      round.missing -= 1;
      if (round.missing > 0) return false;
      underWay.delete(message);
      latenciesMs.push(packet.atMs - round.sentAtMs);
      return true;
    },
    latenciesMs: () => latenciesMs,
    clearLatencies() {
      latenciesMs = [];
    },
  };
}
