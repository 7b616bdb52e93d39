/** Gathers readings into hours that a hub can take in place of them. */

import { Aggregate } from "../history/rollup.ts";
import { HOUR_MS, startOf } from "../model/utc-day.ts";
import type { ImportedReading } from "./imported-reading.ts";
import type { HourRequest } from "./rebuilder.ts";

export interface RebuiltHours {
  add(reading: ImportedReading): void;
  isFull(): boolean;
  /** All that were gathered; readings that come later for one of them are its rest. */
  take(): { readonly hours: HourRequest[]; readonly readings: number[] };
}

interface Hour {
  readonly deviceId: string;
  readonly startMs: number;
  readonly metrics: Map<string, Aggregate>;
  /** Ids: the same reading twice is one. */
  readonly seen: Set<string>;
}

/** An export comes device by device in order, so hours that are left behind are whole. */
const MAX_HOURS = 200;

export function createRebuiltHours(): RebuiltHours {
  let open = new Map<string, Hour>();
  const taken = new Set<string>();

  return {
    add: ({ deviceId, atMs, n, metrics }) => {
      const startMs = startOf(atMs, HOUR_MS);
      const key = `${deviceId} ${startMs}`;
      const hour = open.get(key) ?? { deviceId, startMs, metrics: new Map(), seen: new Set() };
      open.set(key, hour);
      const id = `${atMs} ${n ?? JSON.stringify([...metrics])}`;
      if (hour.seen.has(id)) return;
      hour.seen.add(id);
      for (const [name, value] of metrics) {
        const aggregate = hour.metrics.get(name) ?? new Aggregate();
        hour.metrics.set(name, aggregate);
        aggregate.add(value, atMs);
      }
    },
    isFull: () => open.size > MAX_HOURS,
    take: () => {
      const gathered = [...open];
      open = new Map();
      const hours = gathered.map(([key, { deviceId, startMs, metrics }]) => {
        const rollups = Object.fromEntries([...metrics].map(([name, aggregate]) => [name, aggregate.rollup()]));
        const hour = { deviceId, startMs, metrics: rollups, more: taken.has(key) };
        taken.add(key);
        return hour;
      });
      return { hours, readings: gathered.map(([, { seen }]) => seen.size) };
    },
  };
}
