/** What memory knows of each device, so that a reading newer than all before needs no look-up. */
import type { AttributeValue, DeviceId } from "../../../contract/readings.ts";
import type { NewestReading } from "../../../core/model/identity.ts";
import type { Collections } from "../db/collections.ts";
import type { DeviceDocument } from "../format/documents.ts";

export interface DeviceCursor extends NewestReading {
  readonly device: DeviceId;
  /** Its document is there, or on its way. */
  isThere: boolean;
  /** Raw readings before it are deleted. */
  rawSinceMs: number;
  readonly attributes: Map<string, AttributeValue>;
  /** As the document has it, or will before any reading that is sent. */
  unsavedFromMs: number | undefined;
  /** Counted from 0: a device that was deleted may come back before its readings are gone. */
  readonly generation: number;
  /** How many groups with readings of it are being written. */
  groups: number;
  /** The newest instant so far in the group that is being looked at. */
  scratchAtMs: number;
}

export interface DeviceCursors {
  get(device: DeviceId): DeviceCursor | undefined;
  /** Looks up those that are not known. */
  need(devices: Iterable<DeviceId>): Promise<void>;
  /** Devices that were deleted, and of which not all readings are gone yet; the number of the next generation. */
  readonly earlierGenerations: Map<DeviceId, number>;
  drop(device: DeviceId): void;
}

/** So many look-ups at once. */
const AT_ONCE = 64;

export function createDeviceCursors(collections: () => Collections): DeviceCursors {
  const cursors = new Map<DeviceId, DeviceCursor>();
  const earlierGenerations = new Map<DeviceId, number>();

  async function need(devices: Iterable<DeviceId>): Promise<void> {
    const unknown = [...new Set(devices)].filter((device) => !cursors.has(device));
    if (unknown.length === 0) return;
    const { devices: documents } = collections();
    const found = new Map<DeviceId, DeviceDocument>();
    for await (const document of documents.find({ _id: { $in: unknown } }, { projection: { latest: 0 } })) {
      found.set(document._id, document as DeviceDocument);
    }
    for (let first = 0; first < unknown.length; first += AT_ONCE) {
      const some = unknown.slice(first, first + AT_ONCE);
      const made = await Promise.all(some.map((device) => look(device, found.get(device))));
      for (const cursor of made) if (!cursors.has(cursor.device)) cursors.set(cursor.device, cursor);
    }
  }

  async function look(device: DeviceId, document: DeviceDocument | undefined): Promise<DeviceCursor> {
    const generation = document?.life ?? earlierGenerations.get(device) ?? 0;
    const newest = await collections().readings.findOne(
      { device, ...generationFilter(earlierGenerations, device) },
      { sort: { device: -1, at: -1, n: -1 }, projection: { at: 1, n: 1 } },
    );
    return {
      device,
      isThere: document !== undefined,
      newestAtMs: newest?.at.getTime() ?? -1,
      newestN: newest?.n ?? 0,
      rawSinceMs: document?.rawSince?.getTime() ?? 0,
      attributes: new Map(document?.attributes.map(({ key, value }) => [key, value])),
      unsavedFromMs: document?.unsavedFrom?.getTime(),
      generation,
      groups: 0,
      scratchAtMs: 0,
    };
  }

  return {
    get: (device) => cursors.get(device),
    need,
    earlierGenerations,
    drop: (device) => void cursors.delete(device),
  };
}

/** Leaves out what is left of a deleted device of the same id. */
export function generationFilter(
  earlierGenerations: ReadonlyMap<DeviceId, number>,
  device: DeviceId,
): { life?: number } {
  const generation = earlierGenerations.get(device);
  return generation === undefined ? {} : { life: generation };
}
