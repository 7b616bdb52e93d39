/** The messages that wait for one session, in order and bounded: QoS 0 is dropped first, then the oldest. */
import { bytesOf, type Delivery } from "./delivery.ts";

/** What may wait for one client, and for all of them together. */
export interface QueueLimits {
  readonly maxQueueMessages: number;
  readonly maxQueueBytes: number;
  readonly maxQueuesBytes: number;
}

/** Bytes that all clients together hold, in flight and waiting. */
export interface QueueTotals {
  bytes: number;
}

/** A queue with this many gaps in it is rebuilt. */
const MAX_GAPS = 64;

/** Order of arrival, without the cost of shifting an array. */
class Queue {
  #items: (Delivery | undefined)[] = [];
  #head = 0;

  push(delivery: Delivery): void {
    this.#items.push(delivery);
  }

  /** The first that was not dropped. */
  first(): Delivery | undefined {
    for (; this.#head < this.#items.length; this.#head++) {
      const item = this.#items[this.#head];
      if (item !== undefined && !item.isDropped) return item;
      this.#items[this.#head] = undefined; // its memory can be freed
    }
    return undefined;
  }

  shift(): void {
    if (this.first() === undefined) return;
    this.#items[this.#head++] = undefined;
  }

  all(): Delivery[] {
    return this.#items.slice(this.#head).filter((item): item is Delivery => item !== undefined && !item.isDropped);
  }

  set(items: Delivery[]): void {
    this.#items = items;
    this.#head = 0;
  }

  /** `count`: how many are there. */
  tidy(count: number): void {
    const gaps = this.#items.length - count;
    if (count === 0 || (gaps > MAX_GAPS && gaps > count)) this.set(count === 0 ? [] : this.all());
  }
}

export class OutboundQueue {
  readonly #limits: QueueLimits;
  readonly #totals: QueueTotals;
  readonly #deliveries = new Queue();
  /** Those of QoS 0 among them. */
  readonly #unacknowledged = new Queue();
  #unacknowledgedCount = 0;
  #length = 0;
  #bytes = 0;

  constructor(limits: QueueLimits, totals: QueueTotals) {
    this.#limits = limits;
    this.#totals = totals;
  }

  get length(): number {
    return this.#length;
  }

  /**
   * `heldBytes`: of messages that were sent and not acknowledged. `isPassing`: the client reads as fast as it should, so others are to
   * blame if all queues together hold too much. Answers the deliveries that were dropped for it, perhaps itself.
   */
  push(delivery: Delivery, heldBytes: number, isPassing = false): Delivery[] {
    this.#deliveries.push(delivery);
    if (delivery.qos === 0) this.#unacknowledged.push(delivery);
    this.#count(delivery, 1);
    return this.#dropExcess(isPassing ? 0 : bytesOf(delivery), heldBytes);
  }

  /** Puts deliveries before all others: they were sent, and their connection is closed. */
  putBack(deliveries: Delivery[]): void {
    for (const delivery of deliveries) this.#count(delivery, 1);
    this.#deliveries.set([...deliveries, ...this.#deliveries.all()]);
  }

  first(): Delivery | undefined {
    return this.#deliveries.first();
  }

  /** Takes the first away. */
  shift(): void {
    const delivery = this.#deliveries.first();
    if (delivery === undefined) return;
    this.#deliveries.shift();
    if (delivery.qos === 0) this.#unacknowledged.shift();
    this.#count(delivery, -1);
    this.#tidy();
  }

  /** All that waits, in order. */
  all(): Delivery[] {
    return this.#deliveries.all();
  }

  clear(): void {
    for (const delivery of this.#deliveries.all()) this.#count(delivery, -1);
    this.#tidy();
  }

  #count(delivery: Delivery, sign: 1 | -1): void {
    const bytes = sign * bytesOf(delivery);
    this.#length += sign;
    this.#bytes += bytes;
    this.#totals.bytes += bytes;
    if (delivery.qos === 0) this.#unacknowledgedCount += sign;
  }

  /** Drops until the bounds hold. Beyond the bound of all queues it drops no more than came, since other clients may be to blame. */
  #dropExcess(cameBytes: number, heldBytes: number): Delivery[] {
    const { maxQueueMessages, maxQueueBytes, maxQueuesBytes } = this.#limits;
    const dropped: Delivery[] = [];
    let freedBytes = 0;
    while (
      this.#length > maxQueueMessages ||
      this.#bytes + heldBytes > maxQueueBytes ||
      (this.#totals.bytes > maxQueuesBytes && freedBytes < cameBytes)
    ) {
      const oldest = this.#unacknowledged.first() ?? this.#deliveries.first();
      if (oldest === undefined) break;
      this.#count(oldest, -1);
      freedBytes += bytesOf(oldest);
      oldest.isDropped = true;
      oldest.publication = undefined; // the delivery itself may stay in the list for a while
      dropped.push(oldest);
    }
    if (dropped.length > 0) this.#tidy();
    return dropped;
  }

  #tidy(): void {
    this.#deliveries.tidy(this.#length);
    this.#unacknowledged.tidy(this.#unacknowledgedCount);
  }
}
