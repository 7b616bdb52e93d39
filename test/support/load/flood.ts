/** Publishers that send as much as they can, and unrelated round trips beside them. Judges nothing. */
import { once } from "node:events";
import { type Connected, connectWire } from "../clients/wire-client.ts";
import type { HubAddress } from "../hub/hub.ts";
import { idOf, PUBACK, PUBLISH, SUBACK } from "../packets/packets.ts";
import { publishOf, readPublish, subscribeOf, type Version } from "../packets/packets-of-version.ts";
import type { StallMeter } from "./stall-meter.ts";

export interface FloodOptions {
  publishers: number;
  /** Taken in turn. */
  versions: readonly Version[];
  /** Publisher n sends to `<topic>/<n>`. */
  topic: string;
  qos: 0 | 1;
  /** In all. */
  messages: number;
  /** Each payload begins with its number at its publisher, in eight digits. */
  payloadBytes: number;
}

/** QoS 1 messages of a publisher that may wait for their PUBACK. */
const WINDOW = 20;
/** Far longer than any flood: the hub may hold a publisher back. */
const DONE_WITHIN_MS = 120_000;

/** Settles when the hub has taken all of it: at QoS 1 acknowledged, at QoS 0 read. */
export async function flood(hub: HubAddress, options: FloodOptions): Promise<void> {
  const { publishers, versions, topic, messages } = options;
  const clients = await Promise.all(
    Array.from({ length: publishers }, (_, index) =>
      connectWire(hub, versions[index % versions.length] ?? 4, { clientId: `${topic}-publisher-${index}` }),
    ),
  );
  const each = Math.ceil(messages / publishers);
  await Promise.all(
    clients.map((client, index) => {
      const packetOf = publishMaker(client.version, `${topic}/${index}`, options);
      return options.qos === 0 ? sendAll(client, each, packetOf) : sendAcknowledged(client, each, packetOf);
    }),
  );
  for (const client of clients) client.destroy();
}

type PacketOf = (seq: number, packetId: number) => Buffer;

export const numbered = (seq: number, payloadBytes: number): Buffer =>
  Buffer.alloc(payloadBytes, 0x78).fill(String(seq).padStart(8, "0"), 0, 8);

function publishMaker(version: Version, topic: string, { qos, payloadBytes }: FloodOptions): PacketOf {
  return (seq, packetId) => publishOf(version, { topic, payload: numbered(seq, payloadBytes), qos, packetId });
}

async function sendAll(client: Connected, messages: number, packetOf: PacketOf): Promise<void> {
  const gone = client.closed.then(() => Promise.reject(new Error("a publisher was closed")));
  gone.catch(() => undefined);
  for (let seq = 0; seq < messages; seq += 1) {
    if (!client.stream.write(packetOf(seq, 0))) await Promise.race([once(client.stream, "drain"), gone]);
  }
  await client.ping(DONE_WITHIN_MS);
}

async function sendAcknowledged(client: Connected, messages: number, packetOf: PacketOf): Promise<void> {
  let sent = 0;
  let acknowledged = 0;
  const fill = (): void => {
    const packets: Buffer[] = [];
    while (sent < messages && sent - acknowledged < WINDOW) packets.push(packetOf(sent, 1 + (sent++ % 60_000)));
    if (packets.length > 0) client.send(...packets);
  };
  client.onPacket(({ type }) => {
    if (type !== PUBACK) return;
    acknowledged += 1;
    fill();
  });
  fill();
  const lastId = 1 + ((messages - 1) % 60_000);
  const isLast = (): boolean => acknowledged === messages;
  await client.first(
    "the last PUBACK",
    (packet) => packet.type === PUBACK && idOf(packet) === lastId && isLast(),
    DONE_WITHIN_MS,
  );
}

export interface RoundTrips {
  /** Each from publish to delivery, without the time in which this process itself stood still. */
  readonly tookMs: readonly number[];
  /** Waits for the one under way. */
  stop(): Promise<void>;
}

const TRIP_WITHIN_MS = 60_000;

/** A pair of clients that has nothing to do with the rest: one message at a time, QoS 0 and 1 in turn. */
export async function startRoundTrips(hub: HubAddress, stalls: StallMeter): Promise<RoundTrips> {
  const listener = await connectWire(hub, 4, { clientId: "calm-listener" });
  const talker = await connectWire(hub, 4, { clientId: "calm-talker" });
  listener.send(subscribeOf(4, 1, [["calm/#", 0]]));
  await listener.first("the SUBACK", ({ type }) => type === SUBACK);
  const tookMs: number[] = [];
  let stopped = false;
  const trip = async (number: number): Promise<void> => {
    const topic = `calm/${number}`;
    const fromMs = performance.now();
    const came = listener.first(
      `a message to ${topic}`,
      (packet) => packet.type === PUBLISH && readPublish(4, packet).topic === topic,
      TRIP_WITHIN_MS,
    );
    talker.send(publishOf(4, { topic, payload: "", qos: number % 2, packetId: 1 + (number % 60_000) }));
    await came;
    const toMs = performance.now();
    await stalls.looked();
    tookMs.push(toMs - fromMs - stalls.stalledMs(fromMs, toMs));
  };
  const running = (async () => {
    for (let number = 0; !stopped; number += 1) await trip(number);
  })();
  running.catch(() => undefined);
  return {
    tookMs,
    stop: () => {
      stopped = true;
      return running;
    },
  };
}
