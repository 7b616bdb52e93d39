/** What the kernel says a process has used. Linux only: elsewhere its figures are NaN and are shown as a dash. */
import { readFileSync } from "node:fs";

/** USER_HZ: 100 on every architecture that Node.js runs on. */
const TICK_MS = 10;

export interface ProcessUsage {
  /** User and system time of all threads since the start. */
  cpuMs: number;
  residentMiB: number;
  /** Sent to the disk since the start. */
  writtenBytes: number;
}

export function processUsage(pid: number): ProcessUsage {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // proc(5): the name in brackets may hold blanks; utime and stime are fields 14 and 15, state is 3.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    const residentKiB = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
    const cpuMs = (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    const io = readFileSync(`/proc/${pid}/io`, "latin1");
    const writtenBytes = Number(/^write_bytes: (\d+)$/m.exec(io)?.[1]);
    return { cpuMs, residentMiB: residentKiB / 1024, writtenBytes };
  } catch {
    return { cpuMs: Number.NaN, residentMiB: Number.NaN, writtenBytes: Number.NaN };
  }
}
