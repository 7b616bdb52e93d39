/** Holds what boards were promised against what the store has. */
import type { Reading } from "../../../src/contract/readings.ts";
import type { HubAddress } from "../hub/hub.ts";
import { ask, readingsOf } from "../hub/rest.ts";

export interface Differences {
  /** Promised, and not there. */
  missing: number[];
  /** There more than once. */
  twice: number[];
}

/** Of all that is stored of the device. */
export async function compareAll(hub: HubAddress, deviceId: string, promised: Iterable<number>): Promise<Differences> {
  return compare(await readingsOf(hub, deviceId), promised);
}

/** Of the newest 10,000 only: a quick look between two thorough ones. */
export async function compareNewest(
  hub: HubAddress,
  deviceId: string,
  promised: Iterable<number>,
): Promise<Differences> {
  const { body } = await ask<{ readings: Reading[] }>(
    hub,
    `/api/devices/${deviceId}/readings?limit=10000&from=2020-01-01T00:00:00Z`,
  );
  return compare(body.readings, promised);
}

export const NO_DIFFERENCES: Differences = { missing: [], twice: [] };

function compare(readings: readonly Reading[], promised: Iterable<number>): Differences {
  const counts = new Map<number, number>();
  for (const { metrics } of readings) {
    const seq = Number(metrics["seq"]);
    counts.set(seq, (counts.get(seq) ?? 0) + 1);
  }
  return {
    missing: [...promised].filter((seq) => !counts.has(seq)),
    twice: [...counts].flatMap(([seq, count]) => (count > 1 ? [seq] : [])),
  };
}
