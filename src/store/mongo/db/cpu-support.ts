/** Whether this machine's processor can run MongoDB at all. Runs nothing. */
import { readFileSync } from "node:fs";

/** Undefined: it can, as far as can be known. */
export function processorReason(read = readProcessor): string | undefined {
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
    `MongoDB 5 and later does not run on this machine: its processor lacks ${lacks}, and mongod dies with "Illegal instruction". Use the embedded store (unset AERIE_MONGODB_URL), or a MongoDB on another machine`
  );
}

function readProcessor(): string | undefined {
  try {
    return readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    return undefined; // no Linux
  }
}
