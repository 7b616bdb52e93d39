/** A subscriber as the standard wants it: acknowledges all, and knows a QoS 2 message by its packet id until PUBREL. */

import type { HubAddress } from "../hub/hub.ts";
import { disconnectPacket, pubackPacket, pubcompPacket, pubrecPacket, subscribePacket } from "../packets/bytes.ts";
import type { Publish, Received } from "../packets/received.ts";
import { until } from "../until.ts";
import { keptSession, type Login, openLink, type PacketLink } from "./packet-link.ts";

/** What its owner was given. */
export interface Delivery {
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly retain: boolean;
  readonly dup: boolean;
}

export interface SteadySubscriber {
  readonly name: string;
  readonly deliveries: readonly Delivery[];
  /** What CONNACK said each time. */
  readonly sessionsPresent: readonly boolean[];
  /** Reason codes of the DISCONNECTs that came. */
  readonly disconnects: readonly number[];
  connect(hub: HubAddress): Promise<void>;
  /** Settles with SUBACK. */
  subscribe(...filters: string[]): Promise<void>;
  isOpen(): boolean;
  /** Ends its connection with a RST. */
  reset(): void;
  vanish(): Promise<void>;
  leave(): Promise<void>;
}

/** Its subscriptions have QoS 2. */
export function createSubscriber(clientId: string, version: 4 | 5, login?: Login): SteadySubscriber {
  const deliveries: Delivery[] = [];
  const sessionsPresent: boolean[] = [];
  const disconnects: number[] = [];
  /** Packet ids of QoS 2 messages of which the PUBREL did not come yet. [MQTT-4.3.3-2] */
  const unreleased = new Set<number>();
  let subacks = 0;
  let link: PacketLink | undefined;

  function take({ topic, payload, qos, retain, dup, packetId }: Publish): void {
    if (qos < 2 || !unreleased.has(packetId)) deliveries.push({ topic, payload, qos, retain, dup });
    if (qos === 1) link?.send(pubackPacket(packetId));
    if (qos < 2) return;
    unreleased.add(packetId);
    link?.send(pubrecPacket(packetId));
  }

  function hear(packet: Received): void {
    if (packet.type === "publish") take(packet);
    if (packet.type === "suback") subacks += 1;
    if (packet.type === "disconnect") disconnects.push(packet.code);
    if (packet.type !== "pubrel") return;
    unreleased.delete(packet.packetId);
    link?.send(pubcompPacket(packet.packetId));
  }

  return {
    name: clientId,
    deliveries,
    sessionsPresent,
    disconnects,
    connect: async (hub) => {
      const early: Received[] = [];
      let listen = (packet: Received): void => void early.push(packet);
      link = await openLink(hub, { ...keptSession(version, clientId), ...login }, (packet) => listen(packet));
      listen = hear;
      sessionsPresent.push(link.connack.sessionPresent);
      if (!link.connack.sessionPresent) unreleased.clear();
      early.forEach(hear);
    },
    subscribe: async (...filters) => {
      const before = subacks;
      const wishes = filters.map((filter) => [filter, 2] as const);
      link?.send(subscribePacket({ packetId: 1, filters: wishes }, version));
      await until("SUBACK", () => subacks > before, { everyMs: 2 });
    },
    isOpen: () => link?.isOpen() === true,
    reset: () => link?.reset(),
    vanish: async () => link?.vanish(),
    leave: async () => link?.end(disconnectPacket()),
  };
}
