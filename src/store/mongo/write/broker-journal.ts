/**
 * Keeps the broker's state in a database of its own: subscriptions and retained messages through aedes-persistence-mongodb, the rest
 * in collections beside those of that library (docs/decisions/0012).
 */
import type { AnyBulkWriteOperation, Collection, Db } from "mongodb";
import { fromColumn, toColumn } from "../../../core/model/text-column.ts";
import type { Journal, JournalEntry } from "../../../core/ports/broker-state.ts";
import type { Log } from "../../../core/ports/log.ts";
import type { WriteOutcome } from "../../../core/ports/writes.ts";
import { prepareCollections } from "../db/schema.ts";
import {
  type DeliveryDocument,
  deliveryId,
  fromDelivery,
  fromMessage,
  fromSession,
  fromSubscription,
  fromWill,
  type InboundDocument,
  type SessionDocument,
  type SubscriptionDocument,
  toDelivery,
  toMessage,
  toSession,
  toSubscription,
  toWill,
  type WillDocument,
} from "../format/broker-documents.ts";
import { openAedesPersistence } from "./aedes-persistence.ts";
import { WRITE_WITHIN_MS } from "./insert.ts";
import { type GroupsDocument, type InGroup, openJournalGroups } from "./journal-groups.ts";

export interface BrokerJournal {
  load(): Promise<Journal>;
  /** One outcome for each entry. Rejects where some may not have been written: write them again. Never two calls at once. */
  write(entries: readonly JournalEntry[]): Promise<WriteOutcome[]>;
  close(): Promise<void>;
}

const INDEXES = {
  aerie_sessions: {},
  aerie_deliveries: { by_client_and_place: { client: 1, place: 1 } },
  aerie_inbound: { by_client: { client: 1 } },
  aerie_wills: {},
  aerie_groups: {},
  subscriptions: { by_client_and_topic: { clientId: 1, topic: 1 } },
} as const;

const STORED: WriteOutcome = { kind: "stored", n: 0 };

export async function openBrokerJournal({ db }: { readonly db: Db; readonly log: Log }): Promise<BrokerJournal> {
  await prepareCollections(db, INDEXES);
  const aedes = await openAedesPersistence(db);
  const sessions = db.collection<SessionDocument>("aerie_sessions");
  const deliveries = db.collection<DeliveryDocument>("aerie_deliveries");
  const inbound = db.collection<InboundDocument>("aerie_inbound");
  const wills = db.collection<WillDocument>("aerie_wills");
  const groups = await openJournalGroups(db.collection<GroupsDocument>("aerie_groups"), [deliveries, inbound] as never);

  async function load(): Promise<Journal> {
    const retained: Journal["retained"][number][] = [];
    for await (const document of aedes.retained()) {
      const value = fromMessage(document);
      retained.push({ topic: value.topic, value });
    }
    return {
      sessions: (await sessions.find().toArray()).map(fromSession),
      // The library would send one query for each client.
      subscriptions: (await db.collection<SubscriptionDocument>("subscriptions").find().toArray()).map(
        fromSubscription,
      ),
      retained,
      deliveries: (await deliveries.find().sort({ client: 1, place: 1 }).toArray()).map(fromDelivery),
      inbound: (await inbound.find().toArray()).map(({ client, packet }) => ({
        clientId: fromColumn(client),
        packetId: packet,
      })),
      wills: (await wills.find().toArray()).map(fromWill),
    };
  }

  async function write(entries: readonly JournalEntry[]): Promise<WriteOutcome[]> {
    const group = mustBeWhole(entries) ? await groups.begin() : undefined;
    const { changes, outcomes } = gather(entries, group);
    const ended = [...changes.endedSessions];
    if (ended.length > 0) {
      const ofClients = { client: { $in: ended } };
      await Promise.all([
        sessions.deleteMany({ _id: { $in: ended } }),
        deliveries.deleteMany(ofClients),
        inbound.deleteMany(ofClients),
        ...ended.map((client) => aedes.cleanSubscriptions(client)),
      ]);
    }
    await Promise.all([
      bulk(sessions, changes.sessions),
      bulk(deliveries, changes.deliveries),
      bulk(inbound, changes.inbound),
      bulk(wills, changes.wills),
      changes.retained.size > 0 ? aedes.storeRetained([...changes.retained.values()]) : undefined,
      ...[...changes.subscriptions].map(([client, ofClient]) => changeSubscriptions(client, ofClient)),
    ]);
    if (group !== undefined) await groups.complete(group);
    return outcomes;
  }

  async function changeSubscriptions(
    client: string,
    changed: Changes["subscriptions"] extends Map<string, infer M> ? M : never,
  ): Promise<void> {
    const added = [...changed.values()].filter((each) => each !== undefined);
    const removed = [...changed].filter(([, each]) => each === undefined).map(([topic]) => topic);
    if (added.length > 0) await aedes.addSubscriptions(client, added);
    if (removed.length > 0) await aedes.removeSubscriptions(client, removed);
  }

  return { load, write, close: aedes.close };
}

/**
 * A QoS 2 message is delivered once: its deliveries and its packet id are written both or neither. With its deliveries alone, it would
 * be taken for a new message when its publisher sends it again after a crash.
 */
const mustBeWhole = (entries: readonly JournalEntry[]): boolean =>
  entries.some((entry) => entry.of === "inbound" && entry.value !== undefined) &&
  entries.some((entry) => entry.of === "delivery" && entry.value?.message !== undefined);

type Operations<Document extends { _id: string }> = Map<string, AnyBulkWriteOperation<Document>>;

/** What a group changes: for each key the last entry counts. */
interface Changes {
  /** Clients. Their sessions are deleted before anything else is written. */
  readonly endedSessions: Set<string>;
  readonly sessions: Operations<SessionDocument>;
  readonly deliveries: Operations<DeliveryDocument>;
  readonly inbound: Operations<InboundDocument>;
  readonly wills: Operations<WillDocument>;
  readonly retained: Map<string, ReturnType<typeof toMessage>>;
  /** client → topic → undefined: removed */
  readonly subscriptions: Map<string, Map<string, Omit<SubscriptionDocument, "clientId"> | undefined>>;
}

/** `group`: the number that its new deliveries and packet ids carry. */
function gather(
  entries: readonly JournalEntry[],
  group: number | undefined,
): { changes: Changes; outcomes: WriteOutcome[] } {
  const changes: Changes = {
    endedSessions: new Set(),
    sessions: new Map(),
    deliveries: new Map(),
    inbound: new Map(),
    wills: new Map(),
    retained: new Map(),
    subscriptions: new Map(),
  };
  const outcomes = entries.map((entry): WriteOutcome => {
    // Deliveries are sorted by it.
    if (entry.of === "delivery" && !Number.isSafeInteger(entry.order)) {
      return { kind: "refused", reason: `A delivery's order must be a whole number, not ${entry.order}` };
    }
    gatherOne(changes, entry, group === undefined ? {} : { group });
    return STORED;
  });
  return { changes, outcomes };
}

function gatherOne(changes: Changes, entry: JournalEntry, inGroup: InGroup): void {
  if (entry.of === "retained") {
    const topic = toColumn(entry.topic);
    const value = entry.value ?? NO_MESSAGE;
    changes.retained.set(topic, { ...toMessage(value), topic });
    return;
  }
  const client = toColumn(entry.clientId);
  switch (entry.of) {
    case "session":
      if (entry.value === undefined) endSession(changes, client);
      else changes.sessions.set(client, put(toSession(client, entry.value)));
      return;
    case "subscription": {
      const ofClient = changes.subscriptions.get(client) ?? new Map();
      changes.subscriptions.set(client, ofClient);
      const topic = toColumn(entry.filter);
      ofClient.set(topic, entry.value && toSubscription(entry.filter, entry.value));
      return;
    }
    case "delivery": {
      const _id = deliveryId(client, entry.order);
      // A delivery without its message replaces one that was complete before, and must not be deleted with the group.
      const ofGroup = entry.value?.message === undefined ? {} : inGroup;
      changes.deliveries.set(
        _id,
        entry.value === undefined ? take(_id) : put({ ...toDelivery(client, entry.order, entry.value), ...ofGroup }),
      );
      return;
    }
    case "inbound": {
      const _id = deliveryId(client, entry.packetId);
      changes.inbound.set(_id, entry.value ? put({ _id, client, packet: entry.packetId, ...inGroup }) : take(_id));
      return;
    }
    case "will":
      changes.wills.set(client, entry.value === undefined ? take(client) : put(toWill(client, entry.value)));
  }
}

/** Earlier entries of the client in this group no longer count. */
function endSession(changes: Changes, client: string): void {
  changes.endedSessions.add(client);
  changes.sessions.delete(client);
  changes.subscriptions.delete(client);
  const isOfClient = (id: string): boolean => id.slice(id.indexOf(" ") + 1) === client;
  for (const operations of [changes.deliveries, changes.inbound]) {
    for (const id of operations.keys()) if (isOfClient(id)) operations.delete(id);
  }
}

const NO_BYTES = new Uint8Array(0);
/** To the library, as to MQTT, a retained message without a payload deletes the one before it. */
const NO_MESSAGE = {
  topic: "",
  payload: NO_BYTES,
  qos: 0,
  retain: true,
  properties: NO_BYTES,
  expiresAtMs: undefined,
  publisher: undefined,
} as const;

const put = <Document extends { _id: string }>(document: Document): AnyBulkWriteOperation<Document> =>
  ({ replaceOne: { filter: { _id: document._id }, replacement: document, upsert: true } }) as never;

const take = <Document extends { _id: string }>(_id: string): AnyBulkWriteOperation<Document> =>
  ({ deleteOne: { filter: { _id } } }) as never;

async function bulk<Document extends { _id: string }>(
  collection: Collection<Document>,
  operations: Operations<Document>,
): Promise<void> {
  if (operations.size === 0) return;
  await collection.bulkWrite([...operations.values()], { ordered: false, timeoutMS: WRITE_WITHIN_MS });
}
