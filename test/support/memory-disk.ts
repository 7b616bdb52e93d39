import { existsSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";

const MEMORY = "/dev/shm";

/** A directory in memory where it has room for so much, else that for temporary files: an fsync costs nothing there, and is seen as any other. */
export function memoryDisk(bytes: number): string {
  const memory = existsSync(MEMORY) ? statfsSync(MEMORY) : undefined;
  return memory !== undefined && memory.bavail * memory.bsize > bytes ? MEMORY : tmpdir();
}
