/** The format of a broker journal entry in an outbox record. The names here are stored: names in memory may change, these may not. */
import type {
  JournalEntry,
  KeptDelivery,
  KeptMessage,
  KeptSession,
  KeptSubscription,
} from "../../../core/ports/broker-state.ts";

/** What a record stores once for all its entries. */
export interface RecordTables {
  /** Index of a text. */
  text(text: string): number;
  /** Index of a message. A message for many sessions is stored once. */
  message(message: KeptMessage): number;
}

/** The same tables, for reading. */
export interface ReadTables {
  text(index: number): string;
  message(index: number): KeptMessage;
}

export interface StoredSession {
  readonly version: number;
  readonly expiryS: number;
  readonly disconnectedAtMs?: number | undefined;
  readonly sentThrough?: number | undefined;
}

export interface StoredSubscription {
  readonly qos: 0 | 1 | 2;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly subscriptionId?: number | undefined;
}

interface StoredDelivery {
  readonly message?: number | undefined;
  readonly qos: 1 | 2;
  readonly retain: boolean;
  readonly subscriptionIds: readonly number[];
  readonly share?: number | undefined;
}

export interface StoredWillTimes {
  readonly delayS: number;
  readonly keepAliveS: number;
  readonly expiryS?: number | undefined;
  readonly dueAtMs?: number | undefined;
}

/** Without its last field the entry deletes what it names. */
export type StoredEntry =
  | { readonly of: "session"; readonly client: number; readonly session?: StoredSession | undefined }
  | {
      readonly of: "subscription";
      readonly client: number;
      readonly filter: number;
      readonly subscription?: StoredSubscription | undefined;
    }
  | { readonly of: "retained"; readonly topic: number; readonly message?: number | undefined }
  | {
      readonly of: "delivery";
      readonly client: number;
      readonly place: number;
      readonly delivery?: StoredDelivery | undefined;
    }
  | { readonly of: "inbound"; readonly client: number; readonly packetId: number; readonly isHeld?: true | undefined }
  | {
      readonly of: "will";
      readonly client: number;
      readonly will?: (StoredWillTimes & { readonly message: number }) | undefined;
    };

export function storedEntry(entry: JournalEntry, tables: RecordTables): StoredEntry {
  switch (entry.of) {
    case "session": {
      const { clientId, value } = entry;
      return { of: "session", client: tables.text(clientId), session: value && storedSession(value) };
    }
    case "subscription": {
      const { clientId, filter, value } = entry;
      const [client, stored] = [tables.text(clientId), value && storedSubscription(value)];
      return { of: "subscription", client, filter: tables.text(filter), subscription: stored };
    }
    case "retained": {
      const { topic, value } = entry;
      return { of: "retained", topic: tables.text(topic), message: value && tables.message(value) };
    }
    case "delivery": {
      const { clientId, order: place, value } = entry;
      const delivery = value && storedDelivery(value, tables);
      return { of: "delivery", client: tables.text(clientId), place, delivery };
    }
    case "inbound": {
      const { clientId, packetId, value } = entry;
      return { of: "inbound", client: tables.text(clientId), packetId, isHeld: value };
    }
    case "will": {
      const { clientId, value } = entry;
      if (value === undefined) return { of: "will", client: tables.text(clientId) };
      const { message, delayS, keepAliveS, expiryS, dueAtMs } = value;
      const will = { message: tables.message(message), delayS, keepAliveS, expiryS, dueAtMs };
      return { of: "will", client: tables.text(clientId), will };
    }
  }
}

export function readEntry(stored: StoredEntry, tables: ReadTables): JournalEntry {
  switch (stored.of) {
    case "session": {
      const { client, session } = stored;
      return { of: "session", clientId: tables.text(client), value: session && readSession(session) };
    }
    case "subscription": {
      const { client, filter, subscription } = stored;
      const value = subscription && readSubscription(subscription);
      return { of: "subscription", clientId: tables.text(client), filter: tables.text(filter), value };
    }
    case "retained": {
      const { topic, message } = stored;
      return { of: "retained", topic: tables.text(topic), value: readMessage(message, tables) };
    }
    case "delivery": {
      const { client, place, delivery } = stored;
      const value = delivery && readDelivery(delivery, tables);
      return { of: "delivery", clientId: tables.text(client), order: place, value };
    }
    case "inbound": {
      const { client, packetId, isHeld } = stored;
      return { of: "inbound", clientId: tables.text(client), packetId, value: isHeld };
    }
    case "will": {
      const { client, will } = stored;
      const value = will && { message: tables.message(will.message), ...readWillTimes(will) };
      return { of: "will", clientId: tables.text(client), value };
    }
  }
}

const storedSession = ({ version, expiryS, disconnectedAtMs, sentThrough }: KeptSession): StoredSession => ({
  version,
  expiryS,
  disconnectedAtMs,
  sentThrough,
});

export const readSession = ({ version, expiryS, disconnectedAtMs, sentThrough }: StoredSession): KeptSession => ({
  version,
  expiryS,
  disconnectedAtMs,
  sentThrough,
});

function storedSubscription(value: KeptSubscription): StoredSubscription {
  const { qos, noLocal, retainAsPublished, subscriptionId } = value;
  return { qos, noLocal, retainAsPublished, subscriptionId };
}

export function readSubscription(stored: StoredSubscription): KeptSubscription {
  const { qos, noLocal, retainAsPublished, subscriptionId } = stored;
  return { qos, noLocal, retainAsPublished, subscriptionId };
}

function storedDelivery(value: KeptDelivery, tables: RecordTables): StoredDelivery {
  const { message, qos, retain, subscriptionIds, share } = value;
  return {
    message: message && tables.message(message),
    qos,
    retain,
    subscriptionIds,
    share: share === undefined ? undefined : tables.text(share),
  };
}

function readDelivery({ message, qos, retain, subscriptionIds, share }: StoredDelivery, tables: ReadTables) {
  return {
    message: readMessage(message, tables),
    qos,
    retain,
    subscriptionIds,
    share: share === undefined ? undefined : tables.text(share),
  };
}

export const readWillTimes = ({ delayS, keepAliveS, expiryS, dueAtMs }: StoredWillTimes) => ({
  delayS,
  keepAliveS,
  expiryS,
  dueAtMs,
});

const readMessage = (index: number | undefined, tables: ReadTables): KeptMessage | undefined =>
  index === undefined ? undefined : tables.message(index);
