/** What a client has once its CONNECT is accepted: its session, and the parts that serve it. */
import type { Suggestion } from "../../contract/refusal.ts";
import type { RefusalCode } from "../../contract/refusals.ts";
import type { SharedTopics } from "../../core/access/shared-topics.ts";
import type { Connection as ClientConnection } from "../../core/devices/connection.ts";
import type { ConnectPacket } from "../packets/packet.ts";
import type { RegisteredClient } from "../routing/aedes-core.ts";
import type { Holder, Session } from "../session/session.ts";
import type { Sink } from "../session/sink.ts";
import type { Connection } from "../transport/connection.ts";
import type { ClientContext } from "./client-context.ts";
import { Inbound, type Sender } from "./inbound.ts";
import { createPacing, type Pacing } from "./pacing.ts";
import { PublishWriter } from "./publish-writer.ts";
import type { ResponseWriter } from "./response-writer.ts";
import { Service } from "./service.ts";
import { type PacketService, withOwnTopics, withSharedTopics } from "./shared-topics-edge.ts";

export interface Login {
  readonly session: Session;
  readonly identity: ClientConnection;
  readonly inbound: Inbound;
  readonly publishes: Sink;
  readonly service: PacketService;
  /** Undefined: the client may send as fast as it can. */
  readonly pacing: Pacing | undefined;
  readonly registered: RegisteredClient;
  readonly keepAliveMs: number;
  /** As CONNECT announced it. */
  readonly sessionExpiryS: number;
}

/** What a refusal is about. */
export interface RefusalNote {
  readonly kind: "connection" | "message";
  /** Of a message the id of its session, by which it is accepted, too; left out: as CONNECT named it. */
  readonly clientId?: string;
  readonly reasonCode?: number | undefined;
  readonly detail?: string | undefined;
  readonly topic?: string;
  /** Whose credential a client tried that was not let in. */
  readonly deviceId?: string | undefined;
  readonly suggestion?: Suggestion | undefined;
}

/** The client, as its login uses it. */
export interface LoginOwner extends Sender, Holder {
  /** Ends the connection: counts the refusal, sends the reason where the client can read it, and closes. */
  end(code: RefusalCode, reasonCode: number, detail: string | undefined, isReasonSent?: boolean): void;
  /** Counts a refusal. */
  note(code: RefusalCode, about: RefusalNote): void;
  stalled(isCounted?: boolean): void;
  isEnded(): boolean;
}

export interface LoginOptions {
  readonly client: LoginOwner;
  readonly connection: Connection;
  readonly context: ClientContext;
  readonly packet: ConnectPacket;
  readonly session: Session;
  readonly identity: ClientConnection;
  readonly responses: ResponseWriter;
  readonly keepAliveS: number;
  /** The credential; undefined: there are no accounts. */
  readonly owner: string | undefined;
  /** Undefined for nearly all clients, which then have nothing between them and their service. */
  readonly sharedTopics: SharedTopics | undefined;
}

export function createLogin(options: LoginOptions): Login {
  const { client, connection, context, packet, session, identity, responses, keepAliveS, sharedTopics } = options;
  const inbound = new Inbound(context.inbound, session, identity, client);
  const publishes = new PublishWriter(connection, packet, context.limits.maxInflight);
  const service = new Service(context, {
    session,
    inbound,
    publishes,
    responses,
    isBridge: packet.isBridge,
    end: (code, reasonCode, detail) => client.end(code, reasonCode, detail),
    refuse: (code, reasonCode, topic) => {
      const suggestion = context.suggest?.(session.who, topic, "publish");
      client.note(code, { kind: "message", clientId: session.clientId, reasonCode, topic, suggestion });
    },
    stalled: (isCounted) => client.stalled(isCounted),
    isGone: () => client.isEnded(),
  });
  const registered: RegisteredClient = {
    id: session.clientId,
    version: packet.version,
    clean: packet.clean,
    closed: false,
    close: (done) => {
      client.takenOver();
      done();
    },
  };
  return {
    session,
    identity,
    inbound,
    publishes: sharedTopics === undefined ? publishes : withSharedTopics(publishes, sharedTopics),
    service: sharedTopics === undefined ? service : withOwnTopics(service, sharedTopics),
    pacing: pacingOf(options),
    registered,
    keepAliveMs: keepAliveS * 1000,
    sessionExpiryS: packet.sessionExpiryS,
  };
}

function pacingOf({ context, connection, owner }: LoginOptions): Pacing | undefined {
  const { clock, pacesOf, onSlowed } = context;
  const paces = pacesOf(owner, connection.peer.address);
  const resume = (): void => connection.release("pace");
  return paces.length === 0 ? undefined : createPacing({ clock, paces, resume, onSlowed });
}
