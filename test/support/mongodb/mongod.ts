/** Starts MongoDB servers for tests: alone or as a replica set of one, on 127.0.0.1 and a free port. Cleans up after itself. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Document, MongoClient } from "mongodb";
import { memoryDisk } from "../memory-disk.ts";
import { checkMongod, NO_MONGOD, SKIP_MONGODB } from "../prepare/find-mongod.ts";
import { readTools } from "../tools.ts";
import { until } from "../until.ts";

/** Whether the tests that need a MongoDB server are left out, because whoever runs them said so. */
export const isMongodSkipped = process.env[SKIP_MONGODB] === "skip";

export interface Mongod {
  /** Without a database: `mongodb://127.0.0.1:<port>/`, and the replica set where it is one. */
  readonly url: string;
  readonly port: number;
  readonly dbPath: string;
  pid(): number | undefined;
  /** Sends a signal, SIGKILL where none is named, and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** On the same port and files; settles when it can be written. */
  start(): Promise<void>;
  /** What it said. */
  log(): string;
  /** Ends it and takes its files away. */
  dispose(): Promise<void>;
}

export interface MongodOptions {
  readonly replicaSet?: boolean;
  readonly args?: readonly string[];
  /** Where its disk is measured. Otherwise its files are in memory, where there is room. */
  readonly onDisk?: boolean;
}

/** For the files of one server, with room for those of others. */
const DISK_BYTES = 4 * 1024 ** 3;

/** A database of its own for each test on one server. */
let databases = 0;
export function databaseUrl({ url }: Pick<Mongod, "url">, name = `aerie-${process.pid}-${databases++}`): string {
  const whole = new URL(url);
  whole.pathname = `/${name}`;
  return whole.href;
}

/** Rejects with one clear message where there is no mongod. */
export async function launchMongod({
  replicaSet = false,
  args = [],
  onDisk = false,
}: MongodOptions = {}): Promise<Mongod> {
  const { mongod: program } = readTools();
  if (program === undefined) throw new Error(NO_MONGOD);
  await checkMongod(program);
  // MongoDB waits for its journal at each write, and tests are about what the hub does.
  const dbPath = mkdtempSync(path.join(onDisk ? tmpdir() : memoryDisk(DISK_BYTES), "aerie-mongod-"));
  const logFile = `${dbPath}.log`;
  const port = await freePort();
  const url = `mongodb://127.0.0.1:${port}/${replicaSet ? "?replicaSet=rs0" : ""}`;
  let child: ChildProcess | undefined;
  let ended: Promise<void> = Promise.resolve();
  let isInitiated = false;

  async function start(): Promise<void> {
    const log = openSync(logFile, "a");
    const started = spawn(
      program as string,
      [
        ...["--dbpath", dbPath, "--port", String(port), "--bind_ip", "127.0.0.1", "--nounixsocket"],
        ...["--wiredTigerCacheSizeGB", "0.5", "--setParameter", "diagnosticDataCollectionEnabled=false"],
        ...(replicaSet ? ["--replSet", "rs0", "--oplogSize", "256"] : []),
        ...args,
      ],
      // Its own allocator and glibc both want to register restartable sequences.
      { stdio: ["ignore", log, log], env: { ...process.env, GLIBC_TUNABLES: "glibc.pthread.rseq=0" } },
    );
    child = started;
    let isUp = true;
    ended = new Promise((resolve) =>
      started.once("exit", () => {
        isUp = false;
        resolve();
      }),
    );
    await until(
      "mongod answers",
      async () => {
        if (!isUp) return true;
        return await admin(port, (command) => command({ ping: 1 }));
      },
      { withinMs: 30_000, everyMs: 50 },
    );
    if (!isUp) throw new Error(`mongod ended: ${tail(logFile)}`);
    if (!replicaSet) return;
    if (!isInitiated) {
      const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
      const settings = { electionTimeoutMillis: 2_000 };
      await admin(port, (command) => command({ replSetInitiate: { _id: "rs0", members, settings } }));
      isInitiated = true;
    }
    const hello = () => admin(port, (command) => command({ hello: 1 }));
    await until("a primary", async () => (await hello())["isWritablePrimary"] === true, { withinMs: 30_000 });
  }

  async function kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    child?.kill(signal);
    await ended;
    child = undefined;
  }

  async function dispose(): Promise<void> {
    await kill();
    rmSync(dbPath, { recursive: true, force: true, maxRetries: 3 });
    rmSync(logFile, { force: true });
  }

  try {
    await start();
  } catch (error) {
    await dispose();
    throw error;
  }
  return { url, port, dbPath, pid: () => child?.pid, kill, start, log: () => readFileSync(logFile, "utf8"), dispose };
}

/** On a connection of its own: a client whose first try to connect failed answers no later one. */
export async function admin<T>(
  port: number,
  run: (command: (words: Document) => Promise<Document>) => Promise<T>,
): Promise<T> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 1_000,
  });
  try {
    return await run((words) => client.db("admin").command(words));
  } finally {
    await client.close();
  }
}

const tail = (file: string): string => readFileSync(file, "utf8").trim().split("\n").slice(-3).join(" ");

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
