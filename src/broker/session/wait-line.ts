/** What waits for one client, in order and within a bound: QoS 0 is dropped first, then the oldest. Sends nothing. */
import { bytesOf, type Delivery } from "./delivery.ts";

/** What may wait for one client, and for all of them together. */
export interface QueueLimits {
  readonly maxQueueMessages: number;
  readonly maxQueueBytes: number;
  readonly maxQueuesBytes: number;
}

/** Bytes that wait for all clients. */
export interface QueueTotals {
  bytes: number;
}

/** A queue with this many dropped ones in it is made anew. */
const MAX_HOLES = 64;

export class WaitLine {
  readonly #limits: QueueLimits;
  readonly #totals: QueueTotals;
  #line: Delivery[] = [];
  #head = 0;
  /** Those of QoS 0 among them, oldest first. */
  #unacknowledged: Delivery[] = [];
  #unacknowledgedHead = 0;
  #length = 0;
  #bytes = 0;

  constructor(limits: QueueLimits, totals: QueueTotals) {
    this.#limits = limits;
    this.#totals = totals;
  }

  get length(): number {
    return this.#length;
  }

  /** `heldBytes`: of messages that were sent and not acknowledged. Answers what had to go for it, perhaps itself. */
  push(delivery: Delivery, heldBytes: number): Delivery[] {
    this.#line.push(delivery);
    if (delivery.qos === 0) this.#unacknowledged.push(delivery);
    this.#count(delivery, 1);
    return this.#isOver(heldBytes) ? this.#makeRoom(heldBytes) : [];
  }

  /** Before all others: they were sent, and their connection is gone. */
  putBack(deliveries: readonly Delivery[]): void {
    this.#line = [...deliveries, ...this.#line.slice(this.#head)];
    this.#head = 0;
    for (const delivery of deliveries) this.#count(delivery, 1);
  }

  first(): Delivery | undefined {
    while (this.#line[this.#head]?.isDropped === true) this.#head++;
    return this.#line[this.#head];
  }

  /** Takes the first away. */
  shift(): void {
    const delivery = this.first();
    if (delivery === undefined) return;
    this.#head++;
    if (delivery.qos === 0) this.#unacknowledgedHead++;
    this.#count(delivery, -1);
    this.#tidy();
  }

  /** All that waits, in order. */
  all(): Delivery[] {
    return this.#line.slice(this.#head).filter(({ isDropped }) => !isDropped);
  }

  clear(): void {
    this.#totals.bytes -= this.#bytes;
    this.#line = [];
    this.#unacknowledged = [];
    this.#head = this.#unacknowledgedHead = this.#length = this.#bytes = 0;
  }

  #count(delivery: Delivery, sign: 1 | -1): void {
    const bytes = sign * bytesOf(delivery);
    this.#length += sign;
    this.#bytes += bytes;
    this.#totals.bytes += bytes;
  }

  #isOver(heldBytes: number): boolean {
    const { maxQueueMessages, maxQueueBytes, maxQueuesBytes } = this.#limits;
    return (
      this.#length > maxQueueMessages ||
      this.#bytes + heldBytes > maxQueueBytes ||
      this.#totals.bytes + heldBytes > maxQueuesBytes
    );
  }

  #makeRoom(heldBytes: number): Delivery[] {
    const dropped: Delivery[] = [];
    while (this.#length > 0 && this.#isOver(heldBytes)) {
      const oldest = this.#unacknowledged[this.#unacknowledgedHead] ?? this.first();
      if (oldest === undefined) break;
      if (oldest.qos === 0) this.#unacknowledgedHead++;
      oldest.isDropped = true;
      this.#count(oldest, -1);
      dropped.push(oldest);
    }
    this.#tidy();
    return dropped;
  }

  #tidy(): void {
    if (this.#unacknowledgedHead > MAX_HOLES && this.#unacknowledgedHead * 2 > this.#unacknowledged.length) {
      this.#unacknowledged = this.#unacknowledged.slice(this.#unacknowledgedHead);
      this.#unacknowledgedHead = 0;
    }
    if (this.#line.length - this.#length > MAX_HOLES && this.#length * 2 < this.#line.length) {
      this.#line = this.all();
      this.#head = 0;
    }
    if (this.#length === 0) {
      this.#line = [];
      this.#head = 0;
      this.#unacknowledged = [];
      this.#unacknowledgedHead = 0;
    }
  }
}
