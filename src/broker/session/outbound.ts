/** Delivers to one session: order, flow control, redelivery. Knows neither sockets nor bytes; asks a sink to send. */
import type { Clock, JournalEntry } from "../../core/ports.ts";
import type { Journal } from "../journal.ts";
import type { Publication } from "../publication.ts";
import { bytesOf, type Delivery, deliveryEntry, packetIdOf, type Wish } from "./delivery.ts";
import { type QueueLimits, type QueueTotals, WaitLine } from "./wait-line.ts";

/** The client's side while it is connected. */
export interface Sink {
  /** The client takes no more unacknowledged messages than this. */
  readonly window: number;
  /** Its socket is not behind. */
  canTake(): boolean;
  /** False: larger than the client takes, and not sent. [MQTT-3.1.2-24] */
  publish(wish: Wish, packetId: number, isRepeat: boolean, expiryS: number | undefined): boolean;
  pubrel(packetId: number): void;
}

export interface OutboundContext {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly limits: QueueLimits;
  readonly totals: QueueTotals;
  readonly onDropped: (clientId: string, count: number) => void;
  /** What a retained topic holds now. */
  readonly retained: (topic: string) => Publication | undefined;
}

/** Retained messages that a subscription asked for, sent as there is room for them. */
interface RetainedRun {
  readonly wishes: readonly Wish[];
  at: number;
}

export type AckFault = "unknown" | "wrong type";

export class Outbound {
  readonly #clientId: string;
  readonly #context: OutboundContext;
  readonly #waiting: WaitLine;
  /** Sent and not acknowledged, by packet id, in the order of sending. Behind PUBREC they have no message any more. */
  readonly #inflight = new Map<number, Delivery>();
  #inflightBytes = 0;
  #runs: RetainedRun[] = [];
  #sink: Sink | undefined;
  #nextPlace = 0;
  #pumping = false;
  /** It outlives its connection, so what is to be acknowledged is written down. */
  isDurable = false;

  constructor(clientId: string, context: OutboundContext) {
    this.#clientId = clientId;
    this.#context = context;
    this.#waiting = new WaitLine(context.limits, context.totals);
  }

  get isConnected(): boolean {
    return this.#sink !== undefined;
  }

  /** Messages that wait for acknowledgement or for their turn. */
  get length(): number {
    return this.#waiting.length + this.#inflight.size;
  }

  /** Must be `isDurable` or connected, or QoS 0. Adds to `entries` what has to be durable before the publisher's PUBACK. */
  deliver(wish: Wish, entries: JournalEntry[]): void {
    if (wish.qos === 0) {
      if (this.#sink === undefined) return;
      if (this.#isFree() && this.#sink.canTake()) {
        this.#sendUnacknowledged(this.#sink, wish);
        return;
      }
    } else if (this.#sink === undefined && !this.isDurable) return;
    const delivery = this.#place(wish);
    if (delivery.qos > 0 && this.isDurable) entries.push(deliveryEntry(this.#clientId, delivery, this.#times()));
    this.#enqueue(delivery);
    this.pump();
  }

  /** Retained messages, behind what waits already. */
  deliverRetained(wishes: readonly Wish[]): void {
    if (wishes.length === 0) return;
    this.#runs.push({ wishes, at: 0 });
    this.pump();
  }

  /** A connection is there: what was sent before is sent again, first. [MQTT-4.4.0-1, MQTT-4.6.0-1] */
  attach(sink: Sink): void {
    this.#sink = sink;
    for (const [packetId, { publication }] of this.#inflight) if (publication === undefined) sink.pubrel(packetId);
    this.pump();
  }

  detach(): void {
    this.#sink = undefined;
    const sent = [...this.#inflight].filter(([, { publication }]) => publication !== undefined);
    for (const [packetId, delivery] of sent) {
      delivery.isRepeat = true;
      this.#inflight.delete(packetId);
    }
    this.#inflightBytes = 0;
    this.#waiting.putBack(sent.map(([, delivery]) => delivery));
  }

  /** PUBACK, or PUBCOMP, or a PUBREC that refuses. */
  acknowledged(packetId: number, by: "puback" | "pubcomp" | "pubrec"): AckFault | undefined {
    const delivery = this.#inflight.get(packetId);
    if (delivery === undefined) return "unknown";
    if ((by === "puback") !== (delivery.qos === 1)) return "wrong type";
    this.#inflight.delete(packetId);
    this.#inflightBytes -= bytesOf(delivery);
    this.#forget(delivery);
    this.pump();
    return undefined;
  }

  /** PUBREC: PUBREL goes out when a restart would know of it, else the message could come a second time. [MQTT-4.3.3-1] */
  received(packetId: number): AckFault | undefined {
    const delivery = this.#inflight.get(packetId);
    if (delivery === undefined) return "unknown";
    if (delivery.qos !== 2) return "wrong type";
    this.#inflightBytes -= bytesOf(delivery);
    delivery.publication = undefined;
    if (!this.isDurable) this.#sink?.pubrel(packetId);
    else {
      this.#context.journal.write([deliveryEntry(this.#clientId, delivery, this.#times())], () =>
        this.#sink?.pubrel(packetId),
      );
    }
    return undefined;
  }

  /** Sends what may be sent. */
  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#sink?.canTake() === true && (this.#sendNext(this.#sink) || this.#takeRetained()));
    this.#pumping = false;
  }

  /** From the journal. */
  restore(delivery: Delivery): void {
    this.#nextPlace = Math.max(this.#nextPlace, delivery.place + 1);
    if (delivery.publication === undefined) this.#inflight.set(packetIdOf(delivery.place), delivery);
    else this.#enqueue(delivery);
  }

  /** All that was not acknowledged, in order; the session ends. */
  end(): Delivery[] {
    const left = [...this.#inflight.values(), ...this.#waiting.all()];
    this.#inflight.clear();
    this.#inflightBytes = 0;
    this.#waiting.clear();
    this.#runs = [];
    return left;
  }

  /** It shall outlive its connection from now on, or no longer: what waits is written down with it. */
  entriesOfAll(): JournalEntry[] {
    const times = this.#times();
    return [...this.#inflight.values(), ...this.#waiting.all()]
      .filter(({ qos }) => qos > 0)
      .map((delivery) => deliveryEntry(this.#clientId, delivery, times));
  }

  #isFree(): boolean {
    return this.#waiting.length === 0;
  }

  #place({ publication, qos, retain, subscriptionIds, share }: Wish): Delivery {
    const place = qos === 0 ? 0 : this.#nextPlace++;
    return { publication, qos, retain, subscriptionIds, share, place, isRepeat: false, isDropped: false };
  }

  #enqueue(delivery: Delivery): void {
    const dropped = this.#waiting.push(delivery, this.#inflightBytes);
    if (dropped.length === 0) return;
    for (const each of dropped) this.#forget(each);
    this.#context.onDropped(this.#clientId, dropped.length);
  }

  /** False: nothing that may go now. */
  #sendNext(sink: Sink): boolean {
    const delivery = this.#waiting.first();
    if (delivery?.publication === undefined) return false;
    const { publication, qos, place } = delivery;
    const packetId = qos === 0 ? 0 : packetIdOf(place);
    if (qos > 0 && (this.#inflight.size >= sink.window || this.#inflight.has(packetId))) return false;
    this.#waiting.shift();
    const expiryS = this.#expiryOf(publication);
    // What was sent once is finished, however old it is. [MQTT-3.3.2-5]
    const isGone = expiryS === 0 && !delivery.isRepeat;
    if (isGone || !sink.publish(delivery as Wish, packetId, delivery.isRepeat, expiryS)) {
      this.#forget(delivery);
      if (!isGone) this.#context.onDropped(this.#clientId, 1);
      return true;
    }
    if (qos === 0) return true;
    this.#inflight.set(packetId, delivery);
    this.#inflightBytes += publication.bytes;
    return true;
  }

  #sendUnacknowledged(sink: Sink, wish: Wish): void {
    const expiryS = this.#expiryOf(wish.publication);
    if (expiryS === 0) return;
    if (!sink.publish(wish, 0, false, expiryS)) this.#context.onDropped(this.#clientId, 1);
  }

  /** The next retained message joins what waits. False: there is none, or it must wait for acknowledgements. */
  #takeRetained(): boolean {
    const [run] = this.#runs;
    if (run === undefined || !this.#isFree()) return false;
    const wish = run.wishes[run.at++];
    if (wish === undefined) {
      this.#runs.shift();
      return true;
    }
    // Replaced since: the newer one went the ordinary way, and an older one behind it would be wrong.
    if (this.#context.retained(wish.publication.topic) !== wish.publication) return true;
    const delivery = this.#place(wish);
    if (delivery.qos > 0 && this.isDurable) {
      this.#context.journal.later(deliveryEntry(this.#clientId, delivery, this.#times()));
    }
    this.#enqueue(delivery);
    return true;
  }

  /** Whole seconds that are left, at least 1; 0: none; undefined: it does not expire. */
  #expiryOf({ expiresMs }: Publication): number | undefined {
    if (expiresMs === undefined) return undefined;
    const leftMs = expiresMs - this.#context.clock.monotonicMs();
    return leftMs <= 0 ? 0 : Math.ceil(leftMs / 1000);
  }

  #forget(delivery: Delivery): void {
    if (delivery.qos === 0 || !this.isDurable) return;
    this.#context.journal.later({ of: "delivery", clientId: this.#clientId, place: delivery.place, value: undefined });
  }

  #times() {
    const { clock } = this.#context;
    return { wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs() };
  }
}
