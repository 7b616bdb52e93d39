/** `npm run bench`: runs the chosen sections, prints their tables, keeps all raw runs. Asserts only that what is stored or delivered is what was acknowledged. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Bench } from "./bench-run.ts";
import { boards, boardsSeconds } from "./boards.ts";
import { carry, carrySeconds } from "./carry.ts";
import { type DiskSync, diskSync } from "./disk-sync.ts";
import { fanOut, fanOutSeconds } from "./fan-out.ts";
import { figure } from "./figure.ts";
import { ingest, ingestRunSeconds } from "./ingest.ts";
import { latency, latencySeconds } from "./latency.ts";
import { live, liveSeconds } from "./live.ts";
import { machine } from "./machine.ts";
import { notes } from "./notes.ts";
import { type BenchOptions, HELP, readOptions, type Section } from "./options.ts";
import { createOwned } from "./owned.ts";
import { createProgress } from "./progress.ts";
import { type Results, report } from "./report.ts";
import { retained, retainedSeconds } from "./retained.ts";
import { spread } from "./spread.ts";
import { start, startSeconds } from "./start.ts";

const RESULTS_DIR = fileURLToPath(new URL("./results/", import.meta.url));

function plannedSeconds(options: BenchOptions): number {
  const { sections, pairs } = options;
  const seconds = {
    ingest: 4 * pairs * ingestRunSeconds(options),
    latency: latencySeconds(options),
    live: liveSeconds(options, sections.includes("ingest")),
    start: startSeconds,
    carry: carrySeconds(options),
    fanout: fanOutSeconds(options),
    boards: boardsSeconds(options),
    retained: retainedSeconds(options),
  };
  return sections.reduce((sum, section) => sum + seconds[section], 0);
}

function measuredMaximum({ ingest: results }: Results): number | undefined {
  const pairs = results?.find(({ qos }) => qos === 1)?.pairs;
  return pairs === undefined ? undefined : spread(pairs.map(({ aerie }) => aerie.result.perSecond)).median;
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${wordsOf(error.cause)}`;
}

async function runSection(bench: Bench, section: Section, results: Results): Promise<void> {
  switch (section) {
    case "ingest":
      results.ingest = await ingest(bench);
      break;
    case "latency":
      results.latency = await latency(bench);
      break;
    case "live":
      results.live = await live(bench, measuredMaximum(results));
      break;
    case "start":
      results.start = await start(bench);
      break;
    case "carry":
      results.carry = await carry(bench);
      break;
    case "fanout":
      results.fanout = await fanOut(bench);
      break;
    case "boards":
      results.boards = await boards(bench);
      break;
    case "retained":
      results.retained = await retained(bench);
  }
}

/** A section that breaks is a failure; the others still run. */
async function runSections(bench: Bench): Promise<Results> {
  const results: Results = {};
  for (const section of bench.options.sections) {
    try {
      await runSection(bench, section, results);
    } catch (error) {
      bench.fail(`${section} broke off: ${wordsOf(error)}`);
    }
  }
  return results;
}

function keep(record: { date: string; [part: string]: unknown }): string {
  mkdirSync(RESULTS_DIR, { recursive: true });
  const file = path.join(RESULTS_DIR, `${record.date.replaceAll(":", "-")}.json`);
  writeFileSync(file, `${JSON.stringify(record, undefined, 2)}\n`);
  return path.relative(process.cwd(), file);
}

function diskLine(dir: string, { p50Ms, p99Ms, isMemory }: DiskSync): string {
  const warning = isMemory ? "  !!! this file system is in memory, nothing here is durable: see --data-root\n" : "";
  return `  data below ${dir}, 4 KB written and synced: p50 ${figure(p50Ms, 2)} ms, p99 ${figure(p99Ms, 2)} ms\n${warning}`;
}

async function main(options: BenchOptions): Promise<void> {
  const owned = createOwned(options.dataRoot);
  process.once("exit", owned.closeAll);
  // exit() runs the handler above; a second signal finds nothing left to stop.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

  const host = machine();
  const disk = diskSync(options.dataRoot);
  const failures: string[] = [];
  const fail = (problem: string): void => {
    failures.push(problem);
    process.stderr.write(`bench: FAILED: ${problem}\n`);
  };
  const results = await runSections({ options, owned, progress: createProgress(plannedSeconds(options)), fail });
  process.stdout.write(`\n  ${host.cpus} × ${host.cpuModel}, Node.js ${host.node}, ${host.kernel}`);
  process.stdout.write(`, load average before ${figure(host.loadAverage1m, 2)}\n`);
  process.stdout.write(`${diskLine(options.dataRoot, disk)}\n`);
  process.stdout.write(`${report(results)}\n${notes(options)}`);
  const file = keep({ date: new Date().toISOString(), machine: host, disk, options, failures, ...results });
  process.stdout.write(`\n  all runs: ${file}\n`);
  for (const problem of failures) process.stdout.write(`\n  !!! FAILED: ${problem}\n`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

const command = readOptions(process.argv.slice(2));
if (command.kind === "help") process.stdout.write(HELP);
else if (command.kind === "run") await main(command.options);
else {
  process.stderr.write(`${command.problem}\n\n${HELP}`);
  process.exitCode = 2;
}
