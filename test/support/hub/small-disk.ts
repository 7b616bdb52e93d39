/** A disk of its own in memory that can be filled up and given room again; a plain directory where this user may mount none. */
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { onTestFinished } from "vitest";
import { tempDir } from "./hub.ts";

export interface SmallDisk {
  readonly dir: string;
  /** Why it cannot be filled up; undefined: it can. */
  readonly fault: string | undefined;
  /** Not a byte is free when it returns. */
  fill(): void;
  free(): void;
}

const CHUNK = 1024 * 1024;
const FILLER = "filler";

/** Gone when the test has ended. */
export function mountSmallDisk(megabytes: number): SmallDisk {
  const dir = path.join(tempDir(), "disk");
  mkdirSync(dir);
  const run = (program: string, ...args: string[]): string | undefined => {
    const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
    return status === 0 ? undefined : (error?.message ?? stderr.trim());
  };
  const fault = run("mount", "-t", "tmpfs", "-o", `size=${megabytes}m`, "aerie-test", dir);
  if (fault === undefined) onTestFinished(() => void run("umount", "-l", dir));
  const filler = path.join(dir, FILLER);
  return {
    dir,
    fault,
    fill: () => fillFile(filler),
    free: () => rmSync(filler, { force: true }),
  };
}

/** Appends until there is no room; what is left in a file's last block is for that file alone. */
export function fillFile(name: string): void {
  const file = openSync(name, "a");
  try {
    for (let bytes = CHUNK; bytes >= 1; ) if (!append(file, bytes)) bytes = Math.floor(bytes / 2);
  } finally {
    closeSync(file);
  }
}

/** False: there is no room for so much. */
function append(file: number, bytes: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(bytes, "\n")) > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") return false;
    throw error;
  }
}
