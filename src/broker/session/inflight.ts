/** The messages of one session that were sent and not acknowledged, by packet id, in the order of sending. */
import { bytesOf, type Delivery } from "./delivery.ts";
import type { QueueTotals } from "./outbound-queue.ts";

export class Inflight {
  readonly #totals: QueueTotals;
  /** After PUBREC a delivery has no message any more. */
  readonly #deliveries = new Map<number, Delivery>();
  #bytes = 0;

  constructor(totals: QueueTotals) {
    this.#totals = totals;
  }

  get size(): number {
    return this.#deliveries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  has(packetId: number): boolean {
    return this.#deliveries.has(packetId);
  }

  get(packetId: number): Delivery | undefined {
    return this.#deliveries.get(packetId);
  }

  /** Packet ids with their deliveries. */
  entries(): Iterable<[number, Delivery]> {
    return this.#deliveries;
  }

  all(): Iterable<Delivery> {
    return this.#deliveries.values();
  }

  add(packetId: number, delivery: Delivery): void {
    this.#deliveries.set(packetId, delivery);
    this.#count(bytesOf(delivery));
  }

  remove(packetId: number, delivery: Delivery): void {
    this.#deliveries.delete(packetId);
    this.#count(-bytesOf(delivery));
    if (delivery.publication !== undefined) delivery.isWritten = true;
  }

  /** PUBREC came: only the packet id is needed from now on. */
  dropMessage(delivery: Delivery): void {
    this.#count(-bytesOf(delivery));
    delivery.publication = undefined;
    delivery.isWritten = false;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#totals.bytes += bytes;
  }
}
