/** What a client and the hub say to each other in most tests. Asserts nothing. */
import type { HubAddress } from "../hub/hub.ts";
import { idOf, PUBACK, PUBLISH, SUBACK } from "../packets/packets.ts";
import {
  DISCONNECT,
  publishOf,
  readPublish,
  reasonOf,
  subscribeOf,
  type Version,
} from "../packets/packets-of-version.ts";
import { within } from "../until.ts";
import { type Connected, connectWire } from "./wire-client.ts";

/** A subscriber that the hub has answered; its client id is `listener`. */
export async function subscribed(hub: HubAddress, version: Version, filter: string, qos = 1): Promise<Connected> {
  const client = await connectWire(hub, version, { clientId: "listener" });
  client.send(subscribeOf(version, 1, [[filter, qos]]));
  await client.first("the SUBACK", ({ type }) => type === SUBACK);
  return client;
}

/** Publishes at QoS 1 and waits for the PUBACK; its reason code, 0 in 3.1.1. */
export async function publishWell(
  client: Connected,
  topic: string,
  packetId: number,
  options: { payload?: string | Buffer; retain?: boolean } = {},
): Promise<number> {
  const { payload = "x", retain = false } = options;
  client.send(publishOf(client.version, { topic, payload, qos: 1, packetId, retain }));
  return reasonOf(
    await client.first(`PUBACK ${packetId}`, (packet) => packet.type === PUBACK && idOf(packet) === packetId),
  );
}

/** Of all that came so far, in order. */
export const payloadsOf = ({ version, received }: Connected): string[] =>
  received.filter(({ type }) => type === PUBLISH).map((packet) => readPublish(version, packet).payload.toString());

/** The reason code with which the hub ended a connection of MQTT 5; in 3.1.1 it just closes. */
export async function endOf(client: Connected): Promise<number | undefined> {
  await within("the hub ends the connection", client.closed);
  const goodbye = client.received.find(({ type }) => type === DISCONNECT);
  return goodbye && reasonOf(goodbye);
}
