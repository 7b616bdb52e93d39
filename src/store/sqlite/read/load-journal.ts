/** Loads the broker's journal at the start. Of a damaged row the usable part is loaded, and the damage is reported. */
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { fromColumn } from "../../../core/model/text-column.ts";
import type { Journal, KeptDelivery, KeptMessage } from "../../../core/ports/broker-state.ts";
import type { NoteDamage } from "../db/damage-note.ts";
import { ifReadable, isDamage } from "../db/file-damage.ts";
import { fieldsOf, isBytes, isText, isWholeUpTo, type StoredFields } from "../format/stored-fields.ts";
import { isInstant, parseList } from "../format/stored-text.ts";

type Row = Record<string, unknown>;

export function loadJournal(db: DatabaseSyncInstance, note: NoteDamage): Journal {
  function rows<T>(table: string, what: string, key: string, read: (fields: StoredFields) => T | undefined): T[] {
    const found: T[] = [];
    for (const row of readableRows(db, table, key, () => note({ what: `a page with every MQTT ${what} on it` }))) {
      const fields = fieldsOf(row);
      const value = read(fields);
      if (value !== undefined) found.push(value);
      if (fields.damaged.length === 0) continue;
      const owner = isText(row[key]) ? ` ${JSON.stringify(row[key].slice(0, 80))}` : "";
      const much = value === undefined ? "the" : `a part (${fields.damaged.join(", ")}) of the`;
      note({ what: `${much} MQTT ${what}${owner}` });
    }
    return found;
  }
  return {
    sessions: rows("mqtt_session", "session", "client", toSession),
    subscriptions: rows("mqtt_subscription", "subscription", "client", toSubscription),
    retained: rows("mqtt_retained", "retained message", "topic", toRetained),
    deliveries: rows("mqtt_delivery", "queued message of", "client", toDelivery),
    inbound: rows("mqtt_inbound", "packet id of", "client", toInbound),
    wills: rows("mqtt_will", "last will of", "client", toWill),
  };
}

/** If a page is damaged, the rows before it and behind it. */
function readableRows(db: DatabaseSyncInstance, table: string, key: string, onDamage: () => void): Row[] {
  const order = KEYS[table] ?? key;
  const whole = ifReadable(() => db.prepare(`SELECT * FROM ${table} ORDER BY ${order}`).all());
  if (whole !== undefined) return whole;
  onDamage();
  const before = untilDamage(db, `SELECT * FROM ${table} ORDER BY ${order}`);
  const behind = untilDamage(db, `SELECT * FROM ${table} ORDER BY ${order.replaceAll(/\w+/g, "$& DESC")}`);
  return [...before, ...behind.reverse()];
}

/** Keys of more than one column. */
const KEYS: { readonly [table: string]: string } = {
  mqtt_subscription: "client, filter",
  mqtt_delivery: "client, place",
  mqtt_inbound: "client, packet",
};

function untilDamage(db: DatabaseSyncInstance, sql: string): Row[] {
  const found: Row[] = [];
  try {
    for (const row of db.prepare(sql).iterate()) found.push(row);
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  return found;
}

const MAX_U32 = 0xffff_ffff;
const isFlag = isWholeUpTo(1);
const isQos = isWholeUpTo(2) as (value: unknown) => value is 0 | 1 | 2;
const isAcknowledgedQos = (value: unknown): value is 1 | 2 => value === 1 || value === 2;
const isU32 = isWholeUpTo(MAX_U32);
const isOrder = isWholeUpTo(Number.MAX_SAFE_INTEGER);
const isPacketId = isWholeUpTo(0xffff);
/** A text as `toColumn` writes it. */
function isColumn(value: unknown): value is string {
  if (!isText(value)) return false;
  return !value.startsWith('"') || parseList(`[${value}]`, "string")?.length === 1;
}

const textOf = (column: string | undefined): string | undefined =>
  column === undefined ? undefined : fromColumn(column);

function toMessage({ get, need }: StoredFields): KeptMessage | undefined {
  const [topic, payload, qos] = [need("topic", isColumn), need("payload", isBytes), need("qos", isQos)];
  const properties = need("properties", isBytes);
  if (topic === undefined || payload === undefined || qos === undefined || properties === undefined) return undefined;
  return {
    topic: fromColumn(topic),
    payload,
    qos,
    retain: need("retain", isFlag) === 1,
    properties,
    expiresAtMs: get("expires_at", isInstant),
    publisher: textOf(get("publisher", isColumn)),
  };
}

function toRetained(fields: StoredFields): Journal["retained"][number] | undefined {
  const value = toMessage(fields);
  return value && { topic: value.topic, value };
}

/** A damaged expiry becomes the longest: messages that wait for the session were acknowledged. */
function toSession({ get, need }: StoredFields): Journal["sessions"][number] | undefined {
  const client = need("client", isColumn);
  if (client === undefined) return undefined;
  return {
    clientId: fromColumn(client),
    value: {
      version: need("version", isWholeUpTo(5)) ?? 4,
      expiryS: need("expiry_s", isU32) ?? MAX_U32,
      disconnectedAtMs: get("disconnected_at", isInstant),
      sentThrough: get("sent_through", isOrder),
    },
  };
}

function toSubscription({ get, need }: StoredFields): Journal["subscriptions"][number] | undefined {
  const [client, filter] = [need("client", isColumn), need("filter", isColumn)];
  if (client === undefined || filter === undefined) return undefined;
  return {
    clientId: fromColumn(client),
    filter: fromColumn(filter),
    value: {
      qos: need("qos", isQos) ?? 2,
      noLocal: need("no_local", isFlag) === 1,
      retainAsPublished: need("retain_as_published", isFlag) === 1,
      subscriptionId: get("subscription_id", isU32),
    },
  };
}

function toDelivery(fields: StoredFields): Journal["deliveries"][number] | undefined {
  const { get, need } = fields;
  const [client, order] = [need("client", isColumn), need("place", isOrder)];
  // Without a topic only the packet id is still needed.
  const isEmpty = get("topic", isColumn) === undefined && fields.damaged.length === 0;
  const message = isEmpty ? undefined : toMessage(fields);
  if (client === undefined || order === undefined || (message === undefined && !isEmpty)) return undefined;
  const ids = get("subscription_ids", (value): value is string => parseList(value, "number") !== undefined);
  const value: KeptDelivery = {
    message,
    qos: need("delivery_qos", isAcknowledgedQos) ?? 1,
    retain: need("delivery_retain", isFlag) === 1,
    subscriptionIds: parseList(ids, "number") ?? [],
    share: textOf(get("share", isColumn)),
  };
  return { clientId: fromColumn(client), order, value };
}

function toInbound({ need }: StoredFields): Journal["inbound"][number] | undefined {
  const [client, packetId] = [need("client", isColumn), need("packet", isPacketId)];
  return client === undefined || packetId === undefined ? undefined : { clientId: fromColumn(client), packetId };
}

function toWill(fields: StoredFields): Journal["wills"][number] | undefined {
  const { get, need } = fields;
  const client = need("client", isColumn);
  const message = toMessage(fields);
  if (client === undefined || message === undefined) return undefined;
  return {
    clientId: fromColumn(client),
    value: {
      message,
      delayS: need("delay_s", isU32) ?? 0,
      keepAliveS: need("keep_alive_s", isPacketId) ?? 0,
      expiryS: get("expiry_s", isU32),
      dueAtMs: get("due_at", isInstant),
    },
  };
}
