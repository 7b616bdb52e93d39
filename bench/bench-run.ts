/** Drives one load against one fresh peer and holds what the hub stored against what it acknowledged. Prints nothing. */
import { countStored } from "./count-stored.ts";
import { drive } from "./drive.ts";
import type { DriveResult, DriveSpec } from "./generator/drive-spec.ts";
import type { BenchOptions } from "./options.ts";
import type { Owned } from "./owned.ts";
import { type Peer, startBare, startHub } from "./peer-process.ts";
import type { Progress } from "./progress.ts";

export interface Bench {
  options: BenchOptions;
  owned: Owned;
  progress: Progress;
  /** Something that makes the exit code 1; said loudly at the end. */
  fail(problem: string): void;
}

export interface RunRecord {
  what: string;
  peer: Peer["name"];
  result: DriveResult;
  /** Rows in the store after the hub had stopped; absent of bare Aedes, which stores nothing. */
  stored?: number;
}

export type LoadSpec = Omit<DriveSpec, "targetPid" | "load"> & { load: Omit<DriveSpec["load"], "host" | "port"> };

/** Spawning peer and generator, stopping, counting. */
export const OVERHEAD_SECONDS = 2.5;

/** Drives `spec` against a peer that is already there. */
export function driveAt(bench: Bench, peer: Peer, spec: LoadSpec, onMeasuring?: () => void): Promise<DriveResult> {
  return drive(bench.owned, { ...spec, load: { ...spec.load, ...peer.mqtt }, targetPid: peer.pid }, onMeasuring);
}

function holdAgainstStore(bench: Bench, what: string, result: DriveResult, dataDir: string): number {
  const stored = countStored(dataDir);
  const acknowledged = result.totalAcknowledged;
  if (stored !== acknowledged) {
    const side = stored < acknowledged ? "LOST" : "TOO MANY";
    bench.fail(`${what}: ${Math.abs(stored - acknowledged)} ${side}: ${acknowledged} acknowledged, ${stored} stored`);
  }
  return stored;
}

function judge(bench: Bench, what: string, result: DriveResult): void {
  if (result.closedBoards > 0) bench.fail(`${what}: the broker closed ${result.closedBoards} connections`);
  if (result.strayAcks > 0) bench.fail(`${what}: ${result.strayAcks} PUBACKs of packet ids that nobody waited for`);
  const missing = result.totalSent - result.totalAcknowledged;
  if (missing > 0) bench.fail(`${what}: ${missing} messages were never acknowledged`);
}

/** `work` has the hub for itself; afterwards the hub is stopped with SIGTERM and its rows are counted. */
export async function runHub(
  bench: Bench,
  what: string,
  work: (hub: Peer, dataDir: string) => Promise<DriveResult>,
): Promise<RunRecord> {
  const dataDir = bench.owned.tempDir("data");
  const hub = await startHub(bench.owned, bench.options.hubEntry, dataDir);
  try {
    const result = await work(hub, dataDir);
    judge(bench, what, result);
    const problem = await hub.stop();
    if (problem !== undefined) bench.fail(`${what}: ${problem}`);
    return { what, peer: "aerie", result, stored: holdAgainstStore(bench, what, result, dataDir) };
  } catch (error) {
    const problem = await hub.stop();
    throw new Error(`${what}: ${problem ?? "the run broke"}`, { cause: error });
  } finally {
    bench.owned.removeDir(dataDir);
  }
}

export async function runBare(bench: Bench, what: string, spec: LoadSpec): Promise<RunRecord> {
  const bare = await startBare(bench.owned);
  try {
    const result = await driveAt(bench, bare, spec);
    judge(bench, what, result);
    return { what, peer: "bare", result };
  } finally {
    await bare.stop();
  }
}
