/** The shape in which a reading that just came leaves the hub. Formats; looks nothing up. */
import type { Metrics, Reading } from "../../contract/readings.ts";
import { readingId } from "../model/identity.ts";
import type { LiveReading } from "../model/live-reading.ts";

const iso = (ms: number): string => new Date(ms).toISOString();

export function fromLive({ deviceId, atMs, n, receivedAtMs, metrics }: LiveReading): Reading {
  return shape(deviceId, atMs, n, receivedAtMs, Object.fromEntries(metrics));
}

function shape(deviceId: string, atMs: number, n: number, receivedAtMs: number, metrics: Metrics): Reading {
  const received = receivedAtMs === atMs ? {} : { receivedAt: iso(receivedAtMs) };
  return { _id: readingId(deviceId, atMs, n), deviceId, timestamp: iso(atMs), ...received, metrics };
}
