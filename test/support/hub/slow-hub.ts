/** A hub as a process of its own whose disk can be made slow and quick again while it runs. */
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type SpawnedHub, type SpawnOptions, spawnHub, tempDir } from "./hub.ts";

export interface SlowHub extends SpawnedHub {
  /** From now on each commit takes so long, the one under way included. */
  slowDown(commitMs: number): void;
  /** At once, in the middle of a commit too. */
  speedUp(): void;
}

const PRELOAD = pathToFileURL(path.join(import.meta.dirname, "slow-commits-loader.mjs")).href;

export async function spawnSlowHub(options: SpawnOptions = {}): Promise<SlowHub> {
  const file = path.join(tempDir(), "commit-ms");
  const nodeOptions = `--import=${PRELOAD} ${options.env?.["NODE_OPTIONS"] ?? ""}`;
  const env = { ...options.env, NODE_OPTIONS: nodeOptions, AERIE_TEST_SLOW_COMMITS: file };
  const hub = await spawnHub({ ...options, env });
  return {
    ...hub,
    slowDown: (commitMs) => writeFileSync(file, String(commitMs)),
    speedUp: () => rmSync(file, { force: true }),
  };
}
