/** A reading that was just stored, as REST and Socket.IO show it. */
import type { Reading } from "../../contract/readings.ts";
import { readingId } from "../model/identity.ts";
import type { LiveReading } from "../model/live-reading.ts";

const iso = (ms: number): string => new Date(ms).toISOString();

export function toReading({ deviceId, atMs, n, receivedAtMs, metrics }: LiveReading): Reading {
  return {
    _id: readingId(deviceId, atMs, n),
    deviceId,
    timestamp: iso(atMs),
    ...(receivedAtMs !== atMs && { receivedAt: iso(receivedAtMs) }),
    metrics: Object.fromEntries(metrics),
  };
}
