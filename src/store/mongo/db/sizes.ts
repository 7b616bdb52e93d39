/** How many bytes the database takes, and how much space its server has. */
import type { Db, Document } from "mongodb";
import type { StoreSpace, StoreStats } from "../../../core/ports/readings-store.ts";
import type { Collections } from "./collections.ts";

const numberIn = (answer: Document, field: string): number => Number(answer[field] ?? 0);

export async function readSpace(db: Db): Promise<StoreSpace> {
  const answer = await db.command({ dbStats: 1, freeStorage: 1 });
  const diskBytes = numberIn(answer, "fsTotalSize");
  return {
    usedBytes: numberIn(answer, "storageSize") + numberIn(answer, "indexSize"),
    reusableBytes: numberIn(answer, "freeStorageSize") + numberIn(answer, "indexFreeStorageSize"),
    diskFreeBytes: Math.max(0, diskBytes - numberIn(answer, "fsUsedSize")),
    diskBytes,
  };
}

export async function readStats(db: Db, { readings, devices }: Collections): Promise<StoreStats> {
  const bytesOf = async (collection: string): Promise<number> => {
    const answer = await db.command({ collStats: collection });
    return numberIn(answer, "storageSize") + numberIn(answer, "totalIndexSize");
  };
  const [space, ofReadings, ofRollups, ofDevices, count, oldest] = await Promise.all([
    readSpace(db),
    bytesOf("readings"),
    bytesOf("rollups"),
    devices.countDocuments(),
    readings.estimatedDocumentCount(),
    oldestMs({ readings, devices }),
  ]);
  return {
    devices: ofDevices,
    readings: count,
    hotReadings: 0,
    segments: 0,
    bytes: {
      hot: ofReadings,
      segments: 0,
      rollups: ofRollups,
      journal: 0,
      other: Math.max(0, space.usedBytes - ofReadings - ofRollups),
      free: space.reusableBytes,
      log: 0,
    },
    oldestMs: oldest,
  };
}

/** Device by device: the index finds the first reading of each. For the first of all there is no index. */
async function oldestMs({ readings, devices }: Pick<Collections, "readings" | "devices">): Promise<number | undefined> {
  let oldest: number | undefined;
  for await (const { _id } of devices.find({}, { projection: { _id: 1 } })) {
    const first = await readings.findOne({ device: _id }, { sort: { device: 1, at: 1, n: 1 }, projection: { at: 1 } });
    if (first !== null) oldest = Math.min(oldest ?? Number.POSITIVE_INFINITY, first.at.getTime());
  }
  return oldest;
}
