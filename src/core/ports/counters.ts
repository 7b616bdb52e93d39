/** What the core counts for the operator: each call adds to a metric of `/metrics`. */
import type { UpkeepStep } from "./upkeep.ts";

export interface Counters {
  message(outcome: "stored" | "carried" | "refused" | "stalled"): void;
  readings(outcome: "stored" | "duplicate" | "refused", count: number): void;
  commit(commit: { writes: number; durationMs: number }): void;
  /** Time that the main thread spent on live events. */
  liveMs(spentMs: number): void;
  /** Readings that a slow browser was not sent. */
  dropped(count: number): void;
  /** Messages that were dropped from the queue of a slow or absent MQTT client. */
  queueDropped(count: number): void;
  /** An MQTT client sent faster than its limit, and is now read more slowly. */
  slowed(): void;
  /** A derived metric was computed, could not be, or lacked what it is computed from. */
  derived(outcome: "computed" | "missing" | "failed"): void;
  upkeep(step: UpkeepStep): void;
}
