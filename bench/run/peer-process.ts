/** Starts what is measured, one process at a time: the hub, or bare Aedes. */
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ended, type Owned } from "../helpers/owned.ts";
import { type HubSettings, knownFlags } from "./hub-flags.ts";

export interface Peer {
  name: "aerie" | "bare";
  pid: number;
  mqtt: { host: string; port: number };
  /** `http://127.0.0.1:…`; empty for bare Aedes. */
  httpUrl: string;
  /** From spawn to the line that says it listens. */
  startMs: number;
  /** SIGTERM, and waits for the end: what was accepted is then stored. Gives what went wrong, if anything did. */
  stop(): Promise<string | undefined>;
}

const BARE_ENTRY = fileURLToPath(new URL("./bare-aedes.ts", import.meta.url));
const LISTENS_WITHIN_MS = 20_000;
const STOPS_WITHIN_MS = 30_000;
const LINES_KEPT = 20;
/** pino's level numbers. */
const WARN = 40;

type Listening = { mqttUrl: string; httpUrl: string };

function parseLine(line: string): { [field: string]: unknown } | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return parsed !== null && typeof parsed === "object" ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}

/** The hub's log: where it listens, and the lines that someone should see. */
function followLog(child: ChildProcess) {
  const notable: string[] = [];
  const keep = (line: string): void => {
    if (notable.length < LINES_KEPT) notable.push(line);
  };
  const listening = new Promise<Listening>((resolve) => {
    if (child.stdout === null || child.stderr === null) return;
    createInterface(child.stderr).on("line", keep);
    createInterface(child.stdout).on("line", (line) => {
      const { level, msg, mqtt, http } = parseLine(line) ?? { level: WARN };
      if (msg === "listening" && typeof mqtt === "string" && typeof http === "string") {
        resolve({ mqttUrl: mqtt, httpUrl: http });
      } else if (typeof level === "number" ? level >= WARN : level !== "info" && level !== "debug") keep(line);
    });
  });
  return { listening, notable };
}

async function within<T>(wait: Promise<T>, limitMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  return Promise.race([wait, late]).finally(() => clearTimeout(timer));
}

async function stopProcess(child: ChildProcess, notable: readonly string[]): Promise<string | undefined> {
  const died = child.exitCode !== null || child.signalCode !== null;
  child.kill("SIGTERM");
  const gone = await within(
    ended(child).then(() => true),
    STOPS_WITHIN_MS,
  );
  if (gone === undefined) child.kill("SIGKILL");
  const said = notable.length === 0 ? "" : `; it said:\n  ${notable.join("\n  ")}`;
  if (died) return `the hub died during the run (${child.exitCode ?? child.signalCode})${said}`;
  if (gone === undefined) return `the hub did not stop within ${STOPS_WITHIN_MS / 1000} s of SIGTERM${said}`;
  return child.exitCode === 0 ? undefined : `the hub ended with ${child.exitCode ?? child.signalCode}${said}`;
}

/** What is measured is what comes behind the door. */
const OPEN: HubSettings = { auth: "off", "http-host": "127.0.0.1", "mqtt-host": "127.0.0.1" };

export interface HubOptions {
  entry: string;
  dataDir: string;
  /** Those that the hub's build has. */
  settings?: HubSettings;
  /** Where the hub leaves a CPU profile of each of its threads when it stops; the main thread's has `.0.` behind the pid. */
  profileDir?: string | undefined;
}

/** Rejects with the hub's own words when it does not listen in time. */
export async function startHub(owned: Owned, { entry, dataDir, settings = {}, profileDir }: HubOptions): Promise<Peer> {
  const flags = ["--http-port", "0", "--mqtt-port", "0", "--data-dir", dataDir, "--log-level", "info"];
  flags.push(...(await knownFlags(owned, entry, { ...OPEN, ...settings })));
  const profiling = profileDir === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", profileDir];
  const startedAtMs = performance.now();
  const child = owned.spawnNode([...profiling, entry, ...flags], ["ignore", "pipe", "pipe"]);
  const { listening, notable } = followLog(child);
  const found = await within(Promise.race([listening, ended(child)]), LISTENS_WITHIN_MS);
  if (found === undefined) {
    const how = child.exitCode ?? child.signalCode;
    child.kill("SIGKILL");
    throw new Error(`the hub did not start (${how ?? "silent"}):\n  ${notable.join("\n  ")}`);
  }
  const startMs = performance.now() - startedAtMs;
  const mqtt = new URL(found.mqttUrl);
  return {
    name: "aerie",
    pid: child.pid ?? 0,
    mqtt: { host: mqtt.hostname, port: Number(mqtt.port) },
    httpUrl: found.httpUrl,
    startMs,
    stop: () => stopProcess(child, notable),
  };
}

export async function startBare(owned: Owned): Promise<Peer> {
  const startedAtMs = performance.now();
  const child = owned.spawnTsx(BARE_ENTRY, ["ignore", "pipe", "inherit", "ipc"]);
  const firstLine = new Promise<string>((resolve) => {
    if (child.stdout !== null) createInterface(child.stdout).once("line", resolve);
  });
  const line = await within(Promise.race([firstLine, ended(child)]), LISTENS_WITHIN_MS);
  if (line === undefined) throw new Error("bare Aedes did not start");
  return {
    name: "bare",
    pid: child.pid ?? 0,
    mqtt: { host: "127.0.0.1", port: Number(line) },
    httpUrl: "",
    startMs: performance.now() - startedAtMs,
    async stop() {
      child.kill("SIGKILL"); // it has nothing to finish
      await ended(child);
      return undefined;
    },
  };
}
