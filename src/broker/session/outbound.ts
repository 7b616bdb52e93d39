/** Delivers to one session: order, flow control, redelivery. */
import type { JournalEntry } from "../../core/ports/broker-state.ts";
import type { TrustedTime } from "../../core/time/trusted-time.ts";
import type { Journal } from "../journal/journal.ts";
import { type DeliveryRequest, leftMsOf, type Publication } from "../routing/publication.ts";
import { bytesOf, type Delivery, deliveryEntry, packetIdOf } from "./delivery.ts";
import { Inflight } from "./inflight.ts";
import { OutboundQueue, type QueueLimits, type QueueTotals } from "./outbound-queue.ts";
import { type RetainedRun, RetainedRuns } from "./retained-runs.ts";
import type { Sink } from "./sink.ts";

export interface OutboundContext {
  readonly time: Pick<TrustedTime, "sinceMs">;
  readonly journal: Journal;
  readonly limits: QueueLimits;
  readonly totals: QueueTotals;
  readonly onDropped: (clientId: string, count: number) => void;
}

export type AckFault = "unknown" | "wrong type";

export class Outbound {
  readonly #clientId: string;
  readonly #context: OutboundContext;
  readonly #waiting: OutboundQueue;
  readonly #runs = new RetainedRuns();
  readonly #inflight: Inflight;
  #sink: Sink | undefined;
  nextOrder = 0;
  /** Deliveries up to this order were sent, or dropped instead. */
  #sentThrough: number | undefined;
  #pumping = false;
  /** The session outlives its connection, so deliveries with QoS above 0 are written to the journal. */
  isDurable = false;

  constructor(clientId: string, context: OutboundContext) {
    this.#clientId = clientId;
    this.#context = context;
    this.#waiting = new OutboundQueue(context.limits, context.totals);
    this.#inflight = new Inflight(context.totals);
  }

  get isConnected(): boolean {
    return this.#sink !== undefined;
  }

  /** A message could be sent at once. */
  get isReady(): boolean {
    return this.#sink?.canTake() === true;
  }

  /** Messages that wait for acknowledgement or for their turn. */
  get length(): number {
    return this.#waiting.length + this.#inflight.size;
  }

  /** Retained messages that are still to come. */
  get retainedWaiting(): number {
    return this.#runs.waiting;
  }

  get sentThrough(): number | undefined {
    return this.#sentThrough;
  }

  /** True: it was noted in the journal, and must be on disk before its publisher gets the acknowledgement. */
  deliver(request: DeliveryRequest): boolean {
    const sink = this.#sink;
    if (request.qos === 0) {
      if (sink === undefined) return false;
      if (this.#waiting.length > 0 || !sink.canTake()) this.#enqueue(this.#deliveryOf(request));
      else if (this.#expiryOf(request.publication) !== 0) this.#sendUnacknowledged(sink, request);
      return false;
    }
    if (sink === undefined && !this.isDurable) return false;
    const delivery = this.#deliveryOf(request);
    this.#note(delivery);
    if (this.#waiting.length > 0 || !this.#send(delivery)) this.#enqueue(delivery);
    return this.isDurable;
  }

  /** Adds retained messages, after what waits already. */
  deliverRetained(run: RetainedRun): void {
    this.#runs.add(run);
    this.pump();
  }

  /** The client is connected: what was sent and not acknowledged is sent again first. [MQTT-4.4.0-1, MQTT-4.6.0-1] */
  attach(sink: Sink): void {
    this.#sink = sink;
    for (const [packetId, { publication, isWritten }] of this.#inflight.entries()) {
      if (publication === undefined && isWritten) sink.pubrel(packetId);
    }
    this.pump();
  }

  detach(): void {
    this.#sink = undefined;
    const sent = [...this.#inflight.entries()].filter(([, { publication }]) => publication !== undefined);
    for (const [packetId, delivery] of sent) {
      delivery.isRepeat = true;
      this.#inflight.remove(packetId, delivery);
    }
    this.#waiting.putBack(sent.map(([, delivery]) => delivery));
  }

  /** PUBACK, or PUBCOMP, or a PUBREC that refuses. */
  acknowledged(packetId: number, by: "puback" | "pubcomp" | "pubrec"): AckFault | undefined {
    const delivery = this.#inflight.get(packetId);
    if (delivery === undefined) return "unknown";
    if ((by === "puback") !== (delivery.qos === 1)) return "wrong type";
    this.#inflight.remove(packetId, delivery);
    this.#removeEntry(delivery);
    this.pump();
    return undefined;
  }

  /** PUBREC: PUBREL goes out when a restart would know of it, else the message could come a second time. [MQTT-4.3.3-1] */
  received(packetId: number): AckFault | undefined {
    const delivery = this.#inflight.get(packetId);
    if (delivery === undefined) return "unknown";
    if (delivery.qos !== 2) return "wrong type";
    this.#inflight.dropMessage(delivery);
    this.#whenWritten(delivery, () => {
      if (this.#inflight.get(packetId) === delivery) this.#sink?.pubrel(packetId);
    });
    return undefined;
  }

  /** Sends what may be sent. */
  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#sendFirst() || this.#takeRetained());
    } finally {
      this.#pumping = false;
    }
  }

  /** From the journal. */
  restore(delivery: Delivery): void {
    this.nextOrder = Math.max(this.nextOrder, delivery.order + 1);
    if (delivery.publication === undefined) this.#inflight.add(packetIdOf(delivery.order), delivery);
    else this.#enqueue(delivery);
  }

  /** The previous run of the hub ended while the client was connected, so each delivery may have been sent already. */
  assumeAllSent(): void {
    if (this.nextOrder > 0) this.#sentThrough = this.nextOrder - 1;
  }

  /** All that was not acknowledged, in order; the session ends. */
  end(): Delivery[] {
    const left = [...this.#inflight.all(), ...this.#waiting.all()];
    for (const [packetId, delivery] of this.#inflight.entries()) this.#inflight.remove(packetId, delivery);
    this.#waiting.clear();
    this.#runs.clear();
    return left;
  }

  /** Journal entries of all deliveries, for a session that becomes durable only now. */
  entriesOfAll(): JournalEntry[] {
    return [...this.#inflight.all(), ...this.#waiting.all()]
      .filter(({ qos }) => qos > 0)
      .map((delivery) => deliveryEntry(this.#clientId, delivery));
  }

  #deliveryOf({ publication, qos, retain, subscriptionIds, share }: DeliveryRequest): Delivery {
    const order = qos === 0 ? 0 : this.nextOrder++;
    const isWritten = !this.isDurable;
    return { publication, qos, retain, subscriptionIds, share, order, isRepeat: false, isDropped: false, isWritten };
  }

  /** Called before anything else happens to the delivery, so that the journal has the deliveries in their order. */
  #note(delivery: Delivery): void {
    if (!this.isDurable) return;
    if (delivery.qos === 2) this.#whenWritten(delivery, () => this.pump());
    else this.#context.journal.note(deliveryEntry(this.#clientId, delivery));
  }

  #whenWritten(delivery: Delivery, then: () => void): void {
    const written = (): void => {
      delivery.isWritten = true;
      then();
    };
    if (!this.isDurable) return written();
    const state = delivery.publication;
    this.#context.journal.note(deliveryEntry(this.#clientId, delivery), (isDurable) => {
      if (delivery.isDropped || delivery.publication !== state) return;
      if (isDurable) written();
      else this.#whenWritten(delivery, then); // the store is away: it is tried again
    });
  }

  #enqueue(delivery: Delivery): void {
    // Then it waits for its commit, not for its client.
    const isPassing = this.isReady && this.length < (this.#sink?.window ?? 0);
    const dropped = this.#waiting.push(delivery, this.#inflight.bytes, isPassing);
    if (dropped.length === 0) return;
    for (const each of dropped) this.#removeEntry(each);
    this.#context.onDropped(this.#clientId, dropped.length);
  }

  /** False: nothing may be sent now. */
  #sendFirst(): boolean {
    const delivery = this.#waiting.first();
    if (delivery === undefined || !this.#maySend(delivery)) return false;
    this.#waiting.shift();
    this.#transmit(delivery);
    return true;
  }

  /** Sends without the queue, which is empty. False: it may not be sent now. */
  #send(delivery: Delivery): boolean {
    if (!this.#maySend(delivery)) return false;
    this.#transmit(delivery);
    return true;
  }

  #maySend(delivery: Delivery): boolean {
    const { qos, order, isWritten } = delivery;
    const sink = this.#sink;
    if (sink?.canTake() !== true) return false;
    if (qos === 0) return true;
    // If it were sent before its order is on disk, a crash could give its packet id to another message.
    if (qos === 2 && !isWritten) return false;
    if (this.#inflight.size === 0) return true;
    if (this.#inflight.bytes + bytesOf(delivery) > this.#context.limits.maxQueueBytes) return false;
    return this.#inflight.size < sink.window && !this.#inflight.has(packetIdOf(order));
  }

  #transmit(delivery: Delivery): void {
    const { publication, qos, order, isRepeat } = delivery;
    const sink = this.#sink;
    if (publication === undefined || sink === undefined) return;
    const packetId = qos === 0 ? 0 : packetIdOf(order);
    const expiryS = this.#expiryOf(publication);
    // A message that was sent once is sent again, even if it has expired meanwhile. [MQTT-3.3.2-5]
    const isGone = expiryS === 0 && !isRepeat;
    if (qos > 0) this.#sentThrough = Math.max(order, this.#sentThrough ?? 0);
    if (isGone || !sink.publish(delivery as DeliveryRequest, packetId, isRepeat, expiryS)) {
      this.#removeEntry(delivery);
      if (!isGone) this.#context.onDropped(this.#clientId, 1);
      return;
    }
    if (qos === 0) return;
    // From now on it is the PUBREC that must be written.
    if (qos === 2) delivery.isWritten = false;
    this.#inflight.add(packetId, delivery);
  }

  #sendUnacknowledged(sink: Sink, request: DeliveryRequest): void {
    const isSent = sink.publish(request, 0, false, this.#expiryOf(request.publication));
    if (!isSent) this.#context.onDropped(this.#clientId, 1);
  }

  /** Puts the next retained message into the queue. False: there is none, or it must wait. */
  #takeRetained(): boolean {
    if (this.#waiting.length > 0 || this.#sink?.canTake() !== true) return false;
    const request = this.#runs.next();
    if (request === undefined) return false;
    if (this.#expiryOf(request.publication) === 0) return true;
    const delivery = this.#deliveryOf(request);
    if (delivery.qos > 0) this.#note(delivery);
    this.#enqueue(delivery);
    return true;
  }

  /** Whole seconds until it expires, rounded up; 0: it has expired; undefined: it does not expire. */
  #expiryOf(publication: Publication): number | undefined {
    const leftMs = leftMsOf(publication, this.#context.time);
    return leftMs && Math.max(0, Math.ceil(leftMs / 1000));
  }

  #removeEntry({ qos, order }: Delivery): void {
    if (qos === 0 || !this.isDurable) return;
    this.#context.journal.note({ of: "delivery", clientId: this.#clientId, order, value: undefined });
  }
}
