/** Whatever bytes come, in whatever order: the hub lives, forgets the connection, and serves the next client. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { connectWire, openWire, type WireClient } from "../../support/clients/wire-client.ts";
import { type SpawnedHub, spawnHub } from "../../support/hub/hub.ts";
import { metricsOf } from "../../support/hub/metrics.ts";
import { type OddTraffic, oddTraffic } from "../../support/packets/odd-traffic.ts";
import { PUBLISH } from "../../support/packets/packets.ts";
import { connectOf, publishOf, readPublish, subscribeOf, VERSIONS } from "../../support/packets/packets-of-version.ts";
import { until, within } from "../../support/until.ts";

/** `npm run soak` sets 20,000. */
const SEQUENCES = Number(process.env["AERIE_TEST_SEQUENCES"] ?? 2_000);
/** One in so many comes over WebSocket. */
const WEBSOCKET_EVERY = 10;
const CLOSED_WITHIN_MS = 5_000;

interface Target {
  readonly hub: SpawnedHub;
  /** Watches that the hub goes on answering who is connected. */
  readonly control: WireClient;
  readonly baseFds: number;
}

async function openTarget(): Promise<Target> {
  const hub = await spawnHub();
  const control = await connectWire(hub, 4, { clientId: "control" });
  const [baseFds] = await metricsOf(hub, "process_open_fds");
  return { hub, control, baseFds };
}

test(`${SEQUENCES} odd sequences of packets of every version: no crash, no connection left behind, and the next client is served`, {
  timeout: 60_000 + SEQUENCES * 100,
}, async () => {
  let target = await openTarget();
  let number = 0;

  await fc.assert(
    fc.asyncProperty(oddTraffic, async (traffic) => {
      // A hub that a sequence ended is replaced, so that fast-check can look for the smallest sequence that does it.
      if (!target.control.isOpen()) target = await openTarget();
      number += 1;
      try {
        await sendAndLeave(target.hub, traffic, number % WEBSOCKET_EVERY === 0 ? "websocket" : "tcp");
        await expectServed(target, number);
      } catch (cause) {
        throw new Error(describe(traffic, target.hub), { cause });
      }
    }),
    { numRuns: SEQUENCES, interruptAfterTimeLimit: 30_000 + SEQUENCES * 50, markInterruptAsFailure: true },
  );

  await until("only the control is connected", async () => {
    const [clients] = await metricsOf(target.hub, "aerie_mqtt_clients");
    return clients === 1;
  });
  const [fds] = await metricsOf(target.hub, "process_open_fds");
  if (!Number.isNaN(target.baseFds)) expect(fds).toBeLessThan(target.baseFds + 10);
  expect(target.hub.logged.filter(({ level }) => level === "error")).toEqual([]);
});

/** The hub has read all of it when it closes its end, too. */
async function sendAndLeave(hub: SpawnedHub, { chunks }: OddTraffic, transport: "tcp" | "websocket"): Promise<void> {
  const client = openWire(hub, { transport });
  for (const chunk of chunks) if (chunk.length > 0) client.send(chunk);
  client.stream.end();
  try {
    await within("the hub closes the connection", client.closed, CLOSED_WITHIN_MS);
  } finally {
    client.destroy();
  }
}

/** Connect, subscribe, publish, receive: in one write. */
async function expectServed({ hub, control }: Target, number: number): Promise<void> {
  const version = VERSIONS[number % VERSIONS.length] ?? 4;
  const topic = `fresh/${number}`;
  const fresh = openWire(hub);
  fresh.send(
    connectOf(version, { clientId: `fresh-${number}` }),
    subscribeOf(version, 1, [[topic, 1]]),
    publishOf(version, { topic, payload: "hello", qos: 1, packetId: 2 }),
  );
  const delivery = await fresh.first("its own message", ({ type }) => type === PUBLISH, CLOSED_WITHIN_MS);
  fresh.destroy();
  expect(readPublish(version, delivery).topic).toBe(topic);
  await control.ping(CLOSED_WITHIN_MS);
}

function describe({ version, chunks }: OddTraffic, hub: SpawnedHub): string {
  const bytes = chunks.map((chunk) => chunk.toString("hex")).join("\n  ");
  return `version ${version}; sent, a write a line:\n  ${bytes}\nthe hub's last words: ${hub.stderr().slice(-2_000)}\n`;
}
