/** Starts hubs for tests: in the test's own process, or as a process of their own. Cleans up after itself. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import { type Config, SETTINGS } from "../../../src/config/settings.ts";
import type { Clock } from "../../../src/core/ports/clock.ts";
import type { LogFields } from "../../../src/core/ports/log.ts";
import type { HubOptions } from "../../../src/hub/hub-options.ts";
import { memoryDisk } from "../memory-disk.ts";
import { within } from "../until.ts";
import { envOf } from "./settings-env.ts";

const DIST = path.join(import.meta.dirname, "..", "..", "..", "dist", "src");
export const SERVER_ENTRY = path.join(DIST, "server.js");

/** Where a running hub is reached. */
export interface HubAddress {
  /** `http://127.0.0.1:3000`, no slash at the end. */
  readonly url: string;
  readonly httpPort: number;
  readonly mqttPort: number;
  /** Of HTTP. */
  readonly host: string;
  readonly mqttHost: string;
  /** MQTT over TCP. */
  readonly mqttUrl: string;
  /** MQTT over WebSocket. */
  readonly wsUrl: string;
}

export interface LogRecord {
  readonly level: string;
  readonly event: string;
  readonly fields: LogFields;
}

function addressOf(host: string, httpPort: number, mqttHost: string, mqttPort: number): HubAddress {
  return {
    url: `http://${host}:${httpPort}`,
    httpPort,
    mqttPort,
    host,
    mqttHost,
    mqttUrl: `mqtt://${mqttHost}:${mqttPort}`,
    wsUrl: `ws://${host}:${httpPort}/mqtt`,
  };
}

/** Gone when the test has ended. */
export function tempDir(inside = tmpdir()): string {
  const dir = mkdtempSync(path.join(inside, "aerie-test-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }));
  return dir;
}

/** The same in memory, where there is room for so much. */
export const fastTempDir = (bytes: number): string => tempDir(memoryDisk(bytes));

/** Most tests are about what comes behind the door: it is open, on loopback. Those of accounts say so. */
const OPEN = { auth: "off", httpHost: "127.0.0.1", mqttHost: "127.0.0.1" } as const;

/** Every other setting at its default, on free ports. */
export function configOf(settings: Partial<Config>): Config {
  const defaults = Object.fromEntries(
    Object.entries(SETTINGS).map(([name, { parse, fallback }]) => [name, parse(fallback)]),
  ) as unknown as Config;
  return { ...defaults, ...OPEN, httpPort: 0, mqttPort: 0, ...settings };
}

export interface InProcessOptions {
  settings?: Partial<Config>;
  storeLimits?: HubOptions["storeLimits"];
  clock?: Clock;
  /** Of what serves the pages. */
  buildId?: string;
}

export interface InProcessHub extends HubAddress {
  /** Of the link that makes the first account. */
  readonly setupCode: string | undefined;
  /** Of MQTT over TLS, where there is a certificate. */
  readonly mqttsPort: number | undefined;
  readonly dataDir: string;
  readonly logged: readonly LogRecord[];
  /** The second call waits for the first; called by itself when the test has ended. */
  close(): Promise<void>;
}

/** The built hub in this process, on a fresh data directory where none is given; closed when the test has ended. */
export async function startHub(options: InProcessOptions = {}): Promise<InProcessHub> {
  const dataDir = options.settings?.dataDir ?? tempDir();
  const hub = await launchHub({ ...options, settings: { ...options.settings, dataDir } });
  onTestFinished(() => hub.close());
  return hub;
}

/** The same, for whoever closes it himself and takes its data directory away. */
export async function launchHub(options: InProcessOptions & { settings: { dataDir: string } }): Promise<InProcessHub> {
  const { openHub } = await load<typeof import("../../../src/hub/hub.ts")>("hub/hub.js");
  const { systemClock } = await load<typeof import("../../../src/platform/clock.ts")>("platform/clock.js");
  const { storeLimits, clock = systemClock } = options;
  const config = configOf(options.settings);
  const logged: LogRecord[] = [];
  const note =
    (level: string) =>
    (event: string, fields: LogFields = {}) =>
      void logged.push({ level, event, fields });
  const hub = await openHub({
    config,
    given: givenOf(options.settings),
    clock,
    log: { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") },
    logLinesDropped: () => 0,
    build: { version: "0.0.0-test", id: options.buildId ?? "test-build", builtAtMs: 0 },
    onFatal: (cause) => note("fatal")("the hub cannot continue", { cause }),
    ...(storeLimits !== undefined && { storeLimits }),
  });
  const { dataDir, httpHost, mqttHost } = config;
  const address = addressOf(httpHost, hub.httpPort, mqttHost, hub.mqttPort);
  return { ...address, setupCode: hub.setupCode, mqttsPort: hub.mqttsPort, dataDir, logged, close: hub.close };
}

/** As if they stood in the environment. */
const givenOf = (settings: Partial<Config>) =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      SETTINGS[name as keyof Config].env,
      { text: String(value), source: "environment" as const },
    ]),
  );

/** The modules of which the bundle is made (`runServer` starts the bundle itself), by a path that no bundler follows. */
const load = async <Module>(file: string): Promise<Module> =>
  (await import(/* @vite-ignore */ pathToFileURL(path.join(DIST, file)).href)) as Module;

export interface ServerOptions {
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** A program and its arguments that starts the hub in turn, such as strace. */
  wrapper?: readonly string[];
  /** With accounts, on all addresses. */
  asShipped?: true;
  /** `server.js` of another hub than the one in `dist`. */
  entry?: string;
}

export interface ServerProcess {
  readonly pid: number;
  /** Lines of the log so far, parsed. */
  readonly logged: readonly LogRecord[];
  stdout(): string;
  stderr(): string;
  /** Exit code, or the name of the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
  /** Sends a signal, SIGKILL where none is named, and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
  /** The first log line of that event. Rejects when the process ends without it. */
  event(name: string): Promise<LogRecord>;
}

/** Open on loopback, and with no setting from outside. */
export function envOfServer(asShipped = false): Record<string, string | undefined> {
  const outside = Object.entries(process.env).filter(([name]) => !/^(AERIE_|VITEST|NODE_OPTIONS|NODE_ENV)/.test(name));
  return { ...Object.fromEntries(outside), ...(asShipped ? {} : envOf(OPEN)) };
}

/** `node dist/src/server.js`, open on loopback and with no setting from outside; killed when the test has ended. */
export function runServer(options: ServerOptions = {}): ServerProcess {
  const { args = [], env = {}, wrapper = [], asShipped, entry = SERVER_ENTRY } = options;
  const [program = process.execPath, ...rest] = [...wrapper, process.execPath, entry, ...args];
  const child = spawn(program, rest, {
    env: { ...envOfServer(asShipped), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    // With a wrapper, both are to be ended.
    detached: wrapper.length > 0,
  });
  const exited = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once("close", (code, signal) => resolve(code ?? signal ?? "SIGKILL"));
  });
  const { logged, text, onLine } = followLog(child);
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const signalAll = (signal: NodeJS.Signals): void => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    process.kill(wrapper.length > 0 ? -child.pid : child.pid, signal);
  };
  onTestFinished(async () => {
    signalAll("SIGKILL");
    await exited;
  });
  return {
    pid: child.pid ?? 0,
    logged,
    stdout: text,
    stderr: () => errors,
    exited,
    kill: async (signal = "SIGKILL") => {
      signalAll(signal);
      return within(`the hub ends after ${signal}`, exited, 30_000);
    },
    event: (name) =>
      new Promise((resolve, reject) => {
        const look = (record: LogRecord): void => {
          if (record.event === name) resolve(record);
        };
        logged.forEach(look);
        onLine(look);
        void exited.then((how) => reject(new Error(`the hub ended (${how}) without "${name}": ${errors}`)));
      }),
  };
}

function followLog(child: ChildProcess) {
  const logged: LogRecord[] = [];
  const listeners: ((record: LogRecord) => void)[] = [];
  let text = "";
  if (child.stdout !== null) {
    createInterface(child.stdout).on("line", (line) => {
      text += `${line}\n`;
      if (!line.startsWith('{"level"')) return; // what a command says is no log
      const { level, msg, time: _, ...fields } = JSON.parse(line) as Record<string, unknown>;
      const record = { level: String(level), event: String(msg), fields };
      logged.push(record);
      for (const listener of listeners) listener(record);
    });
  }
  return { logged, text: () => text, onLine: (listener: (record: LogRecord) => void) => void listeners.push(listener) };
}

export interface SpawnedHub extends ServerProcess, HubAddress {
  readonly dataDir: string;
}

export interface SpawnOptions extends ServerOptions {
  /** Fresh where none is given. */
  dataDir?: string;
  /** Free ones where none are given. */
  httpPort?: number;
  mqttPort?: number;
}

/** A hub as a process of its own; settles when it listens. */
export async function spawnHub(options: SpawnOptions = {}): Promise<SpawnedHub> {
  const { dataDir = tempDir(), httpPort = 0, mqttPort = 0, args = [] } = options;
  const ports = ["--http-port", String(httpPort), "--mqtt-port", String(mqttPort)];
  const server = runServer({ ...options, args: [...ports, "--data-dir", dataDir, ...args] });
  const { fields } = await within("the hub listens", server.event("listening"), 60_000);
  const http = new URL(String(fields["http"]));
  const mqtt = new URL(String(fields["mqtt"]));
  return { ...server, ...addressOf(http.hostname, Number(http.port), mqtt.hostname, Number(mqtt.port)), dataDir };
}
