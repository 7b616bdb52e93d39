/** What every benchmark does around its figures: owns what it starts, tells of the machine, keeps the raw figures, counts failures. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type DiskSync, diskSync } from "../helpers/disk-sync.ts";
import { figure } from "../helpers/figure.ts";
import { machine } from "../helpers/machine.ts";
import { createOwned, type Owned } from "../helpers/owned.ts";

const RESULTS_DIR = fileURLToPath(new URL("../results/", import.meta.url));

export interface BenchSession {
  readonly owned: Owned;
  readonly fail: (problem: string) => void;
  /** Prints the report below the machine, keeps the record, and sets the exit code. `name` begins the file's. */
  end(report: string, name: string, record: object): void;
}

export function beginSession(options: { readonly dataRoot: string }): BenchSession {
  const owned = createOwned(options.dataRoot);
  process.once("exit", owned.closeAll);
  // exit() runs the handler above; a second signal finds nothing left to stop.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  const host = machine();
  const disk = diskSync(options.dataRoot);
  const failures: string[] = [];
  return {
    owned,
    fail: (problem) => {
      failures.push(problem);
      process.stderr.write(`bench: FAILED: ${problem}\n`);
    },
    end: (report, name, record) => {
      process.stdout.write(`\n  ${host.cpus} × ${host.cpuModel}, Node.js ${host.node}, ${host.kernel}`);
      process.stdout.write(`, load average before ${figure(host.loadAverage1m, 2)}\n`);
      process.stdout.write(`${diskLine(options.dataRoot, disk)}\n${report}`);
      const date = new Date().toISOString();
      const file = keep(`${name}${date}`, { date, machine: host, disk, options, failures, ...record });
      process.stdout.write(`\n  all figures: ${file}\n`);
      for (const problem of failures) process.stdout.write(`\n  !!! FAILED: ${problem}\n`);
      process.exitCode = failures.length === 0 ? 0 : 1;
    },
  };
}

function keep(name: string, record: object): string {
  mkdirSync(RESULTS_DIR, { recursive: true });
  const file = path.join(RESULTS_DIR, `${name.replaceAll(":", "-")}.json`);
  writeFileSync(file, `${JSON.stringify(record, undefined, 2)}\n`);
  return path.relative(process.cwd(), file);
}

function diskLine(dir: string, { p50Ms, p99Ms, isMemory }: DiskSync): string {
  const warning = isMemory ? "  !!! this file system is in memory, nothing here is durable: see --data-root\n" : "";
  return `  data below ${dir}, 4 KB written and synced: p50 ${figure(p50Ms, 2)} ms, p99 ${figure(p99Ms, 2)} ms\n${warning}`;
}

/** An error with what caused it. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${wordsOf(error.cause)}`;
}
