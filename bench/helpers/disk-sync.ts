/** Measures what one durable write costs on a file system, without any database. */
import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import path from "node:path";
import { quantile } from "./quantile.ts";

export interface DiskSync {
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  /** What is stored here is in memory only: a sync costs nothing and no figure of the hub is durable. */
  isMemory: boolean;
}

const WRITES = 200;
const BLOCK_BYTES = 4_096;
/** statfs(2): TMPFS_MAGIC and RAMFS_MAGIC. */
const MEMORY_FILE_SYSTEMS = new Set([0x01021994, 0x858458f6]);

export function diskSync(dir: string): DiskSync {
  const file = path.join(dir, "sync-probe");
  const block = Buffer.alloc(BLOCK_BYTES, 0x5a);
  const timesMs = new Float64Array(WRITES);
  const descriptor = openSync(file, "w");
  for (let index = 0; index < WRITES; index += 1) {
    const startedAtMs = performance.now();
    writeSync(descriptor, block);
    fdatasyncSync(descriptor);
    timesMs[index] = performance.now() - startedAtMs;
  }
  closeSync(descriptor);
  rmSync(file);
  const isMemory = MEMORY_FILE_SYSTEMS.has(statfsSync(dir).type);
  return { p50Ms: quantile(timesMs, 0.5), p99Ms: quantile(timesMs, 0.99), maxMs: quantile(timesMs, 1), isMemory };
}
