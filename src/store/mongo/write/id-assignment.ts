/** Decides what each reading of a group becomes: stored with which id, a duplicate, refused. Writes nothing. */

import type { DeviceId } from "../../../contract/readings.ts";
import { canonicalBody, noteNewest, redeliveryOf, timedDuplicateOf } from "../../../core/model/identity.ts";
import { expiredRefusal, instantRefusal } from "../../../core/model/store-refusal.ts";
import type { AssignedGroup } from "../../../core/ports/outbox.ts";
import type { ReadingWrite, WriteOutcome, WritesOfMessage } from "../../../core/ports/writes.ts";
import type { ClockSteps } from "../../../core/time/clock-steps.ts";
import type { Collections } from "../db/collections.ts";
import { type FoundReading, type ReadingWithId, textOf } from "../format/reading-documents.ts";
import type { DeviceCursor, DeviceCursors } from "./device-cursors.ts";
import {
  addTo,
  createLookUp,
  instantKey,
  type KnownInstant,
  type KnownReadings,
  newInstant,
  packetKey,
} from "./known-readings.ts";

/** A reading to be written, and where its outcome belongs: `messages[message][element]`. */
export interface AssignedReading extends ReadingWithId {
  readonly cursor: DeviceCursor;
  readonly message: number;
  readonly element: number;
}

export interface Assignment {
  readonly messages: readonly WritesOfMessage[];
  /** One for each write, as if all went well. */
  readonly outcomes: WriteOutcome[][];
  readonly readings: readonly AssignedReading[];
}

export interface IdAssigner {
  /** Never two at once. `settled`: waits for the groups that were sent before. */
  assign(messages: readonly WritesOfMessage[], settled: () => Promise<void>): Promise<Assignment>;
  /** What was assigned before, perhaps in an earlier run of the hub. */
  assignAgain(group: AssignedGroup): Promise<Assignment>;
}

const STORED: WriteOutcome = { kind: "stored", n: 0 };
const DUPLICATE: WriteOutcome = { kind: "duplicate" };

export function createIdAssigner(
  collections: () => Collections,
  cursors: DeviceCursors,
  clockSteps: ClockSteps | undefined,
): IdAssigner {
  const cursorOf = (device: DeviceId): DeviceCursor => {
    const cursor = cursors.get(device);
    if (cursor === undefined) throw new Error(`${device} was not looked up`);
    return cursor;
  };
  const lookUp = createLookUp({ collections, cursors, cursorOf });

  async function assign(messages: readonly WritesOfMessage[], settled: () => Promise<void>): Promise<Assignment> {
    await cursors.need(devicesOf(messages));
    let known: KnownReadings | undefined;
    if (!isPlain(messages)) {
      await settled();
      known = await lookUp(messages, clockSteps?.recent() ?? []);
    }
    const readings: AssignedReading[] = [];
    const outcomes = messages.map((writes, message) => {
      const matched = known && new Set<string>();
      return writes.map((write, element) => {
        if (write.kind !== "reading") return STORED;
        const cursor = cursorOf(write.deviceId);
        const judged = judge(cursor, write, known, matched);
        if (typeof judged !== "number") return judged;
        readings.push({ write, n: judged, cursor, message, element });
        noteNewest(cursor, write.atMs, judged);
        return judged === 0 ? STORED : ({ kind: "stored", n: judged } as const);
      });
    });
    return { messages, outcomes, readings };
  }

  /** Every reading is newer than all of its device before it, or needs no comparison: nothing has to be looked up. */
  function isPlain(messages: readonly WritesOfMessage[]): boolean {
    for (const writes of messages) {
      for (const write of writes) if (write.kind === "reading") cursorOf(write.deviceId).scratchAtMs = -2;
    }
    for (const writes of messages) {
      for (const write of writes) {
        if (write.kind !== "reading") continue;
        const cursor = cursorOf(write.deviceId);
        if (cursor.scratchAtMs === -2) cursor.scratchAtMs = cursor.newestAtMs;
        if (!Number.isSafeInteger(write.atMs)) continue;
        const isBehind = write.timed ? write.atMs <= cursor.scratchAtMs : write.atMs < cursor.scratchAtMs;
        if (isBehind || write.n !== undefined || write.packet?.dup === true) return false;
        cursor.scratchAtMs = write.atMs;
      }
    }
    return true;
  }

  /** Its `n`, or what it is instead. `matched`: stored readings that others of its message are equal to, or have become. */
  function judge(
    cursor: DeviceCursor,
    write: ReadingWrite,
    known: KnownReadings | undefined,
    matched: Set<string> | undefined,
  ): number | WriteOutcome {
    const { atMs, timed, deviceId } = write;
    if (!Number.isSafeInteger(atMs)) return { kind: "refused", reason: "Its instant is no number of milliseconds" };
    const tooOld = expiredRefusal(write, cursor.rawSinceMs);
    if (tooOld !== undefined) return { kind: "refused", ...tooOld };
    if (known === undefined || matched === undefined) return atMs === cursor.newestAtMs ? cursor.newestN + 1 : 0;
    const key = instantKey(deviceId, atMs);
    const instant = known.instants.get(key) ?? newInstant();
    const equal = duplicateOf(write, instant, known, matched);
    if (equal !== undefined) {
      matched.add(`${instantKey(deviceId, equal.atMs)}-${equal.n}`);
      return DUPLICATE;
    }
    const n = nextN(cursor, write, instant);
    const tooMany = instantRefusal(write, n);
    if (tooMany !== undefined) return { kind: "refused", ...tooMany };
    const { receivedAtMs, element, packet } = write;
    const body = textOf(write);
    const assigned: FoundReading = { atMs, n, receivedAtMs, body, element, clientId: packet?.clientId ?? null };
    addTo(instant, assigned);
    if (!timed && packet !== undefined) {
      const ofPacket = packetKey(deviceId, packet.id);
      known.packets.set(ofPacket, [assigned, ...(known.packets.get(ofPacket) ?? [])]);
    }
    instant.greatestN = Math.max(instant.greatestN, n);
    known.instants.set(key, instant);
    matched.add(`${key}-${n}`);
    return n;
  }

  /** That of its id, where it had one and that is free; else the next of its instant. */
  function nextN(cursor: DeviceCursor, { atMs, n, timed }: ReadingWrite, instant: KnownInstant): number {
    const greatest = Math.max(instant.greatestN, atMs === cursor.newestAtMs ? cursor.newestN : -1);
    // A reading of another store keeps its id. Whether the id is another reading's shows when it is written.
    if (n !== undefined && (!timed || n > greatest || !instant.orders.has(n))) return n;
    return greatest + 1;
  }

  async function assignAgain({ messages, outcomes }: AssignedGroup): Promise<Assignment> {
    await cursors.need(devicesOf(messages));
    const readings: AssignedReading[] = [];
    for (const [message, writes] of messages.entries()) {
      for (const [element, write] of writes.entries()) {
        const outcome = outcomes[message]?.[element];
        if (write.kind !== "reading" || outcome?.kind !== "stored") continue;
        const cursor = cursorOf(write.deviceId);
        readings.push({ write, n: outcome.n, cursor, message, element });
        noteNewest(cursor, write.atMs, outcome.n);
      }
    }
    return { messages, outcomes: outcomes.map((each) => [...each]), readings };
  }

  return { assign, assignAgain };
}

function duplicateOf(
  write: ReadingWrite,
  instant: KnownInstant,
  known: KnownReadings,
  matched: ReadonlySet<string>,
): FoundReading | undefined {
  const { packet, deviceId } = write;
  if (!write.timed && packet?.dup !== true) return undefined;
  const candidate = { ...write, body: textOf(write), ...(packet && { packet }) };
  if (write.timed) {
    const same = instant.byContent.get(canonicalBody(candidate.body)) ?? [];
    const free = same.filter(({ atMs, n }) => !matched.has(`${instantKey(deviceId, atMs)}-${n}`));
    return timedDuplicateOf(candidate as never, free) as FoundReading | undefined;
  }
  return redeliveryOf(candidate as never, known.packets.get(packetKey(deviceId, packet?.id)) ?? [], known.clockSteps) as
    | FoundReading
    | undefined;
}

function devicesOf(messages: readonly WritesOfMessage[]): Set<DeviceId> {
  const devices = new Set<DeviceId>();
  for (const writes of messages) for (const write of writes) if (write.kind !== "journal") devices.add(write.deviceId);
  return devices;
}
