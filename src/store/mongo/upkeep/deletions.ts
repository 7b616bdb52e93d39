/** Takes devices away: at once what is shown of one, and its readings behind that. Deletes no range. */
import type { DeviceId } from "../../../contract/readings.ts";
import type { JobDocument } from "../format/documents.ts";
import type { HistoryParts } from "../read/history-parts.ts";

export interface Deletions {
  /** Settles when the device is gone. */
  deleteDevice(device: DeviceId): Promise<void>;
  /** A deletion of a former run of the hub. */
  remember(job: JobDocument): void;
  /** Goes on with what is left to do. */
  start(): void;
  stop(): Promise<void>;
}

export const DELETE = "delete";

interface DeleteJob extends JobDocument {
  readonly kind: "delete";
  /** Readings of lives before this one go. */
  readonly belowLife: number;
}

export function createDeletions(parts: HistoryParts): Deletions {
  const { collections, cursors, marks, deviceLane, appender, inFlight, log } = parts;
  const pending = new Set<DeviceId>();
  let running: Promise<void> | undefined;
  let isStopped = false;

  function deleteDevice(device: DeviceId): Promise<void> {
    return appender.between(async () => {
      await inFlight.settled();
      const document = await collections().devices.findOne({ _id: device }, { projection: { life: 1 } });
      if (document === null) return;
      const belowLife = (document.life ?? 0) + 1;
      const job: DeleteJob = { _id: `delete-${device}`, kind: DELETE, device, belowLife };
      await collections().jobs.replaceOne({ _id: job._id }, job as never, { upsert: true });
      remember(job);
      cursors.forget(device);
      marks.forgetDevice(device);
      await deviceLane.run(() => collections().devices.deleteOne({ _id: device }));
      await collections().due.deleteMany({ device });
      await collections().rollups.deleteMany({ device });
      await collections().jobs.deleteMany({ device, kind: { $ne: DELETE } });
      start();
    });
  }

  function remember(job: JobDocument): void {
    cursors.formerLives.set(job.device, Number((job as DeleteJob).belowLife));
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
      if (!isStopped) log.warn("deletion paused", { cause });
    }
  }

  async function deleteReadings(device: DeviceId): Promise<void> {
    const belowLife = cursors.formerLives.get(device);
    if (belowLife === undefined) return;
    const former = { $or: [{ life: { $exists: false } }, { life: { $lt: belowLife } }] };
    await collections().readings.deleteMany({ device, ...former });
    await appender.between(async () => {
      // Deleted once more meanwhile: there is more to do.
      if (cursors.formerLives.get(device) !== belowLife) return;
      await collections().jobs.deleteOne({ _id: `delete-${device}` });
      cursors.formerLives.delete(device);
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
