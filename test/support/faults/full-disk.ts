/** Makes a running process find no room for what it writes, and room again: by the kernel's limit on the size of its files. */
import { execFileSync } from "node:child_process";

/** No file of this process may grow beyond that. */
export function limitFiles(pid: number, bytes: number): void {
  setLimit(pid, `${bytes}:unlimited`);
}

export function unlimitFiles(pid: number): void {
  setLimit(pid, "unlimited:unlimited");
}

function setLimit(pid: number, limit: string): void {
  execFileSync("prlimit", ["--pid", String(pid), `--fsize=${limit}`]);
}

/** In front of a command: it starts with that limit. Node ignores SIGXFSZ, so a write answers EFBIG. */
export const limitedTo = (bytes: number): readonly string[] => ["prlimit", `--fsize=${bytes}:unlimited`];
