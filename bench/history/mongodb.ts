/** The year of one noisy board in MongoDB, and what a reading takes there: beside the embedded store's rows of `chart` and `size`. */
import { type Document, MongoClient } from "mongodb";
import type { Store } from "../../src/core/ports/readings-store.ts";
import { databaseUrl, launchMongod, type Mongod } from "../../test/support/mongodb/mongod.ts";
import { figure } from "../helpers/figure.ts";
import { chartReadings, chartRows, yearPlan } from "./chart.ts";
import type { BoardRequest } from "./data/board.ts";
import { createSimulatedHub } from "./data/simulated-hub.ts";
import {
  DAY_MS,
  type FillPlan,
  type HistoryBench,
  holdAnswers,
  LOAD_GROUP,
  newFleet,
  PLANNED_PER_SECOND,
  showLoad,
} from "./history-bench.ts";
import type { HistoryOptions } from "./options.ts";
import type { Part, Row } from "./row.ts";

const YEAR_CHART_MS = 50;
const QUIET: BoardRequest = { name: "quiet", room: "quiet", intervalMs: 5_000, timed: true, seed: 11 };
/** As many as the embedded store's least. */
const QUIET_DAYS = 6;
const QUIET_READINGS = (QUIET_DAYS * DAY_MS) / QUIET.intervalMs;

export const mongodbReadings = (options: HistoryOptions): number => chartReadings(options) + QUIET_READINGS;

export async function mongodb(bench: HistoryBench): Promise<Part> {
  const mongod = await launchMongod({ onDisk: true });
  try {
    const year = { name: "noisy, each 5 s", ...yearPlan(bench.options) };
    const charts = await filled(bench, mongod, year, (store) => chartRows(bench, store, [YEAR_CHART_MS]));
    const quiet = { name: "quiet, each 5 s", boards: [QUIET], readings: QUIET_READINGS, days: QUIET_DAYS, rawDays: 90 };
    const small = await filled(bench, mongod, quiet, async () => []);
    return {
      title: "MongoDB: chart of one metric, in process",
      rows: [...charts.rows, charts.size, small.size],
      remarks: [charts.remark, small.remark],
    };
  } finally {
    await mongod.dispose();
  }
}

/** A database of its own with so many readings, and what is asked of it then. */
async function filled(bench: HistoryBench, mongod: Mongod, plan: FillPlan, ask: (store: Store) => Promise<Row[]>) {
  const { name, readings, days, rawDays } = plan;
  const url = databaseUrl(mongod);
  bench.progress.begin(`load ${figure(readings)} readings into MongoDB: ${name}`, readings / PLANNED_PER_SECOND);
  const store = await bench.built.openMongo(url);
  try {
    await store.load();
    const fleet = newFleet(bench, plan.boards, bench.endMs - days * DAY_MS);
    const hub = createSimulatedHub({ store, fleet, group: LOAD_GROUP, rawDays });
    await hub.run({ readings, upkeep: "hourly", onAppended: showLoad(readings) });
    await hub.saveStates();
    await hub.upkeep();
    holdAnswers(bench, name, readings, hub);
    const rows = await ask(store);
    return { rows, ...(await sizesOf(bench, url, name, readings)) };
  } finally {
    await store.close();
  }
}

async function sizesOf(bench: HistoryBench, url: string, name: string, readings: number) {
  const client = new MongoClient(url);
  try {
    const db = client.db();
    await client.db("admin").command({ fsync: 1 });
    const stored = await db.collection("readings").countDocuments();
    if (stored !== readings) bench.fail(`${name}: ${readings} appended, ${stored} in MongoDB`);
    const [whole, ofReadings] = await Promise.all([db.stats(), statsOf(client, db.databaseName, "readings")]);
    const { storageSize = 0, indexSizes = {} } = ofReadings as { storageSize?: number; indexSizes?: Document };
    const indexes = Object.entries(indexSizes).map(
      ([index, bytes]) => `${index} ${figure(Number(bytes) / readings, 1)}`,
    );
    const total = Number(whole["storageSize"]) + Number(whole["indexSize"]);
    const size: Row = {
      what: `whole database ÷ ${figure(readings)} readings, ${name}`,
      unit: "bytes",
      digits: 2,
      values: [total / readings],
    };
    const remark = `${name}: documents ${figure(storageSize / readings, 1)}, indexes ${indexes.join(", ")} bytes a reading`;
    return { size, remark };
  } finally {
    await client.close();
  }
}

async function statsOf(client: MongoClient, database: string, collection: string): Promise<Document> {
  const [stats] = await client
    .db(database)
    .collection(collection)
    .aggregate([{ $collStats: { storageStats: {} } }, { $replaceWith: "$storageStats" }])
    .toArray();
  return stats ?? {};
}
