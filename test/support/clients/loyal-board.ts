/** A board that comes back by itself whenever its connection ends, and sends again what is not acknowledged. */
import { onTestFinished } from "vitest";
import type { HubAddress } from "../hub/hub.ts";
import { idOf, PINGREQ_PACKET, PUBACK } from "../packets/packets.ts";
import { property, publishOf, type Version } from "../packets/packets-of-version.ts";
import { connectWire, type WireClient } from "./wire-client.ts";

export interface LoyalBoardOptions {
  deviceId: string;
  version: Version;
  keepAliveS: number;
  /** Readings that may wait for their PUBACK. */
  window: number;
  /** One reading each so many milliseconds; as fast as the window allows where it is left out. */
  everyMs?: number;
}

export interface LoyalBoard {
  readonly deviceId: string;
  /** The `seq` of each acknowledged reading. */
  readonly acknowledged: readonly number[];
  /** From the first write of a reading to its PUBACK (performance.now()). */
  readonly waits: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** Readings numbered so far. */
  sent(): number;
  /** Connections that ended. */
  losses(): number;
  /** From now on nothing new; what waits is still sent again. */
  rest(): void;
  isSettled(): boolean;
}

const PACKET_IDS = 60_000;
const CONNECT_AGAIN_MS = 200;

/** Connects at once, and until the test has ended. Settles when it was let in for the first time. */
export async function startLoyalBoard(hub: HubAddress, options: LoyalBoardOptions): Promise<LoyalBoard> {
  const { deviceId, version, window, everyMs } = options;
  const waiting = new Map<number, { seq: number; fromMs: number }>();
  const acknowledged: number[] = [];
  const waits: { fromMs: number; toMs: number }[] = [];
  let client: WireClient | undefined;
  let nextSeq = 0;
  let losses = 0;
  let resting = false;
  let ended = false;

  const packetOf = (seq: number, dup: boolean): Buffer => {
    const payload = JSON.stringify({ seq, temperature: 20 + (seq % 100) / 10 });
    const topic = `devices/${deviceId}/telemetry`;
    return publishOf(version, { topic, payload, qos: 1, packetId: 1 + (seq % PACKET_IDS), dup });
  };
  const sendNew = (): void => {
    if (resting || client === undefined || waiting.size >= window) return;
    const seq = nextSeq++;
    waiting.set(1 + (seq % PACKET_IDS), { seq, fromMs: performance.now() });
    client.send(packetOf(seq, false));
    if (everyMs === undefined) sendNew();
  };
  const acknowledge = (packetId: number): void => {
    const reading = waiting.get(packetId);
    if (reading === undefined) return;
    waiting.delete(packetId);
    acknowledged.push(reading.seq);
    waits.push({ fromMs: reading.fromMs, toMs: performance.now() });
  };

  async function connect(): Promise<void> {
    const properties = [property.sessionExpiryS(3_600)];
    const wish = { clientId: deviceId, clean: false, keepAliveS: options.keepAliveS, properties };
    const connected = await connectWire(hub, version, wish);
    if (connected.connack.code !== 0) throw new Error(`${deviceId} was refused with ${connected.connack.code}`);
    connected.onPacket((packet) => {
      if (packet.type !== PUBACK) return;
      acknowledge(idOf(packet));
      if (everyMs === undefined) sendNew();
    });
    void connected.closed.then(() => {
      client = undefined;
      losses += 1;
      comeBack();
    });
    client = connected;
    for (const { seq } of waiting.values()) connected.send(packetOf(seq, true));
    if (everyMs === undefined) sendNew();
  }
  const comeBack = (): void => {
    if (ended) return;
    connect().catch(() => void setTimeout(comeBack, CONNECT_AGAIN_MS));
  };

  const ping = setInterval(() => client?.send(PINGREQ_PACKET), options.keepAliveS * 500);
  const pace = everyMs === undefined ? undefined : setInterval(sendNew, everyMs);
  onTestFinished(() => {
    ended = true;
    clearInterval(ping);
    clearInterval(pace);
    client?.destroy();
  });
  await connect();
  return {
    deviceId,
    acknowledged,
    waits,
    sent: () => nextSeq,
    losses: () => losses,
    rest: () => {
      resting = true;
    },
    isSettled: () => waiting.size === 0,
  };
}
