/** The format in which a group of writes is sent to the writer's thread, and its outcomes are sent back. */
import type { AttributeValue, DeviceId } from "../../../contract/readings.ts";
import type { StoreRefusal } from "../../../core/model/store-refusal.ts";
import type { JournalEntry, JournalWrite } from "../../../core/ports/broker-state.ts";
import type { Body, Write, WriteOutcome, WritesOfMessage } from "../../../core/ports/writes.ts";
import { createJournalPacker, createJournalUnpacker, type JournalPacker } from "./packed-journal.ts";

/** Numbers and texts in two transferable buffers, at a fifth of the cost of cloning objects. */
export interface PackedBatch {
  /** STRIDE numbers for each write. */
  readonly numbers: Float64Array;
  /** The bodies of all writes, one behind the other: metrics or an attributes patch as JSON (UTF-8), the bytes of a kept message, or nothing. */
  readonly bodies: Uint8Array;
  /** Device ids, client ids, topics, each once. */
  readonly names: string[];
  /** Numbers of the messages that the broker's entries keep. */
  readonly keptMessages: number[];
}

const STRIDE = 11;
const KINDS = ["reading", "attributes", "status", "journal"] as const;

/** One write as the thread sees it. */
export type UnpackedWrite =
  | UnpackedDeviceWrite
  | { readonly kind: "journal"; readonly message: number; readonly entry: JournalEntry };

export interface UnpackedDeviceWrite {
  kind: Exclude<Write["kind"], "journal">;
  /** Index of its message in the batch. */
  message: number;
  deviceId: DeviceId;
  atMs: number;
  timed: boolean;
  receivedAtMs: number;
  element: number;
  n: number | undefined;
  body: string;
  packet: { clientId: string; id: number; dup: boolean } | undefined;
  /** Status: online. Attributes: the device's clock is suspect; undefined: not given. */
  flag: boolean | undefined;
}

export function packBatch(messages: readonly WritesOfMessage[]): PackedBatch {
  const writes = messages.flat();
  const numbers = new Float64Array(writes.length * STRIDE);
  const journal = createJournalPacker();
  const packed = writes.map((write) => bodyOf(write, journal));
  const bodies = new Uint8Array(packed.reduce((sum, body) => sum + mostBytes(body), 0));
  const names: string[] = [];
  const indexes = new Map<string, number>();
  const indexOf = (name: string): number => {
    const known = indexes.get(name);
    if (known !== undefined) return known;
    indexes.set(name, names.length);
    return names.push(name) - 1;
  };
  let index = 0;
  let end = 0;
  for (let message = 0; message < messages.length; message++) {
    for (const write of messages[message] ?? []) {
      const offset = index * STRIDE;
      numbers[offset] = KINDS.indexOf(write.kind);
      numbers[offset + 1] = message;
      if (write.kind === "journal") journal.pack(write.entry, numbers, offset + 2, indexOf);
      else packNumbers(write, numbers, offset, indexOf);
      end = packBody(packed[index] ?? "", bodies, end);
      numbers[offset + 9] = end;
      index++;
    }
  }
  return { numbers, bodies, names, keptMessages: journal.messages(indexOf) };
}

/** How many writes there are. */
export const countOf = (batch: PackedBatch): number => batch.numbers.length / STRIDE;

const encoder = new TextEncoder();

/** Of UTF-8; a UTF-16 unit takes at most three. */
function mostBytes(body: Body): number {
  if (typeof body === "string") return body.length * 3;
  let bytes = 0;
  for (const part of body) bytes += part.length;
  return bytes;
}

/** Returns where the next one begins. */
function packBody(body: Body, into: Uint8Array, from: number): number {
  if (typeof body === "string") return from + encoder.encodeInto(body, into.subarray(from)).written;
  let at = from;
  for (const part of body) {
    into.set(part, at);
    at += part.length;
  }
  return at;
}

function packNumbers(
  write: Exclude<Write, JournalWrite>,
  numbers: Float64Array,
  offset: number,
  indexOf: (name: string) => number,
): void {
  numbers[offset + 2] = indexOf(write.deviceId);
  numbers[offset + 3] = write.receivedAtMs;
  if (write.kind !== "reading") {
    const flag = write.kind === "status" ? write.online : write.clockSuspect;
    numbers[offset + 4] = flag === undefined ? -1 : Number(flag);
    return;
  }
  numbers[offset + 4] = write.timed ? 1 : 0;
  numbers[offset + 5] = write.atMs;
  numbers[offset + 6] = write.element;
  numbers[offset + 10] = write.n ?? -1;
  numbers[offset + 7] = write.packet === undefined ? -1 : indexOf(write.packet.clientId);
  numbers[offset + 8] = write.packet === undefined ? 0 : write.packet.id * 2 + (write.packet.dup ? 1 : 0);
}

function bodyOf(write: Write, journal: JournalPacker): Body {
  switch (write.kind) {
    case "reading":
      return write.body;
    case "attributes":
      return JSON.stringify([...write.patch]);
    case "status":
      return "";
    case "journal":
      return journal.bytesOf(write.entry);
  }
}

/** The patch of an attributes write, from its body. */
export const unpackPatch = (body: string): ReadonlyMap<string, AttributeValue | null> =>
  new Map(JSON.parse(body) as [string, AttributeValue | null][]);

export function* unpackBatch({ numbers, bodies, names, keptMessages }: PackedBatch): Generator<UnpackedWrite> {
  const text = Buffer.from(bodies.buffer, bodies.byteOffset, bodies.byteLength);
  const at = (index: number): number => numbers[index] ?? 0;
  const unpackEntry = createJournalUnpacker(names, keptMessages);
  let from = 0;
  for (let offset = 0; offset < numbers.length; offset += STRIDE) {
    const flag = at(offset + 4);
    const client = at(offset + 7);
    const packet = at(offset + 8);
    const to = at(offset + 9);
    const kind = KINDS[at(offset)] ?? "reading";
    if (kind === "journal") {
      const entry = unpackEntry(numbers, offset + 2, bodies.subarray(from, to));
      yield { kind, message: at(offset + 1), entry };
      from = to;
      continue;
    }
    yield {
      kind,
      message: at(offset + 1),
      deviceId: names[at(offset + 2)] as DeviceId,
      receivedAtMs: at(offset + 3),
      flag: flag < 0 ? undefined : flag === 1,
      timed: flag === 1,
      atMs: at(offset + 5),
      element: at(offset + 6),
      n: kind === "reading" && at(offset + 10) >= 0 ? at(offset + 10) : undefined,
      body: text.toString("utf8", from, to),
      packet:
        kind === "reading" && client >= 0
          ? { clientId: names[client] ?? "", id: packet >> 1, dup: (packet & 1) === 1 }
          : undefined,
    };
    from = to;
  }
}

const DUPLICATE: WriteOutcome = { kind: "duplicate" };
/** Nearly every outcome is this one. */
const STORED_FIRST: WriteOutcome = { kind: "stored", n: 0 };
/** The mark of a duplicate. The mark of a stored reading is its n. */
export const DUPLICATE_MARK = -1;
/** The mark of a refused write is this, minus the index of its refusal. */
export const REFUSED_MARK = -2;

export interface PackedOutcomes {
  /** One for each write. */
  readonly marks: Float64Array;
  readonly refusals: readonly StoreRefusal[];
  /** The newest row. */
  readonly lastSeq: number;
}

export function unpackOutcomes(
  messages: readonly WritesOfMessage[],
  { marks, refusals }: PackedOutcomes,
): WriteOutcome[][] {
  let index = 0;
  return messages.map((writes) => writes.map(() => unpackOutcome(marks[index++] ?? 0, refusals)));
}

function unpackOutcome(mark: number, refusals: readonly StoreRefusal[]): WriteOutcome {
  if (mark === 0) return STORED_FIRST;
  if (mark > 0) return { kind: "stored", n: mark };
  return mark === DUPLICATE_MARK
    ? DUPLICATE
    : { kind: "refused", ...(refusals[REFUSED_MARK - mark] ?? { reason: "" }) };
}
