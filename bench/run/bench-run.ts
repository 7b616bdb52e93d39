/** Runs one piece of work against one fresh peer, and holds what the hub stored against what it acknowledged. */
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { DriveResult, DriveSpec } from "../generator/drive-spec.ts";
import { countStored } from "../helpers/count-stored.ts";
import type { Owned } from "../helpers/owned.ts";
import type { Progress } from "../helpers/progress.ts";
import { drive } from "./drive.ts";
import type { HubSettings } from "./hub-flags.ts";
import type { BenchOptions } from "./options.ts";
import { type Peer, startBare, startHub } from "./peer-process.ts";

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
  /** Deliveries that the hub says it dropped. */
  dropped?: number;
}

/** One after the other in the same minute: only so is their ratio worth something. */
export interface Pair<T> {
  bare: T;
  aerie: T;
}

export type LoadSpec = Omit<DriveSpec, "targetPid" | "load"> & { load: Omit<DriveSpec["load"], "host" | "port"> };

/** Spawning peer and generator, stopping, counting. */
export const OVERHEAD_SECONDS = 2.5;

const PROFILES_DIR = fileURLToPath(new URL("../results/profiles/", import.meta.url));

/** Drives `spec` against a peer that is already there. */
export function driveAt(bench: Bench, peer: Peer, spec: LoadSpec, onMeasuring?: () => void): Promise<DriveResult> {
  const full = { ...spec, load: { ...spec.load, ...peer.mqtt }, targetPid: peer.pid };
  return drive(bench.owned, "drive", full, onMeasuring);
}

function holdAgainstStore(bench: Bench, what: string, due: number, dataDir: string): number {
  const stored = countStored(dataDir);
  if (stored !== due) {
    const side = stored < due ? "LOST" : "TOO MANY";
    bench.fail(`${what}: ${Math.abs(stored - due)} ${side}: ${due} readings acknowledged, ${stored} stored`);
  }
  return stored;
}

/** What is wrong with any load. */
export function judge(bench: Bench, what: string, result: DriveResult): void {
  if (result.closedBoards > 0) bench.fail(`${what}: the broker closed ${result.closedBoards} connections`);
  if (result.strayAcks > 0) bench.fail(`${what}: ${result.strayAcks} acknowledgements that nobody waited for`);
  const missing = result.totalSent - result.totalAcknowledged;
  if (missing > 0) bench.fail(`${what}: ${missing} messages were never acknowledged`);
}

export interface HubOf<T> {
  settings?: HubSettings;
  /** What is to be in its directory before it starts. */
  prepare?(dataDir: string): void;
  /** The hub has stopped and its directory is still there. */
  whenStopped?(result: T, dataDir: string): void;
}

/** `work` has the hub for itself; afterwards the hub is stopped with SIGTERM. */
export async function withHub<T>(
  bench: Bench,
  what: string,
  work: (hub: Peer, dataDir: string) => Promise<T>,
  { settings = {}, prepare, whenStopped }: HubOf<T> = {},
): Promise<T> {
  const { hubEntry: entry, cpuProf } = bench.options;
  const dataDir = bench.owned.tempDir("data");
  const profileDir = cpuProf ? path.join(PROFILES_DIR, what.replaceAll(/[^\w]+/g, "-")) : undefined;
  try {
    prepare?.(dataDir);
    const hub = await startHub(bench.owned, { entry, dataDir, settings, profileDir });
    const result = await work(hub, dataDir).catch(async (cause: unknown) => {
      throw new Error(`${what}: ${(await hub.stop()) ?? "the run broke"}`, { cause });
    });
    const problem = await hub.stop();
    if (problem !== undefined) bench.fail(`${what}: ${problem}`);
    whenStopped?.(result, dataDir);
    return result;
  } finally {
    bench.owned.removeDir(dataDir);
  }
}

export async function withBare<T>(bench: Bench, what: string, work: (bare: Peer) => Promise<T>): Promise<T> {
  const bare = await startBare(bench.owned);
  try {
    return await work(bare);
  } catch (cause) {
    throw new Error(`${what}: the run broke`, { cause });
  } finally {
    await bare.stop();
  }
}

/** One load's figures, and the rows that the hub holds after it: `rowsOf` what was acknowledged. */
export async function runHub(
  bench: Bench,
  what: string,
  work: (hub: Peer, dataDir: string) => Promise<DriveResult>,
  { settings = {}, prepare }: Pick<HubOf<DriveResult>, "settings" | "prepare"> = {},
  rowsOf: (result: DriveResult) => number = (result) => result.totalAcknowledged,
): Promise<RunRecord> {
  let stored = Number.NaN;
  const result = await withHub(bench, what, work, {
    settings,
    ...(prepare !== undefined && { prepare }),
    whenStopped(driven, dataDir) {
      judge(bench, what, driven);
      stored = holdAgainstStore(bench, what, rowsOf(driven), dataDir);
    },
  });
  return { what, peer: "aerie", result, stored };
}

export async function runBare(bench: Bench, what: string, spec: LoadSpec): Promise<RunRecord> {
  const result = await withBare(bench, what, (bare) => driveAt(bench, bare, spec));
  judge(bench, what, result);
  return { what, peer: "bare", result };
}
