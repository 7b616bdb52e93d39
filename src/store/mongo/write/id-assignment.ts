/** Decides what each reading of a group becomes: stored under which name, a duplicate, refused. Looks up; writes nothing. */
import { createHash } from "node:crypto";
import type { DeviceId } from "../../../contract/readings.ts";
import { forgottenReason } from "../../../core/model/forgotten.ts";
import {
  canonicalBody,
  REDELIVERY_WINDOW_MS,
  readableBody,
  readingId,
  redeliveryOf,
  type Stored,
  timedDuplicateOf,
} from "../../../core/model/identity.ts";
import type { PlacedGroup } from "../../../core/ports/outbox.ts";
import type { ReadingWrite, WriteOutcome, WritesOfMessage } from "../../../core/ports/writes.ts";
import type { Collections } from "../db/collections.ts";
import type { ReadingDocument } from "../format/documents.ts";
import { bodyOf, toStoredMetrics } from "../format/values.ts";
import { type DeviceCursor, type DeviceCursors, lifeFilter } from "./device-cursors.ts";

/** A reading to be written, and whose outcome it is. */
export interface PlacedReading {
  readonly write: ReadingWrite;
  /** Its order among those of its instant. */
  readonly n: number;
  readonly cursor: DeviceCursor;
  readonly message: number;
  readonly element: number;
}

export interface Placed {
  readonly messages: readonly WritesOfMessage[];
  /** One for each write, as if all went well. */
  readonly outcomes: WriteOutcome[][];
  readonly readings: readonly PlacedReading[];
}

export interface Placer {
  /** Never two at once. `settled`: waits for the groups that were sent before. */
  place(messages: readonly WritesOfMessage[], settled: () => Promise<void>): Promise<Placed>;
  /** What was placed before, perhaps in a former run of the hub. */
  placeAgain(group: PlacedGroup): Promise<Placed>;
}

/** Each further one is compared with all of its instant: a board whose clock stands still would slow all others down. */
const MOST_OF_ONE_INSTANT = 10_000;
const STANDS_STILL = `Its device has given ${MOST_OF_ONE_INSTANT} readings one instant: its clock stands still. Set it, or send no timestamp`;

const STORED: WriteOutcome = { kind: "stored", n: 0 };
const DUPLICATE: WriteOutcome = { kind: "duplicate" };

/** Text for a body that may be bytes. */
const textOf = (write: ReadingWrite): string => bodyOf(toStoredMetrics(write.metrics));

/** 48 bits: readings of one hash are compared in full. */
export const contentHash = (body: string): number =>
  createHash("sha256").update(canonicalBody(body)).digest().readUIntBE(0, 6);

interface Found extends Stored {
  readonly atMs: number;
}

/** What is known of one instant of one device. */
interface Instant {
  /** By what they say, in the order in which they came: a clock that stands still gives thousands one instant. */
  readonly byContent: Map<string, Found[]>;
  /** The orders that those have. */
  readonly orders: Set<number>;
  greatestN: number;
}

const newInstant = (greatestN = -1): Instant => ({ byContent: new Map(), orders: new Set(), greatestN });

function addTo({ byContent, orders }: Instant, reading: Found): void {
  orders.add(reading.n);
  const content = readableBody(reading.body);
  if (content === undefined) return; // damaged: no other says the same
  const same = byContent.get(content);
  if (same === undefined) byContent.set(content, [reading]);
  else same.push(reading);
}

interface Known {
  readonly instants: Map<string, Instant>;
  /** By device and packet id, the newest first. */
  readonly packets: Map<string, Found[]>;
}

const packetKey = (device: DeviceId, id: number | undefined): string => `${device} ${id ?? -1}`;
const instantKey = (device: DeviceId, atMs: number): string => `${device} ${atMs}`;

export function createPlacer(collections: () => Collections, cursors: DeviceCursors): Placer {
  const cursorOf = (device: DeviceId): DeviceCursor => {
    const cursor = cursors.get(device);
    if (cursor === undefined) throw new Error(`${device} was not looked up`);
    return cursor;
  };

  async function place(messages: readonly WritesOfMessage[], settled: () => Promise<void>): Promise<Placed> {
    await cursors.need(devicesOf(messages));
    let known: Known | undefined;
    if (!isPlain(messages)) {
      await settled();
      known = await lookUp(messages);
    }
    const readings: PlacedReading[] = [];
    const outcomes = messages.map((writes, message) => {
      const claims = known && new Set<string>();
      return writes.map((write, element) => {
        if (write.kind !== "reading") return STORED;
        const cursor = cursorOf(write.deviceId);
        const judged = judge(cursor, write, known, claims);
        if (typeof judged !== "number") return judged;
        readings.push({ write, n: judged, cursor, message, element });
        advance(cursor, write.atMs, judged);
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

  /** A name, or what it is instead. */
  function judge(
    cursor: DeviceCursor,
    write: ReadingWrite,
    known: Known | undefined,
    claims: Set<string> | undefined,
  ): number | WriteOutcome {
    const { atMs, timed, deviceId } = write;
    if (!Number.isSafeInteger(atMs)) return { kind: "refused", reason: "Its instant is no number of milliseconds" };
    // One without an instant of its own comes now, whatever the clock says of now.
    if (timed && atMs < cursor.rawSinceMs) return { kind: "refused", reason: forgottenReason(cursor.rawSinceMs) };
    if (known === undefined || claims === undefined) return atMs === cursor.newestAtMs ? cursor.newestN + 1 : 0;
    const key = instantKey(deviceId, atMs);
    const instant = known.instants.get(key) ?? newInstant();
    const taken = duplicateOf(write, instant, known, claims);
    if (taken !== undefined) {
      claims.add(`${instantKey(deviceId, taken.atMs)}-${taken.n}`);
      return DUPLICATE;
    }
    const n = nextPlace(cursor, write, instant);
    if (timed && n >= MOST_OF_ONE_INSTANT) return { kind: "refused", reason: STANDS_STILL };
    const { receivedAtMs, element, packet } = write;
    const body = textOf(write);
    const placed: Found = { atMs, n, receivedAtMs, body, element, clientId: packet?.clientId ?? null };
    addTo(instant, placed);
    if (!timed && packet !== undefined) {
      const ofPacket = packetKey(deviceId, packet.id);
      known.packets.set(ofPacket, [placed, ...(known.packets.get(ofPacket) ?? [])]);
    }
    instant.greatestN = Math.max(instant.greatestN, n);
    known.instants.set(key, instant);
    claims.add(`${key}-${n}`);
    return n;
  }

  /** The one that its id says, where it had one and that is free; else the next. */
  function nextPlace(cursor: DeviceCursor, { atMs, n, timed }: ReadingWrite, instant: Instant): number {
    const greatest = Math.max(instant.greatestN, atMs === cursor.newestAtMs ? cursor.newestN : -1);
    // Of one that another store had, the id itself says whether it is there: who takes its place is compared when it is written.
    if (n !== undefined && (!timed || n > greatest || !instant.orders.has(n))) return n;
    return greatest + 1;
  }

  function duplicateOf(write: ReadingWrite, instant: Instant, known: Known, claims: Set<string>): Found | undefined {
    const { packet, deviceId } = write;
    if (!write.timed && packet?.dup !== true) return undefined;
    const candidate = { ...write, body: textOf(write), ...(packet && { packet }) };
    if (write.timed) {
      const same = instant.byContent.get(canonicalBody(candidate.body)) ?? [];
      const free = same.filter(({ atMs, n }) => !claims.has(`${instantKey(deviceId, atMs)}-${n}`));
      return timedDuplicateOf(candidate as never, free) as Found | undefined;
    }
    return redeliveryOf(candidate as never, known.packets.get(packetKey(deviceId, packet?.id)) ?? []) as
      | Found
      | undefined;
  }

  async function lookUp(messages: readonly WritesOfMessage[]): Promise<Known> {
    const known: Known = { instants: new Map(), packets: new Map() };
    const wanted = new Map<DeviceId, { ats: Set<number>; hashes: Set<number>; redelivered: ReadingWrite[] }>();
    for (const write of messages.flat()) {
      if (write.kind !== "reading") continue;
      const cursor = cursorOf(write.deviceId);
      const isBehind = write.atMs <= cursor.newestAtMs;
      if (!isBehind && write.packet?.dup !== true) continue;
      const of = wanted.get(write.deviceId) ?? { ats: new Set(), hashes: new Set(), redelivered: [] };
      wanted.set(write.deviceId, of);
      if (isBehind) of.ats.add(write.atMs);
      if (isBehind && write.timed) of.hashes.add(contentHash(textOf(write)));
      if (!write.timed && write.packet?.dup === true) of.redelivered.push(write);
    }
    await Promise.all(
      [...wanted].flatMap(([device, { ats, hashes, redelivered }]) => [
        ats.size > 0 ? lookUpInstants(device, [...ats], [...hashes], known) : undefined,
        redelivered.length > 0 ? lookUpPackets(device, redelivered, known) : undefined,
      ]),
    );
    return known;
  }

  async function lookUpInstants(device: DeviceId, ats: number[], hashes: number[], known: Known): Promise<void> {
    const { readings } = collections();
    const match = {
      device,
      at: { $in: ats.map((at) => new Date(at)) },
      ...lifeFilter(cursors.formerLives, device),
    };
    const [documents, greatest] = await Promise.all([
      readings.find({ ...match, $or: [{ n: 0 }, { hash: { $in: hashes } }, { hash: { $exists: false } }] }).toArray(),
      readings
        .aggregate<{ _id: Date; n: number }>([{ $match: match }, { $group: { _id: "$at", n: { $max: "$n" } } }])
        .toArray(),
    ]);
    for (const { _id, n } of greatest) {
      known.instants.set(instantKey(device, _id.getTime()), newInstant(n));
    }
    for (const document of documents.sort((a, b) => a.n - b.n)) {
      const instant = known.instants.get(instantKey(device, document.at.getTime()));
      if (instant !== undefined) addTo(instant, foundOf(document));
    }
  }

  /** A reading without an instant of its own has that of its receipt: its first copy lies among those of ten minutes. */
  async function lookUpPackets(device: DeviceId, writes: readonly ReadingWrite[], known: Known): Promise<void> {
    const times = writes.map(({ receivedAtMs }) => receivedAtMs);
    const documents = await collections()
      .readings.find({
        device,
        at: {
          $gte: new Date(Math.min(...times) - REDELIVERY_WINDOW_MS),
          $lte: new Date(Math.max(...times) + REDELIVERY_WINDOW_MS),
        },
        "packet.id": { $in: [...new Set(writes.map(({ packet }) => packet?.id ?? -1))] },
        ...lifeFilter(cursors.formerLives, device),
      })
      .sort({ at: -1, n: -1 })
      .toArray();
    for (const document of documents) {
      const key = packetKey(device, document.packet?.id);
      known.packets.set(key, [...(known.packets.get(key) ?? []), foundOf(document)]);
    }
  }

  async function placeAgain({ messages, outcomes }: PlacedGroup): Promise<Placed> {
    await cursors.need(devicesOf(messages));
    const readings: PlacedReading[] = [];
    for (const [message, writes] of messages.entries()) {
      for (const [element, write] of writes.entries()) {
        const outcome = outcomes[message]?.[element];
        if (write.kind !== "reading" || outcome?.kind !== "stored") continue;
        const cursor = cursorOf(write.deviceId);
        readings.push({ write, n: outcome.n, cursor, message, element });
        advance(cursor, write.atMs, outcome.n);
      }
    }
    return { messages, outcomes: outcomes.map((each) => [...each]), readings };
  }

  return { place, placeAgain };
}

function devicesOf(messages: readonly WritesOfMessage[]): Set<DeviceId> {
  const devices = new Set<DeviceId>();
  for (const writes of messages) for (const write of writes) if (write.kind !== "journal") devices.add(write.deviceId);
  return devices;
}

function advance(cursor: DeviceCursor, atMs: number, n: number): void {
  if (atMs > cursor.newestAtMs) {
    cursor.newestAtMs = atMs;
    cursor.newestN = n;
  } else if (atMs === cursor.newestAtMs && n > cursor.newestN) cursor.newestN = n;
}

/** As it is in the collection. */
export function documentOf(reading: PlacedReading): ReadingDocument {
  const { write, n, cursor } = reading;
  const { deviceId, atMs, receivedAtMs, timed, packet } = write;
  const hash = hashOf(reading);
  return {
    _id: readingId(deviceId, atMs, n),
    device: deviceId,
    at: new Date(atMs),
    n,
    ...(receivedAtMs !== atMs && { receivedAt: new Date(receivedAtMs) }),
    metrics: toStoredMetrics(write.metrics),
    ...(hash !== undefined && { hash }),
    ...(!timed &&
      packet !== undefined && { packet: { client: packet.clientId, id: packet.id, element: write.element } }),
    ...(cursor.life > 0 && { life: cursor.life }),
  };
}

/** Only of one of several that their device gave the same instant. */
export const hashOf = ({ write, n }: Pick<PlacedReading, "write" | "n">): number | undefined =>
  write.timed && n > 0 ? contentHash(textOf(write)) : undefined;

export function foundOf({ at, n, receivedAt, metrics, packet }: ReadingDocument): Found {
  return {
    atMs: at.getTime(),
    n,
    receivedAtMs: (receivedAt ?? at).getTime(),
    body: bodyOf(metrics),
    element: packet?.element ?? 0,
    clientId: packet?.client ?? null,
  };
}
