/** Remembers what could not be read, and tells of each once. Repairs nothing. */
import type { DeviceId } from "../../contract/readings.ts";
import type { Log, Span } from "../../core/ports.ts";
import type { Read } from "./reader-thread.ts";

export interface DamageList {
  /** The value, once its damage is noted. */
  note<T>(deviceId: DeviceId, read: Read<T>): T;
  of(deviceId: DeviceId): readonly Span[];
}

/** A file that is damaged all over must not fill the memory. */
const MOST_SPANS = 1_000;

export function createDamageList(log: Log): DamageList {
  const spans = new Map<DeviceId, Map<string, Span>>();
  let many = 0;

  return {
    note: (deviceId, { value, damage }) => {
      for (const { fromMs, toMs, reason } of damage) {
        const ofDevice = spans.get(deviceId) ?? new Map<string, Span>();
        spans.set(deviceId, ofDevice);
        const key = `${fromMs} ${toMs}`;
        if (ofDevice.has(key) || many >= MOST_SPANS) continue;
        ofDevice.set(key, { fromMs, toMs });
        many++;
        const [from, to] = [fromMs, toMs].map((ms) => new Date(ms).toISOString());
        log.error("stored readings cannot be read; a backup may have them", { deviceId, from, to, reason });
      }
      return value;
    },
    of: (deviceId) => [...(spans.get(deviceId)?.values() ?? [])],
  };
}
