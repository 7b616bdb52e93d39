/** What the core counts for the operator. */
import type { UpkeepStep } from "./upkeep.ts";

/** Counts for the operator; each is a time series of `/metrics`. */
export interface Counters {
  message(outcome: "stored" | "carried" | "refused" | "stalled"): void;
  readings(outcome: "stored" | "duplicate" | "refused", count: number): void;
  commit(commit: { writes: number; durationMs: number }): void;
  liveMs(spentMs: number): void;
  dropped(count: number): void;
  /** Messages that a slow or absent MQTT client was not sent. */
  queueDropped(count: number): void;
  /** An MQTT client that sent faster than it may began to be read more slowly. */
  slowed(): void;
  upkeep(step: UpkeepStep): void;
}
