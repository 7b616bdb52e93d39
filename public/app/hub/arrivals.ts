/** Collects what came live: one value a device and metric, the newest instant winning. */
import type { PresenceEvent } from "../../../src/contract/live/events.ts";
import type { MetricValue, Presence, PresenceDetail, PresenceState, Reading } from "../../../src/contract/readings.ts";

export interface ValueAt {
  readonly value: MetricValue;
  /** The reading's instant, epoch ms. */
  readonly atMs: number;
}

export interface PresenceAt {
  readonly state: Presence;
  /** The same in four words. */
  readonly detail: PresenceState;
  /** Since when that is so. */
  readonly detailSinceMs: number;
  /** The facts by which it was decided, as they were then. */
  readonly because: PresenceDetail["because"];
}

export const presenceAt = (state: Presence, { state: detail, since, because }: PresenceDetail): PresenceAt => ({
  state,
  detail,
  detailSinceMs: Date.parse(since),
  because,
});

export interface Arrivals {
  readonly values: Map<string, Map<string, ValueAt>>;
  readonly heardAtMs: Map<string, number>;
  readonly presence: Map<string, PresenceAt>;
}

export const createArrivals = (): Arrivals => ({ values: new Map(), heardAtMs: new Map(), presence: new Map() });

/** Equal instants: the later arrival wins, as in the hub. A backlog's older instants never do. */
export const supersedes = (next: { atMs: number }, former: { atMs: number } | undefined): boolean =>
  former === undefined || next.atMs >= former.atMs;

export function noteReading(arrivals: Arrivals, reading: Reading): void {
  const atMs = Date.parse(reading.timestamp);
  const values = arrivals.values.get(reading.deviceId) ?? new Map<string, ValueAt>();
  arrivals.values.set(reading.deviceId, values);
  for (const [metric, value] of Object.entries(reading.metrics)) {
    const next = { value, atMs };
    if (supersedes(next, values.get(metric))) values.set(metric, next);
  }
  const heardAtMs = reading.receivedAt === undefined ? atMs : Date.parse(reading.receivedAt);
  const former = arrivals.heardAtMs.get(reading.deviceId);
  if (former === undefined || heardAtMs > former) arrivals.heardAtMs.set(reading.deviceId, heardAtMs);
}

export function notePresence(arrivals: Arrivals, event: PresenceEvent): void {
  const next = presenceAt(event.state, event.presenceDetail);
  const former = arrivals.presence.get(event.deviceId);
  if (former === undefined || next.detailSinceMs >= former.detailSinceMs) arrivals.presence.set(event.deviceId, next);
}

export function clearArrivals(arrivals: Arrivals): void {
  arrivals.values.clear();
  arrivals.heardAtMs.clear();
  arrivals.presence.clear();
}
