/**
 * Reads outbox records of former versions of the hub: a group as they passed it to their writer's thread, in V8's serialization.
 * Frozen, with the names and positions of that time; nothing writes it any more.
 */
import { deserialize } from "node:v8";
import type { AttributeValue, DeviceId } from "../../../contract/readings.ts";
import type { JournalEntry, KeptDelivery, KeptMessage } from "../../../core/ports/broker-state.ts";
import type { Write, WriteOutcome, WritesOfMessage } from "../../../core/ports/writes.ts";
import {
  readSession,
  readSubscription,
  readWillTimes,
  type StoredSession,
  type StoredSubscription,
  type StoredWillTimes,
} from "./outbox-entry.ts";
import { readingWrite } from "./outbox-reading.ts";

interface FormerGroup {
  /** NUMBERS_A_WRITE for each write. */
  readonly numbers: Float64Array;
  /** The bodies of all writes, one behind the other: metrics or an attributes patch as JSON, the bytes of a kept message, or nothing. */
  readonly bodies: Uint8Array;
  /** Device ids, client ids, topics, and entries as JSON; others are indexes of these. */
  readonly names: readonly string[];
  /** NUMBERS_A_MESSAGE for each kept message. */
  readonly keptMessages: readonly number[];
}

const NUMBERS_A_WRITE = 11;
const NUMBERS_A_MESSAGE = 5;
const KINDS = ["reading", "attributes", "status", "journal"] as const;
const FORMS = ["json", "delivery", "deliveryGone", "inbound", "inboundGone"] as const;
const NONE = -1;

/** Rare kinds of entries. The message of a retained message or a will is not here, but in `keptMessages`. */
type FormerEntry =
  | { readonly of: "session"; readonly clientId: string; readonly value?: StoredSession }
  | {
      readonly of: "subscription";
      readonly clientId: string;
      readonly filter: string;
      readonly value?: StoredSubscription;
    }
  | { readonly of: "retained"; readonly topic: string }
  | { readonly of: "will"; readonly clientId: string; readonly value?: StoredWillTimes };

/** Throws if it is not a group. */
export function readFormerGroup(content: Uint8Array): WritesOfMessage[] {
  const { numbers, bodies, names, keptMessages } = deserialize(content) as FormerGroup;
  const messages: Write[][] = [];
  const readEntry = createEntryReader(names, keptMessages);
  let from = 0;
  for (let first = 0; first < numbers.length; first += NUMBERS_A_WRITE) {
    const at = (index: number): number => numbers[first + index] ?? NONE;
    const body = bodies.subarray(from, at(9));
    from = at(9);
    while (messages.length <= at(1)) messages.push([]);
    const isEntry = KINDS[at(0)] === "journal";
    const write: Write = isEntry
      ? { kind: "journal", entry: readEntry((index) => at(index + 2), body) }
      : readDeviceWrite(at, names, textOf(body));
    messages[at(1)]?.push(write);
  }
  return messages;
}

/** Throws if they are not outcomes. `messages`: those of the group. */
export function readFormerOutcomes(content: Uint8Array, messages: readonly WritesOfMessage[]): WriteOutcome[][] {
  const { marks, reasons } = deserialize(content) as { marks: Float64Array; reasons: readonly string[] };
  let index = 0;
  return messages.map((writes) => writes.map(() => readMark(marks[index++] ?? 0, reasons)));
}

const DUPLICATE = -1;
/** A refused write has this, minus the index of its reason. */
const REFUSED = -2;

function readMark(mark: number, reasons: readonly string[]): WriteOutcome {
  if (mark >= 0) return { kind: "stored", n: mark };
  return mark === DUPLICATE ? { kind: "duplicate" } : { kind: "refused", reason: reasons[REFUSED - mark] ?? "" };
}

type NumberAt = (index: number) => number;

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();

function readDeviceWrite(at: NumberAt, names: readonly string[], body: string): Write {
  const [deviceId, receivedAtMs, flag] = [names[at(2)] as DeviceId, at(3), at(4)];
  switch (KINDS[at(0)]) {
    case "attributes": {
      const patch = new Map(JSON.parse(body) as [string, AttributeValue | null][]);
      return { kind: "attributes", deviceId, receivedAtMs, patch, ...(flag >= 0 && { clockSuspect: flag === 1 }) };
    }
    case "status":
      return { kind: "status", deviceId, receivedAtMs, online: flag === 1 };
    default: {
      const [client, numbered] = [at(7), at(8)];
      const packet =
        client === NONE ? undefined : { clientId: names[client] ?? "", id: numbered >> 1, dup: (numbered & 1) === 1 };
      const about = { deviceId, atMs: at(5), timed: flag === 1, receivedAtMs, element: at(6), packet, body };
      return readingWrite({ ...about, n: at(10) < 0 ? undefined : at(10) });
    }
  }
}

/** For the entries of one group, in order: the bytes of a message are with the first entry that has it. */
function createEntryReader(names: readonly string[], keptMessages: readonly number[]) {
  const messages: KeptMessage[] = [];
  const text = (index: number): string => names[index] ?? "";
  const optionalText = (index: number): string | undefined => (index === NONE ? undefined : text(index));

  function messageOf(bytes: Uint8Array): KeptMessage {
    const first = messages.length * NUMBERS_A_MESSAGE;
    const at: NumberAt = (index) => keptMessages[first + index] ?? NONE;
    const [expiresAtMs, properties] = [at(3), at(4)];
    return {
      topic: text(at(0)),
      payload: bytes.subarray(properties),
      qos: (at(2) >> 1) as KeptMessage["qos"],
      retain: (at(2) & 1) === 1,
      properties: bytes.subarray(0, properties),
      expiresAtMs: Number.isNaN(expiresAtMs) ? undefined : expiresAtMs,
      publisher: optionalText(at(1)),
    };
  }

  return (at: NumberAt, bytes: Uint8Array): JournalEntry => {
    if (at(1) === messages.length) messages.push(messageOf(bytes));
    const message = messages[at(1)];
    const clientId = text(at(2));
    switch (FORMS[at(0)]) {
      case "delivery": {
        const value: KeptDelivery = {
          message,
          qos: (at(4) >> 1) as KeptDelivery["qos"],
          retain: (at(4) & 1) === 1,
          subscriptionIds: at(5) === NONE ? [] : (JSON.parse(text(at(5))) as number[]),
          share: optionalText(at(6)),
        };
        return { of: "delivery", clientId, order: at(3), value };
      }
      case "deliveryGone":
        return { of: "delivery", clientId, order: at(3), value: undefined };
      case "inbound":
        return { of: "inbound", clientId, packetId: at(3), value: true };
      case "inboundGone":
        return { of: "inbound", clientId, packetId: at(3), value: undefined };
      default:
        return readFormerEntry(JSON.parse(clientId) as FormerEntry, message);
    }
  };
}

function readFormerEntry(entry: FormerEntry, message: KeptMessage | undefined): JournalEntry {
  switch (entry.of) {
    case "session":
      return { of: "session", clientId: entry.clientId, value: entry.value && readSession(entry.value) };
    case "subscription": {
      const { clientId, filter, value } = entry;
      return { of: "subscription", clientId, filter, value: value && readSubscription(value) };
    }
    case "retained":
      return { of: "retained", topic: entry.topic, value: message };
    case "will": {
      const { clientId, value } = entry;
      const isThere = value !== undefined && message !== undefined;
      return { of: "will", clientId, value: isThere ? { message, ...readWillTimes(value) } : undefined };
    }
  }
}
