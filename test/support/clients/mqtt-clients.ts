/** mqtt.js and mosquitto_pub as people use them, and what came. Knows no hub but its address. */
import { type ChildProcess, spawn } from "node:child_process";
import {
  connect,
  type IClientOptions,
  type IClientPublishOptions,
  type IClientSubscribeOptions,
  type IConnackPacket,
  type IDisconnectPacket,
  type IPublishPacket,
  type ISubscriptionGrant,
  type MqttClient,
} from "mqtt";
import { onTestFinished } from "vitest";
import type { HubAddress } from "../hub/hub.ts";
import { readTools } from "../tools.ts";
import { until, within } from "../until.ts";

export interface Received {
  topic: string;
  payload: string;
  qos: number;
  retain: boolean;
  /** Of MQTT 5; left out where the message has none. */
  properties?: NonNullable<IPublishPacket["properties"]>;
  /** Left out where it was the first delivery. */
  dup?: true;
}

export interface JsClient {
  readonly client: MqttClient;
  readonly received: readonly Received[];
  readonly connack: IConnackPacket;
  /** The DISCONNECT that the broker sent, if it did. */
  disconnect(): IDisconnectPacket | undefined;
  /** Settles when what was published is acknowledged, at QoS 0 when it was sent. */
  publish(topic: string, payload: string | Buffer, options?: IClientPublishOptions): Promise<void>;
  subscribe(topic: string, qos?: 0 | 1 | 2, options?: Omit<IClientSubscribeOptions, "qos">): Promise<SubscribeAnswer>;
  /** The first message of that topic. */
  message(topic: string, withinMs?: number): Promise<Received>;
  /** Sends DISCONNECT and waits for the end. */
  leave(options?: Partial<IDisconnectPacket>): Promise<void>;
  /** Gone without a word, as when the power fails. */
  vanish(): Promise<void>;
}

export type SubscribeAnswer = readonly ISubscriptionGrant[];

/** mqtt.js; `url` says which transport. Never reconnects by itself unless told to. */
export async function connectJs(url: string, options: IClientOptions = {}): Promise<JsClient> {
  const client = connect(url, { reconnectPeriod: 0, ...options });
  onTestFinished(() => void client.end(true));
  // From the first moment: what waited for a kept session comes right behind CONNACK.
  const received = followMessages(client);
  const disconnect = followDisconnect(client);
  const connack = await within(`mqtt.js connects to ${url}`, acceptance(client));
  const gone = new Promise<void>((resolve) => void client.once("close", resolve));
  return {
    client,
    received,
    connack,
    disconnect,
    publish: async (topic, payload, publishOptions = {}) => {
      await within(`publish to ${topic}`, client.publishAsync(topic, payload, publishOptions));
    },
    subscribe: (topic, qos = 0, more = {}) =>
      within(`subscribe to ${topic}`, client.subscribeAsync(topic, { ...more, qos })),
    message: (topic, withinMs = 10_000) =>
      until(`a message of ${topic}`, () => received.find((each) => each.topic === topic), { withinMs, everyMs: 2 }),
    leave: (disconnectOptions = {}) => within("mqtt.js leaves", client.endAsync(false, disconnectOptions)),
    vanish: async () => {
      client.stream.destroy();
      await within("the connection is closed", gone);
    },
  };
}

function followMessages(client: MqttClient): readonly Received[] {
  const received: Received[] = [];
  client.on("message", (topic, payload, { qos, retain, dup, properties }) => {
    received.push({
      topic,
      payload: payload.toString(),
      qos,
      retain,
      ...(properties !== undefined && { properties }),
      ...(dup && { dup }),
    });
  });
  return received;
}

function followDisconnect(client: MqttClient): () => IDisconnectPacket | undefined {
  let last: IDisconnectPacket | undefined;
  client.on("disconnect", (packet) => {
    last = packet;
  });
  return () => last;
}

function acceptance(client: MqttClient): Promise<IConnackPacket> {
  return new Promise((resolve, reject) => {
    client.once("connect", resolve);
    client.once("close", () => reject(new Error("the connection was closed before CONNACK")));
    client.on("error", reject); // stays: an error that nobody hears would end the tests
  });
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
