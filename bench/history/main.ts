/** `npm run bench:history`: fills stores, prints the rows of design.md's budget table that concern history, keeps all figures. Asserts only that what is stored is what was appended. */

import { figure } from "../helpers/figure.ts";
import { createProgress } from "../helpers/progress.ts";
import { beginSession, wordsOf } from "../run/bench-session.ts";
import { bytes } from "./bytes.ts";
import { CHART_SECONDS, chart, chartReadings } from "./chart.ts";
import { loadBuiltStore } from "./data/built-store.ts";
import { exported, exportSeconds } from "./export.ts";
import { type FullStore, fillFullStore } from "./full-store.ts";
import { DAY_MS, type HistoryBench, PLANNED_PER_SECOND } from "./history-bench.ts";
import { ingestFull, ingestSeconds } from "./ingest-full.ts";
import { mongodb, mongodbReadings } from "./mongodb.ts";
import { notes } from "./notes.ts";
import { type Group, HELP, type HistoryOptions, readOptions } from "./options.ts";
import { type Part, partText } from "./row.ts";
import { RULES_SECONDS, rulesAndDerived, rulesReadings } from "./rules-and-derived.ts";
import { size, sizeReadings } from "./size.ts";
import { start, startSeconds } from "./start.ts";
import { ackSeconds, upkeepAck } from "./upkeep-ack.ts";

const OWN_STORE: readonly Group[] = ["size", "chart", "rules", "mongodb"];

const needsFull = ({ groups }: HistoryOptions): boolean => groups.some((group) => !OWN_STORE.includes(group));

function plannedSeconds(options: HistoryOptions): number {
  const { readings, pairs, groups } = options;
  const seconds: Record<Group, number> = {
    size: sizeReadings(options) / PLANNED_PER_SECOND,
    chart: chartReadings(options) / PLANNED_PER_SECOND + CHART_SECONDS,
    rules: rulesReadings(options) / PLANNED_PER_SECOND + RULES_SECONDS,
    mongodb: mongodbReadings(options) / PLANNED_PER_SECOND + CHART_SECONDS,
    bytes: 0,
    start: startSeconds(pairs),
    export: exportSeconds(pairs),
    ingest: ingestSeconds(pairs, readings),
    ack: ackSeconds(pairs),
  };
  const full = needsFull(options) ? readings / PLANNED_PER_SECOND : 0;
  return groups.reduce((sum, group) => sum + seconds[group], full);
}

async function runGroup(bench: HistoryBench, group: Group, full: () => Promise<FullStore>): Promise<Part> {
  switch (group) {
    case "size":
      return size(bench);
    case "chart":
      return chart(bench);
    case "rules":
      return rulesAndDerived(bench);
    case "mongodb":
      return mongodb(bench);
    case "bytes":
      return bytes(await full());
    case "start":
      return start(bench, await full());
    case "export":
      return exported(bench, await full());
    case "ingest":
      return ingestFull(bench, await full());
    case "ack":
      return upkeepAck(bench, await full());
  }
}

/** A group that breaks is a failure; the others still run. */
async function runGroups(bench: HistoryBench): Promise<Part[]> {
  const parts: Part[] = [];
  let full: Promise<FullStore> | undefined;
  const fullStore = (): Promise<FullStore> => {
    full ??= fillFullStore(bench).then((filled) => {
      parts.push(loadPart(filled));
      return filled;
    });
    return full;
  };
  for (const group of bench.options.groups) {
    try {
      parts.push(await runGroup(bench, group, fullStore));
    } catch (error) {
      bench.fail(`${group} broke off: ${wordsOf(error)}`);
    }
  }
  return parts;
}

const loadPart = ({ readings, elapsedMs }: FullStore): Part => ({
  title: `load of ${figure(readings)} readings, upkeep each simulated hour`,
  rows: [
    { what: "readings a second", unit: "", digits: 0, values: [readings / (elapsedMs / 1000)] },
    { what: "time", unit: "s", digits: 1, values: [elapsedMs / 1000] },
  ],
});

/** Yesterday's noon: the hub that is started finds nothing of the future, and nothing that is due to be forgotten. */
const recentNoonMs = (): number => Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS / 2;

async function main(options: HistoryOptions): Promise<void> {
  const { owned, fail, end } = beginSession(options);
  const built = await loadBuiltStore(fail);
  const progress = createProgress(plannedSeconds(options));
  const parts = await runGroups({ options, built, owned, progress, endMs: recentNoonMs(), fail });
  end(`${parts.map(partText).join("\n")}\n${notes(options)}`, "history-", { parts });
}

const command = readOptions(process.argv.slice(2));
if (command.kind === "help") process.stdout.write(HELP);
else if (command.kind === "run") await main(command.options);
else {
  process.stderr.write(`${command.problem}\n\n${HELP}`);
  process.exitCode = 2;
}
