/** Knows which devices are new: heard for the first time in the last 24 hours. Only those are kept in hub.db, over restarts. */
import type { DeviceId } from "../../contract/readings.ts";
import { parseDeviceId } from "../model/device-id.ts";
import type { Clock } from "../ports/clock.ts";
import type { HubFile, RecordChange, StoredRecord } from "../ports/hub-file.ts";
import type { Log } from "../ports/log.ts";
import type { TrustedTime } from "../time/trusted-time.ts";

export interface FirstHeard {
  isNew(deviceId: string): boolean;
  /** The hub has not known it until now. */
  appeared(deviceId: DeviceId): void;
  removed(deviceId: DeviceId): void;
  /** Settles when the rest is written, or failed to be. */
  close(): Promise<void>;
}

export interface FirstHeardOptions {
  readonly hubFile: Pick<HubFile, "write">;
  readonly records: readonly StoredRecord[];
  /** Those that an earlier run knew: the store may name them late. */
  readonly known: Iterable<DeviceId>;
  /** It is not new any more. */
  readonly onOver: (deviceId: DeviceId) => void;
  readonly time: Pick<TrustedTime, "nowMs" | "sinceMs">;
  readonly clock: Pick<Clock, "every">;
  readonly log: Log;
}

const NEW_FOR_MS = 24 * 3_600_000;
const WRITE_EVERY_MS = 1_000;
const LOOK_EVERY_MS = 60_000;

export function createFirstHeard(options: FirstHeardOptions): FirstHeard {
  const { hubFile, records, onOver, time, clock, log } = options;
  /** When, by the hub's time. */
  const heard = new Map<DeviceId, number>();
  const known = new Set(options.known);
  /** To be written: how it is now. */
  const changed = new Set<DeviceId>();
  let isFailing = false;
  let writing = Promise.resolve();

  for (const { kind, id, data } of records) {
    const deviceId = kind === "first-heard" ? parseDeviceId(id) : undefined;
    if (deviceId?.ok === true) heard.set(deviceId.value, Number(data));
  }
  expire();
  const stops = [clock.every(WRITE_EVERY_MS, () => void write()), clock.every(LOOK_EVERY_MS, expire)];

  /** A record from far ahead of the hub's time says nothing. */
  function expire(): void {
    for (const [deviceId, atMs] of heard) {
      if (time.sinceMs(atMs) < NEW_FOR_MS && atMs < time.nowMs() + NEW_FOR_MS) continue;
      heard.delete(deviceId);
      changed.add(deviceId);
      onOver(deviceId);
    }
  }

  function write(): Promise<void> {
    if (changed.size > 0) writing = writing.then(writeChanged);
    return writing;
  }

  async function writeChanged(): Promise<void> {
    const some = [...changed];
    changed.clear();
    try {
      await hubFile.write(
        some.map((id): RecordChange => ({ of: "record", kind: "first-heard", id, data: dataOf(id) })),
      );
      isFailing = false;
    } catch (cause) {
      for (const deviceId of some) changed.add(deviceId);
      if (!isFailing)
        log.warn("which devices are new could not be written into hub.db; the hub tries again", { cause });
      isFailing = true;
    }
  }

  const dataOf = (deviceId: DeviceId): string | undefined => heard.get(deviceId)?.toString();

  return {
    isNew: (deviceId) => heard.has(deviceId as DeviceId),
    appeared: (deviceId) => {
      if (known.has(deviceId) || heard.has(deviceId)) return;
      heard.set(deviceId, time.nowMs());
      changed.add(deviceId);
    },
    removed: (deviceId) => {
      known.delete(deviceId);
      if (heard.delete(deviceId)) changed.add(deviceId);
    },
    close: async () => {
      for (const stop of stops) stop();
      await write();
    },
  };
}
