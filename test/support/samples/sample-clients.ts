/** MQTT clients that leave something behind in a hub: sessions, queued messages, halves of QoS 2 handshakes, last wills. */
import { once } from "node:events";
import { connect as connectSocket } from "node:net";
import mqtt, { type IClientOptions, type IClientPublishOptions, type MqttClient } from "mqtt";
import {
  CONNACK,
  connectPacket,
  deliveryOf,
  type Packet,
  PUBCOMP,
  PUBLISH,
  PUBREC,
  packet,
  packetReader,
  publishPacket,
  SUBACK,
  subscribePacket,
} from "../packets/packets.ts";

export const NEVER = 0xffff_ffff;
export const KEEP_ALIVE_S = 600;

export const connect = (url: string, clientId: string, options: IClientOptions = {}): Promise<MqttClient> =>
  mqtt.connectAsync(url, { clientId, protocolVersion: 5, keepalive: KEEP_ALIVE_S, reconnectPeriod: 0, ...options });

export const keeping = { clean: false, properties: { sessionExpiryInterval: NEVER } } as const;

/** Gone without a word. */
export async function vanish(client: MqttClient): Promise<void> {
  const closed = new Promise<void>((resolve) => client.once("close", resolve));
  client.stream.destroy();
  await closed;
}

export type Publish = (topic: string, payload: string | Buffer, options?: IClientPublishOptions) => Promise<void>;

export const publisher =
  (client: MqttClient): Publish =>
  async (topic, payload, options = {}) => {
    await client.publishAsync(topic, payload, { qos: 1, ...options });
  };

const PUBREL = 6;

/** A 3.1.1 session with a QoS 2 message half sent and another half received. */
export async function halfHandshakes(
  port: number,
  names: { clientId: string; filter: string; topic: string; packetId: number; publish: () => Promise<void> },
): Promise<void> {
  const socket = connectSocket({ host: "127.0.0.1", port, noDelay: true });
  const waiting = new Map<number, (packet: Packet) => void>();
  socket.on(
    "data",
    packetReader((each) => waiting.get(each.type)?.(each)),
  );
  const next = (type: number, ...sent: Uint8Array[]): Promise<Packet> =>
    new Promise((resolve) => {
      waiting.set(type, resolve);
      socket.write(Buffer.concat(sent));
    });
  await next(CONNACK, connectPacket({ clientId: names.clientId, clean: false, keepAliveS: KEEP_ALIVE_S }));
  await next(SUBACK, subscribePacket(1, names.filter, 2));
  const came = next(PUBLISH, Buffer.alloc(0));
  await names.publish();
  const { packetId = 0 } = deliveryOf(await came);
  await next(PUBREL, packet(0x50, Buffer.from([packetId >> 8, packetId & 0xff])));
  const { topic, packetId: own } = names;
  await next(PUBREC, publishPacket({ topic, payload: "half sent", qos: 2, packetId: own }));
  if (waiting.has(PUBCOMP)) throw new Error("the handshake is whole");
  socket.destroy();
  await once(socket, "close");
}
