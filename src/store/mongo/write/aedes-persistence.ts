/** Runs aedes-persistence-mongodb without a broker, for retained messages and subscriptions, and reports its failures. */
import type { Collection, Db } from "mongodb";
import { type InTime, LIMITED } from "../db/in-time.ts";
import type { RetainedDocument, SubscriptionDocument } from "../format/broker-documents.ts";

/** What of its interface the hub uses; it has no types of its own. */
interface AsyncPersistence {
  setup(broker: Loopback): Promise<void>;
  storeRetained(packet: RetainedDocument): Promise<void>;
  createRetainedStream(pattern: string): AsyncIterable<RetainedDocument>;
  addSubscriptions(client: { id: string }, subscriptions: readonly object[]): Promise<void>;
  removeSubscriptions(client: { id: string }, topics: readonly string[]): Promise<void>;
  cleanSubscriptions(client: { id: string }): Promise<void>;
  destroy(): Promise<void>;
}

export interface AedesPersistence {
  /** An empty payload deletes. Rejects where a message was not written, which the library itself does not report. */
  storeRetained(messages: readonly RetainedDocument[]): Promise<void>;
  retained(): AsyncIterable<RetainedDocument>;
  addSubscriptions(clientId: string, subscriptions: readonly Omit<SubscriptionDocument, "clientId">[]): Promise<void>;
  removeSubscriptions(clientId: string, topics: readonly string[]): Promise<void>;
  cleanSubscriptions(clientId: string): Promise<void>;
  close(): Promise<void>;
}

export async function openAedesPersistence(db: Db, inTime: InTime): Promise<AedesPersistence> {
  // The library has no types, and only a hub on MongoDB needs it.
  const path = "aedes-persistence-mongodb/asyncPersistence.js";
  const { default: Persistence } = (await import(path)) as {
    default: new (options: { db: unknown }) => AsyncPersistence;
  };
  let fault: unknown;
  const watched = {
    collection: (name: string) => {
      const onError = name === "retained" ? (error: unknown) => (fault = error) : () => undefined;
      return watching(db.collection(name), inTime, onError);
    },
  };
  const persistence = new Persistence({ db: watched });
  await persistence.setup(loopback());
  return {
    storeRetained: async (messages) => {
      fault = undefined;
      // They are queued, and written one bulk after the other.
      await Promise.all(messages.map((message) => persistence.storeRetained(message)));
      if (fault !== undefined) throw fault;
    },
    retained: () => persistence.createRetainedStream("#"),
    addSubscriptions: (id, subscriptions) => persistence.addSubscriptions({ id }, subscriptions),
    removeSubscriptions: (id, topics) => persistence.removeSubscriptions({ id }, topics),
    cleanSubscriptions: (id) => persistence.cleanSubscriptions({ id }),
    close: () => persistence.destroy(),
  };
}

/**
 * Of the library's collections, all that it uses here. It sets no limit to its writes; of retained messages it ignores a bulk write that
 * failed, and begins no other while one has no answer.
 */
function watching(collection: Collection, inTime: InTime, onError: (error: unknown) => void): unknown {
  return {
    find: collection.find.bind(collection),
    createIndex: collection.createIndex.bind(collection),
    bulkWrite: (operations: Parameters<Collection["bulkWrite"]>[0]) =>
      inTime(collection.bulkWrite(operations, LIMITED)).catch((error: unknown) => {
        onError(error);
        throw error;
      }),
  };
}

type Heard = (packet: { topic: string; payload: unknown }, done: () => void) => void;

interface Loopback {
  readonly id: string;
  subscribe(topic: string, heard: Heard, done: () => void): void;
  unsubscribe(topic: string, heard: Heard, done: () => void): void;
  publish(packet: { topic: string; payload: unknown }, done: () => void): void;
}

/** The library announces subscriptions to other brokers of the database, and waits until it hears them itself. There is no other broker. */
function loopback(): Loopback {
  const hearing = new Set<Heard>();
  return {
    id: "aerie",
    subscribe: (_topic, heard, done) => {
      hearing.add(heard);
      done();
    },
    unsubscribe: (_topic, heard, done) => {
      hearing.delete(heard);
      done();
    },
    publish: (packet, done) => {
      for (const heard of hearing) heard(packet, () => undefined);
      done();
    },
  };
}
