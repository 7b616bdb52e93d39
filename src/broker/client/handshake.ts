/** Handles CONNECT: checks it and its credential, opens the session, and answers with CONNACK. [MQTT 5.0, 3.1.4] */
import { randomUUID } from "node:crypto";
import { REASON } from "../../contract/reason-codes.ts";
import { MQTT_VERSIONS, type RefusalCode, reasonCodeOf } from "../../contract/refusals.ts";
import { type MqttIdentity, mayPublish, publishRefusal } from "../../core/access/mqtt-access.ts";
import { type Identified, type MqttLogin, shownUserName } from "../../core/access/mqtt-login.ts";
import { sharedTopicsOf } from "../../core/access/shared-topics.ts";
import { decodeConnect } from "../packets/decode-connect.ts";
import { foreignProtocol } from "../packets/framing.ts";
import type { ConnectPacket, PacketFault, Will } from "../packets/packet.ts";
import type { Opened } from "../session/sessions.ts";
import type { Connection } from "../transport/connection.ts";
import type { Hold } from "../transport/packet-reader.ts";
import { type Admission, admit } from "./admission.ts";
import type { ClientContext } from "./client-context.ts";
import type { Admitting, Checking, ClientControl, Connecting } from "./client-state.ts";
import { createLogin } from "./login.ts";
import { ResponseWriter } from "./response-writer.ts";
import { INBOUND_ALIASES } from "./service.ts";
import { ownWill } from "./shared-topics-edge.ts";

type Admitted = Extract<Admission, { kind: "admitted" }>;

/** CONNACK waits no longer than this for a store that is away or slow. */
const ADMIT_WITHIN_MS = 1_000;

const decoder = new TextDecoder();

/** A CONNECT that could be read and is within the limits. */
interface Request {
  readonly packet: ConnectPacket;
  readonly admission: Admitted;
  readonly checking: Checking;
}

export class Handshake {
  readonly #client: ClientControl;
  readonly #connection: Connection;
  readonly #context: ClientContext;

  constructor(client: ClientControl, connection: Connection, context: ClientContext) {
    this.#client = client;
    this.#connection = connection;
    this.#context = context;
  }

  /** The first packet: bytes[from, to) behind the fixed header. */
  connect(connecting: Connecting, first: number, bytes: Buffer, from: number, to: number): void {
    const foreign = foreignProtocol(first, to - from);
    if (foreign !== undefined) return this.#client.end("PROTOCOL_VIOLATION", REASON.protocolError, foreign);
    const packet = decodeConnect(first, bytes, from, to);
    if (packet.type === "fault") return this.#refusePacket(packet, connecting);
    const admission = admit(packet, this.#context.limits, () => `aerie-${randomUUID()}`);
    const { clientId } = admission.kind === "admitted" ? admission : packet;
    const checking = this.#check(connecting, clientId, new ResponseWriter(this.#connection, packet));
    if (admission.kind === "refused") {
      const { code, reasonCode, detail } = admission;
      return this.#refuse(checking, code, reasonCode, detail);
    }
    this.#identify({ packet, admission, checking });
  }

  #check({ sinceMs }: Connecting, clientId: string | undefined, responses: ResponseWriter): Checking {
    const checking: Checking = { kind: "checking", clientId, responses, sinceMs };
    this.#client.enter(checking);
    return checking;
  }

  #identify(request: Request): void {
    const { clientId, userName, password } = request.packet;
    const { address, isOfOwnComputer } = this.#connection.peer;
    const said = { clientId, userName, password: password && decoder.decode(password), address, isOfOwnComputer };
    const identified = this.#context.authenticate(said);
    if (!(identified instanceof Promise)) return this.#identified(request, said, identified);
    identified
      .then((answer) => {
        if (this.#client.state !== request.checking) return; // it ended meanwhile
        this.#identified(request, said, answer);
        this.#continueReading("credential");
      })
      .catch((cause: unknown) => this.#client.failed(cause));
  }

  #identified({ packet, admission, checking }: Request, said: MqttLogin, identified: Identified): void {
    const { isAssigned, expiryS, keepAliveS } = admission;
    const { responses } = checking;
    const { version, clean } = packet;
    if (!identified.ok) {
      const { code, detail, deviceId } = identified;
      if (MAY_WAIT.has(code) && this.#wait(checking, said, packet.will)) return;
      return this.#refuse(checking, code, reasonCodeOf(code), detail, deviceId);
    }
    const { who, owner, isClientIdSecret } = identified;
    const clientId = isClientIdSecret === true && owner !== undefined ? owner : admission.clientId;
    if (clientId !== admission.clientId) this.#client.enter({ ...checking, clientId });
    if (owner !== undefined && this.#context.connects.take(owner) > 0) {
      const code = "TOO_MANY_CONNECTS_OF_CREDENTIAL";
      return this.#refuse(checking, code, reasonCodeOf(code), owner);
    }
    const sharedTopics = sharedTopicsOf(who);
    const will = this.#willOf(packet.will, { ...admission, will: ownWill(admission.will, sharedTopics) }, who);
    this.#context.refusals.accepted(clientId);
    const userName = who.kind === "anybody" ? said.userName : shownUserName(said);
    const identity = this.#context.identify({
      who,
      clientId: sessionIdOf(owner, clientId),
      names: namesOf([clientId, userName, who.kind === "board" ? who.deviceId : undefined]),
      userName,
      mqttVersion: MQTT_VERSIONS[version],
    });
    const arrival = { connection: identity, version, clean, expiryS, keepAliveS, will, who };
    const opened = this.#context.sessions.open(arrival, this.#client);
    const { session } = opened;
    const client = this.#client;
    const [connection, context] = [this.#connection, this.#context];
    const login = createLogin({
      client,
      connection,
      context,
      packet,
      session,
      identity,
      responses,
      keepAliveS,
      owner,
      sharedTopics,
    });
    const admitting: Admitting = { kind: "admitting", clientId, responses, login };
    client.enter(admitting);
    context.core.register(login.registered);
    const letIn = (): void => this.#letIn(admitting, packet, opened, isAssigned);
    if (session.isDurable || will !== undefined) this.#whenJournalled(letIn);
    else letIn();
  }

  /** Calls `letIn` once the journal is written, or when that takes too long. */
  #whenJournalled(letIn: () => void): void {
    const { journal, clock } = this.#context;
    if (journal.isStuck()) return letIn();
    const cancel = clock.after(ADMIT_WITHIN_MS, letIn);
    journal.settle(() => {
      cancel();
      letIn();
    });
  }

  /** The time of waiting for the hub does not count as the client's silence. */
  #continueReading(after: Hold): void {
    this.#connection.restartKeepAlive();
    this.#connection.release(after);
  }

  /** A last will that may not be published is left out and counted as a refusal. */
  #willOf(requested: Will | undefined, { will, willFault }: Admitted, who: MqttIdentity): Will | undefined {
    const code =
      willFault ?? (will === undefined || mayPublish(who, will.topic) ? undefined : publishRefusal(will.topic));
    if (code === undefined || requested === undefined) return will;
    this.#client.note(code, {
      kind: "message",
      topic: requested.topic,
      suggestion: this.#context.suggest?.(who, requested.topic, "publish"),
      detail: "this is the topic of the last will, which the hub leaves out",
    });
    return undefined;
  }

  #letIn(admitting: Admitting, packet: ConnectPacket, { session, isPresent }: Opened, isAssigned: boolean): void {
    if (this.#client.state !== admitting) return; // it ended meanwhile, or is in already
    const { clientId, responses, login } = admitting;
    this.#client.enter({ kind: "connected", clientId, responses, login });
    const { maxInflight, maxPacketBytes } = this.#context.limits;
    const keepAliveS = login.keepAliveMs / 1000;
    responses.connack({
      reasonCode: REASON.success,
      sessionPresent: isPresent,
      sessionExpiryS: session.expiryS === packet.sessionExpiryS ? undefined : session.expiryS,
      receiveMaximum: maxInflight,
      maxPacketBytes,
      assignedClientId: isAssigned ? clientId : undefined,
      topicAliasMaximum: INBOUND_ALIASES,
      serverKeepAliveS: keepAliveS === packet.keepAliveS ? undefined : keepAliveS,
    });
    session.outbound.attach(login.publishes);
    this.#continueReading("journal");
  }

  /** Lets an unknown board wait for pairing. False: it may not wait. */
  #wait({ clientId = "", responses }: Checking, said: MqttLogin, will: Will | undefined): boolean {
    const waiting = this.#context.quarantine?.(said, () => this.#client.close());
    if (waiting === undefined) return false;
    if (will !== undefined) waiting.tried(will.topic);
    this.#client.enter({ kind: "waiting for pairing", clientId, responses, waiting });
    responses.connack({ reasonCode: REASON.success, sessionPresent: false, sessionExpiryS: 0 });
    return true;
  }

  /** Answers with the reason and closes. [MQTT-3.1.4-2] */
  #refuse({ responses }: Checking, code: RefusalCode, reasonCode: number, detail: string, deviceId?: string): void {
    responses.connack({ reasonCode, sessionPresent: false, reasonString: detail });
    const said = responses.version === 5 ? reasonCode : undefined;
    this.#client.note(code, { kind: "connection", reasonCode: said, detail, deviceId });
    this.#client.close();
  }

  /** A CONNECT that cannot be read is answered where its version has an answer. [MQTT-3.1.4-1] */
  #refusePacket({ reasonCode, detail, version }: PacketFault, connecting: Connecting): void {
    if (version !== undefined) {
      const { responses } = this.#check(connecting, undefined, new ResponseWriter(this.#connection, { version }));
      // 3.x has codes for these two only.
      const isAnswered =
        version === 5 || reasonCode === REASON.unsupportedProtocolVersion || reasonCode === REASON.clientIdNotValid;
      if (isAnswered) responses.connack({ reasonCode, sessionPresent: false });
    }
    const code = CONNECT_REFUSALS.get(reasonCode) ?? "PROTOCOL_VIOLATION";
    this.#client.end(code, reasonCode, detail, version === 5);
  }
}

/** Refusals of a client whose credential the hub does not know: it may wait for pairing. */
const MAY_WAIT: ReadonlySet<RefusalCode> = new Set(["CREDENTIAL_MISSING", "CREDENTIAL_UNKNOWN"]);

const CONNECT_REFUSALS: ReadonlyMap<number, RefusalCode> = new Map([
  [REASON.unsupportedProtocolVersion, "VERSION_UNSUPPORTED"],
  [REASON.clientIdNotValid, "CLIENT_ID_INVALID"],
  [REASON.badAuthenticationMethod, "AUTH_METHOD_UNSUPPORTED"],
]);

/** What the device that the client speaks for may be called. */
const namesOf = (names: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(names.filter((name) => name !== undefined)),
];

/** Each credential has client ids of its own; a board's is mostly the device's. No device id has a `/` in it. */
const sessionIdOf = (owner: string | undefined, clientId: string): string =>
  owner === undefined || owner === clientId ? clientId : `${owner}/${clientId}`;
