/** The hub's collections in its owner's database, and their indexes. */
import type { Collection, Db } from "mongodb";
import type {
  DeviceDocument,
  DueDocument,
  JobDocument,
  MetaDocument,
  ReadingDocument,
  RollupDocument,
} from "../format/documents.ts";

export interface Collections {
  readonly readings: Collection<ReadingDocument>;
  readonly devices: Collection<DeviceDocument>;
  readonly rollups: Collection<RollupDocument>;
  readonly due: Collection<DueDocument>;
  readonly jobs: Collection<JobDocument>;
  readonly meta: Collection<MetaDocument>;
}

export const collectionsOf = (db: Db): Collections => ({
  readings: db.collection("readings"),
  devices: db.collection("devices"),
  rollups: db.collection("rollups"),
  due: db.collection("due"),
  jobs: db.collection("jobs"),
  meta: db.collection("meta"),
});

/** Made and checked at the start: collection → its indexes by name. `_id` has one of its own. */
export const INDEXES = {
  readings: { by_device_and_instant: { device: 1, at: 1, n: 1 } },
  devices: {},
  rollups: { by_device_and_beginning: { device: 1, level: 1, at: 1 } },
  due: { by_device_and_hour: { device: 1, hour: 1 }, by_hour: { hour: 1 } },
  jobs: {},
  meta: {},
} as const satisfies Record<keyof Collections, Readonly<Record<string, Readonly<Record<string, 1>>>>>;
