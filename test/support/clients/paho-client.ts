/** Python's paho-mqtt, driven through `paho-client.py`. What it received, and what it was told. */
import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import type { HubAddress } from "../hub/hub.ts";
import { readTools } from "../tools.ts";
import { until, within } from "../until.ts";
import type { ClientWish } from "./client-kind.ts";

/** By paho's names: `ContentType`, `UserProperty`: pairs, `CorrelationData`: hex. */
export type PahoProperties = Readonly<Record<string, unknown>>;

export interface PahoMessage {
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly retain: boolean;
  readonly dup: boolean;
  readonly properties: PahoProperties;
}

export interface PahoWish extends Omit<ClientWish, "filters"> {
  version: 3 | 4 | 5;
  transport?: "tcp" | "websockets";
  properties?: PahoProperties;
}

export type PahoOrder =
  | { do: "subscribe"; filter: string; qos: number; options?: Record<string, unknown>; properties?: PahoProperties }
  | { do: "publish"; topic: string; payload: string; qos: number; retain?: boolean; properties?: PahoProperties }
  | { do: "disconnect" };

type Answer = Readonly<Record<string, unknown>>;

export interface PahoClient {
  readonly received: readonly PahoMessage[];
  readonly connack: { readonly sessionPresent: boolean; readonly reason: number; readonly properties: PahoProperties };
  /** Settles when it is done, which is when the broker has answered. */
  order(order: PahoOrder): Promise<Answer>;
  message(topic: string): Promise<PahoMessage>;
  /** Settles when the connection has ended. */
  disconnected(): Promise<void>;
  /** SIGKILL. */
  vanish(): Promise<void>;
}

/** Settles when CONNACK came and said yes. */
export async function connectPaho(hub: HubAddress, wish: PahoWish): Promise<PahoClient> {
  const port = wish.transport === "websockets" ? hub.httpPort : hub.mqttPort;
  const { events, received, send, kill, errors } = runPaho({ ...wish, host: hub.mqttHost, port });
  const find = (kind: string, more: (event: Answer) => boolean = () => true): Promise<Answer> =>
    until(
      `paho says ${kind}`,
      () => {
        const event = events.find((each) => each["event"] === kind && more(each));
        if (event === undefined && errors() !== "") throw new Error(errors());
        return event;
      },
      { everyMs: 2 },
    );
  const connack = (await find("connack")) as unknown as PahoClient["connack"];
  if (connack.reason !== 0) throw new Error(`CONNACK said ${connack.reason}`);
  return {
    received,
    connack,
    order: (order) => {
      const number = send(order);
      return find("done", (each) => each["order"] === number);
    },
    message: async (topic) => (await find("message", (each) => each["topic"] === topic)) as unknown as PahoMessage,
    disconnected: async () => void (await find("disconnected")),
    vanish: kill,
  };
}

function runPaho(wish: object) {
  const script = path.join(import.meta.dirname, "paho-client.py");
  const child = spawn(readTools().pahoPython, [script, JSON.stringify(wish)], { stdio: ["pipe", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const events: Answer[] = [];
  const received: PahoMessage[] = [];
  let errors = "";
  let sent = 0;
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  child.stdin.on("error", () => undefined); // its end shows in what it does not say
  createInterface(child.stdout).on("line", (line) => {
    const event = JSON.parse(line) as Answer;
    events.push(event);
    if (event["event"] === "message") received.push(event as unknown as PahoMessage);
  });
  const ended = new Promise<void>((resolve) => void child.once("close", () => resolve()));
  return {
    events,
    received,
    /** What Python wrote to stderr. */
    errors: () => errors,
    /** The number by which its answer is known. */
    send: (order: PahoOrder): number => {
      sent += 1;
      child.stdin.write(`${JSON.stringify({ ...order, order: sent })}\n`);
      return sent;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await within("paho ends", ended);
    },
  };
}
