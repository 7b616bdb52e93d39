/** The whole fleet as the hub counts it, and when a list of devices may have another order. */
import { signal } from "@preact/signals";
import type { FleetCounts } from "../../../src/contract/fleet/states.ts";

/** Of all devices. Undefined until the hub has said it. */
export const fleetCounts = signal<FleetCounts | undefined>(undefined);

/** Grows with each change of a device's state, and when devices come or go. */
export const fleetChanges = signal(0);

export function onCounts(counts: FleetCounts): void {
  fleetCounts.value = counts;
  noteFleetChange();
}

export function noteFleetChange(): void {
  fleetChanges.value += 1;
}
