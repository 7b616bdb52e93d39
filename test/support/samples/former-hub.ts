/** Runs the hub of another checkout as a process, with its own command line and REST. */
import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";

export interface FormerHub {
  readonly url: string;
  readonly mqttUrl: string;
  readonly mqttPort: number;
  /** Of the link that makes the first account. */
  setupCode(): string | undefined;
  /** Stops it in order. */
  stop(): Promise<void>;
}

export interface FormerHubOptions {
  readonly checkout: string;
  readonly env: Readonly<Record<string, string>>;
}

const OPEN = {
  AERIE_AUTH: "off",
  AERIE_HTTP_HOST: "127.0.0.1",
  AERIE_MQTT_HOST: "127.0.0.1",
  AERIE_HTTP_PORT: "0",
  AERIE_MQTT_PORT: "0",
};

export const entryOf = (checkout: string): string => path.join(checkout, "dist", "src", "server.js");

export async function startFormerHub({ checkout, env }: FormerHubOptions): Promise<FormerHub> {
  const child = spawn(process.execPath, [entryOf(checkout)], {
    env: { PATH: process.env["PATH"], ...OPEN, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    said += part;
  });
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  const { http, mqtt } = await new Promise<{ http: string; mqtt: string }>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const record = JSON.parse(line);
      if (record.msg === "listening") resolve(record);
      else if (record.level !== "info") process.stderr.write(`${line}\n`);
    });
    void exited.then((code) => reject(new Error(`the hub ended with ${code}: ${said}`)));
  });
  return {
    url: http,
    mqttUrl: mqtt,
    mqttPort: Number(new URL(mqtt).port),
    setupCode: () => /#\/setup\/(\S+)/.exec(said)?.[1],
    stop: async () => {
      child.kill("SIGTERM");
      const code = await exited;
      if (code !== 0) throw new Error(`the hub ended with ${code}: ${said}`);
    },
  };
}

/** `{method?, headers?, body?}`; throws where the answer is no success. */
export async function askFormer<Body>(
  hub: FormerHub,
  route: string,
  { method = "GET", headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
): Promise<{ readonly body: Body; readonly cookie: string }> {
  const answer = await fetch(`${hub.url}${route}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${route}: ${answer.status} ${text}`);
  const cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  return { body: (text === "" ? undefined : JSON.parse(text)) as Body, cookie };
}

/** A command of that version; returns when it has ended well. */
export async function runFormer(checkout: string, ...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [entryOf(checkout), ...args], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    said += part;
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`aerie ${args.join(" ")} ended with ${code}: ${said}`);
}
