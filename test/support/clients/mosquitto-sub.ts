/** `mosquitto_sub` as a running program, and what it printed. Publishes nothing. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import type { HubAddress } from "../hub/hub.ts";
import { readTools } from "../tools.ts";
import { until, within } from "../until.ts";
import { connectRaw } from "./raw-client.ts";

/** A line of its `-F %j`. */
export interface MosquittoMessage {
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly retain: boolean;
  /** By their names in the standard, in small letters: `content-type`; user properties as an object. */
  readonly properties?: Readonly<Record<string, unknown>>;
}

export interface MosquittoSub {
  readonly received: readonly MosquittoMessage[];
  /** What SUBACK said: a granted QoS or a reason code for each filter. */
  readonly granted: readonly number[];
  /** Sends a signal and waits for the end. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Settles when SUBACK came. */
export async function mosquittoSub(hub: HubAddress, ...args: string[]): Promise<MosquittoSub> {
  const ready = `ready/${randomUUID()}`;
  const { child, received, granted, ended } = runSub(hub, [...args, "-t", ready], ready);
  await promptUntil(granted, hub, ready);
  return {
    received,
    granted: await granted,
    kill: async (signal) => {
      child.kill(signal);
      await within(`mosquitto_sub ends after ${signal}`, ended);
    },
  };
}

/** A run that ends by itself with SUBACK. No prompt is sent: unread, it would reset the connection under its DISCONNECT. */
export async function mosquittoVisit(hub: HubAddress, ...args: string[]): Promise<void> {
  const { granted, ended } = runSub(hub, [...args, "-E"]);
  await within("mosquitto_sub leaves", ended);
  await granted;
}

function runSub(hub: HubAddress, args: readonly string[], ready?: string) {
  const address = ["-h", hub.mqttHost, "-p", String(hub.mqttPort)];
  const child = spawn(readTools().mosquittoSub, [...address, "-d", "-F", "%j", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const received: MosquittoMessage[] = [];
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words += text;
  });
  const ended = new Promise<void>((resolve) => void child.once("close", () => resolve()));
  const granted = new Promise<number[]>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      words += `${line}\n`;
      const [, codes] = /^Subscribed \(mid: \d+\): (.*)$/.exec(line) ?? [];
      if (codes !== undefined) resolve(codes.split(", ").map(Number));
      if (line.startsWith("{")) received.push(parseMessage(line));
      if (received.at(-1)?.topic === ready) received.pop();
    });
    void ended.then(() => reject(new Error(`mosquitto_sub ended without a SUBACK: ${words}`)));
  });
  return { child, received, granted, ended };
}

/** Into a pipe it prints what it has to say only with a message, so it is sent some until it has said it. */
async function promptUntil(granted: Promise<unknown>, hub: HubAddress, ready: string): Promise<void> {
  const prompter = await connectRaw(hub, { clientId: ready.slice(0, 23) });
  let isDone = false;
  const finish = (): void => {
    isDone = true;
  };
  granted.then(finish, finish);
  await until("mosquitto_sub is subscribed", () => {
    prompter.publish({ topic: ready, payload: "" });
    return isDone;
  });
  await prompter.vanish();
}

function parseMessage(line: string): MosquittoMessage {
  const { topic, payload, qos, retain, properties } = JSON.parse(line) as Omit<MosquittoMessage, "retain"> & {
    retain: number;
  };
  // It leaves an empty payload out.
  return { topic, payload: payload ?? "", qos, retain: retain === 1, ...(properties !== undefined && { properties }) };
}
