/** Boards as the field has them: they number their readings, keep what is not acknowledged, and send it again. */
import type { HubAddress } from "../hub/hub.ts";
import { DISCONNECT_PACKET, idOf, PUBACK, publishPacket } from "../packets/packets.ts";
import { connectRaw, type RawClient } from "./raw-client.ts";

export interface BoardOptions {
  deviceId: string;
  /** Whether its readings carry an instant. */
  timed: boolean;
  /** Readings that may wait for their PUBACK. Default 20. */
  window?: number;
}

/** Sends QoS 1 readings whose metric `seq` counts from 0, as fast as its window allows. */
export interface Board {
  readonly deviceId: string;
  /** The `seq` of each acknowledged reading, in order of their PUBACKs. */
  readonly acknowledged: readonly number[];
  /** Readings numbered so far. */
  sent(): number;
  /** Sends again what waits (DUP=1, same packet id), then goes on. Rejects when the hub does not let it in. */
  connect(hub: HubAddress): Promise<void>;
  /** From now on sends nothing new. */
  rest(): void;
  /** Nothing waits for a PUBACK. */
  isSettled(): boolean;
  isConnected(): boolean;
  disconnect(): Promise<void>;
}

const PACKET_IDS = 60_000;

export function createBoard({ deviceId, timed, window = 20 }: BoardOptions): Board {
  const topic = `devices/${deviceId}/telemetry`;
  const firstMs = Date.now() - 3_600_000;
  const acknowledged: number[] = [];
  /** By packet id; a Map keeps the order in which they were sent first. */
  const waiting = new Map<number, { seq: number; payload: string }>();
  let nextSeq = 0;
  let resting = false;
  let client: RawClient | undefined;

  function fill(): void {
    const packets: Buffer[] = [];
    while (!resting && waiting.size < window) {
      const seq = nextSeq++;
      const packetId = 1 + (seq % PACKET_IDS);
      const instant = timed ? { ts: firstMs + seq } : {};
      const payload = JSON.stringify({ ...instant, seq, temperature: 20 + (seq % 100) / 10 });
      waiting.set(packetId, { seq, payload });
      packets.push(publishPacket({ topic, payload, qos: 1, packetId }));
    }
    if (packets.length > 0) client?.send(...packets);
  }

  return {
    deviceId,
    acknowledged,
    sent: () => nextSeq,
    connect: async (hub) => {
      resting = false;
      const connection = await connectRaw(hub, { clientId: deviceId, clean: false });
      client = connection;
      connection.onPacket((packet) => {
        if (packet.type !== PUBACK) return;
        const acked = waiting.get(idOf(packet));
        waiting.delete(idOf(packet));
        if (acked !== undefined) acknowledged.push(acked.seq);
        fill();
      });
      for (const [packetId, { payload }] of waiting)
        connection.publish({ topic, payload, qos: 1, packetId, dup: true });
      fill();
    },
    rest: () => {
      resting = true;
    },
    isSettled: () => waiting.size === 0,
    isConnected: () => client?.isOpen() === true,
    disconnect: async () => {
      client?.send(DISCONNECT_PACKET);
      client?.stream.end();
      await client?.closed;
    },
  };
}

/** Sends bursts of QoS 0 readings, each followed by a QoS 1 marker on the same connection that says where it ends. */
export interface FleetingBoard {
  readonly deviceId: string;
  /** Readings with a smaller `seq` were sent before a marker whose PUBACK came. */
  assured(): number;
  start(hub: HubAddress): Promise<void>;
}

const BURST = 25;

/** As PubSubClient does it: nothing is ever sent again. */
export function createFleetingBoard(deviceId: string): FleetingBoard {
  let nextSeq = 0;
  let assured = 0;

  function sendBurst(client: RawClient): void {
    const readings = Array.from({ length: BURST }, () =>
      publishPacket({ topic: `devices/${deviceId}/telemetry`, payload: JSON.stringify({ seq: nextSeq++ }) }),
    );
    client.send(...readings, publishPacket({ topic: `markers/${deviceId}`, payload: "", qos: 1, packetId: 1 }));
  }

  return {
    deviceId,
    assured: () => assured,
    start: async (hub) => {
      const client = await connectRaw(hub, { clientId: deviceId });
      client.onPacket(({ type }) => {
        if (type !== PUBACK) return;
        assured = nextSeq;
        sendBurst(client);
      });
      sendBurst(client);
    },
  };
}
