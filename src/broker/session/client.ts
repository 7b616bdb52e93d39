/** One connected client: its packets in, and what it is sent. Decides little; asks its parts. */
import { randomUUID } from "node:crypto";
import { FIRST_ERROR, REASON, reasonName } from "../../contract/reason-codes.ts";
import { MQTT_VERSIONS, type RefusalCode, reasonCodeOf } from "../../contract/refusals.ts";
import type { Log } from "../../core/ports.ts";
import type { Refusals } from "../../core/refusals.ts";
import type { Connection as ClientConnection } from "../../core/registry.ts";
import type { AedesCore, RegisteredClient } from "../aedes-core.ts";
import type { Connection, PacketReader } from "../connection.ts";
import type { Journal } from "../journal.ts";
import { decodePacket } from "../packets/decode.ts";
import { decodeConnect } from "../packets/decode-connect.ts";
import { createTopicMemo } from "../packets/decode-publish.ts";
import { encodeAck } from "../packets/encode.ts";
import { encodeConnack, encodeDisconnect, encodeSuback, encodeUnsuback, PINGRESP } from "../packets/encode-answers.ts";
import { isFirstByte } from "../packets/framing.ts";
import type {
  AckPacket,
  ClientPacket,
  ConnectPacket,
  DisconnectPacket,
  PacketFault,
  PublishPacket,
  SubscribePacket,
  UnsubscribePacket,
  Version,
} from "../packets/packet.ts";
import { levelCount } from "../packets/topic-rules.ts";
import { type AdmissionLimits, admit, expiryWithin } from "./admission.ts";
import { Inbound, type InboundContext, type Sender } from "./inbound.ts";
import { Outlet } from "./outlet.ts";
import type { Holder, Session } from "./session.ts";
import type { Opened, Sessions } from "./sessions.ts";
import type { Subscribing } from "./subscribing.ts";
import { InboundAliases } from "./topic-aliases.ts";

export interface ClientLimits extends AdmissionLimits {
  readonly maxConnectBytes: number;
  readonly maxPacketBytes: number;
  readonly maxInflight: number;
  readonly connectTimeoutMs: number;
}

export interface ClientContext {
  readonly core: AedesCore;
  readonly sessions: Sessions;
  readonly subscribing: Subscribing;
  readonly inbound: InboundContext;
  readonly journal: Journal;
  readonly refusals: Refusals;
  readonly log: Log;
  readonly limits: ClientLimits;
  readonly identify: (clientId: string, version: Version) => ClientConnection;
  readonly onClosed: (identity: ClientConnection) => void;
}

/** Topic aliases that a client may set. */
const INBOUND_ALIASES = 32;
/** Of the client's silence, in keep-alives. [MQTT-3.1.2-22] */
const KEEP_ALIVE_GRACE = 1.5;
/** Where room for large packets is scarce, one that does not go on for so long is cut off. */
const UNFINISHED_MS = 10_000;
/** A reader that takes nothing for so long is cut off. */
const READER_TIMEOUT_MS = 20_000;

/** What a client has from its CONNECT on. */
interface Login {
  readonly session: Session;
  readonly identity: ClientConnection;
  readonly inbound: Inbound;
  readonly outlet: Outlet;
  readonly registered: RegisteredClient;
  readonly keepAliveMs: number;
  readonly wantsProblemInformation: boolean;
  readonly sessionExpiryS: number;
  readonly maxPacketBytes: number;
}

export class Client implements PacketReader, Sender, Holder {
  readonly #connection: Connection;
  readonly #context: ClientContext;
  readonly #openedMs: number;
  #version: Version = 4;
  #clientId: string | undefined;
  #login: Login | undefined;
  #aliases: InboundAliases | undefined;
  /** Its CONNACK waits for what a restart has to know of it. */
  #isAdmitting = false;
  readonly #memo = createTopicMemo();
  /** The topic that was found short enough last. */
  #checkedTopic = "";

  constructor(connection: Connection, context: ClientContext) {
    this.#connection = connection;
    this.#context = context;
    this.#openedMs = connection.heardMs;
  }

  maxBytes(): number {
    const { maxConnectBytes, maxPacketBytes } = this.#context.limits;
    return this.#login === undefined ? maxConnectBytes : maxPacketBytes;
  }

  mayBegin(first: number): boolean {
    return this.#login === undefined ? first === CONNECT_BYTE : isFirstByte(first);
  }

  packet(first: number, bytes: Buffer, from: number, to: number): boolean {
    const login = this.#login;
    if (login === undefined) {
      this.#connect(first, bytes, from, to);
      return true;
    }
    if (this.#isAdmitting || (TAKES_ROOM.has(first >> 4) && !login.inbound.mayTake())) return false;
    const packet = decodePacket(first, bytes, from, to, this.#version, this.#memo);
    if (packet.type === "publish") this.#publish(packet, login);
    else if (packet.type === "fault") this.#faulty(packet);
    else this.#serve(packet, login);
    return true;
  }

  unreadable(why: "too large" | "malformed", announcedBytes: number): void {
    if (why === "malformed") this.#end("PROTOCOL_VIOLATION", REASON.malformedPacket, "no packet of MQTT begins so");
    else this.#end("PAYLOAD_TOO_LARGE", REASON.packetTooLarge, `${announcedBytes} bytes were announced`);
  }

  failed(cause: unknown): void {
    this.#context.log.error("a packet could not be served", { clientId: this.#clientId, cause });
    this.#end("PROTOCOL_VIOLATION", REASON.implementationSpecific, "the hub failed at this packet");
    this.#connection.end();
  }

  drained(): void {
    this.#login?.session.outbound.pump();
  }

  closed(): void {
    this.#leave(true);
  }

  resume(): void {
    this.#connection.resume();
  }

  acknowledge({ qos, packetId }: PublishPacket, reasonCode: number): void {
    this.#send(this.#ack(qos === 1 ? "puback" : "pubrec", packetId, reasonCode));
  }

  stalled(): void {
    this.#part(REASON.serverUnavailable);
  }

  takenOver(): void {
    this.#part(REASON.sessionTakenOver);
  }

  /** The hub stops. */
  shutDown(): void {
    this.#part(REASON.serverShuttingDown);
  }

  /** It does not read what it is told. */
  destroy(): void {
    this.#connection.destroy();
  }

  /** To be called from time to time. */
  sweep(nowMs: number, mayJudge: boolean, isRoomScarce: boolean): void {
    const connection = this.#connection;
    connection.tidy();
    if (connection.isEnding || !mayJudge) return;
    const login = this.#login;
    if (login === undefined) {
      if (nowMs - this.#openedMs >= this.#context.limits.connectTimeoutMs) this.#end("CONNECT_TIMEOUT", 0, undefined);
      return;
    }
    const isSilent = login.keepAliveMs > 0 && nowMs - connection.heardMs > login.keepAliveMs * KEEP_ALIVE_GRACE;
    const isIdling = isRoomScarce && connection.isGathering && nowMs - connection.heardMs > UNFINISHED_MS;
    if (isIdling && !connection.isHeld) this.#end("PACKET_UNFINISHED", REASON.quotaExceeded, undefined);
    else if (isSilent && !connection.isHeld) this.#end("KEEP_ALIVE_EXPIRED", REASON.keepAliveTimeout, undefined);
    else if (nowMs - (connection.behindSinceMs ?? nowMs) > READER_TIMEOUT_MS) {
      this.#end("READER_TOO_SLOW", REASON.quotaExceeded, undefined);
      connection.destroy(); // it would not read why
    }
  }

  #connect(first: number, bytes: Buffer, from: number, to: number): void {
    const packet = decodeConnect(first, bytes, from, to);
    if (packet.type === "fault") return this.#refuseConnect(packet);
    this.#version = packet.version;
    this.#clientId = packet.clientId;
    const admission = admit(packet, this.#context.limits, () => `aerie-${randomUUID()}`);
    if (admission.kind === "refused") {
      const { code, reasonCode, detail } = admission;
      const reasonString = packet.wantsProblemInformation ? detail : undefined;
      this.#connack(reasonCode, false, { reasonString }, packet.maxPacketBytes);
      return this.#end(code, reasonCode, detail);
    }
    const { clientId, isAssigned, expiryS, keepAliveS } = admission;
    this.#clientId = clientId;
    const { version, clean, will } = packet;
    const connection = this.#context.identify(clientId, version);
    const opened = this.#context.sessions.open({ connection, version, clean, expiryS, keepAliveS, will }, this);
    const login = this.#logIn(packet, opened, connection, keepAliveS);
    const welcome = (): void => this.#welcome(packet, opened, login, isAssigned, keepAliveS);
    if (!opened.session.isDurable && will === undefined) return welcome();
    this.#isAdmitting = true;
    // Where the store is away for long, a client is let in all the same.
    this.#context.journal.settle(() => {
      if (this.#login !== login) return;
      this.#isAdmitting = false;
      welcome();
      this.#connection.resume();
    });
  }

  #welcome(packet: ConnectPacket, opened: Opened, login: Login, isAssigned: boolean, keepAliveS: number): void {
    const { maxInflight, maxPacketBytes } = this.#context.limits;
    const { session, isPresent } = opened;
    this.#connack(REASON.success, isPresent, {
      sessionExpiryS: session.expiryS === packet.sessionExpiryS ? undefined : session.expiryS,
      receiveMaximum: maxInflight,
      maxPacketBytes,
      assignedClientId: isAssigned ? session.clientId : undefined,
      topicAliasMaximum: INBOUND_ALIASES,
      serverKeepAliveS: keepAliveS === packet.keepAliveS ? undefined : keepAliveS,
    });
    session.outbound.attach(login.outlet);
  }

  #logIn(packet: ConnectPacket, { session }: Opened, identity: ClientConnection, keepAliveS: number): Login {
    const { core, inbound, limits } = this.#context;
    const { version, clean, wantsProblemInformation, sessionExpiryS } = packet;
    const registered: RegisteredClient = {
      id: session.clientId,
      version,
      clean,
      closed: false,
      close: (done) => {
        this.takenOver();
        done();
      },
    };
    if (version === 5) this.#aliases = new InboundAliases(INBOUND_ALIASES);
    const login: Login = {
      session,
      identity,
      inbound: new Inbound(inbound, session, identity, this),
      outlet: new Outlet(this.#connection, packet, limits.maxInflight),
      registered,
      keepAliveMs: keepAliveS * 1000,
      wantsProblemInformation,
      sessionExpiryS,
      maxPacketBytes: packet.maxPacketBytes ?? Number.POSITIVE_INFINITY,
    };
    this.#login = login;
    core.register(registered);
    return login;
  }

  #connack(
    reasonCode: number,
    sessionPresent: boolean,
    more: Partial<Parameters<typeof encodeConnack>[0]>,
    maxBytes = Number.POSITIVE_INFINITY,
  ): void {
    const version = this.#version;
    const told = encodeConnack({ version, sessionPresent, reasonCode, ...more });
    // [MQTT-3.2.2-19]
    const fits = told.length <= maxBytes;
    this.#send(fits ? told : encodeConnack({ version, sessionPresent, reasonCode, ...more, reasonString: undefined }));
  }

  /** [MQTT-3.1.4-1]: an answer where the version has one, and the end. */
  #refuseConnect({ reasonCode, detail, version }: PacketFault): void {
    if (version !== undefined) {
      this.#version = version;
      const isAnswered =
        version === 5 || reasonCode === REASON.unsupportedProtocolVersion || reasonCode === REASON.clientIdNotValid;
      if (isAnswered) this.#connack(reasonCode, false, {});
    }
    const code = CONNECT_REFUSALS.get(reasonCode) ?? "PROTOCOL_VIOLATION";
    this.#end(code, reasonCode, detail);
  }

  #serve(packet: Exclude<ClientPacket, PublishPacket>, login: Login): void {
    switch (packet.type) {
      case "puback":
      case "pubcomp":
      case "pubrec":
        return this.#acknowledged(packet, login);
      case "pubrel":
        return this.#released(packet, login);
      case "subscribe":
        return this.#subscribe(packet, login);
      case "unsubscribe":
        return this.#unsubscribe(packet, login);
      case "pingreq":
        return this.#send(PINGRESP);
      case "disconnect":
        return this.#disconnect(packet, login);
      case "auth":
        // [MQTT-4.12.1-1]: there was no method in CONNECT
        return this.#end("PROTOCOL_VIOLATION", REASON.protocolError, "AUTH without an authentication method");
    }
  }

  #publish(packet: PublishPacket, { inbound }: Login): void {
    const resolved = packet.topicAlias === undefined ? packet : this.#withTopic(packet, packet.topicAlias);
    if (resolved === undefined) return;
    if (inbound.isOverWindow(resolved)) {
      return this.#end("TOO_MANY_IN_FLIGHT", REASON.receiveMaximumExceeded, undefined);
    }
    inbound.take(resolved, this.#refusalOf(resolved));
  }

  #withTopic(packet: PublishPacket, alias: number): PublishPacket | undefined {
    if (this.#aliases?.isValid(alias) !== true) {
      this.#end("PROTOCOL_VIOLATION", REASON.topicAliasInvalid, `topic alias ${alias} [MQTT-3.3.2-9]`);
      return undefined;
    }
    const topic = this.#aliases.resolve(alias, packet.topic);
    if (topic === undefined)
      this.#end("PROTOCOL_VIOLATION", REASON.protocolError, `topic alias ${alias} was never set`);
    return topic === undefined ? undefined : { ...packet, topic };
  }

  #refusalOf({ topic, qos }: PublishPacket): RefusalCode | undefined {
    if (topic === this.#checkedTopic) return undefined;
    const { maxTopicBytes, maxTopicLevels } = this.#context.limits;
    const code =
      Buffer.byteLength(topic) > maxTopicBytes || levelCount(topic) > maxTopicLevels
        ? "TOPIC_TOO_LONG"
        : topic.startsWith("$") // [MQTT-4.7.2-1]: they are the broker's
          ? "TOPIC_RESERVED"
          : undefined;
    if (code === undefined) this.#checkedTopic = topic;
    else this.#note(code, "message", this.#version === 5 && qos > 0 ? reasonCodeOf(code) : undefined, undefined, topic);
    return code;
  }

  #acknowledged({ type, packetId, reasonCode }: AckPacket, { session, outlet }: Login): void {
    const { outbound } = session;
    const isReceipt = type === "pubrec" && reasonCode < FIRST_ERROR;
    const fault = isReceipt
      ? outbound.received(packetId)
      : outbound.acknowledged(packetId, type === "pubrec" ? "pubrec" : type === "puback" ? "puback" : "pubcomp");
    if (fault === "wrong type") {
      return this.#end("PROTOCOL_VIOLATION", REASON.protocolError, `${type} for a message of another QoS`);
    }
    // [MQTT 5.0, 3.6.2.1]: so that the client ends its side too
    if (fault === "unknown" && isReceipt) outlet.pubrel(packetId, REASON.packetIdNotFound);
  }

  #released({ packetId }: AckPacket, { inbound }: Login): void {
    const done = (): void => this.#send(this.#ack("pubcomp", packetId, REASON.success));
    if (inbound.release(packetId, done)) return;
    // [MQTT-4.3.3-13]: answered all the same, so that the client is not stuck
    this.#send(this.#ack("pubcomp", packetId, REASON.packetIdNotFound));
  }

  #subscribe(packet: SubscribePacket, { session }: Login): void {
    const { subscribing, core } = this.#context;
    const { packetId, wishes, subscriptionId } = packet;
    const { reasonCodes, toSend } = subscribing.subscribe(session, packet);
    core.announceSubscriptions(session.clientId, wishes);
    this.#whenDurable(session, () => {
      const refused = reasonCodes.find((code) => code >= FIRST_ERROR);
      const why = refused === undefined ? undefined : reasonName(refused);
      this.#send(this.#told(why, (reason) => encodeSuback(packetId, reasonCodes, this.#version, reason)));
      if (toSend.length === 0) return;
      const run = subscribing.retainedFor(toSend, subscriptionId, session.outbound.retainedWaiting);
      if (run !== undefined) return session.outbound.deliverRetained(run);
      this.#end("QUEUE_FULL", REASON.quotaExceeded, "retained messages were asked for again and again");
    });
  }

  #unsubscribe(packet: UnsubscribePacket, { session }: Login): void {
    const reasonCodes = this.#context.subscribing.unsubscribe(session, packet);
    this.#whenDurable(session, () => this.#send(encodeUnsuback(packet.packetId, reasonCodes, this.#version)));
  }

  #whenDurable(session: Session, answer: () => void): void {
    if (!session.isDurable) return answer();
    this.#context.journal.settle((isDurable) => {
      if (this.#login === undefined) return;
      if (isDurable) return answer();
      this.#note("STORE_STALLED", "connection", undefined, undefined, undefined);
      this.stalled();
    });
  }

  #disconnect({ reasonCode, sessionExpiryS }: DisconnectPacket, login: Login): void {
    if (sessionExpiryS !== undefined) {
      // [MQTT-3.14.2-2]: a session that was to end with its connection cannot be kept afterwards
      if (login.sessionExpiryS === 0 && sessionExpiryS > 0) {
        return this.#end("PROTOCOL_VIOLATION", REASON.protocolError, "a session expiry where CONNECT had none");
      }
      const { sessions, limits } = this.#context;
      if (login.session.expiryS > 0) {
        sessions.setExpiry(login.session, expiryWithin(sessionExpiryS, limits.maxSessionExpiryS));
      }
    }
    this.#leave(reasonCode !== REASON.success); // before the end, which knows of no will
    this.#connection.end();
  }

  #faulty({ reasonCode, detail }: PacketFault): void {
    this.#end("PROTOCOL_VIOLATION", reasonCode, detail);
  }

  /** The hub ends it: counted, said to who can hear it, and closed. */
  #end(code: RefusalCode, reasonCode: number, detail: string | undefined): void {
    if (this.#connection.isEnding) return;
    const isTold = this.#login !== undefined && this.#version === 5;
    this.#note(code, "connection", isTold ? reasonCode : undefined, detail, undefined);
    this.#part(reasonCode, detail);
  }

  #part(reasonCode: number, detail?: string): void {
    this.#sayGoodbye(reasonCode, detail);
    this.#leave(true);
    this.#connection.end();
  }

  #note(
    code: RefusalCode,
    kind: "connection" | "message",
    reasonCode: number | undefined,
    detail: string | undefined,
    topic: string | undefined,
  ): void {
    this.#context.refusals.add({
      code,
      kind,
      clientId: this.#clientId,
      address: this.#connection.address,
      mqttVersion: this.#clientId === undefined ? undefined : MQTT_VERSIONS[this.#version],
      reasonCode,
      detail,
      topic,
    });
  }

  /** 3.x has no such packet: closing says all. */
  #sayGoodbye(reasonCode: number, detail?: string): void {
    if (this.#version !== 5 || this.#login === undefined || this.#isAdmitting) return;
    this.#send(this.#told(detail, (reasonString) => encodeDisconnect(reasonCode, reasonString)));
  }

  /** With the reason in words, where the client wants them and takes a packet of that size. [MQTT-3.1.2-29, -3.4.2-2 …] */
  #told(reasonString: string | undefined, encode: (reasonString: string | undefined) => Buffer): Buffer {
    const login = this.#login;
    if (reasonString === undefined || login?.wantsProblemInformation !== true) return encode(undefined);
    const told = encode(reasonString);
    return told.length <= login.maxPacketBytes ? told : encode(undefined);
  }

  /** The session has no client any more. */
  #leave(publishWill: boolean): void {
    const login = this.#login;
    if (login === undefined) return;
    this.#login = undefined;
    const { core, sessions, onClosed } = this.#context;
    login.inbound.close();
    login.registered.closed = true;
    core.unregister(login.registered);
    onClosed(login.identity);
    sessions.close(login.session, publishWill);
  }

  #ack(type: "puback" | "pubrec" | "pubcomp", packetId: number, reasonCode: number): Buffer {
    const version = this.#version;
    if (reasonCode < FIRST_ERROR || version !== 5) return encodeAck(type, packetId, reasonCode, version);
    return this.#told(reasonName(reasonCode), (why) => encodeAck(type, packetId, reasonCode, version, why));
  }

  #send(bytes: Uint8Array): void {
    this.#connection.send(bytes);
  }
}

const CONNECT_BYTE = 0x10;
/** Packet types whose packets wait for the store: PUBLISH, SUBSCRIBE, UNSUBSCRIBE. */
const TAKES_ROOM: ReadonlySet<number> = new Set([3, 8, 10]);

const CONNECT_REFUSALS: ReadonlyMap<number, RefusalCode> = new Map([
  [REASON.unsupportedProtocolVersion, "VERSION_UNSUPPORTED"],
  [REASON.clientIdNotValid, "CLIENT_ID_INVALID"],
  [REASON.badAuthenticationMethod, "AUTH_METHOD_UNSUPPORTED"],
]);
