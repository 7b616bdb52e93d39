/** Whether the CPU of this machine can run MongoDB at all. */
import { readFileSync } from "node:fs";

/** Why it cannot; undefined: it can, as far as this hub can tell. */
export function cpuReason(read = readCpuInfo): string | undefined {
  const text = read();
  if (text === undefined) return undefined;
  const flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(text)?.[1]?.split(" ");
  if (flags === undefined) return undefined;
  const lacks =
    process.arch === "x64" && !flags.includes("avx")
      ? "AVX"
      : process.arch === "arm64" && !flags.includes("atomics")
        ? "the instructions of ARMv8.2 (a Raspberry Pi 4 is ARMv8.0)"
        : undefined;
  return (
    lacks &&
    `MongoDB 5 and later does not run on this machine: its CPU lacks ${lacks}, and mongod ends with "Illegal instruction". Use the embedded store (unset AERIE_MONGODB_URL), or MongoDB on another machine`
  );
}

function readCpuInfo(): string | undefined {
  try {
    return readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    return undefined; // no Linux
  }
}
