/** Stores hours whose raw readings are deleted, as an import makes them. */
import type { DeviceId } from "../../contract/readings.ts";
import type { Registry } from "../devices/registry.ts";
import { Aggregate } from "../history/rollup.ts";
import { parseDeviceId } from "../model/device-id.ts";
import { HOUR_MS } from "../model/utc-day.ts";
import type { RebuiltHour, Rollup } from "../ports/history.ts";
import type { Store } from "../ports/readings-store.ts";

export interface HourRequest {
  readonly deviceId: string;
  readonly startMs: number;
  readonly metrics: Readonly<Record<string, Rollup>>;
  /** Part of it was sent before: it is added to what is there. */
  readonly more: boolean;
}

export interface Rebuilder {
  /** For each hour whether it was taken: of a time whose raw readings are there it is not. */
  rebuild(hours: readonly HourRequest[]): Promise<boolean[]>;
}

export interface RebuilderOptions {
  readonly store: Pick<Store, "rollups" | "rebuild">;
  readonly registry: Pick<Registry, "admitDevice" | "admitMetrics" | "importedReading">;
}

export function createRebuilder({ store, registry }: RebuilderOptions): Rebuilder {
  /** The device may be known by nothing else. */
  function remember(deviceId: DeviceId, metrics: Readonly<Record<string, Rollup>>): void {
    for (const [name, { last, lastAtMs }] of Object.entries(metrics)) {
      registry.importedReading(deviceId, new Map([[name, last]]), lastAtMs, lastAtMs);
    }
  }

  const isAdmitted = (deviceId: DeviceId, names: readonly string[]): boolean =>
    registry.admitDevice(deviceId, undefined) === undefined &&
    registry.admitMetrics(deviceId, new Map(names.map((name) => [name, 0]))).length === 0;

  async function withFormer(deviceId: DeviceId, { startMs, metrics, more }: HourRequest): Promise<RebuiltHour> {
    const given = new Map(Object.entries(metrics));
    if (!more) return { deviceId, startMs, metrics: given };
    const range = { fromMs: startMs, toMs: startMs + HOUR_MS };
    const former = await store.rollups({ deviceId, level: "hour", ...range, metrics: undefined });
    const merged = new Map(former.map(({ metric, rollup }) => [metric, rollup]));
    for (const [metric, rollup] of given) merged.set(metric, sumOf(merged.get(metric), rollup));
    return { deviceId, startMs, metrics: merged };
  }

  return {
    rebuild: async (requests) => {
      const taken = requests.map(() => false);
      const indexes: number[] = [];
      const hours: RebuiltHour[] = [];
      for (const [index, request] of requests.entries()) {
        const deviceId = parseDeviceId(request.deviceId);
        if (!deviceId.ok || !isAdmitted(deviceId.value, Object.keys(request.metrics))) continue;
        hours.push(await withFormer(deviceId.value, request));
        indexes.push(index);
      }
      const outcomes = await store.rebuild(hours);
      for (const [at, index] of indexes.entries()) {
        const [hour, request] = [hours[at], requests[index]];
        taken[index] = outcomes[at] === true;
        if (taken[index] && hour !== undefined && request !== undefined) remember(hour.deviceId, request.metrics);
      }
      return taken;
    },
  };
}

function sumOf(former: Rollup | undefined, rollup: Rollup): Rollup {
  if (former === undefined) return rollup;
  const aggregate = new Aggregate();
  aggregate.merge(former);
  aggregate.merge(rollup);
  return aggregate.rollup();
}
