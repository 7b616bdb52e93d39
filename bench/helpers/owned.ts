/** Owns every process and directory that the benchmark makes, so that none outlives it. */
import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";

const TSX = import.meta.resolve("tsx");

/** As `npm start` has it; the peer gets the same. */
const YOUNG_GENERATION = "--max-semi-space-size=32";

export interface Owned {
  /** A Node.js process; killed at the end unless it has ended before. */
  spawnNode(args: readonly string[], stdio: StdioOptions): ChildProcess;
  /** The same for a TypeScript file of the benchmark. */
  spawnTsx(file: string, stdio: StdioOptions, args?: readonly string[]): ChildProcess;
  /** Any other. */
  spawnProgram(program: string, args: readonly string[], stdio: StdioOptions): ChildProcess;
  tempDir(name: string): string;
  removeDir(dir: string): void;
  /** Kills and removes what is left; synchronous, so that it works in an exit handler. */
  closeAll(): void;
}

/** Settles when the process has ended. */
export function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}

/** No setting of the person who runs the benchmark may reach the hub that is measured. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("AERIE_") && name !== "NODE_OPTIONS");
  return { ...Object.fromEntries(kept), NODE_ENV: "production" };
}

export function createOwned(dataRoot: string): Owned {
  const children = new Set<ChildProcess>();
  const dirs = new Set<string>();

  function removeDir(dir: string): void {
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
    dirs.delete(dir);
  }

  const spawnNode = (args: readonly string[], stdio: StdioOptions): ChildProcess =>
    spawnProgram(process.execPath, [YOUNG_GENERATION, ...args], stdio);

  function spawnProgram(program: string, args: readonly string[], stdio: StdioOptions): ChildProcess {
    const child = spawn(program, args, { stdio, env: cleanEnvironment() });
    children.add(child);
    child.once("exit", () => children.delete(child));
    return child;
  }

  return {
    spawnNode,
    spawnTsx: (file, stdio, args = []) => spawnNode(["--import", TSX, file, ...args], stdio),
    spawnProgram,
    tempDir(name) {
      const dir = mkdtempSync(path.join(dataRoot, `aerie-bench-${name}-`));
      dirs.add(dir);
      return dir;
    },
    removeDir,
    closeAll() {
      for (const child of children) child.kill("SIGKILL");
      for (const dir of dirs) removeDir(dir);
    },
  };
}
