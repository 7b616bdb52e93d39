/** How a sequence of packets goes wrong: bits, lengths, order, rubbish. As data, so that fast-check can shrink it. */
import fc from "fast-check";

const KINDS = ["flip", "flipHead", "cut", "length", "insert", "double", "swap", "leaveOut", "append"] as const;

export interface Mutation {
  readonly kind: (typeof KINDS)[number];
  /** Which packet, as a part of the sequence: 0 is the first, just below 1 the last. */
  readonly which: number;
  /** Where in it, likewise; or which other packet. */
  readonly where: number;
  readonly bytes: Uint8Array;
}

const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
/** Seldom the first, CONNECT: behind a fault of it nothing is looked at any more. */
const mostlyLater = fc.oneof(
  { weight: 1, arbitrary: part },
  { weight: 3, arbitrary: part.map((each) => 0.2 + 0.8 * each) },
);

export const mutations: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom(...KINDS),
  which: mostlyLater,
  where: part,
  bytes: fc.uint8Array({ minLength: 1, maxLength: 6 }),
});

/** Changes the list in place. */
export function mutate(packets: Buffer[], { kind, which, where, bytes }: Mutation): void {
  const index = Math.floor(which * packets.length);
  const packet = packets[index];
  if (packet === undefined) return;
  const at = Math.floor(where * packet.length);
  switch (kind) {
    case "flip":
      packets[index] = withBitFlipped(packet, at, bytes);
      return;
    case "flipHead": // type, flags, length, and what stands first
      packets[index] = withBitFlipped(packet, Math.floor(where * Math.min(8, packet.length)), bytes);
      return;
    case "cut":
      packets[index] = packet.subarray(0, at);
      return;
    case "length":
      packets[index] = Buffer.concat([packet.subarray(0, 1), bytes.subarray(0, 4), packet.subarray(2)]);
      return;
    case "insert":
      packets[index] = Buffer.concat([packet.subarray(0, at), bytes, packet.subarray(at)]);
      return;
    case "double":
      packets.splice(index, 0, packet);
      return;
    case "swap": {
      const [taken = packet] = packets.splice(index, 1);
      packets.splice(Math.floor(where * (packets.length + 1)), 0, taken);
      return;
    }
    case "leaveOut":
      packets.splice(index, 1);
      return;
    case "append":
      packets.push(Buffer.from(bytes));
      return;
  }
}

function withBitFlipped(packet: Buffer, at: number, [bit = 0]: Uint8Array): Buffer {
  const changed = Buffer.from(packet);
  if (at < changed.length) changed[at] = (changed[at] ?? 0) ^ (1 << (bit & 7));
  return changed;
}
