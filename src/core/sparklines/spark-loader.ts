/** Reads from the store what sparklines lack: after a kill, an erasure, or where another metric is shown than before. One device after the other, each queued once. */
import { SPARK_STEP_MS, SPARK_STEPS } from "../../contract/fleet/sparklines.ts";
import type { SeriesColumns } from "../../contract/rest.ts";
import type { DeviceRecord } from "../devices/device-record.ts";
import { createSerialQueue } from "../model/serial-queue.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { isPassing, type Store, StoreError } from "../ports/readings-store.ts";
import { stepOf } from "./spark-ring.ts";
import type { Sparklines, StoredStep } from "./sparklines.ts";

export interface SparkLoader {
  /** Settles when these lack nothing that the store can answer, and after a second at the latest: the rest is read meanwhile. */
  load(devices: readonly DeviceRecord[]): Promise<void>;
  /** Settles when nothing is read any more. */
  close(): Promise<void>;
}

export interface SparkLoaderOptions {
  readonly store: Pick<Store, "series">;
  readonly sparklines: Pick<Sparklines, "lacking" | "fill" | "endMs">;
  readonly clock: Pick<Clock, "after">;
  readonly log: Pick<Log, "warn">;
}

const MOST_WAIT_MS = 1_000;
/** A device for which the store does not answer must not hold up the others. */
const GIVE_UP_AFTER_MS = 10_000;

export function createSparkLoader({ store, sparklines, clock, log }: SparkLoaderOptions): SparkLoader {
  const loading = createSerialQueue();
  const queued = new Map<DeviceRecord, Promise<void>>();
  /** Logged once, until they can be read. */
  const failing = new WeakSet<DeviceRecord>();
  let isClosed = false;

  function loadOne(device: DeviceRecord): Promise<void> {
    const known = queued.get(device);
    if (known !== undefined) return known;
    const loaded = loading.run(() => readOne(device)).finally(() => queued.delete(device));
    queued.set(device, loaded);
    return loaded;
  }

  /** Never rejects: what is there is shown, and the next request tries again. */
  async function readOne(device: DeviceRecord): Promise<void> {
    const lack = sparklines.lacking(device);
    if (lack === undefined || isClosed) return;
    try {
      sparklines.fill(device, lack, await inTime(stepsOf(device, lack.metric)));
      failing.delete(device);
    } catch (cause) {
      if (isPassing(cause) || failing.has(device)) return; // that the store is away is said elsewhere
      failing.add(device);
      const { deviceId } = device;
      log.warn("the sparkline of a device could not be read; the hub tries again", { deviceId, cause });
    }
  }

  async function inTime<T>(task: Promise<T>): Promise<T> {
    let cancel = (): void => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      cancel = clock.after(GIVE_UP_AFTER_MS, () => reject(new StoreError("the store does not answer", false)));
    });
    try {
      return await Promise.race([task, late]);
    } finally {
      cancel();
    }
  }

  async function stepsOf({ deviceId }: DeviceRecord, metric: string): Promise<StoredStep[]> {
    const toMs = sparklines.endMs();
    const fromMs = toMs - SPARK_STEPS * SPARK_STEP_MS;
    const { resolutionMs, columns } = await store.series({
      deviceId,
      metrics: [metric],
      fromMs,
      toMs,
      points: SPARK_STEPS,
    });
    const [bytes] = columns;
    // Hours are too coarse: their readings are deleted already.
    if (bytes === undefined || resolutionMs > SPARK_STEP_MS) return [];
    return inSteps(JSON.parse(new TextDecoder().decode(bytes)) as SeriesColumns);
  }

  return {
    load: async (devices) => {
      const lacking = devices.filter((device) => sparklines.lacking(device) !== undefined);
      if (lacking.length === 0) return;
      const loaded = Promise.all(lacking.map(loadOne));
      let cancel = (): void => undefined;
      const waited = new Promise<void>((resolve) => {
        cancel = clock.after(MOST_WAIT_MS, resolve);
      });
      await Promise.race([loaded, waited]);
      cancel();
    },
    close: () => {
      isClosed = true;
      return loading.idle();
    },
  };
}

/** Few readings come each for itself. */
function inSteps({ t, mean, count }: SeriesColumns): StoredStep[] {
  const steps = new Map<number, { atMs: number; mean: number; count: number }>();
  for (const [index, atMs] of t.entries()) {
    const more = count[index] ?? 0;
    const step = steps.get(stepOf(atMs)) ?? { atMs, mean: 0, count: 0 };
    step.count += more;
    step.mean += ((mean[index] ?? 0) - step.mean) * (more / step.count);
    steps.set(stepOf(atMs), step);
  }
  return [...steps.values()];
}
