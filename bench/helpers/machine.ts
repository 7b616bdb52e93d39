/** Names the machine that the figures are of. */
import { arch, cpus, loadavg, release, totalmem, type } from "node:os";

export interface Machine {
  cpus: number;
  cpuModel: string;
  memoryMiB: number;
  node: string;
  kernel: string;
  arch: string;
  /** What others did in the minute before: on a busy machine only ratios mean something. */
  loadAverage1m: number;
}

export function machine(): Machine {
  return {
    cpus: cpus().length,
    cpuModel: cpus()[0]?.model.trim() ?? "",
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    node: process.version,
    kernel: `${type()} ${release()}`,
    arch: arch(),
    loadAverage1m: loadavg()[0] ?? Number.NaN,
  };
}
