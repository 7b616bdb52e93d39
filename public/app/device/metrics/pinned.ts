/** Which charts of a device stand first: what its owner pinned, and for who may not change it what this browser keeps. */

import type { DeviceState } from "../../hub/device-state.ts";
import { changeMetrics } from "../../hub/read-device.ts";
import { reaches } from "../../hub/session.ts";
import { remembered } from "../../preferences/remembered.ts";

const MOST_DEVICES = 200;

type Pinned = Readonly<Record<string, readonly string[]>>;

const pinned = remembered("aerie.pinned", (known): Pinned => {
  if (typeof known !== "object" || known === null) return {};
  const names = (value: unknown) =>
    Array.isArray(value) ? value.filter((name): name is string => typeof name === "string") : [];
  return Object.fromEntries(Object.entries(known).map(([id, value]) => [id, names(value)]));
});

/** Of this browser, in the order in which they were pinned. */
export const pinnedHere = (id: string): readonly string[] => pinned.value[id] ?? [];

const isPinnedByOwner = (device: DeviceState, metric: string): boolean =>
  device.about.value.metricInfo[metric]?.pinned === true;

export const isPinned = (device: DeviceState, metric: string): boolean =>
  isPinnedByOwner(device, metric) || pinnedHere(device.id).includes(metric);

/** Whether a toggle changes it for everybody: who may, does; but for what is pinned in this browser. */
export const togglesForAll = (device: DeviceState, metric: string): boolean =>
  reaches("operator") && !pinnedHere(device.id).includes(metric);

/** For everybody, where the viewer may; else in this browser. Rejects with a HubFault. */
export async function togglePinned(device: DeviceState, metric: string): Promise<void> {
  if (togglesForAll(device, metric)) {
    await changeMetrics(device.id, { [metric]: { pinned: !isPinnedByOwner(device, metric) } });
    return;
  }
  const { [device.id]: own = [], ...others } = pinned.peek();
  const next = own.includes(metric) ? own.filter((name) => name !== metric) : [...own, metric];
  const kept = Object.entries(others).slice(1 - MOST_DEVICES);
  pinned.value = Object.fromEntries(next.length === 0 ? kept : [...kept, [device.id, next]]);
}

/** Pinned first; the others stay in their order. */
export function pinnedFirst(metrics: readonly string[], first: readonly string[]): string[] {
  const there = first.filter((metric) => metrics.includes(metric));
  return [...there, ...metrics.filter((metric) => !there.includes(metric))];
}
