/** Fills a broker with retained messages and times SUBSCRIBEs among them. */
import { latencyOf } from "./drive-spec.ts";
import { type MqttLink, openMqttLink } from "./mqtt-link.ts";
import { type InboundPacket, payloadOf, topicOf, typeOf } from "./packets/packet-cutter.ts";
import { publishPacket } from "./packets/publish-packet.ts";
import { subscribePacket, unsubscribePacket } from "./packets/subscribe-packet.ts";
import type { FilterResult, RetainedResult, RetainedSpec } from "./retained-spec.ts";

const PUBLISH = 3;
const PUBACK = 4;
const SUBACK = 9;
const UNSUBACK = 11;
const PINGRESP = 13;
const PINGREQ = Buffer.from([0xc0, 0]);
const FAILURE = 0x80;
const RETAIN = 0x01;
const IN_FLIGHT = 50;
const ANSWERS_WITHIN_MS = 30_000;

interface Party {
  write(bytes: Uint8Array): void;
  close(): void;
  /** Until `isDone` says so of a packet; one wait at a time. It is shown what comes until the next wait. */
  wait(what: string, isDone: (packet: InboundPacket) => boolean): Promise<void>;
}

/** A connection whose packets go to whoever waits at the moment. */
async function openParty({ host, port }: RetainedSpec, clientId: string): Promise<Party> {
  let onPacket: (packet: InboundPacket) => boolean = () => false;
  let onDone: () => void = () => {};
  let onBroken: (problem: string) => void = () => {};
  const link: MqttLink = await openMqttLink({
    host,
    port,
    clientId,
    onPacket: (packet) => {
      if (onPacket(packet)) onDone();
    },
    onClosed: (problem) => onBroken(problem),
  });

  function wait(what: string, isDone: (packet: InboundPacket) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const broken = (problem: string): void => {
        clearTimeout(tooLate);
        reject(new Error(`${what}: ${problem}`));
      };
      const tooLate = setTimeout(() => broken("no answer in time"), ANSWERS_WITHIN_MS);
      onPacket = isDone;
      onBroken = broken;
      onDone = () => {
        clearTimeout(tooLate);
        onDone = () => {};
        onBroken = () => {};
        resolve();
      };
    });
  }
  return { write: link.write, close: link.close, wait };
}

/** Messages a second, from the first to the last PUBACK. */
async function fill(publisher: Party, topics: readonly string[]): Promise<number> {
  const startedAtMs = performance.now();
  let sent = 0;
  let acknowledged = 0;
  function send(): void {
    for (; sent < topics.length && sent - acknowledged < IN_FLIGHT; sent += 1) {
      const topic = topics[sent] ?? "";
      publisher.write(publishPacket({ topic, payload: topic, qos: 1, packetId: (sent % 0xffff) + 1, retain: true }));
    }
  }
  const filled = publisher.wait("filling with retained messages", (packet) => {
    if (typeOf(packet) === PUBACK) acknowledged += 1;
    send();
    return acknowledged === topics.length;
  });
  send();
  await filled;
  return (topics.length / (performance.now() - startedAtMs)) * 1000;
}

async function ping(pinger: Party): Promise<number> {
  const startedAtMs = performance.now();
  let tookMs = Number.NaN;
  const answered = pinger.wait("ping", (packet) => {
    tookMs = packet.atMs - startedAtMs;
    return typeOf(packet) === PINGRESP;
  });
  pinger.write(PINGREQ);
  await answered;
  return tookMs;
}

/** Of pings one after the other, at least one, while that is so. */
async function longestPing(pinger: Party, isGoingOn: () => boolean): Promise<number> {
  let longestMs = 0;
  do longestMs = Math.max(longestMs, await ping(pinger));
  while (isGoingOn());
  return longestMs;
}

/** One SUBSCRIBE, its retained messages, and an UNSUBSCRIBE, before whose answer nothing more may come. */
async function subscribeOnce(subscriber: Party, pinger: Party, filter: string, matches: number) {
  const seen = new Set<string>();
  let isWrong = false;
  let packets = 0;
  function take(packet: InboundPacket): void {
    const topic = topicOf(packet);
    packets += 1;
    seen.add(topic);
    isWrong ||= payloadOf(packet) !== topic || (packet.firstByte & RETAIN) === 0;
  }

  const startedAtMs = performance.now();
  let subackMs = Number.NaN;
  let firstMs = Number.NaN;
  let lastMs = Number.NaN;
  const complete = subscriber.wait(`retained messages of ${filter}`, (packet) => {
    const atMs = packet.atMs - startedAtMs;
    if (typeOf(packet) === SUBACK) {
      subackMs = atMs;
      isWrong ||= packet.bytes[packet.from + 2] === FAILURE;
    } else if (typeOf(packet) === PUBLISH) {
      take(packet);
      if (packets === 1) firstMs = atMs;
      lastMs = atMs;
    }
    return !Number.isNaN(subackMs) && packets >= matches;
  });
  subscriber.write(subscribePacket(1, filter, 0));
  const [pingMs] = await Promise.all([longestPing(pinger, () => packets < matches), complete]);

  const over = subscriber.wait(`UNSUBSCRIBE ${filter}`, (packet) => {
    if (typeOf(packet) === PUBLISH) take(packet);
    return typeOf(packet) === UNSUBACK;
  });
  subscriber.write(unsubscribePacket(2, filter));
  await over;
  return { subackMs, firstMs, lastMs, pingMs, isWrong: isWrong || packets !== matches || seen.size !== matches };
}

export async function probeRetained(spec: RetainedSpec): Promise<RetainedResult> {
  const publisher = await openParty(spec, "bench-publisher");
  const subscriber = await openParty(spec, "bench-subscriber");
  const pinger = await openParty(spec, "bench-pinger");
  const loadedPerSecond = await fill(publisher, spec.topics);

  const quietMs: number[] = [];
  for (let repeat = 0; repeat < spec.repeats; repeat += 1) quietMs.push(await ping(pinger));
  const filters: FilterResult[] = [];
  for (const { filter, matches } of spec.filters) {
    const times: Awaited<ReturnType<typeof subscribeOnce>>[] = [];
    for (let repeat = 0; repeat < spec.repeats; repeat += 1) {
      times.push(await subscribeOnce(subscriber, pinger, filter, matches));
    }
    filters.push({
      filter,
      matches,
      suback: latencyOf(times.map((time) => time.subackMs)),
      firstRetained: latencyOf(times.map((time) => time.firstMs)),
      lastRetained: latencyOf(times.map((time) => time.lastMs)),
      ping: latencyOf(times.map((time) => time.pingMs)),
      wrong: times.filter((time) => time.isWrong).length,
    });
  }
  for (const party of [publisher, subscriber, pinger]) party.close();
  return { loadedPerSecond, quietPing: latencyOf(quietMs), filters };
}
