/** One subscriber: a connection with one filter, granted as asked. What it is sent goes to its owner; it acknowledges QoS 1. */

import { type MqttLink, openMqttLink } from "./mqtt-link.ts";
import { ackPackets, PUBACK } from "./packets/ack-packets.ts";
import { type InboundPacket, publishIdOf, typeOf } from "./packets/packet-cutter.ts";
import { subscribePacket } from "./packets/subscribe-packet.ts";

export interface SubscriberOptions {
  host: string;
  port: number;
  clientId: string;
  filter: string;
  qos: 0 | 1;
  onPublish(packet: InboundPacket): void;
  onClosed(problem: string): void;
}

const PUBLISH = 3;
const SUBACK = 0x90;
const QOS_BITS = 0x06;
const SUBSCRIBE_ID = 1;
const SUBACK_WITHIN_MS = 30_000;

/** Settles with the SUBACK; rejects when another QoS was granted, or nothing said. */
export function openSubscriber(options: SubscriberOptions): Promise<MqttLink> {
  const { host, port, clientId, filter, qos, onPublish, onClosed } = options;
  return new Promise((resolve, reject) => {
    let received: number[] = [];
    let opened: MqttLink | undefined;
    const tooLate = setTimeout(() => refuse("no SUBACK in time"), SUBACK_WITHIN_MS);

    function refuse(problem: string): void {
      clearTimeout(tooLate);
      opened?.close();
      reject(new Error(`${clientId} could not subscribe ${filter}: ${problem}`));
    }
    function onPacket(packet: InboundPacket): void {
      if (typeOf(packet) === PUBLISH) {
        if ((packet.firstByte & QOS_BITS) !== 0) received.push(publishIdOf(packet));
        onPublish(packet);
      } else if (packet.firstByte === SUBACK && opened !== undefined) {
        const granted = packet.bytes[packet.from + 2];
        if (granted !== qos) return refuse(`granted ${granted}`);
        clearTimeout(tooLate);
        resolve(opened);
      }
    }
    function onRead(): void {
      if (received.length === 0) return;
      opened?.write(ackPackets(PUBACK, received));
      received = [];
    }
    const whenClosed = (problem: string): void => {
      refuse(problem); // without effect once it is open
      onClosed(problem);
    };
    openMqttLink({ host, port, clientId, onPacket, onRead, onClosed: whenClosed }).then((link) => {
      opened = link;
      link.write(subscribePacket(SUBSCRIBE_ID, filter, qos));
    }, reject);
  });
}
