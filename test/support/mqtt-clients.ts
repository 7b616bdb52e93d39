/** MQTT clients as people use them: mqtt.js, mosquitto's, and what they received. Knows no hub but its address. */
import { type ChildProcess, spawn } from "node:child_process";
import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { onTestFinished } from "vitest";
import type { HubAddress } from "./hub.ts";
import { readTools } from "./tools.ts";
import { until, within } from "./until.ts";

export interface Received {
  topic: string;
  payload: string;
  qos: number;
  retain: boolean;
}

export interface JsClient {
  readonly client: MqttClient;
  readonly received: readonly Received[];
  /** Settles when what was published is acknowledged, at QoS 0 when it was sent. */
  publish(topic: string, payload: string, options?: { qos?: 0 | 1 | 2; retain?: boolean }): Promise<void>;
  subscribe(topic: string, qos?: 0 | 1 | 2): Promise<void>;
  /** The first message of that topic. */
  message(topic: string, withinMs?: number): Promise<Received>;
}

/** mqtt.js; `url` says which transport. Never reconnects by itself unless told to. */
export async function connectJs(url: string, options: IClientOptions = {}): Promise<JsClient> {
  const client = await within(
    `mqtt.js connects to ${url}`,
    connectAsync(url, { reconnectPeriod: 0, ...options }, false),
  );
  client.on("error", () => undefined);
  onTestFinished(() => void client.end(true));
  const received: Received[] = [];
  client.on("message", (topic, payload, { qos, retain }) => {
    received.push({ topic, payload: payload.toString(), qos, retain });
  });
  return {
    client,
    received,
    publish: async (topic, payload, publishOptions = {}) => {
      await within(`publish to ${topic}`, client.publishAsync(topic, payload, publishOptions));
    },
    subscribe: async (topic, qos = 0) => {
      await within(`subscribe to ${topic}`, client.subscribeAsync(topic, { qos }));
    },
    message: (topic, withinMs = 10_000) =>
      until(`a message of ${topic}`, () => received.find((each) => each.topic === topic), { withinMs, everyMs: 2 }),
  };
}

const ended = (child: ChildProcess): Promise<number> =>
  new Promise((resolve) => child.once("close", (code) => resolve(code ?? -1)));

/** One run of `mosquitto_pub`; rejects with its own words where it fails. */
export async function mosquittoPub(hub: HubAddress, ...args: string[]): Promise<void> {
  const child = spawn(readTools().mosquittoPub, ["-h", hub.mqttHost, "-p", String(hub.mqttPort), ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words += text;
  });
  const code = await within("mosquitto_pub ends", ended(child), 20_000);
  if (code !== 0) throw new Error(`mosquitto_pub ended with ${code}: ${words}`);
}

export interface MosquittoSub {
  /** `<topic> <payload>` of each message, once `count` of them came. */
  readonly lines: Promise<string[]>;
}

/** A running `mosquitto_sub` that ends after `count` messages; settles when the broker says that it is subscribed. */
export async function mosquittoSub(hub: HubAddress, topic: string, count: number, qos: number): Promise<MosquittoSub> {
  const clientId = "mosquitto-sub";
  const witness = await connectJs(hub.mqttUrl);
  await witness.subscribe("$SYS/+/new/subscribes");
  const flags = ["-i", clientId, "-t", topic, "-q", String(qos), "-C", String(count), "-F", "%t %p"];
  const child = spawn(readTools().mosquittoSub, ["-h", hub.mqttHost, "-p", String(hub.mqttPort), ...flags], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const lines = ended(child).then(() => output.trim().split("\n"));
  await until("mosquitto_sub is subscribed", () => witness.received.some(({ payload }) => payload.includes(clientId)));
  return { lines };
}
