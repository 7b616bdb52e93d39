/** One connection's client: lets it in, has it served, and ends it. Decides little; asks its parts. */
import { randomUUID } from "node:crypto";
import { REASON } from "../../contract/reason-codes.ts";
import { MQTT_VERSIONS, type RefusalCode, reasonCodeOf } from "../../contract/refusals.ts";
import type { Identified, IdentifyClient, MqttLogin } from "../../core/access/credentials.ts";
import { type MqttIdentity, mayPublish } from "../../core/access/mqtt-access.ts";
import type { Quarantine, Waiting } from "../../core/access/pairing.ts";
import type { Connection as ClientConnection } from "../../core/devices/connection.ts";
import type { Pace } from "../../core/limits/pace.ts";
import type { RateLimit } from "../../core/limits/rate-limit.ts";
import type { Refusals } from "../../core/limits/refusals.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Journal } from "../journal/journal.ts";
import { decodePacket } from "../packets/decode.ts";
import { decodeConnect } from "../packets/decode-connect.ts";
import { createTopicMemo } from "../packets/decode-publish.ts";
import { foreignProtocol, isFirstByte } from "../packets/framing.ts";
import type { ConnectPacket, DisconnectPacket, PacketFault, PublishPacket, Version, Will } from "../packets/packet.ts";
import type { AedesCore, RegisteredClient } from "../routing/aedes-core.ts";
import type { Connection, PacketReader } from "../transport/connection.ts";
import { type Admission, type AdmissionLimits, admit, expiryWithin } from "./admission.ts";
import { Inbound, type InboundContext, type Sender } from "./inbound.ts";
import { createPacing, type Pacing } from "./pacing.ts";
import { PublishWriter } from "./publish-writer.ts";
import { ResponseWriter } from "./response-writer.ts";
import { INBOUND_ALIASES, Service } from "./service.ts";
import type { Holder, Session } from "./session.ts";
import type { Opened, Sessions } from "./sessions.ts";
import type { Subscribing } from "./subscribing.ts";
import { serveWaiting } from "./waiting-board.ts";

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
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: ClientLimits;
  /** Whose it is, by its user name and password. */
  readonly authenticate: IdentifyClient;
  readonly quarantine: Quarantine | undefined;
  readonly identify: (clientId: string, version: Version, names: readonly string[]) => ClientConnection;
  /** How often clients of a credential may come. */
  readonly connects: RateLimit;
  /** How fast its credential, and its address, may send. */
  readonly pacesOf: (owner: string | undefined, address: string | undefined) => readonly Pace[];
  readonly onSlowed: () => void;
  readonly onClosed: (identity: ClientConnection) => void;
}

const decoder = new TextDecoder();

/** Of the client's silence, in keep-alives. [MQTT-3.1.2-22] */
const KEEP_ALIVE_GRACE = 1.5;
/** Where room for large packets is scarce, one that does not go on for so long is cut off. */
const UNFINISHED_MS = 10_000;
/** CONNACK waits no longer for a store that is away or slow: better let in than out. */
const ADMIT_WITHIN_MS = 1_000;
/** A reader that takes nothing for so long is cut off. */
const READER_TIMEOUT_MS = 20_000;

/** What a client has from its CONNECT on. */
interface Login {
  readonly session: Session;
  readonly identity: ClientConnection;
  readonly inbound: Inbound;
  readonly publishes: PublishWriter;
  readonly service: Service;
  /** Undefined: it may send as fast as it can. */
  readonly pacing: Pacing | undefined;
  readonly registered: RegisteredClient;
  readonly keepAliveMs: number;
  /** As CONNECT said. */
  readonly sessionExpiryS: number;
}

export class Client implements PacketReader, Sender, Holder {
  readonly #connection: Connection;
  readonly #context: ClientContext;
  readonly #openedMs: number;
  #clientId: string | undefined;
  /** Since its version is known. */
  #responses: ResponseWriter | undefined;
  #login: Login | undefined;
  /** Its CONNACK waits for what a restart has to know of it. */
  #isAdmitting = false;
  /** Whose it is takes its time to find out. */
  #isChecking = false;
  /** It is unknown, and waits to be let in. */
  #waiting: Waiting | undefined;
  readonly #memo = createTopicMemo();

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
    const isBefore = this.#login === undefined && this.#waiting === undefined && !this.#isChecking;
    return isBefore ? first === CONNECT_BYTE : isFirstByte(first);
  }

  packet(first: number, bytes: Buffer, from: number, to: number): boolean {
    const login = this.#login;
    if (this.#isChecking) return false;
    if (this.#waiting !== undefined && this.#responses !== undefined) {
      const said = decodePacket(first, bytes, from, to, this.#responses.version, this.#memo);
      if (said.type === "disconnect") this.#connection.end();
      else if (said.type === "fault") this.#end("PROTOCOL_VIOLATION", said.reasonCode, said.detail);
      else serveWaiting(said, this.#waiting, this.#responses);
      return true;
    }
    if (login === undefined || this.#responses === undefined) {
      this.#connect(first, bytes, from, to);
      return true;
    }
    if (this.#isAdmitting) return false;
    if (WAITS_FOR_STORE.has(first >> 4)) {
      const pace = login.pacing?.next();
      if (pace === "never") {
        this.#end("RATE_TOO_HIGH", REASON.messageRateTooHigh, undefined);
        return true;
      }
      if (pace === "later" || !login.inbound.mayTake()) return false;
      login.pacing?.spend(to - from);
    }
    const packet = decodePacket(first, bytes, from, to, this.#responses.version, this.#memo);
    if (packet.type === "publish") login.service.publish(packet);
    else if (packet.type === "fault") this.#end("PROTOCOL_VIOLATION", packet.reasonCode, packet.detail);
    else if (packet.type === "disconnect") this.#disconnect(packet, login);
    else login.service.serve(packet);
    return true;
  }

  unreadable(why: "too large" | "malformed", announcedBytes: number, first: number): void {
    if (why === "malformed") {
      const foreign = this.#login === undefined ? foreignProtocol(first) : undefined;
      this.#end("PROTOCOL_VIOLATION", REASON.malformedPacket, foreign ?? "no packet of MQTT begins so");
    } else this.#end("PAYLOAD_TOO_LARGE", REASON.packetTooLarge, `${announcedBytes} bytes were announced`);
  }

  failed(cause: unknown): void {
    this.#context.log.error("a packet could not be served", { clientId: this.#clientId, cause });
    this.#end("PROTOCOL_VIOLATION", REASON.implementationSpecific, "the hub failed at this packet");
    this.#connection.end();
  }

  drained(): void {
    this.#login?.session.outbound.pump();
  }

  get address(): string | undefined {
    return this.#connection.address;
  }

  closed(): void {
    this.#waiting?.left();
    this.#waiting = undefined;
    this.#leave(true);
  }

  resume(): void {
    this.#connection.resume();
  }

  acknowledge({ qos, packetId }: PublishPacket, reasonCode: number): void {
    this.#responses?.acknowledge(qos === 1 ? "puback" : "pubrec", packetId, reasonCode);
  }

  stalled(isCounted = true): void {
    if (!isCounted) this.#note("STORE_STALLED", { kind: "connection" });
    this.#part(REASON.serverUnavailable);
  }

  takenOver(): void {
    this.#part(REASON.sessionTakenOver);
  }

  revoked(): void {
    this.#note("CREDENTIAL_ENDED", {
      kind: "connection",
      reasonCode: this.#sentReasonCode(REASON.administrativeAction),
    });
    this.#part(REASON.administrativeAction);
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
  sweep(nowMs: number, mayJudge: boolean, isGatheringFull: boolean): void {
    const connection = this.#connection;
    connection.tidy();
    if (connection.isEnding || !mayJudge) return;
    const login = this.#login;
    if (login === undefined) {
      if (this.#waiting !== undefined) return; // its own two minutes end it
      if (nowMs - this.#openedMs >= this.#context.limits.connectTimeoutMs) this.#end("CONNECT_TIMEOUT", 0, undefined);
      return;
    }
    const isWaiting = connection.isHeld || this.#isAdmitting;
    const isSilent = login.keepAliveMs > 0 && nowMs - connection.heardMs > login.keepAliveMs * KEEP_ALIVE_GRACE;
    const isIdling = isGatheringFull && connection.isGathering && nowMs - connection.heardMs > UNFINISHED_MS;
    if (isIdling && !isWaiting) this.#end("PACKET_UNFINISHED", REASON.quotaExceeded, undefined);
    else if (isSilent && !isWaiting) this.#end("KEEP_ALIVE_EXPIRED", REASON.keepAliveTimeout, undefined);
    else if (nowMs - (connection.behindSinceMs ?? nowMs) > READER_TIMEOUT_MS) {
      this.#end("READER_TOO_SLOW", REASON.quotaExceeded, undefined);
      connection.destroy(); // it would not read why
    }
  }

  #connect(first: number, bytes: Buffer, from: number, to: number): void {
    const foreign = foreignProtocol(first, to - from);
    if (foreign !== undefined) return this.#end("PROTOCOL_VIOLATION", REASON.protocolError, foreign);
    const packet = decodeConnect(first, bytes, from, to);
    if (packet.type === "fault") return this.#refuseConnect(packet);
    const responses = new ResponseWriter(this.#connection, packet);
    this.#responses = responses;
    this.#clientId = packet.clientId;
    const admission = admit(packet, this.#context.limits, () => `aerie-${randomUUID()}`);
    if (admission.kind === "refused") {
      const { code, reasonCode, detail } = admission;
      return this.#refuse(responses, code, reasonCode, detail);
    }
    this.#clientId = admission.clientId;
    const { userName, password } = packet;
    const { address } = this.#connection;
    const said = { clientId: packet.clientId, userName, password: password && decoder.decode(password), address };
    const identified = this.#context.authenticate(said);
    if (!(identified instanceof Promise)) return this.#identified(identified, said, packet, responses, admission);
    this.#isChecking = true;
    identified
      .then((identity) => {
        this.#isChecking = false;
        if (this.#connection.isEnding) return;
        this.#identified(identity, said, packet, responses, admission);
        this.#connection.countAnew();
        this.#connection.resume();
      })
      .catch((cause: unknown) => this.failed(cause));
  }

  #identified(
    identified: Identified,
    said: MqttLogin,
    packet: ConnectPacket,
    responses: ResponseWriter,
    admission: Extract<Admission, { kind: "admitted" }>,
  ): void {
    const { clientId, isAssigned, expiryS, keepAliveS } = admission;
    const { version, clean } = packet;
    if (!identified.ok) {
      const { code, detail } = identified;
      if (MAY_WAIT.has(code) && this.#wait(said, responses)) return;
      return this.#refuse(responses, code, reasonCodeOf(code), detail);
    }
    const { who, owner } = identified;
    if (owner !== undefined && this.#context.connects.take(owner) > 0) {
      const code = "TOO_MANY_CONNECTS_OF_CREDENTIAL";
      return this.#refuse(responses, code, reasonCodeOf(code), owner);
    }
    const will = this.#willOf(packet.will, admission, who);
    this.#context.refusals.accepted(clientId);
    const connection = this.#context.identify(sessionIdOf(owner, clientId), version, namesOf(packet));
    const opened = this.#context.sessions.open({ connection, version, clean, expiryS, keepAliveS, will, who }, this);
    const pacing = this.#pacingOf(owner);
    const login = this.#logIn(packet, opened, connection, responses, keepAliveS, pacing);
    const welcome = (): void => this.#welcome(packet, opened, login, responses, isAssigned ? clientId : undefined);
    const isKept = opened.session.isDurable || will !== undefined;
    if (!isKept || this.#context.journal.isStuck()) return welcome();
    this.#isAdmitting = true;
    const letIn = (): void => {
      if (this.#login !== login || !this.#isAdmitting) return;
      this.#isAdmitting = false;
      welcome();
      this.#connection.countAnew();
      this.#connection.resume();
    };
    const cancel = this.#context.clock.after(ADMIT_WITHIN_MS, letIn);
    this.#context.journal.settle(() => {
      cancel();
      letIn();
    });
  }

  /** A last will that may not be published is left out, and said. */
  #willOf(
    asked: Will | undefined,
    { will, willFault }: Pick<Extract<Admission, { kind: "admitted" }>, "will" | "willFault">,
    who: MqttIdentity,
  ): Will | undefined {
    const code = willFault ?? (will === undefined || mayPublish(who, will.topic) ? undefined : "TOPIC_NOT_OWN");
    if (code === undefined || asked === undefined) return will;
    this.#note(code, {
      kind: "message",
      topic: asked.topic,
      detail: "it is the topic of the last will, which is left out",
    });
    return undefined;
  }

  #logIn(
    packet: ConnectPacket,
    { session }: Opened,
    identity: ClientConnection,
    responses: ResponseWriter,
    keepAliveS: number,
    pacing: Pacing | undefined,
  ): Login {
    const { core, limits } = this.#context;
    const inbound = new Inbound(this.#context.inbound, session, identity, this);
    const publishes = new PublishWriter(this.#connection, packet, limits.maxInflight);
    const service = new Service(this.#context, {
      session,
      inbound,
      publishes,
      responses,
      isBridge: packet.isBridge,
      end: (code, reasonCode, detail) => this.#end(code, reasonCode, detail),
      refuse: (code, reasonCode, topic) => this.#note(code, { kind: "message", reasonCode, topic }),
      stalled: (isCounted) => this.stalled(isCounted),
      isGone: () => this.#login === undefined,
    });
    const registered: RegisteredClient = {
      id: session.clientId,
      version: packet.version,
      clean: packet.clean,
      closed: false,
      close: (done) => {
        this.takenOver();
        done();
      },
    };
    const { sessionExpiryS } = packet;
    const keepAliveMs = keepAliveS * 1000;
    const login = { session, identity, inbound, publishes, service, pacing, registered, keepAliveMs, sessionExpiryS };
    this.#login = login;
    core.register(registered);
    return login;
  }

  #pacingOf(owner: string | undefined): Pacing | undefined {
    const { clock, pacesOf, onSlowed } = this.#context;
    const paces = pacesOf(owner, this.#connection.address);
    const resume = (): void => {
      this.#connection.countAnew();
      this.#connection.resume();
    };
    return paces.length === 0 ? undefined : createPacing({ clock, paces, resume, onSlowed });
  }

  #welcome(
    packet: ConnectPacket,
    opened: Opened,
    login: Login,
    responses: ResponseWriter,
    assignedId: string | undefined,
  ): void {
    const { maxInflight, maxPacketBytes } = this.#context.limits;
    const { session, isPresent } = opened;
    const keepAliveS = login.keepAliveMs / 1000;
    responses.connack({
      reasonCode: REASON.success,
      sessionPresent: isPresent,
      sessionExpiryS: session.expiryS === packet.sessionExpiryS ? undefined : session.expiryS,
      receiveMaximum: maxInflight,
      maxPacketBytes,
      assignedClientId: assignedId,
      topicAliasMaximum: INBOUND_ALIASES,
      serverKeepAliveS: keepAliveS === packet.keepAliveS ? undefined : keepAliveS,
    });
    session.outbound.attach(login.publishes);
  }

  /** An unknown board, where one may join: connected, and nothing that it says goes anywhere. False: none may. */
  #wait(said: MqttLogin, responses: ResponseWriter): boolean {
    const end = (): void => {
      this.#waiting = undefined;
      this.#connection.end();
    };
    this.#waiting = this.#context.quarantine?.(said, end);
    if (this.#waiting === undefined) return false;
    responses.connack({ reasonCode: REASON.success, sessionPresent: false, sessionExpiryS: 0 });
    return true;
  }

  /** Answered, and not let in. [MQTT-3.1.4-2] */
  #refuse(responses: ResponseWriter, code: RefusalCode, reasonCode: number, detail: string): void {
    responses.connack({ reasonCode, sessionPresent: false, reasonString: detail });
    this.#end(code, reasonCode, detail, responses.version === 5);
  }

  /** [MQTT-3.1.4-1]: an answer where the version has one, and the end. */
  #refuseConnect({ reasonCode, detail, version }: PacketFault): void {
    if (version !== undefined) {
      this.#responses = new ResponseWriter(this.#connection, { version });
      // 3.x has codes for these two only.
      const isAnswered =
        version === 5 || reasonCode === REASON.unsupportedProtocolVersion || reasonCode === REASON.clientIdNotValid;
      if (isAnswered) this.#responses.connack({ reasonCode, sessionPresent: false });
    }
    const code = CONNECT_REFUSALS.get(reasonCode) ?? "PROTOCOL_VIOLATION";
    this.#end(code, reasonCode, detail, version === 5);
  }

  #disconnect({ reasonCode, sessionExpiryS }: DisconnectPacket, { session, sessionExpiryS: saidBefore }: Login): void {
    if (sessionExpiryS !== undefined) {
      // [MQTT-3.14.2-2]: a session that was to end with its connection cannot be kept afterwards
      if (saidBefore === 0 && sessionExpiryS > 0) {
        return this.#end("PROTOCOL_VIOLATION", REASON.protocolError, "a session expiry where CONNECT had none");
      }
      const { sessions, limits } = this.#context;
      if (session.isDurable) sessions.setExpiry(session, expiryWithin(sessionExpiryS, limits.maxSessionExpiryS));
    }
    this.#leave(reasonCode !== REASON.success); // before the end, which knows of no will
    this.#connection.end();
  }

  #sentReasonCode(reasonCode: number): number | undefined {
    return this.#login !== undefined && this.#responses?.version === 5 ? reasonCode : undefined;
  }

  /** The hub ends it: counted, said to who can hear it, and closed. */
  #end(
    code: RefusalCode,
    reasonCode: number,
    detail: string | undefined,
    isReasonSent = this.#login !== undefined && this.#responses?.version === 5,
  ): void {
    if (this.#connection.isEnding) return;
    this.#note(code, { kind: "connection", reasonCode: isReasonSent ? reasonCode : undefined, detail });
    this.#part(reasonCode, detail);
  }

  #part(reasonCode: number, detail?: string): void {
    const isHeard = this.#login !== undefined && !this.#isAdmitting;
    if (isHeard) this.#responses?.disconnect(reasonCode, detail);
    this.#leave(true);
    this.#connection.end();
  }

  #note(
    code: RefusalCode,
    what: {
      kind: "connection" | "message";
      reasonCode?: number | undefined;
      detail?: string | undefined;
      topic?: string;
    },
  ): void {
    this.#context.refusals.add({
      ...what,
      code,
      clientId: this.#clientId,
      address: this.#connection.address,
      mqttVersion: this.#responses && MQTT_VERSIONS[this.#responses.version],
    });
  }

  /** The session has no client any more. */
  #leave(publishWill: boolean): void {
    const login = this.#login;
    if (login === undefined) return;
    this.#login = undefined;
    const { core, sessions, onClosed } = this.#context;
    login.inbound.close();
    login.pacing?.stop();
    login.registered.closed = true;
    core.unregister(login.registered);
    onClosed(login.identity);
    sessions.close(login.session, publishWill);
  }
}

const CONNECT_BYTE = 0x10;
/** Packet types whose packets wait for the store: PUBLISH, SUBSCRIBE, UNSUBSCRIBE. */
const WAITS_FOR_STORE: ReadonlySet<number> = new Set([3, 8, 10]);

/** Nobody's, as far as the hub knows. */
const MAY_WAIT: ReadonlySet<RefusalCode> = new Set(["CREDENTIAL_MISSING", "CREDENTIAL_UNKNOWN"]);

const CONNECT_REFUSALS: ReadonlyMap<number, RefusalCode> = new Map([
  [REASON.unsupportedProtocolVersion, "VERSION_UNSUPPORTED"],
  [REASON.clientIdNotValid, "CLIENT_ID_INVALID"],
  [REASON.badAuthenticationMethod, "AUTH_METHOD_UNSUPPORTED"],
]);

const namesOf = ({ clientId, userName }: ConnectPacket): readonly string[] =>
  userName === undefined ? [clientId] : [clientId, userName];

/** Each credential has client ids of its own; a board's is mostly the device's. No device id has a `/` in it. */
const sessionIdOf = (owner: string | undefined, clientId: string): string =>
  owner === undefined || owner === clientId ? clientId : `${owner}/${clientId}`;
