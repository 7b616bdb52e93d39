/** What is said between the benchmark and the process that plays the browsers. */
import type { Latency } from "../generator/drive-spec.ts";

export interface WatchSpec {
  httpUrl: string;
  browsers: number;
  /** `readings` in batches instead of one `sensorData` a reading. */
  batch: boolean;
}

export interface WatchReport {
  browsers: { received: number; dropped: number }[];
  /** Of `sensorData` with the metric `sentUs`, all browsers together, since the last `reset`. */
  latency: Latency;
}

export type ToWatchers = { kind: "open"; spec: WatchSpec } | { kind: "reset" } | { kind: "report" };

export type FromWatchers =
  | { kind: "open" }
  | { kind: "report"; report: WatchReport }
  | { kind: "failed"; problem: string };
