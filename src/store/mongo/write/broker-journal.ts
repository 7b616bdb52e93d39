/**
 * Keeps the broker's state in a database of its own: subscriptions and retained messages through aedes-persistence-mongodb, the rest
 * in collections beside those of that library (docs/decisions/0012).
 */
import type { AnyBulkWriteOperation, Collection, Db } from "mongodb";
import { fromColumn, toColumn } from "../../../core/model/text-column.ts";
import type { Journal, JournalEntry, KeptDelivery } from "../../../core/ports/broker-state.ts";
import type { WriteOutcome } from "../../../core/ports/writes.ts";
import { type InTime, LIMITED } from "../db/in-time.ts";
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

export async function openBrokerJournal(db: Db, inTime: InTime): Promise<BrokerJournal> {
  await prepareCollections(db, INDEXES);
  const aedes = await openAedesPersistence(db, inTime);
  const sessions = db.collection<SessionDocument>("aerie_sessions");
  const deliveries = db.collection<DeliveryDocument>("aerie_deliveries");
  const inbound = db.collection<InboundDocument>("aerie_inbound");
  const wills = db.collection<WillDocument>("aerie_wills");
  const groups = await openJournalGroups(
    db.collection<GroupsDocument>("aerie_groups"),
    [deliveries, inbound] as never,
    inTime,
  );

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
    const whole = wholeGroupOf(entries);
    const group = whole.publishers.size > 0 ? await groups.begin() : undefined;
    const { changes, outcomes } = gather(entries, group === undefined ? undefined : { ...whole, group });
    if (changes.endedSessions.size > 0) await endSessions(changes);
    await Promise.all([
      bulk(inTime, sessions, changes.sessions),
      bulk(inTime, deliveries, changes.deliveries),
      bulk(inTime, inbound, changes.inbound),
      bulk(inTime, wills, changes.wills),
      changes.retained.size > 0 ? aedes.storeRetained([...changes.retained.values()]) : undefined,
      ...[...changes.subscriptions].map(([client, ofClient]) => changeSubscriptions(client, ofClient)),
    ]);
    if (group !== undefined) await groups.complete(group);
    // A will was published in this group or before: it is deleted when its deliveries count.
    await bulk(inTime, wills, changes.publishedWills);
    return outcomes;
  }

  /** What an ended session passes on to others, as a member of a shared subscription, is there before it is deleted here. */
  async function endSessions({ endedSessions, deliveries: changed }: Changes): Promise<void> {
    const ended = [...endedSessions];
    const passedOn = [...changed].filter(([id]) => !endedSessions.has(clientOf(id)));
    await bulk(inTime, deliveries, new Map(passedOn));
    const ofClients = { client: { $in: ended } };
    await inTime(
      Promise.all([
        sessions.deleteMany({ _id: { $in: ended } }, LIMITED),
        deliveries.deleteMany(ofClients, LIMITED),
        inbound.deleteMany(ofClients, LIMITED),
        ...ended.map((client) => aedes.cleanSubscriptions(client)),
      ]),
    );
  }

  async function changeSubscriptions(
    client: string,
    changed: Changes["subscriptions"] extends Map<string, infer M> ? M : never,
  ): Promise<void> {
    const added = [...changed.values()].filter((each) => each !== undefined);
    const removed = [...changed].filter(([, each]) => each === undefined).map(([topic]) => topic);
    if (added.length > 0) await inTime(aedes.addSubscriptions(client, added));
    if (removed.length > 0) await inTime(aedes.removeSubscriptions(client, removed));
  }

  return { load, write, close: aedes.close };
}

/**
 * Publishers of new QoS 2 messages. Such a message is delivered once: its deliveries and its packet id are written both or neither. With
 * its deliveries alone, it would be taken for a new message when its publisher sends it again after a crash.
 */
function wholeGroupOf(entries: readonly JournalEntry[]): Omit<WholeGroup, "group"> {
  const endsSessions = entries.some((entry) => entry.of === "session" && entry.value === undefined);
  const senders = new Set<string>();
  for (const entry of entries) if (entry.of === "inbound" && entry.value !== undefined) senders.add(entry.clientId);
  const publishers = new Set<string>();
  for (const entry of entries) {
    const sender = entry.of === "delivery" ? senderOf(entry.value, endsSessions) : undefined;
    if (sender !== undefined && senders.has(sender)) publishers.add(sender);
  }
  return { publishers, endsSessions };
}

/** Of a new QoS 2 message; undefined: it is none, or an older one may be passed on here from a session that ends. */
function senderOf(delivery: KeptDelivery | undefined, endsSessions: boolean): string | undefined {
  if (delivery?.message?.qos !== 2 || (endsSessions && delivery.share !== undefined)) return undefined;
  return delivery.message.publisher;
}

/** A group of the journal, and whose messages it makes whole. Nothing else carries its number: that would go with it after a crash. */
interface WholeGroup {
  readonly group: number;
  readonly publishers: ReadonlySet<string>;
  readonly endsSessions: boolean;
}

type Operations<Document extends { _id: string }> = Map<string, AnyBulkWriteOperation<Document>>;

/** What a group changes: for each key the last entry counts. */
interface Changes {
  /** Clients. Their sessions are deleted before anything else is written. */
  readonly endedSessions: Set<string>;
  readonly sessions: Operations<SessionDocument>;
  readonly deliveries: Operations<DeliveryDocument>;
  readonly inbound: Operations<InboundDocument>;
  readonly wills: Operations<WillDocument>;
  /** Their wills are deleted. */
  readonly publishedWills: Operations<WillDocument>;
  readonly retained: Map<string, ReturnType<typeof toMessage>>;
  /** client → topic → undefined: removed */
  readonly subscriptions: Map<string, Map<string, Omit<SubscriptionDocument, "clientId"> | undefined>>;
}

function gather(
  entries: readonly JournalEntry[],
  whole: WholeGroup | undefined,
): { changes: Changes; outcomes: WriteOutcome[] } {
  const changes: Changes = {
    endedSessions: new Set(),
    sessions: new Map(),
    deliveries: new Map(),
    inbound: new Map(),
    wills: new Map(),
    publishedWills: new Map(),
    retained: new Map(),
    subscriptions: new Map(),
  };
  const outcomes = entries.map((entry): WriteOutcome => {
    // Deliveries are sorted by it.
    if (entry.of === "delivery" && !Number.isSafeInteger(entry.order)) {
      return { kind: "refused", reason: `A delivery's order must be a whole number, not ${entry.order}` };
    }
    gatherOne(changes, entry, whole);
    return STORED;
  });
  return { changes, outcomes };
}

function gatherOne(changes: Changes, entry: JournalEntry, whole: WholeGroup | undefined): void {
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
      if (entry.value === undefined) changes.deliveries.set(_id, take(_id));
      else {
        const document = toDelivery(client, entry.order, entry.value);
        const sender = whole && senderOf(entry.value, whole.endsSessions);
        changes.deliveries.set(_id, putIn(whole, sender, document));
      }
      return;
    }
    case "inbound": {
      const _id = deliveryId(client, entry.packetId);
      const document = { _id, client, packet: entry.packetId };
      changes.inbound.set(_id, entry.value ? putIn(whole, entry.clientId, document) : take(_id));
      return;
    }
    case "will":
      changes.wills.delete(client);
      changes.publishedWills.delete(client);
      if (entry.value === undefined) changes.publishedWills.set(client, take(client));
      else changes.wills.set(client, put(toWill(client, entry.value)));
  }
}

/** Earlier entries of the client in this group no longer count. */
function endSession(changes: Changes, client: string): void {
  changes.endedSessions.add(client);
  changes.sessions.delete(client);
  changes.subscriptions.delete(client);
  for (const operations of [changes.deliveries, changes.inbound]) {
    for (const id of operations.keys()) if (clientOf(id) === client) operations.delete(id);
  }
}

/** `deliveryId` → the client. */
const clientOf = (id: string): string => id.slice(id.indexOf(" ") + 1);

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

/** Where the document is there already it is complete, and must not become a part of the group. */
function putIn<Document extends { _id: string }>(
  whole: WholeGroup | undefined,
  publisher: string | undefined,
  document: Document,
): AnyBulkWriteOperation<Document> {
  if (whole === undefined || publisher === undefined || !whole.publishers.has(publisher)) return put(document);
  const { _id } = document;
  const $setOnInsert = { ...document, group: whole.group } satisfies InGroup;
  return { updateOne: { filter: { _id }, update: { $setOnInsert }, upsert: true } } as never;
}

const take = <Document extends { _id: string }>(_id: string): AnyBulkWriteOperation<Document> =>
  ({ deleteOne: { filter: { _id } } }) as never;

async function bulk<Document extends { _id: string }>(
  inTime: InTime,
  collection: Collection<Document>,
  operations: Operations<Document>,
): Promise<void> {
  if (operations.size === 0) return;
  await inTime(collection.bulkWrite([...operations.values()], { ordered: false, ...LIMITED }));
}
