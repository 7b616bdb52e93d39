/** Recomputing derived metrics of stored readings, some of them at a time. */
import type { DeviceId, MetricValue } from "../../contract/readings.ts";

/** What is remembered of a device's readings to compute from; JSON, for another thread or another run. */
export interface SavedHistory {
  readonly latest: readonly (readonly [metric: string, value: MetricValue, atMs: number])[];
  readonly windows: readonly (readonly [metric: string, ats: readonly number[], values: readonly number[]])[];
}

export interface DeriveRequest {
  readonly deviceId: DeviceId;
  /** Readings before it are done. */
  readonly fromMs: number;
  /** Each behind those that it needs. What is stored of their metrics is replaced; other metrics stay. */
  readonly definitions: readonly { readonly metric: string; readonly expression: string }[];
  /** Of the readings before `fromMs`. */
  readonly history: SavedHistory;
  /** How old a value may be that a reading lacks. */
  readonly silenceMs: number;
}

export interface DeriveStep {
  /** Readings before it are done now; undefined: there were none left. */
  readonly toMs: number | undefined;
  readonly history: SavedHistory;
  readonly readings: number;
  /** Of these, those whose stored values changed. */
  readonly changed: number;
}
