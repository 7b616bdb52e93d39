/** Writes the broker's journal, in the transaction of an append. Runs in the writer's thread. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { toColumn, toOptionalColumn } from "../../../core/model/text-column.ts";
import type { JournalEntry, KeptMessage } from "../../../core/ports/broker-state.ts";

export function createJournalTable(db: DatabaseSyncInstance): { write(entry: JournalEntry): void } {
  const sql = prepare(db);

  function write(entry: JournalEntry): void {
    switch (entry.of) {
      case "session":
        return writeSession(entry);
      case "subscription":
        return writeSubscription(entry);
      case "retained":
        return writeRetained(entry);
      case "delivery":
        return writeDelivery(entry);
      case "inbound": {
        const { put, remove } = sql.inbound;
        return void (entry.value ? put : remove).run(toColumn(entry.clientId), entry.packetId);
      }
      case "will":
        return writeWill(entry);
    }
  }

  function writeSession({ clientId, value }: Of<"session">): void {
    const client = toColumn(clientId);
    if (value === undefined) for (const remove of sql.session.remove) remove.run(client);
    else
      sql.session.put.run(
        client,
        value.version,
        value.expiryS,
        value.disconnectedAtMs ?? null,
        value.sentThrough ?? null,
      );
  }

  function writeSubscription({ clientId, filter, value }: Of<"subscription">): void {
    const { put, remove } = sql.subscription;
    const key = [toColumn(clientId), toColumn(filter)] as const;
    if (value === undefined) return void remove.run(...key);
    const { qos, noLocal, retainAsPublished, subscriptionId } = value;
    put.run(...key, qos, Number(noLocal), Number(retainAsPublished), subscriptionId ?? null);
  }

  function writeRetained({ topic, value }: Of<"retained">): void {
    const { put, remove } = sql.retained;
    if (value === undefined) remove.run(toColumn(topic));
    else put.run(toColumn(topic), ...columnsOf(value));
  }

  function writeDelivery({ clientId, order, value }: Of<"delivery">): void {
    const { put, remove } = sql.delivery;
    const client = toColumn(clientId);
    if (value === undefined) return void remove.run(client, order);
    const { message, qos, retain, subscriptionIds, share } = value;
    const ids = subscriptionIds.length === 0 ? null : JSON.stringify(subscriptionIds);
    const columns = message === undefined ? NO_MESSAGE : [toColumn(message.topic), ...columnsOf(message)];
    put.run(client, order, qos, Number(retain), ids, toOptionalColumn(share), ...columns);
  }

  function writeWill({ clientId, value }: Of<"will">): void {
    const client = toColumn(clientId);
    if (value === undefined) return void sql.will.remove.run(client);
    const { message, delayS, keepAliveS, expiryS, dueAtMs } = value;
    const times = [delayS, keepAliveS, expiryS ?? null, dueAtMs ?? null];
    sql.will.put.run(client, ...times, toColumn(message.topic), ...columnsOf(message));
  }

  return { write };
}

type Of<What extends JournalEntry["of"]> = Extract<JournalEntry, { of: What }>;

type MessageColumns = readonly [number, number, number | null, string | null, Uint8Array, Uint8Array];

/** The columns of a message except its topic. */
const columnsOf = ({ qos, retain, expiresAtMs, publisher, properties, payload }: KeptMessage): MessageColumns => [
  qos,
  Number(retain),
  expiresAtMs ?? null,
  toOptionalColumn(publisher),
  properties,
  payload,
];

const MESSAGE = "qos, retain, expires_at, publisher, properties, payload";
const NO_MESSAGE = [null, null, null, null, null, null, null];

function prepare(db: DatabaseSyncInstance) {
  const put = (table: string, columns: string) => {
    const values = columns.replaceAll(/\w+/g, "?");
    return db.prepare(`INSERT OR REPLACE INTO ${table} (${columns}) VALUES (${values})`);
  };
  const remove = (table: string, key: string) => db.prepare(`DELETE FROM ${table} WHERE ${key}`);
  const ofSession = ["mqtt_session", "mqtt_subscription", "mqtt_delivery", "mqtt_inbound"];
  return {
    session: {
      put: put("mqtt_session", "client, version, expiry_s, disconnected_at, sent_through"),
      remove: ofSession.map((table) => remove(table, "client = ?")),
    },
    subscription: {
      put: put("mqtt_subscription", "client, filter, qos, no_local, retain_as_published, subscription_id"),
      remove: remove("mqtt_subscription", "client = ? AND filter = ?"),
    },
    retained: {
      put: put("mqtt_retained", `topic, ${MESSAGE}`),
      remove: remove("mqtt_retained", "topic = ?"),
    },
    delivery: {
      put: put(
        "mqtt_delivery",
        `client, place, delivery_qos, delivery_retain, subscription_ids, share, topic, ${MESSAGE}`,
      ),
      remove: remove("mqtt_delivery", "client = ? AND place = ?"),
    },
    inbound: {
      put: put("mqtt_inbound", "client, packet"),
      remove: remove("mqtt_inbound", "client = ? AND packet = ?"),
    },
    will: {
      put: put("mqtt_will", `client, delay_s, keep_alive_s, expiry_s, due_at, topic, ${MESSAGE}`),
      remove: remove("mqtt_will", "client = ?"),
    },
  };
}
