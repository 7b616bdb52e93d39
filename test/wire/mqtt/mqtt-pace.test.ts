/** Who sends faster than he may is slowed down, alone, and loses nothing; who never comes down to it is cut off. */
import { expect, test } from "vitest";
import { connectJs, type JsClient } from "../../support/clients/mqtt-clients.ts";
import { openWire } from "../../support/clients/wire-client.ts";
import { createShiftedClock } from "../../support/clock/shifted-clock.ts";
import { type AccessWorld, openAccessWorld } from "../../support/hub/access-world.ts";
import type { InProcessHub } from "../../support/hub/hub.ts";
import { connectBytes } from "../../support/packets/login-bytes.ts";
import { CONNACK } from "../../support/packets/packets.ts";
import { until } from "../../support/until.ts";

const TELEMETRY = '{"temperature":21}';

async function boardOf(world: AccessWorld, deviceId: string, protocolVersion: 4 | 5 = 5): Promise<JsClient> {
  const { secret } = await world.board(deviceId);
  return connectJs(world.hub.mqttUrl, { username: deviceId, password: secret, protocolVersion, keepalive: 0 });
}

/** As its scraper is told. */
async function slowedOf({ owner }: AccessWorld): Promise<number> {
  const { text } = await owner.ask("/metrics");
  return Number(/^aerie_mqtt_slowed_total (\d+)$/m.exec(text)?.[1]);
}

/** ms from the first to the last of `count` messages that came. */
async function timed(client: JsClient, deviceId: string, count: number): Promise<number> {
  const begunMs = performance.now();
  await Promise.all(
    Array.from({ length: count }, () => client.publish(`devices/${deviceId}/telemetry`, TELEMETRY, { qos: 1 })),
  );
  return performance.now() - begunMs;
}

const counts = async ({ owner }: AccessWorld): Promise<Record<string, number>> =>
  (await owner.ask<{ counts: Record<string, number> }>("/api/refusals")).body.counts;

const storedOf = async ({ owner }: AccessWorld, deviceId: string): Promise<number> =>
  (await owner.ask<{ readings: unknown[] }>(`/api/devices/${deviceId}/readings?limit=10000`)).body.readings.length;

test("a board that sends too much is read more slowly, all of it is stored, and another board does not feel it", async () => {
  const world = await openAccessWorld({ settings: { maxMessagesPerSecond: 50 } });
  const [fast, other] = [await boardOf(world, "fast"), await boardOf(world, "other")];

  const [fastMs, otherMs] = await Promise.all([timed(fast, "fast", 600), timed(other, "other", 20)]);

  expect(fastMs).toBeGreaterThan(1_500); // 500 at once, 100 at 50 a second
  expect(otherMs).toBeLessThan(1_500);
  expect(await storedOf(world, "fast")).toBe(600);
  expect(await slowedOf(world)).toBe(1);
  expect(await counts(world)).toEqual({});
});

test("bytes are limited as messages are", async () => {
  const world = await openAccessWorld({ settings: { maxBytesPerSecond: 1_000 } });
  const fast = await boardOf(world, "fast");
  const payload = JSON.stringify({ note: "x".repeat(200), temperature: 1 });

  const begunMs = performance.now();
  const sent = Array.from({ length: 50 }, () => fast.publish("devices/fast/telemetry", payload, { qos: 1 }));
  await Promise.all(sent);

  expect(performance.now() - begunMs).toBeGreaterThan(1_000);
  expect(await storedOf(world, "fast")).toBe(50);
});

// Elsewhere 127.0.0.2 is not this machine.
test.runIf(process.platform === "linux")("an address has a limit for all its clients together", async () => {
  const world = await openAccessWorld({ settings: { maxMessagesPerSecondPerAddress: 50 } });
  const [one, two] = [await boardOf(world, "one"), await boardOf(world, "two")];

  const [oneMs, twoMs] = await Promise.all([timed(one, "one", 300), timed(two, "two", 300)]);

  expect(Math.max(oneMs, twoMs)).toBeGreaterThan(1_500);
  expect(await slowedOf(world)).toBeGreaterThan(0);
});

test.each([4, 5] as const)(
  "with MQTT of level %i who is slowed for a minute and sends on is cut off, and told why",
  async (version) => {
    const clock = createShiftedClock();
    const world = await openAccessWorld({ clock, settings: { maxMessagesPerSecond: 100 } });
    const fast = await boardOf(world, "fast", version);
    let isGone = false;
    fast.client.once("close", () => {
      isGone = true;
    });
    flood(fast);

    await until(
      "it is cut off",
      () => {
        clock.skip(900);
        return isGone;
      },
      { everyMs: 30, withinMs: 20_000 },
    );

    expect(fast.disconnect()?.reasonCode).toBe(version === 5 ? 0x96 : undefined);
    expect(await counts(world)).toEqual({ RATE_TOO_HIGH: 1 });
  },
);

function flood({ client }: JsClient): void {
  for (let index = 0; index < 30_000; index++) client.publish("devices/fast/telemetry", TELEMETRY, { qos: 0 });
}

test("an address that connects too often is not let in, and is again when it has waited", async () => {
  const clock = createShiftedClock();
  const world = await openAccessWorld({ clock, settings: { maxConnectsPerMinute: 5 } });
  const { secret } = await world.board("cellar");
  const come = (hub: InProcessHub) => connectJs(hub.mqttUrl, { username: "cellar", password: secret });

  for (let index = 0; index < 5; index++) await (await come(world.hub)).leave();
  await expect(come(world.hub)).rejects.toThrow();
  clock.skip(13_000);

  await (await come(world.hub)).publish("devices/cellar/telemetry", TELEMETRY, { qos: 1 });
  expect(await counts(world)).toEqual({ TOO_MANY_CONNECTS_OF_ADDRESS: 1 });
});

// Elsewhere 127.0.0.2 is not this machine.
test.runIf(process.platform === "linux")(
  "a credential whose clients connect too often, from wherever, gets that reason; another comes in",
  async () => {
    const clock = createShiftedClock();
    const world = await openAccessWorld({ clock, settings: { maxConnectsPerMinute: 4 } });
    const [cellar, attic] = [await world.board("cellar"), await world.board("attic")];
    const come = async ({ deviceId, secret }: { deviceId: string; secret: string }, from: number) => {
      const client = openWire(world.hub, { localAddress: `127.0.0.${from}` });
      client.send(connectBytes(deviceId, secret));
      const { body } = await client.first("a CONNACK", ({ type }) => type === CONNACK);
      return body[1];
    };
    const codes: (number | undefined)[] = [];
    for (const from of [2, 3, 4, 5, 6]) codes.push(await come(cellar, from));

    expect(codes).toEqual([0, 0, 0, 0, 3]);
    expect(await come(attic, 7)).toBe(0);
    clock.skip(15_000);
    expect(await come(cellar, 8)).toBe(0);
    expect(await counts(world)).toMatchObject({ TOO_MANY_CONNECTS_OF_CREDENTIAL: 1 });
  },
);
