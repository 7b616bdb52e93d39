/** Deletes devices: what is shown of one at once, its readings in the background. */

import type { DeviceId } from "../../../contract/readings.ts";
import { LIMITED } from "../db/in-time.ts";
import type { JobDocument } from "../format/documents.ts";
import type { HistoryParts } from "../read/history-parts.ts";

export interface Deletions {
  /** Settles when the device is no longer shown. */
  deleteDevice(device: DeviceId): Promise<void>;
  /** A deletion that an earlier run of the hub began. */
  remember(job: JobDocument): void;
  /** Deletes what is left, if it is not doing so. */
  start(): void;
  stop(): Promise<void>;
}

export const DELETE = "delete";

interface DeleteJob extends JobDocument {
  readonly kind: "delete";
  /** Readings of earlier generations are deleted. */
  readonly belowLife: number;
}

export function createDeletions(parts: HistoryParts): Deletions {
  const { collections, cursors, marks, deviceQueue, appender, inFlight, log } = parts;
  const pending = new Set<DeviceId>();
  let running: Promise<void> | undefined;
  let isStopped = false;

  function deleteDevice(device: DeviceId): Promise<void> {
    return appender.between(async () => {
      await inFlight.settled();
      const document = await collections().devices.findOne({ _id: device }, { projection: { life: 1 } });
      if (document === null) return;
      const belowGeneration = (document.life ?? 0) + 1;
      const job: DeleteJob = { _id: `delete-${device}`, kind: DELETE, device, belowLife: belowGeneration };
      await collections().jobs.replaceOne({ _id: job._id }, job as never, { upsert: true });
      remember(job);
      cursors.drop(device);
      marks.dropDevice(device);
      await deviceQueue.run(() => collections().devices.deleteOne({ _id: device }, LIMITED));
      await collections().due.deleteMany({ device });
      await collections().rollups.deleteMany({ device });
      await collections().jobs.deleteMany({ device, kind: { $ne: DELETE } });
      start();
    });
  }

  function remember(job: JobDocument): void {
    cursors.earlierGenerations.set(job.device, Number((job as DeleteJob).belowLife));
    pending.add(job.device);
  }

  function start(): void {
    running ??= run().finally(() => {
      running = undefined;
    });
  }

  async function run(): Promise<void> {
    try {
      for (const device of pending) {
        if (isStopped) return;
        await deleteReadings(device);
      }
    } catch (cause) {
      if (!isStopped) log.warn("a deletion is paused; the hub tries again", { cause });
    }
  }

  async function deleteReadings(device: DeviceId): Promise<void> {
    const belowGeneration = cursors.earlierGenerations.get(device);
    if (belowGeneration === undefined) return;
    const earlier = { $or: [{ life: { $exists: false } }, { life: { $lt: belowGeneration } }] };
    await collections().readings.deleteMany({ device, ...earlier });
    await appender.between(async () => {
      // The device was deleted once more meanwhile: there is more to do.
      if (cursors.earlierGenerations.get(device) !== belowGeneration) return;
      await collections().jobs.deleteOne({ _id: `delete-${device}` });
      cursors.earlierGenerations.delete(device);
      pending.delete(device);
    });
    if (pending.has(device)) await deleteReadings(device);
  }

  return {
    deleteDevice,
    remember,
    start,
    stop: async () => {
      isStopped = true;
      await running;
    },
  };
}
