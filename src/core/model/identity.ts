/** Decides when two messages are one reading, and what a reading is called. */

import type { MetricValue } from "../../contract/readings.ts";
import { DERIVED_PREFIX } from "./device-id.ts";

/** A redelivery comes within this time of its first copy, or it is a new reading. */
export const REDELIVERY_WINDOW_MS = 10 * 60_000;

/** `<deviceId>-<instant, base 36>-<n>`: derived, and never changes, whatever store, seal, export or import. */
export function readingId(deviceId: string, atMs: number, n: number): string {
  return `${deviceId}-${atMs.toString(36)}-${n}`;
}

/** What identity is decided by; `packet` where the message had a packet id. */
export interface Candidate {
  readonly timed: boolean;
  readonly receivedAtMs: number;
  readonly element: number;
  readonly body: string;
  readonly packet?: { readonly clientId: string; readonly id: number; readonly dup: boolean };
}

/** A stored reading of the same device. */
export interface Stored {
  readonly n: number;
  readonly receivedAtMs: number;
  readonly body: string;
  readonly element: number;
  readonly clientId: string | null;
}

/** Same instant, same metrics and values: one reading. `sameInstant`: those stored at its instant by other messages. */
export function timedDuplicateOf(candidate: Candidate, sameInstant: readonly Stored[]): Stored | undefined {
  return sameInstant.find((stored) => sameBody(stored.body, candidate.body));
}

/**
 * Without an instant only the same packet is the same reading: DUP=1, and client, packet id, index in the message and
 * content equal those of one received within ten minutes. `samePacket`: those stored with its packet id. `clockSteps`: by how much
 * the hub's clock has stepped in the last ten minutes (`ClockSteps.recent`).
 */
export function redeliveryOf(
  candidate: Candidate,
  samePacket: readonly Stored[],
  clockSteps: readonly number[],
): Stored | undefined {
  const { packet } = candidate;
  if (packet === undefined || !packet.dup) return undefined;
  return samePacket.find(
    (stored) =>
      stored.clientId === packet.clientId &&
      stored.element === candidate.element &&
      isInRedeliveryWindow(candidate.receivedAtMs - stored.receivedAtMs, clockSteps) &&
      sameBody(stored.body, candidate.body),
  );
}

/** `passedMs`: by the hub's clock, from the receipt of a reading. `clockSteps`: `ClockSteps.recent`. */
export const isInRedeliveryWindow = (passedMs: number, clockSteps: readonly number[]): boolean =>
  Math.abs(passedMs) <= REDELIVERY_WINDOW_MS ||
  clockSteps.some((stepMs) => Math.abs(passedMs - stepMs) <= REDELIVERY_WINDOW_MS);

/** The order of metrics says nothing, nor how a number is written. A stored one that is damaged equals none. */
export function sameBody(stored: string, body: string): boolean {
  return stored === body || readableBody(stored) === canonicalBody(body);
}

/** Undefined for a stored one that is damaged. */
export function readableBody(stored: string): string | undefined {
  try {
    return canonicalBody(stored);
  } catch {
    return undefined;
  }
}

/**
 * One text for all bodies by which a device says the same. What the hub derived is not in it: a redelivery is one also after a definition
 * was changed.
 */
export function canonicalBody(body: string): string {
  const entries = entriesOf(body).filter(([name]) => !name.startsWith(DERIVED_PREFIX));
  return JSON.stringify(entries.sort(byName));
}

/** One text for all bodies that are the same, with what the hub derived. */
export const completeBody = (body: string): string => JSON.stringify(entriesOf(body).sort(byName));

const entriesOf = (body: string): [string, MetricValue][] =>
  Object.entries(JSON.parse(body) as Record<string, MetricValue>);

const byName = ([a]: [string, MetricValue], [b]: [string, MetricValue]): number => (a < b ? -1 : 1);

/**
 * By their hash, stored readings of one instant are found; those of one hash are compared in full. It is stored: 48 bits of the
 * SHA-256 of the canonical text.
 */
export function createContentHash(sha256: (text: string) => Uint8Array): (body: string) => number {
  return (body) =>
    sha256(canonicalBody(body))
      .subarray(0, HASH_BYTES)
      .reduce((hash, byte) => hash * 256 + byte, 0);
}

const HASH_BYTES = 6;

/** The first reading of an instant is always compared, and few without an instant of their own share one. */
export const hasHash = (timed: boolean, n: number): boolean => timed && n > 0;

/** The newest reading of a device by (instant, n), which a store keeps in memory. */
export interface NewestReading {
  newestAtMs: number;
  newestN: number;
}

/** Another one is stored. */
export function noteNewest(newest: NewestReading, atMs: number, n: number): void {
  if (atMs > newest.newestAtMs) {
    newest.newestAtMs = atMs;
    newest.newestN = n;
  } else if (atMs === newest.newestAtMs && n > newest.newestN) newest.newestN = n;
}
