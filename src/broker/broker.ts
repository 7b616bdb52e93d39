/** The MQTT broker: creates its parts, connects them, and closes them. */
import type { Server } from "node:net";
import { filterCovers } from "../core/access/filter-cover.ts";
import type { IdentifyClient } from "../core/access/mqtt-login.ts";
import type { Quarantine } from "../core/access/pairing.ts";
import type { Suggest } from "../core/access/recognized-board.ts";
import type { Connection as ClientConnection } from "../core/devices/connection.ts";
import { type ByteBudget, createByteBudget } from "../core/ingest/byte-budget.ts";
import type { Intake } from "../core/ingest/intake.ts";
import type { Writer } from "../core/ingest/writer.ts";
import { createRateLimit } from "../core/limits/rate-limit.ts";
import type { Refusals } from "../core/limits/refusals.ts";
import { createTakeOvers } from "../core/limits/take-overs.ts";
import type { MessageTraces } from "../core/messages/message-trace.ts";
import type { Journal as KeptJournal } from "../core/ports/broker-state.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { ConnectedClients } from "../core/ports/connected-clients.ts";
import type { Counters } from "../core/ports/counters.ts";
import type { Log } from "../core/ports/log.ts";
import type { RetainedMessages } from "../core/ports/retained-messages.ts";
import type { TlsSource } from "../core/ports/tls.ts";
import type { TrustedTime } from "../core/time/trusted-time.ts";
import { Client } from "./client/client.ts";
import type { ClientContext, ClientLimits } from "./client/client-context.ts";
import { createClientPaces, type PaceLimits } from "./client/client-paces.ts";
import { createClientSet } from "./client/client-set.ts";
import { createJournal } from "./journal/journal.ts";
import { type IdentityOfSession, withinRights } from "./journal/kept-rights.ts";
import { withoutDamaged } from "./journal/kept-whole.ts";
import { openAedesCore } from "./routing/aedes-core.ts";
import { createMatching } from "./routing/matching.ts";
import { createOwnMessages, type OwnMessages } from "./routing/own-messages.ts";
import { revived } from "./routing/publication.ts";
import { createRetained } from "./routing/retained.ts";
import { createRetainedList } from "./routing/retained-list.ts";
import { createRouter, type RetainedLimits } from "./routing/router.ts";
import { connectedClients } from "./session/connected-clients.ts";
import type { OutboundContext } from "./session/outbound.ts";
import type { QueueLimits } from "./session/outbound-queue.ts";
import type { Session } from "./session/session.ts";
import { createSessions } from "./session/sessions.ts";
import { createSubscribing } from "./session/subscribing.ts";
import { createWillPublisher } from "./session/will-publisher.ts";
import { createWills } from "./session/wills.ts";
import { Connection } from "./transport/connection.ts";
import { createFlusher } from "./transport/flusher.ts";
import type { HttpLocation } from "./transport/http-answer.ts";
import { createListeners, type Listeners } from "./transport/listeners.ts";

export interface BrokerLimits extends ClientLimits, QueueLimits, RetainedLimits, PaceLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly maxConnectsPerMinute: number;
  readonly maxSubscriptions: number;
  readonly maxSessions: number;
  readonly maxWaitingBytes: number;
}

export interface BrokerOptions {
  readonly intake: Intake;
  readonly writer: Writer;
  readonly byteBudget: ByteBudget;
  /** What the store kept of the last run. */
  readonly kept: KeptJournal;
  /** False: the store could not be asked; `adopt` gets the journal later. */
  readonly isKeptKnown?: boolean;
  readonly refusals: Refusals;
  /** Follows messages that somebody watches. */
  readonly traces: MessageTraces;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly time: TrustedTime;
  readonly log: Log;
  readonly limits: BrokerLimits;
  readonly authenticate: IdentifyClient;
  /** Finds the identity of a kept session; undefined: what is kept is not judged again. */
  readonly identityOf?: IdentityOfSession | undefined;
  /** Called with a sentence for the owner for each kept item that cannot be used. */
  readonly onDamage: (words: string) => void;
  /** Where unknown boards wait for pairing; undefined: they are refused. */
  readonly quarantine?: Quarantine | undefined;
  /** What would let a board use a topic that it is refused; undefined: there are no accounts. */
  readonly suggest?: Suggest | undefined;
  /** Undefined: there is no certificate. */
  readonly tls?: TlsSource | undefined;
  readonly onConnectionClosed: (connection: ClientConnection) => void;
  readonly httpLocation: () => HttpLocation;
}

export interface Broker {
  /** TCP; not listening yet. */
  readonly server: Server;
  /** The same behind TLS, where there is a certificate. */
  readonly tlsServer: Server | undefined;
  /** MQTT over WebSocket: an upgrade request that was let in. */
  readonly upgrade: Listeners["upgrade"];
  clients(): number;
  sessions(): number;
  retained(): number;
  /** Bytes that wait for slow and absent clients. */
  queuedBytes(): number;
  /** What the store kept of the last run, where it could not be asked at the start. Once. */
  adopt(kept: KeptJournal): void;
  readonly connected: ConnectedClients;
  readonly retainedMessages: RetainedMessages;
  /** Sessions of a credential, connected and kept. */
  drop(owner: string): void;
  /** Retained messages and last wills of a device that was deleted, by filters of its topics. Connections stay. */
  deleteMessages(filters: readonly string[]): void;
  /** A message of the hub itself. */
  readonly publish: OwnMessages["publish"];
  /** From now on new messages with QoS above 0 are not acknowledged; their boards send them again after the restart. */
  stopTaking(): void;
  close(): Promise<void>;
}

const SWEEP_MS = 500;
/** The budget for large packets that are not complete yet is the byte budget divided by this. */
const GATHERING_SHARE = 4;
/** For the last packets to be read when the hub stops. */
const GOODBYE_MS = 1_000;

export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const { intake, writer, byteBudget, refusals, traces, counters, clock, time, log, limits, onConnectionClosed } =
    options;
  let stopping = false;
  let serial = 0;
  const identify: ClientContext["identify"] = (client) => ({ ...client, serial: ++serial });

  const journal = createJournal({ writer, clock, log });
  const { identityOf, onDamage } = options;
  const authorized = (all: KeptJournal): KeptJournal => {
    const kept = withoutDamaged(all, journal, onDamage);
    return identityOf === undefined ? kept : withinRights(kept, identityOf, journal);
  };
  const kept = authorized(options.kept);
  const matching = createMatching<Session>();
  const retained = createRetained();
  const restoreRetained = (messages: KeptJournal["retained"]): void => {
    const nowMs = time.nowMs();
    for (const { topic, value } of messages) if (retained.get(topic) === undefined) retained.set(revived(value, nowMs));
  };
  restoreRetained(kept.retained);

  const router = createRouter({
    time,
    matching,
    retained,
    limits,
    journal,
    publish: (routing) => core.publish(routing),
    onRetainedRefused: (topic, clientId) =>
      refusals.add({ code: "TOO_MANY_RETAINED", kind: "message", clientId, topic }),
  });
  const core = await openAedesCore({
    // Made from the time of the start, since $SYS shows it.
    id: `aerie-${clock.nowMs().toString(36).padStart(9, "0")}`,
    log,
    retain: router.retain,
    isWanted: router.isWanted,
    route: router.route,
  });
  const own = createOwnMessages({ router, retained, journal, traces });
  const totals = { bytes: 0 };
  const drops = new Map<string, number>();
  const outbound: OutboundContext = {
    time,
    journal,
    limits,
    totals,
    onDropped: (clientId, count) => {
      counters.queueDropped(count);
      drops.set(clientId, (drops.get(clientId) ?? 0) + count);
    },
  };
  const { maxInflight } = limits;
  const inbound = { intake, traces, router, journal, byteBudget, maxInflight, isStopping: () => stopping };
  const publishWill = createWillPublisher({ intake, traces, router, journal });
  const wills = createWills({ clock, time, journal, publish: publishWill }, kept);
  const takeOvers = createTakeOvers({ clock });
  const sessions = createSessions(
    {
      time,
      journal,
      matching,
      router,
      wills,
      outbound,
      maxSessions: limits.maxSessions,
      onTooMany: (clientId) => refusals.add({ code: "TOO_MANY_SESSIONS", kind: "connection", clientId }),
      onTakenOver: (takeOver) => {
        const { clientId } = takeOver;
        const detail = takeOvers.note(takeOver);
        if (detail !== undefined) refusals.add({ code: "CLIENT_ID_SHARED", kind: "connection", clientId, detail });
      },
    },
    kept,
    options.isKeptKnown,
  );
  const subscribing = createSubscribing({
    journal,
    matching,
    retained,
    serial: router.serial,
    ...limits,
    onRefused: ({ clientId, who }, topic, code) =>
      refusals.add({ code, kind: "message", clientId, topic, suggestion: options.suggest?.(who, topic, "subscribe") }),
  });
  const context: ClientContext = {
    core,
    sessions,
    subscribing,
    inbound,
    journal,
    refusals,
    clock,
    log,
    limits,
    authenticate: options.authenticate,
    quarantine: options.quarantine,
    suggest: options.suggest,
    identify,
    connects: createRateLimit({ clock, perMinute: limits.maxConnectsPerMinute }),
    pacesOf: createClientPaces(clock, limits),
    onSlowed: counters.slowed,
    onClosed: onConnectionClosed,
  };

  const clients = createClientSet(clock);
  const flusher = createFlusher(clock, log);
  const gathering = createByteBudget({ maxBytes: limits.maxWaitingBytes / GATHERING_SHARE });
  const listeners = createListeners({
    ...limits,
    log,
    connects: createRateLimit({ clock, perMinute: limits.maxConnectsPerMinute }),
    tls: options.tls,
    onRefused: (code, address, detail) => refusals.add({ code, kind: "connection", address, detail }),
    httpLocation: options.httpLocation,
    onStream: (stream, peer) => {
      const connection = new Connection(stream, peer, clock, flusher, gathering);
      const client = new Client(connection, context);
      clients.add(client, stream);
      connection.start(client);
    },
  });

  function sweep(): void {
    clients.sweep(gathering.isFull());
    wills.sweep();
    sessions.sweep();
    for (const topic of retained.takeExpired(time)) journal.note({ of: "retained", topic, value: undefined });
    // Counted once a sweep, however many they are.
    for (const [clientId, count] of drops) {
      refusals.add({ code: "QUEUE_FULL", kind: "message", clientId, detail: `${count} messages` });
    }
    drops.clear();
  }
  const stopSweep = clock.every(SWEEP_MS, sweep);

  return {
    server: listeners.server,
    tlsServer: listeners.tlsServer,
    upgrade: listeners.upgrade,
    clients: core.connectedClients,
    sessions: () => sessions.count,
    retained: () => retained.count,
    queuedBytes: () => totals.bytes,
    adopt: (allOfIt) => {
      const late = authorized(allOfIt);
      restoreRetained(late.retained);
      wills.adopt(late, sessions.isOfThisRun);
      sessions.adopt(late);
    },
    connected: connectedClients(sessions, takeOvers),
    retainedMessages: createRetainedList({ retained, own, journal }),
    drop: sessions.drop,
    deleteMessages: (filters) => {
      own.deleteRetained(filters);
      sessions.cancelWills((topic) => filters.some((filter) => filterCovers(filter, topic)));
    },
    publish: own.publish,
    stopTaking: () => {
      stopping = true;
    },
    close: async () => {
      stopping = true;
      stopSweep();
      sessions.stop();
      await clients.shutDown(GOODBYE_MS);
      listeners.close();
      await core.close();
      journal.flush();
    },
  };
}
