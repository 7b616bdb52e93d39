/** One connection that sends single readings of any device at QoS 1, and tells when each was acknowledged. */
import { telemetryTopic } from "../../../src/contract/topics.ts";
import { openMqttLink } from "../../generator/mqtt-link.ts";
import { packetIdOf } from "../../generator/packets/packet-cutter.ts";
import { publishPacket } from "../../generator/packets/publish-packet.ts";
import type { Peer } from "../../run/peer-process.ts";

export interface ReadingsLink {
  /** Settles with the time of its PUBACK (performance.now). */
  send(deviceId: string, metrics: object): Promise<number>;
  close(): void;
}

const PUBACK = 0x40;
const MOST_PACKET_ID = 65_535;

export async function openReadingsLink({ mqtt }: Peer, clientId: string): Promise<ReadingsLink> {
  const waiting = new Map<number, (atMs: number) => void>();
  let last = 0;
  let isClosing = false;
  const link = await openMqttLink({
    ...mqtt,
    clientId,
    onPacket(packet) {
      if (packet.firstByte !== PUBACK) return;
      const id = packetIdOf(packet);
      waiting.get(id)?.(packet.atMs);
      waiting.delete(id);
    },
    onClosed(problem) {
      if (!isClosing) throw new Error(`the connection of ${clientId} ended: ${problem}`);
    },
  });
  return {
    send: (deviceId, metrics) =>
      new Promise((resolve) => {
        last = (last % MOST_PACKET_ID) + 1;
        waiting.set(last, resolve);
        const payload = JSON.stringify(metrics);
        link.write(publishPacket({ topic: telemetryTopic(deviceId), payload, qos: 1, packetId: last }));
      }),
    close: () => {
      isClosing = true;
      link.close();
    },
  };
}
