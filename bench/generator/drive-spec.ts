/** What is said between the benchmark and its generator process. Says nothing of how either works. */
import type { LoadOptions } from "./load.ts";
import type { RunWish } from "./load-run.ts";

export interface DriveSpec {
  load: LoadOptions;
  warmUp: RunWish;
  measured: RunWish;
  /** The process whose CPU time and memory are read around the measured run. */
  targetPid: number;
}

export interface Latency {
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  count: number;
}

export interface DriveResult {
  /** Of the measured run: what was acknowledged, from its first message to the last PUBACK. */
  acknowledged: number;
  elapsedMs: number;
  perSecond: number;
  latency: Latency;
  targetCpuUsAMessage: number;
  generatorCpuUsAMessage: number;
  targetResidentMiB: number;
  /** Warm-up included. */
  totalSent: number;
  totalAcknowledged: number;
  closedBoards: number;
  strayAcks: number;
  stalled: boolean;
}

export type FromGenerator =
  | { kind: "measuring" }
  | { kind: "done"; result: DriveResult }
  | { kind: "failed"; problem: string };
