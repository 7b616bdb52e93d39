/** Writes groups of messages: placed one after the other, sent several at a time, each reading once. Opens nothing. */
import type { Db } from "mongodb";
import type { JournalEntry, KeptMessage } from "../../../core/ports/broker-state.ts";
import type { PlacedGroup, RemoteStore } from "../../../core/ports/outbox.ts";
import type { WriteOutcome, WritesOfMessage } from "../../../core/ports/writes.ts";
import type { Collections } from "../db/collections.ts";
import { createLane, type Lane } from "../db/serial-queue.ts";
import { asStore } from "../db/store-fault.ts";
import { deviceChanges } from "./device-changes.ts";
import type { DeviceCursors } from "./device-cursors.ts";
import { createPlacer, type Placed, type PlacedReading } from "./id-assignment.ts";
import type { InFlight } from "./in-flight.ts";
import { createInsert, type Inserted, WRITE_WITHIN_MS } from "./insert.ts";
import { type HourOfDevice, hourOf, type Marks } from "./marks.ts";

export interface AppenderParts {
  readonly db: () => Db;
  readonly collections: () => Collections;
  readonly cursors: DeviceCursors;
  readonly marks: Marks;
  readonly inFlight: InFlight;
  /** Of writes to the documents of devices. */
  readonly deviceLane: Lane;
  /** Writes the broker's entries, in order; one outcome for each. */
  readonly writeJournal: (entries: readonly JournalEntry[]) => Promise<WriteOutcome[]>;
}

export type Appender = Pick<RemoteStore, "append" | "repeat"> & {
  /** Runs when no group is being placed. */
  between<T>(work: () => Promise<T>): Promise<T>;
};

export function createAppender(parts: AppenderParts): Appender {
  const { db, collections, cursors, marks, inFlight, deviceLane, writeJournal } = parts;
  const placer = createPlacer(collections, cursors);
  const insert = createInsert({ db, collections, formerLives: cursors.formerLives });
  const placing = createLane();

  /** `sent` is under way before the next group is placed, so that whoever looks up knows what to wait for. */
  async function run(
    place: () => Promise<Placed>,
    isAgain: boolean,
    onPlaced?: (placed: PlacedGroup) => void | Promise<void>,
  ): Promise<WriteOutcome[][]> {
    const { sent } = await placing.run(async () => {
      const placed = await place();
      for (const { cursor } of placed.readings) cursor.groups++;
      const sending = send(placed, isAgain, onPlaced).finally(() => {
        for (const { cursor } of placed.readings) cursor.groups--;
      });
      inFlight.add(sending);
      return { sent: sending };
    });
    return sent;
  }

  async function send(
    placed: Placed,
    isAgain: boolean,
    onPlaced?: (placed: PlacedGroup) => void | Promise<void>,
  ): Promise<WriteOutcome[][]> {
    await onPlaced?.(new PlacedView(placed));
    const { messages, readings } = placed;
    const outcomes = placed.outcomes.map((each) => [...each]);
    await Promise.all([markHours(readings), changeDevices(placed)]);
    const [exceptions] = await Promise.all([
      readings.length > 0 ? insert(readings, isAgain) : new Map<number, Inserted>(),
      writeEntries(messages, outcomes),
    ]);
    for (const [index, inserted] of exceptions) {
      const reading = readings[index];
      const outcome = reading && outcomeOf(reading, inserted, isAgain);
      if (outcome !== undefined) (outcomes[reading?.message ?? 0] ?? [])[reading?.element ?? 0] = outcome;
    }
    return outcomes;
  }

  async function markHours(readings: readonly PlacedReading[]): Promise<void> {
    const wanted: HourOfDevice[] = [];
    let last: HourOfDevice | undefined;
    for (const { write } of readings) {
      const hour = { device: write.deviceId, hourMs: hourOf(write.atMs) };
      if (last?.device === hour.device && last.hourMs === hour.hourMs) continue;
      last = hour;
      if (!marks.has(hour.device, hour.hourMs)) wanted.push(hour);
    }
    if (wanted.length > 0) await marks.mark(unique(wanted));
  }

  async function changeDevices({ messages, readings }: Placed): Promise<void> {
    const { operations, done } = deviceChanges(messages, readings, cursors);
    if (operations.length === 0) return;
    await deviceLane.run(async () => {
      await collections().devices.bulkWrite(operations, { ordered: true, timeoutMS: WRITE_WITHIN_MS });
      done();
    });
  }

  async function writeEntries(messages: readonly WritesOfMessage[], outcomes: WriteOutcome[][]): Promise<void> {
    const entries: { entry: JournalEntry; message: number; element: number }[] = [];
    for (const [message, writes] of messages.entries()) {
      for (const [element, write] of writes.entries()) {
        if (write.kind === "journal") entries.push({ entry: write.entry, message, element });
      }
    }
    if (entries.length === 0) return;
    const written = await writeJournal(entries.map(({ entry }) => entry));
    for (const [index, { message, element }] of entries.entries()) {
      const outcome = written[index];
      if (outcome !== undefined) (outcomes[message] ?? [])[element] = outcome;
    }
  }

  return {
    append: (messages, onPlaced) => {
      const taken = withOwnBytes(messages);
      return asStore(() => run(() => placer.place(taken, inFlight.settled), false, onPlaced));
    },
    repeat: (group) => asStore(() => run(() => placer.placeAgain(group), true)),
    between: (work) => placing.run(work),
  };
}

function outcomeOf({ write }: PlacedReading, inserted: Inserted, isAgain: boolean): WriteOutcome | undefined {
  if (inserted.kind === "written") return { kind: "stored", n: inserted.n };
  if (inserted.kind === "refused") return inserted;
  // Written again, or by a try whose answer did not come: it was stored. One that had its id was so before.
  return write.n !== undefined && !isAgain ? { kind: "duplicate" } : undefined;
}

function unique(hours: readonly HourOfDevice[]): HourOfDevice[] {
  const seen = new Map(hours.map((hour) => [`${hour.device} ${hour.hourMs}`, hour]));
  return [...seen.values()];
}

/** Made only where somebody looks at it: for most groups nobody does. */
class PlacedView implements PlacedGroup {
  readonly #placed: Placed;
  constructor(placed: Placed) {
    this.#placed = placed;
  }
  get outcomes(): PlacedGroup["outcomes"] {
    return this.#placed.outcomes;
  }
  get messages(): PlacedGroup["messages"] {
    const { messages, outcomes } = this.#placed;
    return messages.map((writes, message) =>
      writes.map((write, element) => {
        const outcome = outcomes[message]?.[element];
        return write.kind === "reading" && outcome?.kind === "stored" ? { ...write, n: outcome.n } : write;
      }),
    );
  }
}

/** What becomes of a payload's bytes once `append` was called does not matter: they are sent later. */
function withOwnBytes(messages: readonly WritesOfMessage[]): readonly WritesOfMessage[] {
  if (!messages.some((writes) => writes.some(({ kind }) => kind === "journal"))) return messages;
  return messages.map((writes) =>
    writes.map((write) => (write.kind === "journal" ? { ...write, entry: withOwnPayload(write.entry) } : write)),
  );
}

function withOwnPayload(entry: JournalEntry): JournalEntry {
  switch (entry.of) {
    case "retained":
      return { ...entry, value: entry.value && copyOf(entry.value) };
    case "delivery":
    case "will": {
      const message = entry.value?.message;
      return message === undefined
        ? entry
        : ({ ...entry, value: { ...entry.value, message: copyOf(message) } } as never);
    }
    default:
      return entry;
  }
}

const copyOf = (message: KeptMessage): KeptMessage => ({
  ...message,
  payload: message.payload.slice(),
  properties: message.properties.slice(),
});
