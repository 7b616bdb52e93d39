/** A hub without an account, as people start it on a terminal and services start it without one. */
import path from "node:path";
import { onTestFinished } from "vitest";
import { readTools } from "../tools.ts";
import { until } from "../until.ts";
import { type HubAddress, runServer, spawnHub, tempDir } from "./hub.ts";

export interface NewHub extends HubAddress {
  readonly setupCode: string | undefined;
  /** What it says to people. */
  said(): string;
}

const TERMINAL = path.join(import.meta.dirname, "terminal.py");

export function inTerminal(): readonly string[] {
  return [readTools().pahoPython, TERMINAL];
}

const LISTENING = /listening\s.*?http=\S+:(\d+).*?mqtt=\S+:(\d+)/;
const codeIn = (text: string): string | undefined => /#\/setup\/([\w-]+)/.exec(text)?.[1];

/** On all addresses, as it ships. */
export async function startOnTerminal(): Promise<NewHub> {
  const args = ["--http-port", "0", "--mqtt-port", "0", "--data-dir", tempDir()];
  const { stdout, kill } = runServer({ asShipped: true, wrapper: inTerminal(), args });
  onTestFinished(async () => void (await kill("SIGTERM"))); // it is in a session of its own, and killed by nothing that kills the wrapper
  const [, httpPort, mqttPort] = await until(
    "the hub on a terminal listens",
    () => LISTENING.exec(stdout()) ?? undefined,
  );
  return { ...onLoopback(Number(httpPort), Number(mqttPort)), setupCode: codeIn(stdout()), said: stdout };
}

export async function startAsService(env: Readonly<Record<string, string>> = {}): Promise<NewHub> {
  const { httpPort, mqttPort, stderr } = await spawnHub({ asShipped: true, env });
  return { ...onLoopback(httpPort, mqttPort), setupCode: codeIn(stderr()), said: stderr };
}

const onLoopback = (httpPort: number, mqttPort: number): HubAddress => at("127.0.0.1", httpPort, mqttPort);

/** The hub by another of its machine's addresses, or through a proxy's port. */
export const at = (host: string, httpPort: number, mqttPort: number): HubAddress => ({
  url: `http://${host}:${httpPort}`,
  httpPort,
  mqttPort,
  host,
  mqttHost: host,
  mqttUrl: `mqtt://${host}:${mqttPort}`,
  wsUrl: `ws://${host}:${httpPort}/mqtt`,
});
