/** The whole fleet as the hub counts it, and when a list of devices may have another order. */
import { signal } from "@preact/signals";
import type { FleetCounts } from "../../../src/contract/fleet/states.ts";
import { whenShown } from "../preferences/pace.ts";

/** Of all devices. Undefined until the hub has said it. */
export const fleetCounts = signal<FleetCounts | undefined>(undefined);

/** Grows with each change of a device's state, and when devices come or go. */
export const fleetChanges = signal(0);

let latest: FleetCounts | undefined;

export function onCounts(counts: FleetCounts): void {
  latest = counts;
  whenShown(showCounts);
  noteFleetChange();
}

function showCounts(): void {
  fleetCounts.value = latest;
}

export function noteFleetChange(): void {
  fleetChanges.value += 1;
}
