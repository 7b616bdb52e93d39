/** A hub as a process of its own whose disks, clock, descriptors and system calls can be made to fail while it runs. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import { readTools } from "../tools.ts";
import { until, within } from "../until.ts";
import { type HubAddress, runServer, tempDir } from "./hub.ts";
import { mountSmallDisk, type SmallDisk } from "./small-disk.ts";

export interface FaultyHub extends HubAddress {
  readonly pid: number;
  readonly disks: FaultyDisks;
  readonly dataDir: string;
  readonly logFile: string;
  stderr(): string;
  /** How it ended; undefined: it runs. */
  ended(): number | NodeJS.Signals | undefined;
  kill(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
  /** The wall clock of the hub is off by so much from now on. */
  stepClock(byMs: number): void;
  /** Open file descriptors. */
  descriptors(): number;
  /** How many it may have open; undefined: as many as at its start. */
  limitDescriptors(count: number | undefined): void;
  /** strace with these arguments on all its threads, until the answer is called. */
  trace(...args: string[]): Promise<() => Promise<void>>;
}

export interface FaultyDisks {
  readonly data: SmallDisk;
  readonly log: SmallDisk;
  readonly backup: SmallDisk;
}

const PRELOAD = pathToFileURL(path.join(import.meta.dirname, "step-clock.mjs")).href;

export const mountDisks = (dataMegabytes: number): FaultyDisks => ({
  data: mountSmallDisk(dataMegabytes),
  log: mountSmallDisk(1),
  backup: mountSmallDisk(1),
});

/** With accounts; settles when it listens. Its log goes into a file, so that its disk can be full. */
export async function spawnFaultyHub(disks: FaultyDisks): Promise<FaultyHub> {
  const clockFile = path.join(tempDir(), "step-ms");
  const logFile = path.join(disks.log.dir, `log-${Date.now()}`);
  const dataDir = path.join(disks.data.dir, "data");
  const server = runServer({
    args: ["--http-port", "0", "--mqtt-port", "0", "--data-dir", dataDir, "--auth", "on"],
    env: { NODE_OPTIONS: `--import=${PRELOAD}`, AERIE_TEST_CLOCK_STEP: clockFile },
    wrapper: ["sh", "-c", 'exec "$@" >>"$0"', logFile],
  });
  let ended: number | NodeJS.Signals | undefined;
  void server.exited.then((how) => {
    ended = how;
  });
  const listening = await until(
    "the hub listens",
    () => {
      if (ended !== undefined) return true;
      const line = readFileSync(logFile, "utf8")
        .split("\n")
        .find((each) => each.includes('"msg":"listening"'));
      return line === undefined ? undefined : (JSON.parse(line) as { http: string; mqtt: string });
    },
    { withinMs: 30_000 },
  );
  if (listening === true) throw new Error(`the hub ended (${ended}) before it listened: ${server.stderr()}`);
  const [http, mqtt] = [new URL(listening.http), new URL(listening.mqtt)];
  const [host, mqttHost] = ["127.0.0.1", "127.0.0.1"];
  const limit = (soft: string): void => {
    const { status, stderr } = spawnSync("prlimit", ["--pid", String(server.pid), `--nofile=${soft}:`], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`prlimit: ${stderr}`);
  };
  const [, softAtStart = ""] =
    /^Max open files\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/limits`, "utf8")) ?? [];
  return {
    pid: server.pid,
    disks,
    dataDir,
    logFile,
    url: `http://${host}:${http.port}`,
    httpPort: Number(http.port),
    mqttPort: Number(mqtt.port),
    host,
    mqttHost,
    mqttUrl: `mqtt://${mqttHost}:${mqtt.port}`,
    wsUrl: `ws://${host}:${http.port}/mqtt`,
    stderr: server.stderr,
    ended: () => ended,
    kill: server.kill,
    stepClock: (byMs) => writeFileSync(clockFile, String(byMs)),
    descriptors: () => readdirSync(`/proc/${server.pid}/fd`).length,
    limitDescriptors: (count) => limit(String(count ?? softAtStart)),
    trace: (...args) => attach(server.pid, args),
  };
}

/** Settles when strace is attached; the answer settles when it has left. */
export async function attach(pid: number, args: readonly string[]): Promise<() => Promise<void>> {
  const tracer = spawn(readTools().strace ?? "strace", ["-f", "-q", "-o", "/dev/null", ...args, "-p", String(pid)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<void>((resolve) => void tracer.once("close", () => resolve()));
  onTestFinished(() => void detach(tracer));
  const isTraced = (): boolean => !/^TracerPid:\s+0$/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  await until("strace is attached", () => isTraced() || tracer.exitCode !== null);
  return async () => {
    detach(tracer);
    await within("strace has left", ended);
  };
}

function detach(tracer: ChildProcess): void {
  if (tracer.exitCode === null && tracer.signalCode === null) tracer.kill("SIGTERM");
}
