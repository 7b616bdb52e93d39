/** One publisher and many subscribers of one topic, in one process and on one clock. Publishes no more than what the others take. */
import { processUsage } from "../helpers/process-usage.ts";
import { latencyOf } from "./drive-spec.ts";
import { createRounds, type Rounds } from "./fan-out-rounds.ts";
import type { FanOutResult, FanOutSpec } from "./fan-out-spec.ts";
import { type MqttLink, openMqttLink } from "./mqtt-link.ts";
import { openAll } from "./open-all.ts";
import type { InboundPacket } from "./packets/packet-cutter.ts";
import { publishPacket } from "./packets/publish-packet.ts";
import { openSubscriber } from "./subscriber.ts";

const TOPIC = "plant/alarm";
const PAYLOAD_BYTES = 200;
const STALL_MS = 15_000;
/** The acknowledgements of one message are over before the next leaves. */
const PAUSE_MS = 20;
const PUBACK = 0x40;

/** What a stretch listens to. */
interface Listener {
  progress(): void;
  broken(problem: string): void;
}

async function openReaders({ host, port, subscribers, qos }: FanOutSpec, rounds: Rounds, listener: Listener) {
  const open = (number: number): Promise<MqttLink> =>
    openSubscriber({
      host,
      port,
      clientId: `bench-${number}`,
      filter: TOPIC,
      qos,
      onPublish: (packet: InboundPacket) => {
        if (rounds.delivered(number, packet)) listener.progress();
      },
      onClosed: (problem) => listener.broken(`subscriber ${number}: ${problem}`),
    });
  return openAll(subscribers, open, (reader) => reader.close());
}

async function openPublisher({ host, port, qos }: FanOutSpec, rounds: Rounds, listener: Listener) {
  let acknowledged = 0;
  const link = await openMqttLink({
    host,
    port,
    clientId: "bench-publisher",
    onPacket({ firstByte }) {
      if (firstByte !== PUBACK) return listener.broken(`the publisher was sent packet type ${firstByte >> 4}`);
      acknowledged += 1;
      listener.progress();
    },
    onClosed: (problem) => listener.broken(`the publisher: ${problem}`),
  });
  return {
    isAcknowledged: () => qos === 0 || acknowledged === rounds.counts.published,
    close: link.close,
    publish(): void {
      const message = rounds.begin();
      const payload = Buffer.alloc(PAYLOAD_BYTES, "x");
      payload.writeUInt32BE(message);
      const packetId = qos === 0 ? undefined : (message % 0xffff) + 1;
      link.write(publishPacket({ topic: TOPIC, payload, qos, packetId }));
    },
  };
}

interface Stretch {
  durationMs: number;
  /** Messages under way; so many leave at once. */
  inFlight: number;
  /** Before the next leaves. */
  pauseMs: number;
}

/** Settles when the time is over, all has arrived everywhere and is acknowledged. */
function run(
  { durationMs, inFlight, pauseMs }: Stretch,
  rounds: Rounds,
  publisher: { isAcknowledged(): boolean; publish(): void },
  listener: Listener,
) {
  rounds.clearLatencies();
  const { counts } = rounds;
  const deliveriesBefore = counts.deliveries;
  const startedAtMs = performance.now();
  let movedAtMs = startedAtMs;
  let pause: NodeJS.Timeout | undefined;
  return new Promise<{ deliveries: number; elapsedMs: number }>((resolve, reject) => {
    const stall = setInterval(() => {
      if (performance.now() - movedAtMs < STALL_MS) return;
      listener.broken(`nothing moves: ${counts.published} messages published, ${counts.deliveries} deliveries came`);
    }, 1_000);
    function finish(): void {
      clearInterval(stall);
      listener.progress = () => {};
      resolve({ deliveries: counts.deliveries - deliveriesBefore, elapsedMs: movedAtMs - startedAtMs });
    }
    function goOn(): void {
      if (performance.now() - startedAtMs < durationMs) {
        while (rounds.underWay() < inFlight) publisher.publish();
      } else if (rounds.underWay() === 0 && publisher.isAcknowledged()) finish();
    }
    listener.broken = (problem) => {
      clearInterval(stall);
      reject(new Error(problem));
    };
    listener.progress = () => {
      movedAtMs = performance.now();
      if (pauseMs === 0) return goOn();
      clearTimeout(pause);
      pause = setTimeout(goOn, pauseMs);
    };
    goOn();
  });
}

export async function fanOut(spec: FanOutSpec): Promise<FanOutResult> {
  const { subscribers, warmUpMs, measuredMs, inFlight, targetPid } = spec;
  const listener: Listener = { progress: () => {}, broken: () => {} };
  const rounds = createRounds(subscribers);
  const readers = await openReaders(spec, rounds, listener);
  const publisher = await openPublisher(spec, rounds, listener);
  const full = { inFlight, pauseMs: 0 };

  await run({ ...full, durationMs: warmUpMs }, rounds, publisher, listener);
  await run({ inFlight: 1, pauseMs: PAUSE_MS, durationMs: measuredMs }, rounds, publisher, listener);
  const latency = latencyOf(rounds.latenciesMs());
  const before = processUsage(targetPid);
  const { deliveries, elapsedMs } = await run({ ...full, durationMs: measuredMs }, rounds, publisher, listener);
  const after = processUsage(targetPid);

  listener.broken = () => {};
  for (const link of [publisher, ...readers]) link.close();
  return {
    ...rounds.counts,
    deliveriesPerSecond: (deliveries / elapsedMs) * 1000,
    targetCpuUsADelivery: ((after.cpuMs - before.cpuMs) * 1000) / deliveries,
    latency,
    targetResidentMiB: after.residentMiB,
  };
}
