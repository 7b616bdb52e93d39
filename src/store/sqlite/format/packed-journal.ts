/** The format in which broker journal entries are sent to the writer's thread, within a batch of writes. */
import type { JournalEntry, KeptDelivery, KeptMessage } from "../../../core/ports/broker-state.ts";

/** Place of a text among those of the batch. */
type IndexOf = (text: string) => number;

/** The first of an entry's up to seven numbers. `json`: a rare kind of entry, as JSON among the texts. */
const FORMS = ["json", "delivery", "deliveryGone", "inbound", "inboundGone"] as const;
const NONE = -1;
/** Of topic, publisher, flags, expiry, length of properties. */
const MESSAGE_NUMBERS = 5;

/** A message for many sessions is sent once in a batch; its bytes are with the first write that has it. */
export interface JournalPacker {
  /** Properties and payload, or nothing. To be called before `pack`, in order. */
  bytesOf(entry: JournalEntry): readonly Uint8Array[];
  /** From `offset` on. */
  pack(entry: JournalEntry, numbers: Float64Array, offset: number, indexOf: IndexOf): void;
  /** MESSAGE_NUMBERS for each, in the order in which their bytes come. */
  messages(indexOf: IndexOf): number[];
}

const NOTHING: readonly Uint8Array[] = [];

export function createJournalPacker(): JournalPacker {
  const indexes = new Map<KeptMessage, number>();

  function bytesOf(entry: JournalEntry): readonly Uint8Array[] {
    const message = messageOf(entry);
    if (message === undefined || indexes.has(message)) return NOTHING;
    indexes.set(message, indexes.size);
    return [message.properties, message.payload];
  }

  function pack(entry: JournalEntry, numbers: Float64Array, offset: number, indexOf: IndexOf): void {
    const message = messageOf(entry);
    numbers[offset + 1] = message === undefined ? NONE : (indexes.get(message) ?? NONE);
    switch (entry.of) {
      case "delivery":
        numbers[offset] = FORMS.indexOf(entry.value === undefined ? "deliveryGone" : "delivery");
        numbers[offset + 2] = indexOf(entry.clientId);
        numbers[offset + 3] = entry.order;
        if (entry.value !== undefined) packDelivery(entry.value, numbers, offset, indexOf);
        return;
      case "inbound":
        numbers[offset] = FORMS.indexOf(entry.value === undefined ? "inboundGone" : "inbound");
        numbers[offset + 2] = indexOf(entry.clientId);
        numbers[offset + 3] = entry.packetId;
        return;
      default:
        numbers[offset] = FORMS.indexOf("json");
        numbers[offset + 2] = indexOf(JSON.stringify(withMessage(entry, undefined)));
    }
  }

  function messages(indexOf: IndexOf): number[] {
    const numbers: number[] = [];
    for (const { topic, publisher, qos, retain, expiresAtMs, properties } of indexes.keys()) {
      const flags = qos * 2 + Number(retain);
      numbers.push(indexOf(topic), publisher === undefined ? NONE : indexOf(publisher), flags);
      numbers.push(expiresAtMs ?? Number.NaN, properties.length);
    }
    return numbers;
  }

  return { bytesOf, pack, messages };
}

function packDelivery(
  { qos, retain, subscriptionIds, share }: KeptDelivery,
  numbers: Float64Array,
  offset: number,
  indexOf: IndexOf,
): void {
  numbers[offset + 4] = qos * 2 + Number(retain);
  numbers[offset + 5] = subscriptionIds.length === 0 ? NONE : indexOf(JSON.stringify(subscriptionIds));
  numbers[offset + 6] = share === undefined ? NONE : indexOf(share);
}

/** For one batch, its writes in order; a message's bytes stay views of `bytes`. */
export function createJournalUnpacker(
  names: readonly string[],
  packedMessages: readonly number[],
): (numbers: Float64Array, offset: number, bytes: Uint8Array) => JournalEntry {
  const messages: KeptMessage[] = [];
  const textAt = (index: number): string => names[index] ?? "";

  return (numbers, offset, bytes) => {
    const at = (index: number): number => numbers[offset + index] ?? NONE;
    // Each comes with the first write that has it, so they come in order.
    if (at(1) === messages.length) messages.push(unpackMessage(packedMessages, messages.length, textAt, bytes));
    const message = messages[at(1)];
    const clientId = textAt(at(2));
    switch (FORMS[at(0)]) {
      case "delivery": {
        const [qos, retain] = unpackFlags(at(4));
        const subscriptionIds = at(5) === NONE ? [] : (JSON.parse(textAt(at(5))) as number[]);
        const share = at(6) === NONE ? undefined : textAt(at(6));
        const value = { message, qos: qos as KeptDelivery["qos"], retain, subscriptionIds, share };
        return { of: "delivery", clientId, order: at(3), value };
      }
      case "deliveryGone":
        return { of: "delivery", clientId, order: at(3), value: undefined };
      case "inbound":
        return { of: "inbound", clientId, packetId: at(3), value: true };
      case "inboundGone":
        return { of: "inbound", clientId, packetId: at(3), value: undefined };
      default:
        return withMessage(JSON.parse(clientId) as JournalEntry, message);
    }
  };
}

function unpackMessage(
  packed: readonly number[],
  index: number,
  textAt: (index: number) => string,
  bytes: Uint8Array,
): KeptMessage {
  const [topic = 0, publisher = NONE, flags = 0, expiresAtMs = Number.NaN, propertiesLength = 0] = packed.slice(
    index * MESSAGE_NUMBERS,
    (index + 1) * MESSAGE_NUMBERS,
  );
  const [qos, retain] = unpackFlags(flags);
  return {
    topic: textAt(topic),
    payload: bytes.subarray(propertiesLength),
    qos: qos as KeptMessage["qos"],
    retain,
    properties: bytes.subarray(0, propertiesLength),
    expiresAtMs: Number.isNaN(expiresAtMs) ? undefined : expiresAtMs,
    publisher: publisher === NONE ? undefined : textAt(publisher),
  };
}

const unpackFlags = (flags: number): [qos: number, retain: boolean] => [flags >> 1, (flags & 1) === 1];

function messageOf(entry: JournalEntry): KeptMessage | undefined {
  switch (entry.of) {
    case "retained":
      return entry.value;
    case "delivery":
    case "will":
      return entry.value?.message;
    case "session":
    case "subscription":
    case "inbound":
      return undefined;
  }
}

/** An entry without a message is returned unchanged. */
function withMessage(entry: JournalEntry, message: KeptMessage | undefined): JournalEntry {
  if (entry.of === "retained") return { ...entry, value: message };
  if (entry.of !== "will" || entry.value === undefined) return entry;
  return { ...entry, value: { ...entry.value, message } } as JournalEntry;
}
