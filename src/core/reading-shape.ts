/** The shapes in which a reading leaves the hub. Formats; looks nothing up. */
import type { Metrics, Reading } from "../contract/readings.ts";
import { readingId } from "./identity.ts";
import type { LiveReading, StoredReading } from "./ports.ts";

const iso = (ms: number): string => new Date(ms).toISOString();

export function fromStored({ deviceId, atMs, n, receivedAtMs, body }: StoredReading): Reading {
  return shape(deviceId, atMs, n, receivedAtMs, JSON.parse(body) as Metrics);
}

export function fromLive({ deviceId, atMs, n, receivedAtMs, metrics }: LiveReading): Reading {
  return shape(deviceId, atMs, n, receivedAtMs, Object.fromEntries(metrics));
}

function shape(deviceId: string, atMs: number, n: number, receivedAtMs: number, metrics: Metrics): Reading {
  const received = receivedAtMs === atMs ? {} : { receivedAt: iso(receivedAtMs) };
  return { _id: readingId(deviceId, atMs, n), deviceId, timestamp: iso(atMs), ...received, metrics };
}
