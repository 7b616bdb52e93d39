/** Gives the broker's journal back at start. Runs in the writer's thread; writes nothing. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import type { Journal, KeptDelivery, KeptMessage } from "../../core/ports.ts";
import { fromColumn, fromOptionalColumn } from "../../core/text-column.ts";

export function loadJournal(db: DatabaseSyncInstance): Journal {
  const rows = <Row>(sql: string): Row[] => db.prepare(sql).all() as unknown as Row[];
  return {
    sessions: rows<SessionRow>("SELECT * FROM mqtt_session").map(toSession),
    subscriptions: rows<SubscriptionRow>("SELECT * FROM mqtt_subscription").map(toSubscription),
    retained: rows<MessageRow>("SELECT * FROM mqtt_retained")
      .map(toMessage)
      .map((value) => ({ topic: value.topic, value })),
    deliveries: rows<DeliveryRow>("SELECT * FROM mqtt_delivery ORDER BY client, place").map(toDelivery),
    inbound: rows<{ client: string; packet: number }>("SELECT * FROM mqtt_inbound").map(({ client, packet }) => ({
      clientId: fromColumn(client),
      packetId: packet,
    })),
    wills: rows<WillRow>("SELECT * FROM mqtt_will").map(toWill),
  };
}

interface MessageRow {
  topic: string;
  qos: KeptMessage["qos"];
  retain: number;
  expires_at: number | null;
  publisher: string | null;
  properties: Uint8Array;
  payload: Uint8Array;
}

const toMessage = (row: MessageRow): KeptMessage => ({
  topic: fromColumn(row.topic),
  payload: row.payload,
  qos: row.qos,
  retain: row.retain === 1,
  properties: row.properties,
  expiresAtMs: row.expires_at ?? undefined,
  publisher: fromOptionalColumn(row.publisher),
});

type SessionRow = {
  client: string;
  version: number;
  expiry_s: number;
  disconnected_at: number | null;
  sent_through: number | null;
};

const toSession = (row: SessionRow): Journal["sessions"][number] => ({
  clientId: fromColumn(row.client),
  value: {
    version: row.version,
    expiryS: row.expiry_s,
    disconnectedAtMs: row.disconnected_at ?? undefined,
    sentThrough: row.sent_through ?? undefined,
  },
});

type SubscriptionRow = {
  client: string;
  filter: string;
  qos: 0 | 1 | 2;
  no_local: number;
  retain_as_published: number;
  subscription_id: number | null;
};

const toSubscription = (row: SubscriptionRow): Journal["subscriptions"][number] => ({
  clientId: fromColumn(row.client),
  filter: fromColumn(row.filter),
  value: {
    qos: row.qos,
    noLocal: row.no_local === 1,
    retainAsPublished: row.retain_as_published === 1,
    subscriptionId: row.subscription_id ?? undefined,
  },
});

type DeliveryRow = {
  client: string;
  place: number;
  delivery_qos: KeptDelivery["qos"];
  delivery_retain: number;
  subscription_ids: string | null;
  share: string | null;
} & (MessageRow | { topic: null });

const toDelivery = (row: DeliveryRow): Journal["deliveries"][number] => ({
  clientId: fromColumn(row.client),
  place: row.place,
  value: {
    message: row.topic === null ? undefined : toMessage(row),
    qos: row.delivery_qos,
    retain: row.delivery_retain === 1,
    subscriptionIds: row.subscription_ids === null ? [] : (JSON.parse(row.subscription_ids) as number[]),
    share: fromOptionalColumn(row.share),
  },
});

type WillRow = MessageRow & {
  client: string;
  delay_s: number;
  keep_alive_s: number;
  expiry_s: number | null;
  due_at: number | null;
};

const toWill = (row: WillRow): Journal["wills"][number] => ({
  clientId: fromColumn(row.client),
  value: {
    message: toMessage(row),
    delayS: row.delay_s,
    keepAliveS: row.keep_alive_s,
    expiryS: row.expiry_s ?? undefined,
    dueAtMs: row.due_at ?? undefined,
  },
});
