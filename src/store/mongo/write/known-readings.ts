/** The stored readings that those of a group may be equal to, looked up by device and instant or packet id. */
import type { DeviceId } from "../../../contract/readings.ts";
import { REDELIVERY_WINDOW_MS, readableBody } from "../../../core/model/identity.ts";
import type { ReadingWrite, WritesOfMessage } from "../../../core/ports/writes.ts";
import type { Collections } from "../db/collections.ts";
import { contentHash, type FoundReading, foundOf, textOf } from "../format/reading-documents.ts";
import { type DeviceCursor, type DeviceCursors, generationFilter } from "./device-cursors.ts";

/** What is known of one instant of one device. */
export interface KnownInstant {
  /** By what they say, in the order in which they came: a clock that stands still gives thousands one instant. */
  readonly byContent: Map<string, FoundReading[]>;
  /** The `n` that those have. */
  readonly orders: Set<number>;
  greatestN: number;
}

export interface KnownReadings {
  /** By `instantKey`. */
  readonly instants: Map<string, KnownInstant>;
  /** By `packetKey`, the newest first. */
  readonly packets: Map<string, FoundReading[]>;
  /** `ClockSteps.recent` when they were looked up. */
  readonly clockSteps: readonly number[];
}

export const packetKey = (device: DeviceId, id: number | undefined): string => `${device} ${id ?? -1}`;
export const instantKey = (device: DeviceId, atMs: number): string => `${device} ${atMs}`;

export const newInstant = (greatestN = -1): KnownInstant => ({ byContent: new Map(), orders: new Set(), greatestN });

export function addTo({ byContent, orders }: KnownInstant, reading: FoundReading): void {
  orders.add(reading.n);
  const content = readableBody(reading.body);
  if (content === undefined) return; // damaged: no other says the same
  const same = byContent.get(content);
  if (same === undefined) byContent.set(content, [reading]);
  else same.push(reading);
}

export interface KnownReadingsParts {
  readonly collections: () => Collections;
  readonly cursors: DeviceCursors;
  /** Throws where `cursors` has not looked the device up. */
  readonly cursorOf: (device: DeviceId) => DeviceCursor;
}

export type LookUp = (messages: readonly WritesOfMessage[], clockSteps: readonly number[]) => Promise<KnownReadings>;

/** Answers what a group has to be compared with. */
export function createLookUp({ collections, cursors, cursorOf }: KnownReadingsParts): LookUp {
  async function lookUp(messages: readonly WritesOfMessage[], clockSteps: readonly number[]): Promise<KnownReadings> {
    const known: KnownReadings = { instants: new Map(), packets: new Map(), clockSteps };
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

  async function lookUpInstants(
    device: DeviceId,
    ats: number[],
    hashes: number[],
    known: KnownReadings,
  ): Promise<void> {
    const { readings } = collections();
    const match = {
      device,
      at: { $in: ats.map((at) => new Date(at)) },
      ...generationFilter(cursors.earlierGenerations, device),
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
  async function lookUpPackets(device: DeviceId, writes: readonly ReadingWrite[], known: KnownReadings): Promise<void> {
    const times = writes.map(({ receivedAtMs }) => receivedAtMs);
    const documents = await collections()
      .readings.find({
        device,
        $or: [0, ...known.clockSteps].map((stepMs) => ({
          at: {
            $gte: new Date(Math.min(...times) - stepMs - REDELIVERY_WINDOW_MS),
            $lte: new Date(Math.max(...times) - stepMs + REDELIVERY_WINDOW_MS),
          },
        })),
        "packet.id": { $in: [...new Set(writes.map(({ packet }) => packet?.id ?? -1))] },
        ...generationFilter(cursors.earlierGenerations, device),
      })
      .sort({ at: -1, n: -1 })
      .toArray();
    for (const document of documents) {
      const key = packetKey(device, document.packet?.id);
      known.packets.set(key, [...(known.packets.get(key) ?? []), foundOf(document)]);
    }
  }

  return lookUp;
}
