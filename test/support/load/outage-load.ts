/** Boards that publish at a steady rate with QoS 0 and 1, some of it again, and a browser that looks on. Knows no store. */
import mqtt, { type MqttClient } from "mqtt";
import { onTestFinished } from "vitest";
import { openLiveClient } from "../clients/live-client.ts";
import { connectWire } from "../clients/wire-client.ts";
import type { HubAddress } from "../hub/hub.ts";
import { idOf, PUBACK } from "../packets/packets.ts";
import { publishOf } from "../packets/packets-of-version.ts";
import { until } from "../until.ts";

export interface OutageLoad {
  /** `seq` of readings that were acknowledged, and of those with QoS 0, which are given to the hub's socket. */
  readonly promised: ReadonlySet<number>;
  /** Connections that ended. */
  closes(): number;
  /** The longest wait for an acknowledgement. */
  slowestMs(): number;
  /** The longest time between two batches that the browser was sent. */
  liveGapMs(): number;
  /** Nothing more is published; settles when all of it is acknowledged. */
  stop(): Promise<void>;
}

export interface OutageLoadOptions {
  readonly boards: number;
  readonly perSecond: number;
  /** Where the readings lie to which the board gives an instant. */
  readonly pastMs: number;
}

const TICK_MS = 20;
/** On their way at any moment. */
export const MOST_REDELIVERED = 20;

export async function startOutageLoad(hub: HubAddress, options: OutageLoadOptions): Promise<OutageLoad> {
  const { boards, perSecond, pastMs } = options;
  const promised = new Set<number>();
  let closes = 0;
  let slowest = 0;
  let open = 0;
  let seq = 0;
  let sent = 0;
  const clients = await Promise.all(
    Array.from({ length: boards }, async (_, board): Promise<MqttClient> => {
      const client = await mqtt.connectAsync(hub.mqttUrl, { clientId: `b${board}`, reconnectPeriod: 0, keepalive: 15 });
      client.on("close", () => closes++);
      client.on("error", () => undefined);
      return client;
    }),
  );
  onTestFinished(async () => {
    clearInterval(timer);
    await Promise.all(clients.map((client) => client.endAsync(true)));
  });
  const again = await startRepeater(
    hub,
    () => seq++,
    promised,
    () => closes++,
  );
  const liveGapMs = await watchLive(hub);

  function publish(): void {
    const board = sent % boards;
    // Of each board's own readings: by `seq`, one board could have nothing but these.
    const isTimed = Math.floor(sent / boards) % 3 === 0;
    sent++;
    const mine = seq++;
    const body = { ...(isTimed && { timestamp: pastMs + mine }), seq: mine, temperature: 20 + (mine % 100) / 10 };
    const sinceMs = performance.now();
    open++;
    const qos = board % 2 === 0 ? 1 : 0;
    clients[board]?.publish(`devices/b${board}/telemetry`, JSON.stringify(body), { qos }, (error) => {
      open--;
      if (error) return;
      if (qos === 1) slowest = Math.max(slowest, performance.now() - sinceMs);
      promised.add(mine);
    });
  }
  const timer = setInterval(() => {
    for (let i = 0; i < (perSecond * TICK_MS) / 1_000; i++) publish();
    again.send();
  }, TICK_MS);

  return {
    promised,
    closes: () => closes,
    slowestMs: () => slowest,
    liveGapMs,
    stop: async () => {
      clearInterval(timer);
      await until("all is acknowledged", () => open === 0 && again.isSettled(), { withinMs: 30_000 });
    },
  };
}

/** A board of which each acknowledgement is lost, as far as it knows: it sends everything a second time, with DUP. */
async function startRepeater(
  hub: HubAddress,
  nextSeq: () => number,
  promised: Set<number>,
  onClosed: () => void,
): Promise<{ send(): void; isSettled(): boolean }> {
  const client = await connectWire(hub, 4, { clientId: "repeater", keepAliveS: 600 });
  onTestFinished(client.destroy);
  void client.closed.then(onClosed);
  const waiting = new Map<number, { seq: number; copies: number }>();
  let packetId = 0;
  const packet = (id: number, seq: number, dup: boolean): Buffer =>
    publishOf(4, {
      topic: "devices/repeater/telemetry",
      payload: JSON.stringify({ seq, temperature: 21 }),
      qos: 1,
      packetId: id,
      dup,
    });
  client.onPacket((received) => {
    if (received.type !== PUBACK) return;
    const id = idOf(received);
    const entry = waiting.get(id);
    if (entry === undefined || --entry.copies > 0) return;
    waiting.delete(id);
    promised.add(entry.seq);
  });
  return {
    send: () => {
      if (waiting.size >= MOST_REDELIVERED) return;
      packetId = (packetId % 60_000) + 1;
      const seq = nextSeq();
      waiting.set(packetId, { seq, copies: 2 });
      client.send(packet(packetId, seq, false));
      client.send(packet(packetId, seq, true));
    },
    isSettled: () => waiting.size === 0,
  };
}

async function watchLive(hub: HubAddress): Promise<() => number> {
  const { socket, subscribe } = await openLiveClient(hub.url);
  let last: number | undefined;
  let gap = 0;
  socket.on("readings", () => {
    const now = performance.now();
    if (last !== undefined) gap = Math.max(gap, now - last);
    last = now;
  });
  await subscribe({ batch: true });
  return () => gap;
}
