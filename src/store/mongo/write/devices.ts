/** Loads and saves the documents of devices. */
import type { DeviceId } from "../../../contract/readings.ts";
import { mergeLatest } from "../../../core/devices/latest-values.ts";
import type { SerialQueue } from "../../../core/model/serial-queue.ts";
import type { UnsavedReading } from "../../../core/ports/readings-store.ts";
import type { DeviceState, LatestMetric, Retention, StoredDevice } from "../../../core/ports/stored-device.ts";
import type { Collections } from "../db/collections.ts";
import { type InTime, LIMITED } from "../db/in-time.ts";
import {
  type DeviceDocument,
  fromStoredRetention,
  type ReadingDocument,
  type StoredValue,
  toStoredRetention,
} from "../format/documents.ts";
import { fromStored, toStored } from "../format/values.ts";
import { type DeviceCursors, generationFilter } from "./device-cursors.ts";

export interface DevicesParts {
  readonly collections: () => Collections;
  readonly cursors: DeviceCursors;
  readonly queue: SerialQueue;
  readonly inTime: InTime;
}

export interface Devices {
  load(): Promise<StoredDevice[]>;
  unsaved(take: (readings: readonly UnsavedReading[]) => void | Promise<void>): Promise<void>;
  saveState(states: readonly DeviceState[], judged: Promise<void> | undefined): Promise<void>;
  nameDevice(deviceId: DeviceId, names: { name: string | undefined; place: string | undefined }): Promise<void>;
  relocate(deviceIds: readonly DeviceId[], place: string | undefined): Promise<void>;
  setRetention(deviceId: DeviceId, retention: Partial<Retention>): Promise<void>;
}

/** Earlier versions wrote it for a device of which only a last will was known. */
const NEVER = 0;
/** Aggregations of a load that run side by side. */
const AT_ONCE = 8;
/** Devices saved in one command, so that what comes meanwhile does not wait for ten thousand. */
const SAVE_STEP = 500;
/** Readings that are taken apart in one turn of the event loop. */
const UNSAVED_STEP = 300;

export function createDevices({ collections, cursors, queue, inTime }: DevicesParts): Devices {
  async function load(): Promise<StoredDevice[]> {
    const devices = (await collections().devices.find().toArray()).map((document) => ({
      document,
      device: toStoredDevice(document),
    }));
    const behind = devices.filter(({ document }) => document.unsavedFrom !== undefined);
    for (let first = 0; first < behind.length; first += AT_ONCE) {
      await Promise.all(behind.slice(first, first + AT_ONCE).map(bringForward));
    }
    return devices.map(({ device }) => device);
  }

  /** The newest value of each metric among the readings that may not be in `latest` yet, found in the server. */
  async function bringForward({ document, device }: { document: DeviceDocument; device: StoredDevice }): Promise<void> {
    const found = collections().readings.aggregate<{ _id: string; value: StoredValue; at: Date; heard: Date }>([
      {
        $match: {
          device: document._id,
          at: { $gte: document.unsavedFrom },
          ...generationFilter(cursors.earlierGenerations, document._id),
        },
      },
      { $sort: { device: 1, at: 1, n: 1 } },
      { $project: { at: 1, heard: { $ifNull: ["$receivedAt", "$at"] }, metric: { $objectToArray: "$metrics" } } },
      { $unwind: "$metric" },
      {
        $group: {
          _id: "$metric.k",
          value: { $last: "$metric.v" },
          at: { $last: "$at" },
          heard: { $max: "$heard" },
        },
      },
    ]);
    for await (const { _id, value, at, heard } of found) {
      mergeLatest(device.latest, new Map([[_id, fromStored(value)]]), at.getTime());
      device.lastHeardAtMs = Math.max(device.lastHeardAtMs ?? heard.getTime(), heard.getTime());
    }
  }

  /**
   * A device whose readings are being written keeps its `unsavedFrom`: the states may not have them yet. Those of other devices are
   * in the states. Later readings set it again, behind this task in the queue.
   */
  async function saveState(states: readonly DeviceState[], judged: Promise<void> | undefined): Promise<void> {
    const quiet = new Map<DeviceId, number | undefined>();
    for (const { deviceId } of states) {
      const cursor = cursors.get(deviceId);
      if (cursor === undefined || cursor.groups > 0) continue;
      quiet.set(deviceId, cursor.unsavedFromMs);
      cursor.unsavedFromMs = undefined;
    }
    try {
      await judged;
    } catch (cause) {
      for (const [deviceId, fromMs] of quiet) restoreUnsaved(deviceId, fromMs);
      throw cause;
    }
    const operations = states.map((state) => {
      const cursor = cursors.get(state.deviceId);
      const isQuiet = quiet.has(state.deviceId);
      const isStill = isQuiet && cursor !== undefined && cursor.groups === 0 && cursor.unsavedFromMs === undefined;
      if (isQuiet && !isStill) restoreUnsaved(state.deviceId, quiet.get(state.deviceId));
      return saveOne(state, isStill);
    });
    await queue.run(async () => {
      for (let first = 0; first < operations.length; first += SAVE_STEP) {
        const step = operations.slice(first, first + SAVE_STEP);
        await inTime(collections().devices.bulkWrite(step, { ordered: false, ...LIMITED }));
      }
    });
  }

  /** Readings came meanwhile: those before them are not known to be saved, either. */
  function restoreUnsaved(deviceId: DeviceId, fromMs: number | undefined): void {
    const cursor = cursors.get(deviceId);
    if (cursor === undefined || fromMs === undefined) return;
    cursor.unsavedFromMs = Math.min(cursor.unsavedFromMs ?? fromMs, fromMs);
  }

  /** What may be unsaved is known by its instants, so some that are saved are among them. */
  async function unsaved(take: (readings: readonly UnsavedReading[]) => void | Promise<void>): Promise<void> {
    const behind = collections().devices.find({ unsavedFrom: { $exists: true } }, { projection: { unsavedFrom: 1 } });
    for (const { _id: device, unsavedFrom } of await behind.toArray()) {
      const found = collections().readings.aggregate<ReadingDocument & { heard: Date }>(
        [
          { $match: { device, at: { $gte: unsavedFrom }, ...generationFilter(cursors.earlierGenerations, device) } },
          { $project: { at: 1, n: 1, metrics: 1, heard: { $ifNull: ["$receivedAt", "$at"] } } },
          { $sort: { heard: 1, at: 1, n: 1 } },
        ],
        { allowDiskUse: true, batchSize: UNSAVED_STEP },
      );
      let some: UnsavedReading[] = [];
      for await (const { at, n, heard, metrics } of found) {
        some.push({
          deviceId: device,
          atMs: at.getTime(),
          n,
          receivedAtMs: heard.getTime(),
          metrics: new Map(Object.entries(metrics).map(([name, value]) => [name, fromStored(value)])),
        });
        if (some.length < UNSAVED_STEP) continue;
        await take(some);
        some = [];
      }
      if (some.length > 0) await take(some);
    }
  }

  async function nameDevice(
    deviceId: DeviceId,
    { name, place }: { name: string | undefined; place: string | undefined },
  ): Promise<void> {
    await setOrUnset(deviceId, { name, place });
  }

  const setRetention = (deviceId: DeviceId, retention: Partial<Retention>): Promise<void> =>
    setOrUnset(deviceId, {
      retention: Object.keys(retention).length === 0 ? undefined : toStoredRetention(retention),
    });

  async function setOrUnset(deviceId: DeviceId, fields: Settable): Promise<void> {
    const given = Object.entries(fields).filter(([, value]) => value !== undefined);
    const gone = Object.entries(fields).flatMap(([field, value]) => (value === undefined ? [field] : []));
    await queue.run(() =>
      inTime(
        collections().devices.updateOne(
          { _id: deviceId },
          {
            ...(given.length > 0 && { $set: Object.fromEntries(given) }),
            ...(gone.length > 0 && { $unset: Object.fromEntries(gone.map((field) => [field, ""])) }),
          },
          LIMITED,
        ),
      ),
    );
  }

  async function relocate(deviceIds: readonly DeviceId[], place: string | undefined): Promise<void> {
    const change = place === undefined ? { $unset: { place: "" as const } } : { $set: { place } };
    await queue.run(() => inTime(collections().devices.updateMany({ _id: { $in: [...deviceIds] } }, change, LIMITED)));
  }

  return { load, unsaved, saveState, nameDevice, relocate, setRetention };
}

/** Fields that are set, or taken away where they are undefined. */
type Settable = { readonly [Field in "name" | "place" | "retention"]?: DeviceDocument[Field] | undefined };

function saveOne({ deviceId, lastHeardAtMs, intervalMs, latest }: DeviceState, isQuiet: boolean) {
  const unset = {
    ...(isQuiet && { unsavedFrom: "" as const }),
    ...(intervalMs === undefined && { intervalMs: "" as const }),
  };
  return {
    updateOne: {
      filter: { _id: deviceId },
      update: {
        $set: {
          ...(lastHeardAtMs !== undefined && { heardAt: new Date(lastHeardAtMs) }),
          latest: toStoredLatest(latest),
          ...(intervalMs !== undefined && { intervalMs }),
        },
        ...(Object.keys(unset).length > 0 && { $unset: unset }),
      },
    },
  };
}

export const toStoredLatest = (latest: ReadonlyMap<string, LatestMetric>): DeviceDocument["latest"] =>
  Object.fromEntries(
    [...latest].map(([metric, { value, atMs, wasNumber }]) => [
      metric,
      { value: toStored(value), at: new Date(atMs), ...(wasNumber === true && { wasNumber }) },
    ]),
  );

export function toStoredDevice(document: DeviceDocument): StoredDevice {
  const { name, place, status, intervalMs } = document;
  return {
    deviceId: document._id,
    name,
    place,
    attributes: new Map(document.attributes.map(({ key, value }) => [key, value])),
    clockSuspect: document.clockSuspect ?? false,
    status: status && { online: status.online, atMs: status.at.getTime() },
    lastHeardAtMs: document.heardAt.getTime() === NEVER ? undefined : document.heardAt.getTime(),
    intervalMs,
    latest: new Map(
      Object.entries(document.latest).map(([metric, { value, at, wasNumber }]): [string, LatestMetric] => [
        metric,
        { value: fromStored(value), atMs: at.getTime(), ...(wasNumber === true && { wasNumber }) },
      ]),
    ),
    retention: fromStoredRetention(document.retention),
  };
}
