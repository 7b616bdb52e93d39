/** Aedes as the broker's core, with everything that we use of it without its documentation. */
import type { EventEmitter } from "node:events";
import { Aedes, type AedesPublishPacket, type Client } from "aedes";
import type { Log } from "../../core/ports/log.ts";
import type { Message } from "../packets/packet.ts";
import { NO_BYTES } from "../packets/packet.ts";
import { type Routing, routingOf } from "./router.ts";

/** A connected client, as Aedes' registry of clients knows it: what its own client class would offer. */
export interface RegisteredClient {
  readonly id: string;
  readonly version: number;
  readonly clean: boolean;
  closed: boolean;
  close(done: () => void): void;
}

export interface AedesCore {
  /** Stores it where it is retained, and routes it: both have happened when this returns. */
  publish(routing: Routing): void;
  register(client: RegisteredClient): void;
  unregister(client: RegisteredClient): void;
  /** `$SYS/<hub>/new/subscribes`, as Aedes' own clients cause it. */
  announceSubscriptions(clientId: string, subscriptions: readonly { filter: string; qos: number }[]): void;
  connectedClients(): number;
  close(): Promise<void>;
}

export interface AedesCoreOptions {
  readonly id: string;
  readonly log: Log;
  /** A retained message, or an empty one that takes it away. */
  readonly retain: (routing: Routing) => void;
  /** Somebody subscribed to it. */
  readonly isWanted: (topic: string) => boolean;
  /** Delivers a message to the subscribers of its topic. */
  readonly route: (routing: Routing) => void;
}

/** The highest that Aedes allows. */
export const MAX_TOPIC_LEVELS = 100;

/** What Aedes awaits is there at once: its promises would let QoS 0 overtake QoS 1. */
class Settled<Value> {
  readonly #value: Value;
  constructor(value: Value) {
    this.#value = value;
  }
  // biome-ignore lint/suspicious/noThenProperty: Aedes calls nothing but `then` on what persistence answers
  then(resolve: (value: Value) => void): void {
    resolve(this.#value);
  }
}

const NOTHING = new Settled<undefined>(undefined);
const NOBODY = new Settled<never[]>([]);

type Packet = Pick<AedesPublishPacket, "topic" | "payload" | "qos" | "retain"> & { readonly properties?: unknown };
type Done = (error?: Error | null) => void;

export async function openAedesCore({ id, log, retain, isWanted, route }: AedesCoreOptions): Promise<AedesCore> {
  const aedes = new Aedes({
    id,
    mq: createEmitter((packet) => route(carriedBy(packet))),
    persistence: createPersistence((packet) => retain(carriedBy(packet))),
  } as ConstructorParameters<typeof Aedes>[0]);
  (aedes as EventEmitter).on("error", (cause) => log.error("the MQTT library reported an error", { cause }));
  await aedes.listen();
  const clients = aedes as unknown as {
    registerClient(client: unknown): void;
    unregisterClient(client: unknown): void;
  };
  return {
    publish: (routing) => {
      const { topic, payload, qos, retain: isRetained } = routing.message;
      // aedes-packet copies `properties` as they are: the routing goes through Aedes by reference.
      const packet = { cmd: "publish", topic, payload, qos, retain: isRetained, dup: false, properties: routing };
      aedes.publish(packet as unknown as AedesPublishPacket, failed);
    },
    register: (client) => clients.registerClient(asAedesClient(client)),
    unregister: (client) => clients.unregisterClient(asAedesClient(client)),
    announceSubscriptions: (clientId, subscriptions) => {
      const topic = `$SYS/${id}/new/subscribes`;
      if (!isWanted(topic)) return;
      const subs = subscriptions.map(({ filter, qos }) => ({ topic: filter, qos }));
      const payload = Buffer.from(JSON.stringify({ clientId, subs }));
      aedes.publish({ cmd: "publish", topic, payload, qos: 0, retain: false, dup: false }, failed);
    },
    connectedClients: () => aedes.connectedClients,
    close: () => new Promise((resolve) => aedes.close(resolve)),
  };

  function failed(error?: Error | null): void {
    if (error) log.error("a message could not be delivered to its subscribers", { cause: error });
  }
}

const asAedesClient = (client: RegisteredClient): Client => client as unknown as Client;

/** Ours; or of a message of Aedes' own about itself ($SYS), which has a routing of its own. */
function carriedBy({ topic, payload, qos, retain, properties }: Packet): Routing {
  if (properties !== undefined) return properties as Routing;
  const message: Message = {
    topic,
    payload: Buffer.from(payload),
    qos,
    retain,
    expiryS: undefined,
    properties: NO_BYTES,
  };
  return routingOf(message, undefined);
}

type Listener = (packet: Packet, done: () => void) => void;

/**
 * Replaces mqemitter, whose slots a slow reader fills: routes at once. Aedes itself listens to topics
 * `$SYS/+/<what>`, which tell one hub of others; there is one.
 */
function createEmitter(route: (packet: Packet) => void) {
  const listeners = new Map<string, Listener>();
  const emitter = {
    on: (topic: string, listener: Listener, done?: () => void) => {
      listeners.set(topic, listener);
      done?.();
      return emitter;
    },
    removeListener: (topic: string, _listener: Listener, done?: () => void) => {
      listeners.delete(topic);
      done?.();
      return emitter;
    },
    emit: (packet: Packet, done: Done) => {
      if (packet.topic.startsWith("$SYS/")) {
        const listener = listeners.get(packet.topic.replace(/^\$SYS\/[^/]+\//, "$SYS/+/"));
        listener?.(packet, () => undefined);
      }
      route(packet);
      done();
      return emitter;
    },
    close: (done: () => void) => {
      done();
      return emitter;
    },
  };
  return emitter;
}

/** What Aedes asks of its persistence while its own client class is not used. Sessions keep their own. */
function createPersistence(storeRetained: (packet: Packet) => void) {
  return {
    setup: async () => undefined, // Aedes checks that it is an async function
    storeRetained: (packet: Packet) => {
      storeRetained(packet);
      return NOTHING;
    },
    subscriptionsByTopic: () => NOBODY,
    outgoingEnqueueCombi: () => NOTHING,
    // Swept by Aedes: wills of other hubs.
    streamWill: () => [],
    delWill: () => NOTHING,
  };
}
