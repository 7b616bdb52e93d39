/** Turns what was measured into the tables that a person reads. */

import type { Latency } from "../generator/drive-spec.ts";
import { figure } from "../helpers/figure.ts";
import { spread } from "../helpers/spread.ts";
import { table } from "../helpers/table.ts";
import type { RunRecord } from "../run/bench-run.ts";
import { compared, comparedHead, difference, ranged, ratio } from "../run/compared.ts";
import { type AccountsResult, accountsTable } from "../sections/accounts.ts";
import type { AlertsResult } from "../sections/alerts/alerts.ts";
import type { BoardsResult } from "../sections/boards.ts";
import type { CarryResult } from "../sections/carry.ts";
import type { DashboardResult } from "../sections/dashboard/dashboard.ts";
import type { FanOutOutcome } from "../sections/fan-out.ts";
import type { IngestResult } from "../sections/ingest.ts";
import type { LatencyResult } from "../sections/latency.ts";
import type { LiveResult } from "../sections/live.ts";
import type { MongoResult } from "../sections/mongodb.ts";
import type { RetainedOutcome } from "../sections/retained.ts";
import type { StartResult } from "../sections/start.ts";
import type { WatchReport } from "../watchers/watch-spec.ts";
import { alertsTable } from "./report-alerts.ts";
import { boardsTable, carryTable, fanOutTable, retainedTable } from "./report-broker.ts";
import { dashboardTable } from "./report-dashboard.ts";
import { mongodbTable } from "./report-mongodb.ts";

export interface Results {
  ingest?: IngestResult[];
  latency?: LatencyResult;
  live?: LiveResult;
  start?: StartResult;
  carry?: CarryResult[];
  fanout?: FanOutOutcome[];
  boards?: BoardsResult;
  retained?: RetainedOutcome;
  mongodb?: MongoResult;
  accounts?: AccountsResult;
  alerts?: AlertsResult;
  dashboard?: DashboardResult;
}

function total(records: readonly RunRecord[], read: (record: RunRecord) => number): string {
  return figure(records.reduce((sum, record) => sum + read(record), 0));
}

function ingestTable({ qos, pairs }: IngestResult): string {
  const hubs = pairs.map((pair) => pair.aerie);
  const rows = [
    comparedHead(`QoS ${qos}, as fast as it goes`),
    compared("readings a second", pairs, ({ result }) => result.perSecond, 0, ratio),
    compared("CPU µs a reading, its process", pairs, ({ result }) => result.targetCpuUsAMessage, 1, difference),
    compared("CPU µs a reading, the generator", pairs, ({ result }) => result.generatorCpuUsAMessage, 1),
    compared("memory after the run, MiB", pairs, ({ result }) => result.targetResidentMiB, 0),
  ];
  if (qos === 1) {
    rows.push(compared("PUBACK p50 ms under that load", pairs, ({ result }) => result.latency.p50Ms, 1));
    rows.push(compared("PUBACK p99 ms under that load", pairs, ({ result }) => result.latency.p99Ms, 1));
  }
  rows.push(["messages acknowledged", "", total(hubs, ({ result }) => result.totalAcknowledged), ""]);
  rows.push(["rows stored", "", total(hubs, ({ stored }) => stored ?? Number.NaN), ""]);
  return table(rows);
}

const latencyRow = (title: string, { p50Ms, p99Ms, maxMs, count }: Latency): string[] => [
  title,
  figure(p50Ms, 2),
  figure(p99Ms, 2),
  figure(maxMs, 2),
  figure(count),
];

/** Readings that a browser got, or that were reported to it as dropped, beside what was acknowledged. */
function seen({ browsers }: WatchReport, acknowledged: number): string {
  const received = spread(browsers.map((browser) => browser.received));
  const dropped = spread(browsers.map((browser) => browser.dropped));
  const missing = browsers.map((browser) => acknowledged - browser.received - browser.dropped);
  return (
    `${figure(acknowledged)} acknowledged; a browser got ${figure(received.min)} – ${figure(received.max)} of them, ` +
    `got a report of ${figure(dropped.min)} – ${figure(dropped.max)} dropped, ` +
    `${figure(spread(missing).min)} – ${figure(spread(missing).max)} unaccounted for`
  );
}

function latencyText(result: LatencyResult): string {
  const { lightBare, lightAerie, watched, watch, disk, unread, read, readers } = result;
  const rows = [
    ["latency, ms", "p50", "p99", "max", "samples"],
    latencyRow(`PUBACK at ${result.lightRatePerSecond} readings/s, bare Aedes`, lightBare.result.latency),
    latencyRow(`PUBACK at ${result.lightRatePerSecond} readings/s, Aerie`, lightAerie.result.latency),
    latencyRow(`PUBACK at ${result.watchedRatePerSecond} readings/s, Aerie`, watched.result.latency),
    latencyRow(`publish → browser, ${watch.browsers.length} browsers, same run`, watch.latency),
    [
      "the disk: 4 KB written and synced, same run",
      figure(disk.p50Ms, 2),
      figure(disk.p99Ms, 2),
      figure(disk.maxMs, 2),
    ],
    latencyRow(`PUBACK at ${result.lightRatePerSecond} readings/s, full store, nobody reads`, unread.latency),
    latencyRow(`the same while ${readers.count} programs read charts and pages`, read.result.latency),
    [
      "  p99 against 2 × that of nobody + 20 ms",
      "",
      figure(read.result.latency.p99Ms / (2 * unread.latency.p99Ms + 20), 2),
    ],
    ["publish → browser above the disk", "", figure(watch.latency.p99Ms - disk.p99Ms, 2)],
  ];
  const came = `  programs: ${figure(readers.answers)} answers, ${figure(readers.bytes / 1e6)} MB\n`;
  return `${table(rows)}  browsers: ${seen(watch, watched.result.totalAcknowledged)}\n${came}`;
}

function liveText({ maximumPerSecond, targetPerSecond, run, watch, mainThreadShare }: LiveResult): string {
  const rows = [
    [`${watch.browsers.length} batched browsers at 60 % of the maximum`, ""],
    ["maximum, readings a second", figure(maximumPerSecond)],
    ["target, readings a second", figure(targetPerSecond)],
    ["reached, readings a second", figure(run.result.perSecond)],
    ["live's share of the main thread, %", figure(mainThreadShare * 100, 1)],
    ["CPU µs a reading, its process", figure(run.result.targetCpuUsAMessage, 1)],
    ["PUBACK p50 ms", figure(run.result.latency.p50Ms, 1)],
    ["PUBACK p99 ms", figure(run.result.latency.p99Ms, 1)],
    ["messages acknowledged", figure(run.result.totalAcknowledged)],
    ["rows stored", figure(run.stored ?? Number.NaN)],
  ];
  return `${table(rows)}  browsers: ${seen(watch, run.result.totalAcknowledged)}\n`;
}

function startText({ startsMs, idleResidentMiB, idleSeconds }: StartResult): string {
  return table([
    ["start of an empty hub", ""],
    ["from spawn to listening, ms", ranged(startsMs, 0)],
    [`memory ${idleSeconds} s later, nobody there, MiB`, figure(idleResidentMiB)],
  ]);
}

export function report(results: Results): string {
  const parts = (results.ingest ?? []).map(ingestTable);
  if (results.latency !== undefined) parts.push(latencyText(results.latency));
  if (results.live !== undefined) parts.push(liveText(results.live));
  if (results.start !== undefined) parts.push(startText(results.start));
  parts.push(...(results.carry ?? []).map(carryTable), ...(results.fanout ?? []).map(fanOutTable));
  if (results.boards !== undefined) parts.push(boardsTable(results.boards));
  if (results.retained !== undefined) parts.push(retainedTable(results.retained));
  if (results.mongodb !== undefined) parts.push(mongodbTable(results.mongodb));
  if (results.accounts !== undefined) parts.push(accountsTable(results.accounts));
  if (results.alerts !== undefined) parts.push(alertsTable(results.alerts));
  if (results.dashboard !== undefined) parts.push(dashboardTable(results.dashboard));
  return parts.join("\n");
}
