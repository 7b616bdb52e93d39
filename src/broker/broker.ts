/** The MQTT broker: Aedes, its hooks and its listeners. Hands messages to intake; decides nothing about readings. */

import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:net";
import type { Duplex } from "node:stream";
import { Aedes, type Client, type PublishPacket, type Subscription } from "aedes";
import type { Intake, Outcome } from "../core/intake.ts";
import type { Clock, Log } from "../core/ports.ts";
import type { Refusals } from "../core/refusals.ts";
import type { Connection } from "../core/registry.ts";
import { type AckOrder, createAckOrder } from "./ack-order.ts";
import { limitPackets } from "./packet-limit.ts";
import { createWebSocketListener } from "./websocket-listener.ts";

export interface BrokerOptions {
  readonly intake: Intake;
  readonly refusals: Refusals;
  readonly clock: Clock;
  readonly log: Log;
  readonly onConnectionClosed: (connection: Connection) => void;
}

export interface Broker {
  /** TCP; not listening yet. */
  readonly server: Server;
  /** MQTT over WebSocket: an upgrade request that was let in. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  clients(): number;
  /** New messages that want an acknowledgement get none from here on; their boards send them again after the restart. */
  stopTaking(): void;
  close(): Promise<void>;
}

/** Messages in delivery at once. High, so that one slow reader does not hold up the others. */
const CONCURRENCY = 100_000;
/** A reader that takes nothing for so long is cut off. */
const DRAIN_TIMEOUT_MS = 5_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** Packets that may come behind CONNECT before CONNACK: a board that flushes its backlog at once. */
const QUEUE_LIMIT = 1_000;
/** Takes what is acknowledged and dropped: nobody may subscribe to it. */
const NOWHERE = "$aerie/refused";
/** Ends of a connection that are nobody's fault. */
const ORDINARY_END = /closed|keep ?alive|drain|ECONNRESET|EPIPE|ECANCELED|premature|stalled/i;

export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const { refusals, clock, log } = options;
  let stopping = false;
  const aedes = new Aedes({
    // Ordered by time: offline queues are kept by it.
    id: `aerie-${clock.nowMs().toString(36).padStart(9, "0")}`,
    concurrency: CONCURRENCY,
    drainTimeout: DRAIN_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    queueLimit: QUEUE_LIMIT,
  });
  const connections = createConnections(options.onConnectionClosed);
  const accept = createAccept(options, connections.of, () => stopping);

  aedes.preConnect = (_client, packet, done) => {
    const problem = willProblem(packet.will); // counted as the connection's error
    done(problem === undefined ? null : new Error(problem), problem === undefined);
  };
  aedes.authenticate = (client, _user, _password, done) => {
    connections.open(client);
    done(null, true);
  };
  aedes.authorizePublish = (client, packet, done) => {
    // A will of an earlier run; nothing durable is behind it yet.
    if (client === null) return done(null);
    if (client.connected || client.closed) return accept(client, packet, done);
    connections.whenReady(client, () => accept(client, packet, done));
  };
  aedes.authorizeSubscribe = (client, subscription, done) => {
    const served = isServed(subscription);
    const answer = (): void => {
      const { topic } = subscription;
      if (!served) refusals.add({ code: "SUBSCRIPTION_DENIED", kind: "message", clientId: client.id, topic });
      done(null, served ? subscription : null);
    };
    // Aedes restores a session's subscriptions before the client is ready, and after it was let in.
    if (connections.isOpen(client)) answer();
    else connections.whenReady(client, answer);
  };
  aedes.on("clientReady", (client) => connections.ready(client));
  aedes.on("clientDisconnect", (client) => connections.close(client));
  aedes.on("clientError", (client, error) => {
    connections.close(client);
    if (!ORDINARY_END.test(error.message)) refuseConnection(client, error.message);
  });
  aedes.on("connectionError", (client, error) => {
    if (!ORDINARY_END.test(error.message)) refuseConnection(client, error.message);
  });
  (aedes as EventEmitter).on("error", (cause) => log.error("broker failed", { cause }));
  await aedes.listen();

  function refuseConnection(client: Client, detail: string): void {
    const clientId = client.id ?? undefined;
    refusals.add({ code: "PROTOCOL_VIOLATION", kind: "connection", clientId, address: addressOf(client), detail });
  }

  function handle(stream: Duplex, request?: IncomingMessage): void {
    const client = aedes.handle(stream, request);
    limitPackets(stream, (bytes) => {
      const clientId = client.id ?? undefined;
      const detail = `${bytes} bytes were announced`;
      refusals.add({ code: "PAYLOAD_TOO_LARGE", kind: "connection", clientId, address: addressOf(client), detail });
      stream.destroy();
    });
  }

  const server = createServer({ noDelay: true, keepAlive: true }, (socket) => handle(socket));
  const webSocket = createWebSocketListener({
    onStream: handle,
    onError: (error) => log.debug("websocket failed", { error }),
  });

  return {
    server,
    upgrade: webSocket.upgrade,
    clients: () => aedes.connectedClients,
    stopTaking: () => {
      stopping = true;
    },
    close: async () => {
      stopping = true;
      await new Promise<void>((resolve) => aedes.close(resolve));
      webSocket.close();
    },
  };
}

/** `authorizePublish`: the only hook before Aedes' PUBACK, so the message waits here until it is durable. */
function createAccept(
  { intake, refusals, log }: BrokerOptions,
  connectionOf: (client: Client) => OpenConnection,
  isStopping: () => boolean,
) {
  return (client: Client, packet: PublishPacket, done: (error?: Error | null) => void): void => {
    const { connection, order } = connectionOf(client);
    const isWill = client.closed;
    if (isStopping()) {
      if (isWill) return done(new Error("an orderly stop leaves last wills to the next start"));
      if (packet.qos > 0) return; // never answered: the board sends it again
    }
    const answer = order((outcome) => complete(outcome, packet, done));
    if (packet.topic.startsWith("$")) {
      // [MQTT-4.7.2-1]; whoever could publish $SYS/…/new/clients could throw other clients out.
      refusals.add({ code: "TOPIC_RESERVED", kind: "message", clientId: connection.clientId, topic: packet.topic });
      return answer("refuse");
    }
    try {
      intake.accept(
        {
          connection,
          topic: packet.topic,
          payload: typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload,
          qos: packet.qos,
          retain: packet.retain,
          dup: packet.dup,
          packetId: packet.qos > 0 && !isWill ? packet.messageId : undefined,
        },
        answer,
      );
    } catch (cause) {
      log.error("intake failed", { topic: packet.topic, cause });
      answer("stalled");
    }
  };
}

function complete(outcome: Outcome, packet: PublishPacket, done: (error?: Error | null) => void): void {
  switch (outcome) {
    case "carry":
      return done(null);
    case "refuse":
      // Aedes has no way to acknowledge and not deliver; closing would only make the board come back with it.
      packet.topic = NOWHERE;
      packet.payload = Buffer.alloc(0);
      packet.retain = false;
      return done(null);
    case "stalled":
      return done(new Error("store stalled"));
  }
}

interface OpenConnection {
  readonly connection: Connection;
  readonly order: AckOrder<Outcome>;
}

/** One for each accepted CONNECT; a number tells which of two with one client id is the newer. */
function createConnections(onClosed: (connection: Connection) => void) {
  const open = new WeakMap<Client, OpenConnection>();
  const waiting = new WeakMap<Client, (() => void)[]>();
  let serial = 0;

  function add(client: Client): OpenConnection {
    const added = { connection: { clientId: client.id, serial: ++serial }, order: createAckOrder<Outcome>() };
    open.set(client, added);
    return added;
  }

  return {
    open: add,
    isOpen: (client: Client): boolean => open.has(client),
    /**
     * Aedes handles a packet of a second read while it still works on CONNECT: before the client has its id, and before
     * its CONNACK. Such packets wait here, in order. (A closed client's last will does not.)
     */
    whenReady: (client: Client, run: () => void): void => {
      if (client.connected || client.closed) return run();
      const list = waiting.get(client);
      if (list === undefined) waiting.set(client, [run]);
      else list.push(run);
    },
    ready: (client: Client): void => {
      const list = waiting.get(client) ?? [];
      waiting.delete(client);
      for (const run of list) run();
    },
    of: (client: Client): OpenConnection => open.get(client) ?? add(client),
    close: (client: Client): void => {
      const known = open.get(client);
      if (known !== undefined) onClosed(known.connection);
    },
  };
}

/** $share is granted by Aedes and never matches; topics of our own are nobody's; $SYS may be read. */
const isServed = ({ topic }: Subscription): boolean => !topic.startsWith("$") || topic.startsWith("$SYS/");

/** A will of QoS 3 or to a wildcard would close the subscribers that it is sent to. [MQTT-3.1.2-14, MQTT-3.3.2-2] */
function willProblem(will: { topic: string; qos?: number } | undefined): string | undefined {
  if (will === undefined) return undefined;
  if ((will.qos ?? 0) > 2) return "the last will asks for QoS 3";
  const { topic } = will;
  return topic === "" || /[#+]/.test(topic) || topic.includes("\0")
    ? "the last will's topic is not one to publish to"
    : undefined;
}

function addressOf(client: Client): string | undefined {
  const stream = client.req?.socket ?? client.conn;
  return "remoteAddress" in stream ? stream.remoteAddress : undefined;
}
