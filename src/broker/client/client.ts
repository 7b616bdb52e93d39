/** One connection's client: takes its packets, has them served, and ends the connection. */
import { REASON } from "../../contract/reason-codes.ts";
import { MQTT_VERSIONS, type RefusalCode } from "../../contract/refusals.ts";
import { decodePacket } from "../packets/decode.ts";
import { createTopicMemo } from "../packets/decode-publish.ts";
import { foreignProtocol, isFirstByte } from "../packets/framing.ts";
import type { DisconnectPacket, PublishPacket } from "../packets/packet.ts";
import type { Connection } from "../transport/connection.ts";
import type { Hold, PacketReader } from "../transport/packet-reader.ts";
import type { TrafficFacts } from "../transport/traffic.ts";
import { expiryWithin } from "./admission.ts";
import type { ClientContext } from "./client-context.ts";
import type { ClientControl, ClientState, Connected, WaitingForPairing } from "./client-state.ts";
import { Handshake } from "./handshake.ts";
import type { Login, RefusalNote } from "./login.ts";
import { overdueOf } from "./overdue.ts";
import { serveWaiting } from "./waiting-board.ts";

export class Client implements PacketReader, ClientControl {
  readonly #connection: Connection;
  readonly #context: ClientContext;
  #state: ClientState;
  readonly #memo = createTopicMemo();

  constructor(connection: Connection, context: ClientContext) {
    this.#connection = connection;
    this.#context = context;
    this.#state = {
      kind: "connecting",
      clientId: undefined,
      responses: undefined,
      sinceMs: connection.heardMs,
    };
  }

  get state(): ClientState {
    return this.#state;
  }

  enter(state: ClientState): void {
    this.#state = state;
  }

  isEnded(): boolean {
    return this.#state.kind === "ended";
  }

  maxBytes(): number {
    const { maxConnectBytes, maxPacketBytes } = this.#context.limits;
    return this.#isAccepted() ? maxPacketBytes : maxConnectBytes;
  }

  mayBegin(first: number): boolean {
    return this.#state.kind === "connecting" ? first === CONNECT_BYTE : isFirstByte(first);
  }

  packet(first: number, bytes: Buffer, from: number, to: number): Hold | undefined {
    const state = this.#state;
    switch (state.kind) {
      case "connected":
        return this.#serve(state, first, bytes, from, to);
      case "connecting":
        new Handshake(this, this.#connection, this.#context).connect(state, first, bytes, from, to);
        return undefined;
      case "checking":
        return "credential";
      case "waiting for pairing":
        this.#serveWaiting(state, first, bytes, from, to);
        return undefined;
      case "admitting":
        return "journal";
      case "ended":
        return undefined; // its connection offers nothing more
    }
  }

  #serve({ login, responses }: Connected, first: number, bytes: Buffer, from: number, to: number): Hold | undefined {
    if (WAITS_FOR_STORE.has(first >> 4)) {
      const pace = login.pacing?.next();
      if (pace === "never") {
        this.end("RATE_TOO_HIGH", REASON.messageRateTooHigh, undefined);
        return undefined;
      }
      const hold = pace === "later" ? "pace" : login.inbound.hold();
      if (hold !== undefined) return hold;
      login.pacing?.spend(to - from);
    }
    const packet = decodePacket(first, bytes, from, to, responses.version, this.#memo);
    if (packet.type === "publish") {
      this.#connection.traffic.messagesIn++;
      login.service.publish(packet);
    } else if (packet.type === "fault") this.end("PROTOCOL_VIOLATION", packet.reasonCode, packet.detail);
    else if (packet.type === "disconnect") this.#disconnect(packet, login);
    else login.service.serve(packet);
    return undefined;
  }

  #serveWaiting(
    { waiting, responses }: WaitingForPairing,
    first: number,
    bytes: Buffer,
    from: number,
    to: number,
  ): void {
    const packet = decodePacket(first, bytes, from, to, responses.version, this.#memo);
    if (packet.type === "disconnect") this.close();
    else if (packet.type === "fault") this.end("PROTOCOL_VIOLATION", packet.reasonCode, packet.detail);
    else serveWaiting(packet, waiting, responses);
  }

  /** Its CONNECT was accepted, and it has a session. */
  #isAccepted(): boolean {
    const { kind } = this.#state;
    return kind === "connected" || kind === "admitting";
  }

  unreadable(why: "too large" | "malformed", announcedBytes: number, first: number): void {
    if (why === "malformed") {
      const foreign = this.#isAccepted() ? undefined : foreignProtocol(first);
      this.end("PROTOCOL_VIOLATION", REASON.malformedPacket, foreign ?? "no MQTT packet begins with this byte");
    } else {
      const code = this.#isAccepted() ? "PAYLOAD_TOO_LARGE" : "CONNECT_TOO_LARGE";
      this.end(code, REASON.packetTooLarge, `it announced ${announcedBytes} bytes`);
    }
  }

  failed(cause: unknown): void {
    this.#context.log.error("a packet could not be served", { clientId: this.#state.clientId, cause });
    this.end(
      "PROTOCOL_VIOLATION",
      REASON.implementationSpecific,
      "the hub could not handle this packet; its log says why",
    );
    this.#connection.end();
  }

  drained(): void {
    if (this.#state.kind === "connected") this.#state.login.session.outbound.pump();
  }

  get address(): string | undefined {
    return this.#connection.peer.address;
  }

  traffic(): TrafficFacts {
    return this.#connection.traffic.facts(this.#context.clock.monotonicMs());
  }

  closed(): void {
    this.#leave(true);
  }

  release(hold: Hold): void {
    this.#connection.release(hold);
  }

  acknowledge({ qos, packetId }: PublishPacket, reasonCode: number): void {
    this.#state.responses?.acknowledge(qos === 1 ? "puback" : "pubrec", packetId, reasonCode);
  }

  stalled(isCounted = true): void {
    if (!isCounted) this.note("STORE_STALLED", { kind: "connection" });
    this.#part(REASON.serverUnavailable);
  }

  takenOver(): void {
    this.#part(REASON.sessionTakenOver);
  }

  revoked(): void {
    this.end("CREDENTIAL_ENDED", REASON.administrativeAction, undefined);
  }

  dismissed(): void {
    this.#context.log.info("a client was disconnected by an operator", { clientId: this.#state.clientId });
    this.end("DISCONNECTED", REASON.administrativeAction, undefined);
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
    this.#connection.tidy();
    this.#connection.traffic.mark(nowMs);
    if (!mayJudge) return;
    const { connectTimeoutMs } = this.#context.limits;
    const overdue = overdueOf(this.#state, this.#connection, { nowMs, connectTimeoutMs, isGatheringFull });
    if (overdue === undefined) return;
    this.end(overdue.code, overdue.reasonCode, undefined);
    if (overdue.readsNothing) this.#connection.destroy();
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

  /** The client knows that it is connected, and its version has a DISCONNECT from the server. */
  #isReasonSent(): boolean {
    return this.#state.kind === "connected" && this.#state.responses.version === 5;
  }

  end(
    code: RefusalCode,
    reasonCode: number,
    detail: string | undefined,
    isReasonSent: boolean = this.#isReasonSent(),
  ): void {
    if (this.isEnded()) return;
    this.note(code, { kind: "connection", reasonCode: isReasonSent ? reasonCode : undefined, detail });
    this.#part(reasonCode, detail);
  }

  #part(reasonCode: number, detail?: string): void {
    if (this.#state.kind === "connected") this.#state.responses.disconnect(reasonCode, detail);
    this.close();
  }

  close(): void {
    this.#leave(true);
    this.#connection.end();
  }

  note(code: RefusalCode, about: RefusalNote): void {
    const { clientId, responses } = this.#state;
    this.#context.refusals.add({
      clientId,
      ...about,
      code,
      address: this.#connection.peer.address,
      mqttVersion: responses && MQTT_VERSIONS[responses.version],
    });
  }

  /** The end of each state. */
  #leave(publishWill: boolean): void {
    const state = this.#state;
    if (state.kind === "ended") return;
    const { clientId, responses } = state;
    this.#state = { kind: "ended", clientId, responses };
    if (state.kind === "waiting for pairing") state.waiting.left();
    else if (state.kind === "admitting" || state.kind === "connected") this.#leaveSession(state.login, publishWill);
  }

  /** The session has no client any more. */
  #leaveSession({ inbound, pacing, registered, identity, session }: Login, publishWill: boolean): void {
    const { core, sessions, onClosed } = this.#context;
    inbound.close();
    pacing?.stop();
    registered.closed = true;
    core.unregister(registered);
    onClosed(identity);
    sessions.close(session, publishWill);
  }
}

const CONNECT_BYTE = 0x10;
/** Packet types whose packets wait for the store: PUBLISH, SUBSCRIBE, UNSUBSCRIBE. */
const WAITS_FOR_STORE: ReadonlySet<number> = new Set([3, 8, 10]);
