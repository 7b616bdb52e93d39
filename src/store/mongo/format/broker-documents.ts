/** The documents of the broker's state, made from it and read back. */
import { Binary } from "mongodb";
import { fromColumn, fromOptionalColumn, toColumn, toOptionalColumn } from "../../../core/model/text-column.ts";
import type {
  Journal,
  KeptDelivery,
  KeptMessage,
  KeptSession,
  KeptSubscription,
  KeptWill,
} from "../../../core/ports/broker-state.ts";

/** Client ids, topics and filters are stored as `toColumn` writes them, since any text of JavaScript may come. */
export interface MessageDocument {
  readonly topic: string;
  readonly payload: Uint8Array | Binary;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly properties: Uint8Array | Binary;
  readonly expiresAt: Date | null;
  readonly publisher: string | null;
}

export interface SessionDocument {
  /** The client. */
  readonly _id: string;
  readonly version: number;
  readonly expiryS: number;
  readonly disconnectedAt: Date | null;
  readonly sentThrough: number | null;
}

export interface DeliveryDocument {
  readonly _id: string;
  readonly client: string;
  readonly place: number;
  readonly qos: 1 | 2;
  readonly retain: boolean;
  readonly subscriptionIds: readonly number[];
  readonly share: string | null;
  readonly message: MessageDocument | null;
  /** It counts only when this group is complete (journal-groups.ts); left out: it counts. */
  readonly group?: number;
}

export interface InboundDocument {
  readonly _id: string;
  readonly client: string;
  readonly packet: number;
  /** As that of a delivery. */
  readonly group?: number;
}

export interface WillDocument {
  /** The client. */
  readonly _id: string;
  readonly message: MessageDocument;
  readonly delayS: number;
  readonly keepAliveS: number;
  readonly expiryS: number | null;
  readonly dueAt: Date | null;
}

/** As aedes-persistence-mongodb keeps one, with what MQTT 5 adds to it. */
export interface SubscriptionDocument {
  readonly clientId: string;
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly nl: boolean;
  readonly rap: boolean;
  readonly subscriptionId: number | null;
}

export type RetainedDocument = MessageDocument;

const dateOf = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(ms));
const msOf = (date: Date | null): number | undefined => date?.getTime();

export const bytesOf = (value: Uint8Array | Binary): Uint8Array =>
  Uint8Array.from(value instanceof Binary ? value.buffer.subarray(0, value.position) : value);

const binaryOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export function toMessage({
  topic,
  payload,
  qos,
  retain,
  properties,
  expiresAtMs,
  publisher,
}: KeptMessage): MessageDocument {
  return {
    topic: toColumn(topic),
    payload: binaryOf(payload),
    qos,
    retain,
    properties: binaryOf(properties),
    expiresAt: dateOf(expiresAtMs),
    publisher: toOptionalColumn(publisher),
  };
}

export const fromMessage = (document: MessageDocument): KeptMessage => ({
  topic: fromColumn(document.topic),
  payload: bytesOf(document.payload),
  qos: document.qos,
  retain: document.retain,
  properties: bytesOf(document.properties),
  expiresAtMs: msOf(document.expiresAt),
  publisher: fromOptionalColumn(document.publisher),
});

export const toSession = (_id: string, value: KeptSession): SessionDocument => ({
  _id,
  version: value.version,
  expiryS: value.expiryS,
  disconnectedAt: dateOf(value.disconnectedAtMs),
  sentThrough: value.sentThrough ?? null,
});

export const fromSession = (document: SessionDocument): Journal["sessions"][number] => ({
  clientId: fromColumn(document._id),
  value: {
    version: document.version,
    expiryS: document.expiryS,
    disconnectedAtMs: msOf(document.disconnectedAt),
    sentThrough: document.sentThrough ?? undefined,
  },
});

export const toSubscription = (filter: string, value: KeptSubscription): Omit<SubscriptionDocument, "clientId"> => ({
  topic: toColumn(filter),
  qos: value.qos,
  nl: value.noLocal,
  rap: value.retainAsPublished,
  subscriptionId: value.subscriptionId ?? null,
});

export const fromSubscription = (document: SubscriptionDocument): Journal["subscriptions"][number] => ({
  clientId: fromColumn(document.clientId),
  filter: fromColumn(document.topic),
  value: {
    qos: document.qos,
    noLocal: document.nl,
    retainAsPublished: document.rap,
    subscriptionId: document.subscriptionId ?? undefined,
  },
});

export const deliveryId = (client: string, place: number): string => `${place} ${client}`;

export const toDelivery = (client: string, place: number, value: KeptDelivery): DeliveryDocument => ({
  _id: deliveryId(client, place),
  client,
  place,
  qos: value.qos,
  retain: value.retain,
  subscriptionIds: value.subscriptionIds,
  share: toOptionalColumn(value.share),
  message: value.message === undefined ? null : toMessage(value.message),
});

export const fromDelivery = (document: DeliveryDocument): Journal["deliveries"][number] => ({
  clientId: fromColumn(document.client),
  order: document.place,
  value: {
    message: document.message === null ? undefined : fromMessage(document.message),
    qos: document.qos,
    retain: document.retain,
    subscriptionIds: document.subscriptionIds,
    share: fromOptionalColumn(document.share),
  },
});

export const toWill = (_id: string, value: KeptWill): WillDocument => ({
  _id,
  message: toMessage(value.message),
  delayS: value.delayS,
  keepAliveS: value.keepAliveS,
  expiryS: value.expiryS ?? null,
  dueAt: dateOf(value.dueAtMs),
});

export const fromWill = (document: WillDocument): Journal["wills"][number] => ({
  clientId: fromColumn(document._id),
  value: {
    message: fromMessage(document.message),
    delayS: document.delayS,
    keepAliveS: document.keepAliveS,
    expiryS: document.expiryS ?? undefined,
    dueAtMs: msOf(document.dueAt),
  },
});
