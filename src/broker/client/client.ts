/** One connection's client: takes its packets, has them served, and ends the connection. */
import { REASON } from "../../contract/reason-codes.ts";
import { MQTT_VERSIONS, type RefusalCode } from "../../contract/refusals.ts";
import { decodePacket } from "../packets/decode.ts";
import { createTopicMemo } from "../packets/decode-publish.ts";
import { foreignProtocol, isFirstByte } from "../packets/framing.ts";
import type { DisconnectPacket, PublishPacket } from "../packets/packet.ts";
import type { Connection } from "../transport/connection.ts";
import type { PacketReader } from "../transport/packet-reader.ts";
import { expiryWithin } from "./admission.ts";
import type { ClientContext } from "./client-context.ts";
import { Handshake } from "./handshake.ts";
import type { ClientControl, Login, RefusalNote } from "./login.ts";
import { serveWaiting } from "./waiting-board.ts";

/** How long a client may be silent, in keep-alives. [MQTT-3.1.2-22] */
const KEEP_ALIVE_GRACE = 1.5;
/** While the budget for large packets is full, a client that sends nothing more of its packet for so long is cut off. */
const UNFINISHED_MS = 10_000;
/** A client that reads nothing for so long is cut off. */
const READER_TIMEOUT_MS = 20_000;

export class Client implements PacketReader, ClientControl {
  readonly #connection: Connection;
  readonly #context: ClientContext;
  readonly #openedMs: number;
  readonly #handshake: Handshake;
  #login: Login | undefined;
  readonly #memo = createTopicMemo();

  constructor(connection: Connection, context: ClientContext) {
    this.#connection = connection;
    this.#context = context;
    this.#openedMs = connection.heardMs;
    this.#handshake = new Handshake(this, connection, context);
  }

  maxBytes(): number {
    const { maxConnectBytes, maxPacketBytes } = this.#context.limits;
    return this.#login === undefined ? maxConnectBytes : maxPacketBytes;
  }

  mayBegin(first: number): boolean {
    const { waiting, isChecking } = this.#handshake;
    const isBefore = this.#login === undefined && waiting === undefined && !isChecking;
    return isBefore ? first === CONNECT_BYTE : isFirstByte(first);
  }

  packet(first: number, bytes: Buffer, from: number, to: number): boolean {
    const login = this.#login;
    const handshake = this.#handshake;
    const { responses } = handshake;
    if (handshake.isChecking) return false;
    if (handshake.waiting !== undefined && responses !== undefined) {
      const packet = decodePacket(first, bytes, from, to, responses.version, this.#memo);
      if (packet.type === "disconnect") this.#connection.end();
      else if (packet.type === "fault") this.end("PROTOCOL_VIOLATION", packet.reasonCode, packet.detail);
      else serveWaiting(packet, handshake.waiting, responses);
      return true;
    }
    if (login === undefined || responses === undefined) {
      handshake.connect(first, bytes, from, to);
      return true;
    }
    if (handshake.isAdmitting) return false;
    if (WAITS_FOR_STORE.has(first >> 4)) {
      const pace = login.pacing?.next();
      if (pace === "never") {
        this.end("RATE_TOO_HIGH", REASON.messageRateTooHigh, undefined);
        return true;
      }
      if (pace === "later" || !login.inbound.mayTake()) return false;
      login.pacing?.spend(to - from);
    }
    const packet = decodePacket(first, bytes, from, to, responses.version, this.#memo);
    if (packet.type === "publish") login.service.publish(packet);
    else if (packet.type === "fault") this.end("PROTOCOL_VIOLATION", packet.reasonCode, packet.detail);
    else if (packet.type === "disconnect") this.#disconnect(packet, login);
    else login.service.serve(packet);
    return true;
  }

  unreadable(why: "too large" | "malformed", announcedBytes: number, first: number): void {
    if (why === "malformed") {
      const foreign = this.#login === undefined ? foreignProtocol(first) : undefined;
      this.end("PROTOCOL_VIOLATION", REASON.malformedPacket, foreign ?? "no MQTT packet begins with this byte");
    } else {
      const code = this.#login === undefined ? "CONNECT_TOO_LARGE" : "PAYLOAD_TOO_LARGE";
      this.end(code, REASON.packetTooLarge, `it announced ${announcedBytes} bytes`);
    }
  }

  failed(cause: unknown): void {
    this.#context.log.error("a packet could not be served", { clientId: this.#handshake.clientId, cause });
    this.end(
      "PROTOCOL_VIOLATION",
      REASON.implementationSpecific,
      "the hub could not handle this packet; its log says why",
    );
    this.#connection.end();
  }

  drained(): void {
    this.#login?.session.outbound.pump();
  }

  get address(): string | undefined {
    return this.#connection.address;
  }

  closed(): void {
    this.#handshake.closed();
    this.#leave(true);
  }

  enter(login: Login): void {
    this.#login = login;
    this.#context.core.register(login.registered);
  }

  isLoggedIn(login = this.#login): boolean {
    return login !== undefined && this.#login === login;
  }

  resume(): void {
    this.#connection.resume();
  }

  acknowledge({ qos, packetId }: PublishPacket, reasonCode: number): void {
    this.#handshake.responses?.acknowledge(qos === 1 ? "puback" : "pubrec", packetId, reasonCode);
  }

  stalled(isCounted = true): void {
    if (!isCounted) this.note("STORE_STALLED", { kind: "connection" });
    this.#part(REASON.serverUnavailable);
  }

  takenOver(): void {
    this.#part(REASON.sessionTakenOver);
  }

  revoked(): void {
    const reasonCode = this.#isReasonSent() ? REASON.administrativeAction : undefined;
    this.note("CREDENTIAL_ENDED", { kind: "connection", reasonCode });
    this.#part(REASON.administrativeAction);
  }

  /** The hub stops. */
  shutDown(): void {
    this.#part(REASON.serverShuttingDown);
  }

  /** Closes without a last packet. */
  destroy(): void {
    this.#connection.destroy();
  }

  /** To be called from time to time; `mayJudge` false: the hub itself stood still, so no client was silent. */
  sweep(nowMs: number, mayJudge: boolean, isGatheringFull: boolean): void {
    const connection = this.#connection;
    connection.tidy();
    if (connection.isEnding || !mayJudge) return;
    const login = this.#login;
    if (login === undefined) {
      if (this.#handshake.waiting !== undefined) return; // pairing ends it after two minutes
      if (nowMs - this.#openedMs >= this.#context.limits.connectTimeoutMs) this.end("CONNECT_TIMEOUT", 0, undefined);
      return;
    }
    const isWaiting = connection.isHeld || this.#handshake.isAdmitting;
    const isSilent = login.keepAliveMs > 0 && nowMs - connection.heardMs > login.keepAliveMs * KEEP_ALIVE_GRACE;
    const isIdling = isGatheringFull && connection.isGathering && nowMs - connection.heardMs > UNFINISHED_MS;
    if (isIdling && !isWaiting) this.end("PACKET_UNFINISHED", REASON.quotaExceeded, undefined);
    else if (isSilent && !isWaiting) this.end("KEEP_ALIVE_EXPIRED", REASON.keepAliveTimeout, undefined);
    else if (nowMs - (connection.behindSinceMs ?? nowMs) > READER_TIMEOUT_MS) {
      this.end("READER_TOO_SLOW", REASON.quotaExceeded, undefined);
      connection.destroy(); // it would not read the reason
    }
  }

  #disconnect({ reasonCode, sessionExpiryS }: DisconnectPacket, { session, sessionExpiryS: saidBefore }: Login): void {
    if (sessionExpiryS !== undefined) {
      // [MQTT-3.14.2-2]: a session that was to end with its connection cannot be kept afterwards
      if (saidBefore === 0 && sessionExpiryS > 0) {
        return this.end(
          "PROTOCOL_VIOLATION",
          REASON.protocolError,
          "DISCONNECT sets a session expiry, but CONNECT had none",
        );
      }
      const { sessions, limits } = this.#context;
      if (session.isDurable) sessions.setExpiry(session, expiryWithin(sessionExpiryS, limits.maxSessionExpiryS));
    }
    this.#leave(reasonCode !== REASON.success); // before the end, which would publish the will
    this.#connection.end();
  }

  /** The client is logged in and its version has a DISCONNECT from the server. */
  #isReasonSent(): boolean {
    return this.#login !== undefined && this.#handshake.responses?.version === 5;
  }

  end(
    code: RefusalCode,
    reasonCode: number,
    detail: string | undefined,
    isReasonSent: boolean = this.#isReasonSent(),
  ): void {
    if (this.#connection.isEnding) return;
    this.note(code, { kind: "connection", reasonCode: isReasonSent ? reasonCode : undefined, detail });
    this.#part(reasonCode, detail);
  }

  #part(reasonCode: number, detail?: string): void {
    const isHeard = this.#login !== undefined && !this.#handshake.isAdmitting;
    if (isHeard) this.#handshake.responses?.disconnect(reasonCode, detail);
    this.#leave(true);
    this.#connection.end();
  }

  note(code: RefusalCode, about: RefusalNote): void {
    const { clientId, responses } = this.#handshake;
    this.#context.refusals.add({
      ...about,
      code,
      clientId,
      address: this.#connection.address,
      mqttVersion: responses && MQTT_VERSIONS[responses.version],
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
