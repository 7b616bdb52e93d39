/** The hub of the demo: a process of its own, on loopback and free ports, without accounts, whose data does not outlive it. */
import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const ROOT = path.join(import.meta.dirname, "..");
const SERVER = path.join(ROOT, "dist", "src", "server.js");
const END_WITH_PARENT = pathToFileURL(path.join(import.meta.dirname, "end-with-parent.mjs")).href;
/** As `npm start` has it. */
const NODE_OPTIONS = ["--max-semi-space-size=32", "--import", END_WITH_PARENT];
const LOOPBACK = "127.0.0.1";

export interface DemoHub {
  /** `http://127.0.0.1:41234` */
  readonly url: string;
  readonly mqttPort: number;
  readonly dataDir: string;
  /** Settles when it has ended, with what it printed to stderr. */
  readonly ended: Promise<string>;
  /** Settles when the hub has ended and its data is removed. */
  stop(): Promise<void>;
}

/** Settles when it listens. */
export async function startHub(): Promise<DemoHub> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "aerie-demo-"));
  const settings = {
    "data-dir": dataDir,
    "http-host": LOOPBACK,
    "mqtt-host": LOOPBACK,
    "http-port": "0",
    "mqtt-port": "0",
    auth: "off",
  };
  const child = fork(
    SERVER,
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    {
      execArgv: NODE_OPTIONS,
      env: { ...withoutSettings(process.env), DEMO_FOLDER: dataDir },
      silent: true,
      // Ctrl-C reaches every process of the terminal. The hub is to end after its boards, and not with them.
      detached: true,
    },
  );
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    // Not "close", which does not come after a disconnection by this side.
    child.once("exit", () => resolve(errors));
  });
  const stop = async (): Promise<void> => {
    if (child.connected) child.disconnect();
    await ended;
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const { http, mqtt } = await listening(child, ended);
    return { url: http, mqttPort: Number(new URL(mqtt).port), dataDir, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Settings of another hub, which the person who starts the demo may have set. */
const withoutSettings = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(AERIE_|NODE_OPTIONS$)/.test(name)));

/** Its first log line that says where it listens. Rejects when it ends without one. */
async function listening(child: ChildProcess, ended: Promise<string>): Promise<{ http: string; mqtt: string }> {
  if (child.stdout === null) throw new Error("the hub's log is not piped");
  const lines = createInterface(child.stdout);
  const found = new Promise<{ http: string; mqtt: string }>((resolve) => {
    lines.on("line", (line) => {
      const { msg, http, mqtt } = JSON.parse(line) as { msg: string; http: string; mqtt: string };
      if (msg === "listening") resolve({ http, mqtt });
    });
  });
  const failed = ended.then((errors) => Promise.reject(new Error(`The hub did not start. ${errors}`)));
  return Promise.race([found, failed]);
}
