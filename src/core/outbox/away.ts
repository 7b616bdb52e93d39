/** That MongoDB is away, as programs and the owner see it. */
import type { Readiness } from "../../contract/rest.ts";
import type { OutboxState } from "../ports/outbox.ts";

export interface Away {
  /** Epoch ms: since then it is away, or the oldest group waits. */
  readonly sinceMs: number;
  readonly reason: string;
  readonly waiting: OutboxState;
  /** It is back, and the outbox is being sent. */
  readonly isDraining: boolean;
}

/** For programs; undefined: nothing is wrong. */
export function degradation(away: Away | undefined): Readiness["degraded"] {
  if (away === undefined) return undefined;
  const { sinceMs, reason, waiting } = away;
  return { since: new Date(sinceMs).toISOString(), waiting: waiting.writes, bytes: waiting.bytes, reason };
}

/** For the owner; undefined: nothing is wrong. */
export function awayProblem(away: Away | undefined, maxBytes: number): string | undefined {
  if (away === undefined) return undefined;
  const { sinceMs, reason, waiting, isDraining } = away;
  const since = new Date(sinceMs).toISOString();
  const count = `${waiting.writes} readings and other writes`;
  const size = `${mb(waiting.bytes)} of ${mb(maxBytes)} MB`;
  return isDraining
    ? `MongoDB is back after being away since ${since}: ${count} that waited on the hub's disk (${size}) are being sent to it`
    : `MongoDB has been away since ${since}: ${count} wait on the hub's disk (${size}). ${reason}`;
}

const mb = (bytes: number): number => Math.ceil(bytes / 1_000_000);
