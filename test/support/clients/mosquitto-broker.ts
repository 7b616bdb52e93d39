/** Debian's mosquitto as a broker with a bridge, on a free port; ended when the test has ended. */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { onTestFinished } from "vitest";
import { type HubAddress, tempDir } from "../hub/hub.ts";
import { freePort, isListening } from "../network.ts";
import { readTools } from "../tools.ts";
import { until } from "../until.ts";

export interface MosquittoBroker {
  readonly url: string;
  /** What it said. */
  log(): string;
  stop(): Promise<void>;
  /** On the same port. */
  start(): Promise<void>;
}

/** `bridge`: lines of its connection to the hub, such as `topic # both 1`. */
export async function startMosquittoBridge(hub: HubAddress, bridge: readonly string[]): Promise<MosquittoBroker> {
  const port = await freePort();
  const file = path.join(tempDir(), "mosquitto.conf");
  const lines = [
    `listener ${port} 127.0.0.1`,
    "allow_anonymous true",
    "connection hub",
    `address ${hub.mqttHost}:${hub.mqttPort}`,
    "restart_timeout 1",
    "cleansession false",
    ...bridge,
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  let child: ChildProcess | undefined;
  let ended: Promise<void> = Promise.resolve();
  let said = "";

  async function start(): Promise<void> {
    const started = spawn(readTools().mosquitto, ["-c", file, "-v"], { stdio: ["ignore", "ignore", "pipe"] });
    child = started;
    started.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    ended = new Promise((resolve) => started.once("close", () => resolve()));
    await until("mosquitto listens", () => isListening(port));
  }

  async function stop(): Promise<void> {
    child?.kill("SIGTERM");
    await ended;
  }

  onTestFinished(stop);
  await start();
  return { url: `mqtt://127.0.0.1:${port}`, log: () => said, start, stop };
}
