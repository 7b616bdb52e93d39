/** What one load is asked for, and what it answers. */
import { quantile } from "../helpers/quantile.ts";
import type { LoadOptions } from "./load.ts";
import type { RunOptions } from "./load-run.ts";

export interface DriveSpec {
  load: LoadOptions;
  /** A further client subscribes this at QoS 0 and counts. */
  takerFilter?: string;
  /** How long all are connected and silent before memory is read. Default 0. */
  idleMs?: number;
  warmUp: RunOptions;
  measured: RunOptions;
  /** The process whose CPU time and memory are read around the measured run. */
  targetPid: number;
}

export interface Latency {
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  count: number;
}

export const latencyOf = (latenciesMs: ArrayLike<number>): Latency => ({
  p50Ms: quantile(latenciesMs, 0.5),
  p99Ms: quantile(latenciesMs, 0.99),
  maxMs: quantile(latenciesMs, 1),
  count: latenciesMs.length,
});

export interface DriveResult {
  connectsPerSecond: number;
  /** All connected, nothing sent. */
  idleResidentMiB: number;
  /** Of the measured run: what was acknowledged, from its first message to the last acknowledgement. */
  acknowledged: number;
  elapsedMs: number;
  perSecond: number;
  /** Of the taker: warm-up included; and of the measured run from its first message to the last delivery. */
  taken?: { total: number; perSecond: number };
  latency: Latency;
  targetCpuUsAMessage: number;
  generatorCpuUsAMessage: number;
  targetResidentMiB: number;
  /** To the disk, in the measured run. */
  targetWrittenBytesAMessage: number;
  /** Warm-up included. */
  totalSent: number;
  totalAcknowledged: number;
  closedBoards: number;
  strayAcks: number;
  stalled: boolean;
}
