/** What memory knows of each device, so that a reading newer than all before needs no look-up. Writes nothing. */
import type { AttributeValue, DeviceId } from "../../../contract/readings.ts";
import type { Collections } from "../db/collections.ts";
import type { DeviceDocument } from "../format/documents.ts";

export interface DeviceCursor {
  readonly device: DeviceId;
  /** Its document is there, or on its way. */
  isThere: boolean;
  newestAtMs: number;
  /** Of the newest instant. */
  newestN: number;
  /** Raw readings before it are forgotten. */
  rawSinceMs: number;
  readonly attributes: Map<string, AttributeValue>;
  /** As the document has it, or will before any reading that is sent. */
  unsavedFromMs: number | undefined;
  readonly life: number;
  /** Groups with readings of it that are under way. */
  groups: number;
  /** The newest instant so far in the group that is being looked at. */
  scratchAtMs: number;
}

export interface DeviceCursors {
  get(device: DeviceId): DeviceCursor | undefined;
  /** Looks up those that are not known. */
  need(devices: Iterable<DeviceId>): Promise<void>;
  /** Lives that are over and whose readings are not all gone yet; of their device ids the next life's number. */
  readonly formerLives: Map<DeviceId, number>;
  forget(device: DeviceId): void;
  /** What was read from the server meanwhile is worth nothing. */
  forgetAll(): void;
}

/** So many look-ups at once. */
const AT_ONCE = 64;

export function createDeviceCursors(collections: () => Collections): DeviceCursors {
  const cursors = new Map<DeviceId, DeviceCursor>();
  const formerLives = new Map<DeviceId, number>();

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
    const life = document?.life ?? formerLives.get(device) ?? 0;
    const newest = await collections().readings.findOne(
      { device, ...lifeFilter(formerLives, device) },
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
      life,
      groups: 0,
      scratchAtMs: 0,
    };
  }

  return {
    get: (device) => cursors.get(device),
    need,
    formerLives,
    forget: (device) => void cursors.delete(device),
    forgetAll: () => cursors.clear(),
  };
}

/** Leaves out what is left of a former life of the same id. */
export function lifeFilter(formerLives: ReadonlyMap<DeviceId, number>, device: DeviceId): { life?: number } {
  const life = formerLives.get(device);
  return life === undefined ? {} : { life };
}
