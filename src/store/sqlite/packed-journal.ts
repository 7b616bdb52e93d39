/** The form in which the broker's journal crosses to the writer's thread: bytes of one write each. Moves; decides nothing. */
import type { JournalEntry, KeptMessage } from "../../core/ports.ts";

/**
 * JSON of this, a zero byte (JSON has none), the message's properties, its payload. A message that a batch has for many
 * sessions crosses once; the writes behind the first name it by its place.
 */
interface PackedEntry {
  /** The entry without its message. JSON says anything of a text, a lone half of a surrogate pair too. */
  readonly entry: JournalEntry;
  /** Among the batch's messages. */
  readonly message?: number;
  /** With the first write that has the message. */
  readonly text?: Omit<KeptMessage, "payload" | "properties">;
  readonly propertiesLength?: number;
}

const END = Uint8Array.of(0);
const encoder = new TextEncoder();

/** For one batch: entry → the pieces of its bytes. */
export function createJournalPacker(): (entry: JournalEntry) => readonly Uint8Array[] {
  const places = new Map<KeptMessage, number>();

  return (entry) => {
    const message = messageOf(entry);
    if (message === undefined) return [encode({ entry }), END];
    const known = places.get(message);
    const bare = withMessage(entry, undefined);
    if (known !== undefined) return [encode({ entry: bare, message: known }), END];
    places.set(message, places.size);
    const { payload, properties, ...text } = message;
    const packed = { entry: bare, message: places.size - 1, text, propertiesLength: properties.length };
    return [encode(packed), END, properties, payload];
  };
}

const encode = (packed: PackedEntry): Uint8Array => encoder.encode(JSON.stringify(packed));

/** For one batch, its writes in order; a message's bytes stay views of `bytes`. */
export function createJournalUnpacker(): (bytes: Buffer) => JournalEntry {
  const messages: KeptMessage[] = [];

  return (bytes) => {
    const end = bytes.indexOf(0);
    const packed = JSON.parse(bytes.toString("utf8", 0, end)) as PackedEntry;
    if (packed.message === undefined) return packed.entry;
    if (packed.text !== undefined) {
      const payloadFrom = end + 1 + (packed.propertiesLength ?? 0);
      const properties = bytes.subarray(end + 1, payloadFrom);
      messages.push({ ...packed.text, properties, payload: bytes.subarray(payloadFrom) });
    }
    return withMessage(packed.entry, messages[packed.message]);
  };
}

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

function withMessage(entry: JournalEntry, message: KeptMessage | undefined): JournalEntry {
  if (entry.of === "retained") return { ...entry, value: message };
  if (entry.of !== "delivery" && entry.of !== "will") return entry;
  return { ...entry, value: { ...entry.value, message } } as JournalEntry;
}
