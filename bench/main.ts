/** `npm run bench`: runs the chosen sections, prints their tables, keeps all raw runs. Asserts only that what is stored or delivered is what was acknowledged. */

import { createProgress } from "./helpers/progress.ts";
import { spread } from "./helpers/spread.ts";
import { notes } from "./report/notes.ts";
import { type Results, report } from "./report/report.ts";
import type { Bench } from "./run/bench-run.ts";
import { beginSession, wordsOf } from "./run/bench-session.ts";
import { type BenchOptions, HELP, readOptions, type Section } from "./run/options.ts";
import { accounts, accountsSeconds } from "./sections/accounts.ts";
import { alerts, alertsSeconds } from "./sections/alerts/alerts.ts";
import { boards, boardsSeconds } from "./sections/boards.ts";
import { carry, carrySeconds } from "./sections/carry.ts";
import { dashboard, dashboardSeconds } from "./sections/dashboard/dashboard.ts";
import { fanOut, fanOutSeconds } from "./sections/fan-out.ts";
import { ingest, ingestRunSeconds } from "./sections/ingest.ts";
import { latency, latencySeconds } from "./sections/latency.ts";
import { live, liveSeconds } from "./sections/live.ts";
import { mongodb, mongodbSeconds } from "./sections/mongodb.ts";
import { retained, retainedSeconds } from "./sections/retained.ts";
import { start, startSeconds } from "./sections/start.ts";

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
    mongodb: mongodbSeconds(options),
    accounts: accountsSeconds(options),
    alerts: alertsSeconds(options),
    dashboard: dashboardSeconds(options),
  };
  return sections.reduce((sum, section) => sum + seconds[section], 0);
}

function measuredMaximum({ ingest: results }: Results): number | undefined {
  const pairs = results?.find(({ qos }) => qos === 1)?.pairs;
  return pairs === undefined ? undefined : spread(pairs.map(({ aerie }) => aerie.result.perSecond)).median;
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
      break;
    case "mongodb":
      results.mongodb = await mongodb(bench);
      break;
    case "accounts":
      results.accounts = await accounts(bench);
      break;
    case "alerts":
      results.alerts = await alerts(bench);
      break;
    case "dashboard":
      results.dashboard = await dashboard(bench);
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

async function main(options: BenchOptions): Promise<void> {
  const { owned, fail, end } = beginSession(options);
  const results = await runSections({ options, owned, progress: createProgress(plannedSeconds(options)), fail });
  end(`${report(results)}\n${notes(options)}`, "", results);
}

const command = readOptions(process.argv.slice(2));
if (command.kind === "help") process.stdout.write(HELP);
else if (command.kind === "run") await main(command.options);
else {
  process.stderr.write(`${command.problem}\n\n${HELP}`);
  process.exitCode = 2;
}
