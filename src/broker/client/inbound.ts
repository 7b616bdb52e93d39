/** Takes a client's messages to the hub and acknowledges them in the order in which they came. [MQTT-4.6.0-2] */
import { FIRST_ERROR, REASON } from "../../contract/reason-codes.ts";
import { type RefusalCode, reasonCodeOf } from "../../contract/refusals.ts";
import type { Connection as ClientConnection } from "../../core/devices/connection.ts";
import type { ByteBudget } from "../../core/ingest/byte-budget.ts";
import type { Intake, Outcome } from "../../core/ingest/intake.ts";
import type { MessageTrace, MessageTraces } from "../../core/messages/message-trace.ts";
import type { Journal } from "../journal/journal.ts";
import type { PublishPacket } from "../packets/packet.ts";
import type { Router } from "../routing/router.ts";
import { publishUnderBoth } from "../routing/under-both.ts";
import type { InboundHold, Session } from "../session/session.ts";
import type { Hold } from "../transport/packet-reader.ts";

export interface InboundContext {
  readonly intake: Intake;
  readonly traces: MessageTraces;
  readonly router: Router;
  readonly journal: Journal;
  readonly byteBudget: ByteBudget;
  readonly maxInflight: number;
  /** The hub stops: messages with QoS above 0 are not acknowledged, and come again after the start. */
  readonly isStopping: () => boolean;
}

/** The client, as its messages use it. */
export interface Sender {
  /** Sends PUBACK or PUBREC, if the connection still exists. */
  acknowledge(packet: PublishPacket, reasonCode: number): void;
  /** The store did not take a message in time: the client has to send it again. */
  stalled(): void;
  /** Resumes reading, if this is what holds the client back. */
  release(hold: Hold): void;
}

interface Arrival {
  readonly packet: PublishPacket;
  trace: MessageTrace | undefined;
  /** Known when intake has answered. */
  outcome: Outcome | "repeat" | undefined;
  code: RefusalCode | undefined;
  /** The topic under which it is delivered as well. */
  alsoUnder: string | undefined;
  reasonCode: number;
  /** It may be acknowledged. */
  isDone: boolean;
}

export class Inbound {
  readonly #context: InboundContext;
  readonly #session: Session;
  readonly #identity: ClientConnection;
  readonly #sender: Sender;
  #arrivals: Arrival[] = [];
  /** Those before have been routed. */
  #routed = 0;
  /** Those before have been acknowledged. */
  #acknowledged = 0;
  #isAdvancing = false;
  #isHeldInFlight = false;
  #cancelWait: (() => void) | undefined;

  constructor(context: InboundContext, session: Session, identity: ClientConnection, sender: Sender) {
    this.#context = context;
    this.#session = session;
    this.#identity = identity;
    this.#sender = sender;
  }

  /** Why no message can be taken now; undefined: one can. The sender is notified when this ends. */
  hold(): Hold | undefined {
    const { byteBudget, maxInflight } = this.#context;
    if (this.#arrivals.length - this.#acknowledged >= maxInflight) {
      this.#isHeldInFlight = true;
      return "in flight";
    }
    if (!byteBudget.isFull()) return undefined;
    this.#cancelWait ??= byteBudget.onAvailable(() => {
      this.#cancelWait = undefined;
      this.#sender.release("byte budget");
    });
    return "byte budget";
  }

  /** More of QoS 2 than may be unreleased. */
  isOverWindow({ qos, packetId }: PublishPacket): boolean {
    const { inbound } = this.#session;
    return qos === 2 && inbound.size >= this.#context.maxInflight && !inbound.has(packetId);
  }

  take(packet: PublishPacket, refusal: RefusalCode | undefined): void {
    if (packet.qos > 0 && this.#context.isStopping()) return;
    const arrival: Arrival = {
      packet,
      trace: undefined,
      outcome: undefined,
      code: undefined,
      alsoUnder: undefined,
      reasonCode: 0,
      isDone: false,
    };
    this.#arrivals.push(arrival);
    if (packet.qos === 2 && this.#isRepeat(arrival)) return;
    const { intake, traces } = this.#context;
    const trace = traces.begin(packet, this.#session.clientId);
    arrival.trace = trace;
    if (refusal !== undefined) return this.#answered(arrival, "refuse", refusal);
    intake.accept(
      {
        connection: this.#identity,
        topic: packet.topic,
        payload: packet.payload,
        qos: packet.qos,
        retain: packet.retain,
        dup: packet.dup,
        packetId: packet.qos > 0 ? packet.packetId : undefined,
        trace,
      },
      (outcome, code, alsoUnder) => {
        arrival.alsoUnder = alsoUnder;
        this.#answered(arrival, outcome, code);
      },
    );
  }

  /** PUBREL: the packet id may be used for another message. False: it was not in use. */
  release(packetId: number, done: () => void): boolean {
    const { inbound, isDurable, clientId } = this.#session;
    if (inbound.get(packetId)?.isSettled !== true) return false;
    inbound.delete(packetId);
    if (!isDurable) done();
    else {
      // If it were acknowledged first, after a crash the next message with this id would be taken for this one.
      this.#context.journal.note({ of: "inbound", clientId, packetId, value: undefined }, (isDurable) => {
        if (isDurable) done();
        else this.#sender.stalled();
      });
    }
    return true;
  }

  /** The connection is closed; messages that were taken are completed. */
  close(): void {
    this.#cancelWait?.();
  }

  /** The same packet id before PUBREL is the same message, whatever DUP says. [MQTT-4.3.3-2] */
  #isRepeat(arrival: Arrival): boolean {
    const { inbound } = this.#session;
    const { packetId } = arrival.packet;
    const first = inbound.get(packetId);
    if (first === undefined) {
      inbound.set(packetId, { isSettled: false, followers: [] });
      return false;
    }
    if (first.isSettled) this.#answered(arrival, "repeat", undefined);
    else {
      first.followers.push((reasonCode) => {
        arrival.reasonCode = reasonCode ?? 0;
        this.#answered(arrival, reasonCode === undefined ? "stalled" : "repeat", undefined);
      });
    }
    return true;
  }

  #answered(arrival: Arrival, outcome: Outcome | "repeat", code: RefusalCode | undefined): void {
    arrival.outcome = outcome;
    arrival.code = code;
    if (outcome !== "repeat") arrival.trace?.ended(outcome, code);
    this.#advance();
  }

  #advance(): void {
    if (this.#isAdvancing) return; // what is answered meanwhile is found by the same loop
    this.#isAdvancing = true;
    try {
      for (;;) {
        const arrival = this.#arrivals[this.#routed];
        if (arrival?.outcome === undefined) break;
        this.#routed++;
        this.#settle(arrival, arrival.outcome);
      }
    } finally {
      this.#isAdvancing = false;
    }
    this.#acknowledge();
  }

  #acknowledge(): void {
    for (;;) {
      const arrival = this.#arrivals[this.#acknowledged];
      if (arrival?.isDone !== true || this.#acknowledged >= this.#routed) break;
      this.#acknowledged++;
      if (arrival.packet.qos > 0) this.#sender.acknowledge(arrival.packet, arrival.reasonCode);
    }
    if (this.#acknowledged === this.#arrivals.length) {
      this.#arrivals = [];
      this.#acknowledged = this.#routed = 0;
    } else if (this.#acknowledged > 256 && this.#acknowledged * 2 > this.#arrivals.length) {
      this.#arrivals = this.#arrivals.slice(this.#acknowledged);
      this.#routed -= this.#acknowledged;
      this.#acknowledged = 0;
    }
    if (this.#isHeldInFlight && this.#arrivals.length - this.#acknowledged <= this.#context.maxInflight / 2) {
      this.#isHeldInFlight = false;
      this.#sender.release("in flight");
    }
  }

  #settle(arrival: Arrival, outcome: Outcome | "repeat"): void {
    switch (outcome) {
      case "repeat":
        return this.#finish(arrival, false);
      case "refuse":
        arrival.reasonCode = arrival.code === undefined ? REASON.unspecified : reasonCodeOf(arrival.code);
        return this.#finish(arrival, false);
      case "stalled":
        this.#giveUp(arrival);
        return this.#sender.stalled();
      case "carry":
      case "stored":
        return this.#route(arrival, outcome === "stored");
    }
  }

  #route(arrival: Arrival, isStored: boolean): void {
    const { packet, alsoUnder } = arrival;
    const { isMatched, isNoted } = publishUnderBoth(this.#context, packet, alsoUnder, this.#session);
    if (!isMatched && !isStored) arrival.reasonCode = REASON.noMatchingSubscribers;
    this.#finish(arrival, isNoted);
  }

  /** Durable where it has to be, then acknowledged. */
  #finish(arrival: Arrival, isNoted: boolean): void {
    const { qos, packetId } = arrival.packet;
    const { journal } = this.#context;
    const session = this.#session;
    const hold = qos === 2 ? session.inbound.get(packetId) : undefined;
    // MQTT 5 frees the id with a PUBREC that refuses. [MQTT-4.3.3-9]
    const isFreed = session.version === 5 && arrival.reasonCode >= FIRST_ERROR;
    const isHeld = hold !== undefined && session.isDurable && !isFreed;
    if (isHeld) journal.note({ of: "inbound", clientId: session.clientId, packetId, value: true });
    if (qos === 0 || !(isNoted || isHeld)) return this.#done(arrival, hold, isFreed);
    journal.settle((isDurable) => {
      // Memory shows it already, and it will be written: a redelivery is not routed again.
      this.#done(arrival, hold, isFreed);
      if (isDurable) this.#acknowledge();
      else this.#sender.stalled();
    });
  }

  /** The message was withdrawn: its redelivery is a new one. */
  #giveUp({ packet }: Arrival): void {
    if (packet.qos !== 2) return;
    const { inbound } = this.#session;
    const hold = inbound.get(packet.packetId);
    inbound.delete(packet.packetId);
    for (const follow of hold?.followers.splice(0) ?? []) follow(undefined);
  }

  #done(arrival: Arrival, hold: InboundHold | undefined, isFreed: boolean): void {
    arrival.isDone = true;
    if (hold === undefined) return;
    hold.isSettled = true;
    if (isFreed) this.#session.inbound.delete(arrival.packet.packetId);
    for (const follow of hold.followers.splice(0)) follow(arrival.reasonCode);
  }
}
