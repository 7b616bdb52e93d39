/** Durable ingest into MongoDB: bare Aedes, the hub on its embedded store, the hub on MongoDB, and the classic stack, in turn. */
import { setTimeout as sleep } from "node:timers/promises";
import { MongoClient } from "mongodb";
import { databaseUrl, launchMongod, type Mongod } from "../../test/support/mongodb/mongod.ts";
import { findMosquitto, NO_MOSQUITTO, startMosquitto } from "../classic/mosquitto.ts";
import type { DriveResult } from "../generator/drive-spec.ts";
import { ended } from "../helpers/owned.ts";
import { processUsage } from "../helpers/process-usage.ts";
import {
  type Bench,
  driveAt,
  judge,
  type LoadSpec,
  type RunRecord,
  runBare,
  runHub,
  withHub,
} from "../run/bench-run.ts";
import type { BenchOptions } from "../run/options.ts";
import { ingestRunSeconds, ingestSpec } from "./ingest.ts";

export interface MongoRun extends RunRecord {
  /** CPU of mongod a reading. */
  readonly mongodCpuUs: number;
}

export interface ClassicRun {
  /** Documents a second, from the first message until all are stored. */
  readonly perSecond: number;
  readonly documents: number;
}

export interface MongoRound {
  readonly bare: RunRecord;
  readonly embedded: RunRecord;
  readonly mongodb: MongoRun;
  readonly classic: ClassicRun | undefined;
}

export interface MongoResult {
  readonly rounds: readonly MongoRound[];
  readonly missing: string | undefined;
}

/** So many that it takes some seconds, and no more than the generator sends in one. */
const CLASSIC_MESSAGES = 12_000;
const CLASSIC_WITHIN_MS = 60_000;

export const mongodbSeconds = (options: BenchOptions): number => options.pairs * (3 * ingestRunSeconds(options) + 12);

export async function mongodb(bench: Bench): Promise<MongoResult> {
  const { options, progress } = bench;
  const spec = ingestSpec(options, 1);
  const mosquitto = findMosquitto();
  const rounds: MongoRound[] = [];
  for (let round = 1; round <= options.pairs; round += 1) {
    const what = (of: string): string => {
      const text = `into MongoDB, round ${round} of ${options.pairs}, ${of}`;
      progress.begin(text, ingestRunSeconds(options));
      return text;
    };
    const bare = await runBare(bench, what("bare Aedes"), spec);
    const embedded = await runHub(bench, what("Aerie, embedded store"), (hub) => driveAt(bench, hub, spec));
    // A server of its own for each, so that none works on what another left.
    const inMongo = await withMongod((mongod) => runOnMongo(bench, what("Aerie, MongoDB"), spec, mongod));
    const classic =
      mosquitto === undefined
        ? undefined
        : await withMongod((mongod) => runClassic(bench, what("classic stack"), mosquitto, mongod));
    rounds.push({ bare, embedded, mongodb: inMongo, classic });
  }
  return { rounds, missing: mosquitto === undefined ? NO_MOSQUITTO : undefined };
}

async function withMongod<T>(work: (mongod: Mongod) => Promise<T>): Promise<T> {
  const mongod = await launchMongod({ onDisk: true });
  try {
    return await work(mongod);
  } finally {
    await mongod.dispose();
  }
}

async function runOnMongo(bench: Bench, what: string, spec: LoadSpec, mongod: Mongod): Promise<MongoRun> {
  const url = databaseUrl(mongod, "aerie");
  let cpuMs = Number.NaN;
  const result = await withHub(
    bench,
    what,
    async (hub): Promise<DriveResult> => {
      let before = Number.NaN;
      const driven = await driveAt(bench, hub, spec, () => {
        before = processUsage(mongod.pid() ?? 0).cpuMs;
      });
      cpuMs = processUsage(mongod.pid() ?? 0).cpuMs - before;
      return driven;
    },
    { settings: { "mongodb-url": url } },
  );
  judge(bench, what, result);
  const stored = await documentsIn(url);
  if (stored !== result.totalAcknowledged) {
    bench.fail(`${what}: ${result.totalAcknowledged} readings acknowledged, ${stored} in MongoDB`);
  }
  return { what, peer: "aerie", result, stored, mongodCpuUs: (cpuMs * 1000) / result.acknowledged };
}

async function documentsIn(url: string): Promise<number> {
  const client = new MongoClient(url);
  try {
    return await client.db().collection("readings").countDocuments();
  } finally {
    await client.close();
  }
}

/** A fixed number of messages, as fast as the broker takes them: what waits in its queue is waited for. */
async function runClassic(bench: Bench, what: string, program: string, mongod: Mongod): Promise<ClassicRun> {
  const dir = bench.owned.tempDir("classic");
  const broker = await startMosquitto(bench.owned, program, dir);
  const url = databaseUrl(mongod, "classic");
  const entry = new URL("../classic/classic-process.ts", import.meta.url).pathname;
  const stack = bench.owned.spawnTsx(
    entry,
    ["ignore", "pipe", "inherit", "ipc"],
    [`mqtt://127.0.0.1:${broker.port}`, url],
  );
  await new Promise<void>((resolve, reject) => {
    stack.stdout?.once("data", () => resolve());
    void ended(stack).then(() => reject(new Error(`${what}: the classic stack did not start`)));
  });
  const base = ingestSpec(bench.options, 1);
  const peer = { name: "bare", pid: broker.pid, mqtt: { host: "127.0.0.1", port: broker.port } } as const;
  const startedMs = performance.now();
  const spec = { ...base, warmUp: { durationMs: 0 }, measured: { messages: CLASSIC_MESSAGES } } as unknown as LoadSpec;
  const result = await driveAt(bench, { ...peer, httpUrl: "", startMs: 0, stop: async () => undefined }, spec);
  let documents = 0;
  while (documents < result.totalAcknowledged && performance.now() - startedMs < CLASSIC_WITHIN_MS) {
    await sleep(50);
    documents = await documentsIn(url);
  }
  const elapsedMs = performance.now() - startedMs;
  if (documents < result.totalAcknowledged) {
    bench.fail(
      `${what}: ${documents} of ${result.totalAcknowledged} messages in MongoDB after ${CLASSIC_WITHIN_MS / 1000} s`,
    );
  }
  stack.kill("SIGKILL");
  await ended(stack);
  process.kill(broker.pid, "SIGKILL");
  bench.owned.removeDir(dir);
  return { perSecond: (documents / elapsedMs) * 1000, documents };
}
