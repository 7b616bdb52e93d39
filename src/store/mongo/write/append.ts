/** Writes groups of messages: their ids are assigned one group after the other, several groups are sent at a time. */

import type { Db } from "mongodb";
import { createSerialQueue, type SerialQueue } from "../../../core/model/serial-queue.ts";
import type { JournalEntry, KeptMessage } from "../../../core/ports/broker-state.ts";
import type { AssignedGroup, RemoteStore } from "../../../core/ports/outbox.ts";
import type { WriteOutcome, WritesOfMessage } from "../../../core/ports/writes.ts";
import type { ClockSteps } from "../../../core/time/clock-steps.ts";
import type { Collections } from "../db/collections.ts";
import { type InTime, LIMITED } from "../db/in-time.ts";
import { asStore } from "../db/store-fault.ts";
import { deviceChanges } from "./device-changes.ts";
import type { DeviceCursors } from "./device-cursors.ts";
import { type AssignedReading, type Assignment, createIdAssigner } from "./id-assignment.ts";
import type { InFlight } from "./in-flight.ts";
import { createInsert, type Inserted } from "./insert.ts";
import { type HourOfDevice, hourOf, type Marks } from "./marks.ts";

export interface AppenderParts {
  readonly db: () => Db;
  readonly collections: () => Collections;
  readonly cursors: DeviceCursors;
  readonly clockSteps: ClockSteps | undefined;
  readonly marks: Marks;
  readonly inFlight: InFlight;
  readonly inTime: InTime;
  /** For writes to the documents of devices. */
  readonly deviceQueue: SerialQueue;
  /** Writes the broker's entries, in order; one outcome for each. */
  readonly writeJournal: (entries: readonly JournalEntry[]) => Promise<WriteOutcome[]>;
}

export type Appender = Pick<RemoteStore, "append" | "repeat"> & {
  /** Runs while no ids are being assigned. */
  between<T>(work: () => Promise<T>): Promise<T>;
};

export function createAppender(parts: AppenderParts): Appender {
  const { db, collections, cursors, clockSteps, marks, inFlight, inTime, deviceQueue, writeJournal } = parts;
  const assigner = createIdAssigner(collections, cursors, clockSteps);
  const insert = createInsert({ db, collections, inTime, earlierGenerations: cursors.earlierGenerations });
  const assigning = createSerialQueue();

  /**
   * `sent` is under way before ids of the next group are assigned, so that its look-up knows what to wait for. Groups are answered in
   * their order: what judges them takes a reading that comes behind a newer one of its device for one of a backlog.
   */
  async function run(
    assign: () => Promise<Assignment>,
    isAgain: boolean,
    onAssigned?: (assigned: AssignedGroup) => void | Promise<void>,
  ): Promise<WriteOutcome[][]> {
    const { sent, former } = await assigning.run(async () => {
      const assignment = await assign();
      for (const { cursor } of assignment.readings) cursor.groups++;
      const sending = send(assignment, isAgain, onAssigned).finally(() => {
        for (const { cursor } of assignment.readings) cursor.groups--;
      });
      const former = inFlight.settled();
      inFlight.add(sending);
      return { sent: sending, former };
    });
    const outcomes = await sent;
    await former;
    return outcomes;
  }

  async function send(
    assignment: Assignment,
    isAgain: boolean,
    onAssigned?: (assigned: AssignedGroup) => void | Promise<void>,
  ): Promise<WriteOutcome[][]> {
    await onAssigned?.(new AssignedView(assignment));
    const { messages, readings } = assignment;
    const outcomes = assignment.outcomes.map((each) => [...each]);
    await Promise.all([markHours(readings), changeDevices(assignment)]);
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

  async function markHours(readings: readonly AssignedReading[]): Promise<void> {
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

  async function changeDevices({ messages, readings }: Assignment): Promise<void> {
    const { operations, done } = deviceChanges(messages, readings, cursors);
    if (operations.length === 0) return;
    await deviceQueue.run(async () => {
      await inTime(collections().devices.bulkWrite(operations, { ordered: true, ...LIMITED }));
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
    append: (messages, onAssigned) => {
      const copied = withOwnBytes(messages);
      return asStore(() => run(() => assigner.assign(copied, inFlight.settled), false, onAssigned));
    },
    repeat: (group) => asStore(() => run(() => assigner.assignAgain(group), true)),
    between: (work) => assigning.run(work),
  };
}

function outcomeOf({ write }: AssignedReading, inserted: Inserted, isAgain: boolean): WriteOutcome | undefined {
  if (inserted.kind === "written") return { kind: "stored", n: inserted.n };
  if (inserted.kind === "refused") return inserted;
  // Repeated, or a try whose answer did not come: this write stored it. A reading that came with its id was there before.
  return write.n !== undefined && !isAgain ? { kind: "duplicate" } : undefined;
}

function unique(hours: readonly HourOfDevice[]): HourOfDevice[] {
  const seen = new Map(hours.map((hour) => [`${hour.device} ${hour.hourMs}`, hour]));
  return [...seen.values()];
}

/** Its messages are made only when they are read: of most groups they are not. */
class AssignedView implements AssignedGroup {
  readonly #assignment: Assignment;
  constructor(assignment: Assignment) {
    this.#assignment = assignment;
  }
  get outcomes(): AssignedGroup["outcomes"] {
    return this.#assignment.outcomes;
  }
  get messages(): AssignedGroup["messages"] {
    const { messages, outcomes } = this.#assignment;
    return messages.map((writes, message) =>
      writes.map((write, element) => {
        const outcome = outcomes[message]?.[element];
        return write.kind === "reading" && outcome?.kind === "stored" ? { ...write, n: outcome.n } : write;
      }),
    );
  }
}

/** Payloads are copied: they are sent later, and the caller may reuse their bytes as soon as `append` was called. */
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
