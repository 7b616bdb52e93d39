/**
 * MongoDB goes away under load, in each way that it can: what was acknowledged is there afterwards, once, hours and days are true,
 * no board was disconnected, and the browser was sent readings all the time.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { Readiness } from "../../../src/contract/rest.ts";
import { type ClockOfHub, clockOfHub } from "../../support/clock/shifted-clock.ts";
import { type SpawnedHub, spawnHub } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { watchMemory } from "../../support/load/memory-watch.ts";
import { MOST_REDELIVERED, type OutageLoad, startOutageLoad } from "../../support/load/outage-load.ts";
import { mongoTruth } from "../../support/mongodb/mongo-truth.ts";
import { admin, databaseUrl, isMongodSkipped, launchMongod, type Mongod } from "../../support/mongodb/mongod.ts";
import { startTcpProxy } from "../../support/mongodb/tcp-proxy.ts";
import { pause, until } from "../../support/until.ts";

/** `npm run soak` sets 10. */
const OUTAGES = Number(process.env["AERIE_TEST_OUTAGES"] ?? 1);
/** Of each kind of cut. */
const CUTS = OUTAGES > 1 ? 3 * OUTAGES : 1;
/** `npm run soak` sets 30. */
const OUTAGE_MS = 1_000 * Number(process.env["AERIE_TEST_OUTAGE_S"] ?? 3);
/** `npm run soak` sets 2,000. So few are enough for several groups to be under way at any moment. */
const PER_SECOND = Number(process.env["AERIE_TEST_READINGS_PER_S"] ?? 100);
const BOARDS = 20;
const DAY_MS = 24 * 3_600_000;
/** Of the readings to which their boards give an instant: days ago, so that upkeep counts their hours meanwhile. */
const PAST_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS - 3 * DAY_MS;
/** Decided within three seconds, and what waits for its answer then goes on: with slack, since other files run beside this one. */
const MOST_GAP_MS = 8_000;
const MOST_GROWTH_MB = 250;
/** Between two rounds, and a bit. */
const UPKEEP_ROUND_MS = 11_000;

const hubOn = (url: string, { clock, dataDir }: { clock?: ClockOfHub; dataDir?: string } = {}): Promise<SpawnedHub> =>
  spawnHub({ env: { AERIE_MONGODB_URL: url, ...clock?.env }, ...(dataDir !== undefined && { dataDir }) });

function throughProxy(url: string, port: number): string {
  const other = new URL(url);
  other.port = String(port);
  return other.href;
}

const readinessOf = async (hub: SpawnedHub): Promise<Readiness> => (await ask<Readiness>(hub, "/readyz")).body;

const isAway = (hub: SpawnedHub): Promise<unknown> =>
  until("the hub says that MongoDB is away", async () => (await readinessOf(hub)).degraded !== undefined, {
    withinMs: 30_000,
    everyMs: 100,
  });

const isWhole = (hub: SpawnedHub): Promise<unknown> =>
  until("all is sent", async () => (await readinessOf(hub)).degraded === undefined, {
    withinMs: 120_000,
    everyMs: 100,
  });

const publishes = (load: OutageLoad, many: number): Promise<unknown> => {
  const from = load.promised.size;
  return until(`${many} more are acknowledged`, () => load.promised.size >= from + many, { withinMs: 30_000 });
};

/** The chart of one board while only what waits can be shown, as soon as some of its readings wait; one board has few in a second. */
const waitingChart = (hub: SpawnedHub): Promise<{ waiting: number }> =>
  until("the chart of a board shows what waits", async () => {
    const { status, body } = await ask<{ partial: { waiting: number }; metrics: { seq: { t: number[] } } }>(
      hub,
      "/api/devices/b1/series?metrics=seq&partial=true",
    );
    expect(status).toBe(200);
    return body.metrics.seq.t.length > 2 && body.partial;
  });

/** As the hub counted them, by outcome. */
async function readingsCounted(hub: SpawnedHub): Promise<(outcome: string) => number> {
  const text = await (await fetch(`${hub.url}/metrics`)).text();
  return (outcome) =>
    Number(new RegExp(`^aerie_readings_total\\{outcome="${outcome}"\\} (\\d+)`, "m").exec(text)?.[1] ?? 0);
}

interface After {
  readonly hub: SpawnedHub;
  readonly clock: ClockOfHub;
  readonly url: string;
  readonly load: OutageLoad;
  readonly outages: number;
}

/** After all is over. */
async function expectWhole({ hub, clock, url, load, outages }: After): Promise<void> {
  await load.stop();
  await isWhole(hub);
  expect(load.closes()).toBe(0);
  expect(load.liveGapMs()).toBeLessThan(MOST_GAP_MS);
  const truth = mongoTruth(url);
  expect(await truth.differences(load.promised)).toEqual({ missing: [], twice: [] });
  // Nobody waits for the next round of upkeep.
  expect(await truth.wrongRollups(PAST_MS, () => clock.skip(UPKEEP_ROUND_MS))).toEqual([]);
  const counted = await readingsCounted(hub);
  expect(counted("refused")).toBe(0);
  // A redelivery of what MongoDB took just before it went away is told from a new reading only when it is back: it is stored once,
  // but was counted as new.
  const countedTwice = counted("stored") - (await truth.counts()).size;
  expect(countedTwice).toBeGreaterThanOrEqual(0);
  expect(countedTwice).toBeLessThanOrEqual(MOST_REDELIVERED * outages);
}

describe.skipIf(isMongodSkipped)("MongoDB away", () => {
  /** Of this file, since it is killed; each test has a database of its own. */
  let mongod: Mongod;
  beforeAll(async () => {
    mongod = await launchMongod();
  });
  beforeEach(async () => {
    if (mongod.pid() === undefined) await mongod.start(); // a test that failed left it so
  });
  afterAll(() => mongod?.dispose());

  test(`killed for ${OUTAGE_MS / 1_000} s under ${PER_SECOND} readings a second, ${OUTAGES} times`, {
    timeout: 120_000 + OUTAGES * 90_000,
  }, async () => {
    const url = databaseUrl(mongod);
    const clock = clockOfHub();
    const hub = await hubOn(url, { clock });
    const load = await startOutageLoad(hub, { boards: BOARDS, perSecond: PER_SECOND, pastMs: PAST_MS });
    await publishes(load, 1.5 * PER_SECOND);
    const memory = await watchMemory(hub);
    for (let outage = 0; outage < OUTAGES; outage++) {
      const beforeMs = Date.now();
      await mongod.kill();
      const killedMs = performance.now();
      await isAway(hub);
      await publishes(load, PER_SECOND);
      const degraded = (await readinessOf(hub)).degraded;
      expect(degraded?.waiting).toBeGreaterThan(PER_SECOND / 2);
      expect(Date.parse(degraded?.since ?? "")).toBeGreaterThanOrEqual(beforeMs);
      const whole = await ask(hub, "/api/devices/b1/series?metrics=seq");
      expect([whole.status, whole.headers["retry-after"]]).toEqual([503, "5"]);
      const part = await waitingChart(hub);
      expect(part.waiting).toBeGreaterThan(PER_SECOND / 2);
      expect((await ask(hub, "/api/devices/b1/latest")).status).toBe(200);
      await pause(Math.max(0, OUTAGE_MS - (performance.now() - killedMs)));
      await mongod.start();
      await isWhole(hub);
      await publishes(load, PER_SECOND);
    }
    await expectWhole({ hub, clock, url, load, outages: OUTAGES });
    expect(memory.growthMb()).toBeLessThan(MOST_GROWTH_MB);
  });

  test("cut off in the middle of writes, before the server had them and after", {
    timeout: 60_000 + OUTAGES * 60_000,
  }, async () => {
    const proxy = await startTcpProxy(mongod.port);
    onTestFinished(proxy.close);
    const url = databaseUrl(mongod);
    const clock = clockOfHub();
    const hub = await hubOn(throughProxy(url, proxy.port), { clock });
    const load = await startOutageLoad(hub, { boards: BOARDS, perSecond: PER_SECOND, pastMs: PAST_MS });
    await publishes(load, PER_SECOND);
    for (let round = 0; round < CUTS; round++) {
      for (const where of ["before", "after"] as const) {
        const cuts = proxy.cuts();
        proxy.cut(where, 2);
        await until("writes are cut", () => proxy.cuts() >= cuts + 1, { withinMs: 10_000 });
        await isWhole(hub);
        await publishes(load, 0.25 * PER_SECOND);
      }
    }
    await expectWhole({ hub, clock, url, load, outages: 2 * CUTS });
  });

  test("it takes everything and answers nothing", { timeout: 120_000 }, async () => {
    const proxy = await startTcpProxy(mongod.port);
    onTestFinished(proxy.close);
    const url = databaseUrl(mongod);
    const clock = clockOfHub();
    const hub = await hubOn(throughProxy(url, proxy.port), { clock });
    const load = await startOutageLoad(hub, { boards: BOARDS, perSecond: PER_SECOND, pastMs: PAST_MS });
    await publishes(load, PER_SECOND);
    proxy.swallow();
    await isAway(hub);
    await publishes(load, 2 * PER_SECOND);
    proxy.pass();
    await isWhole(hub);
    await publishes(load, 0.5 * PER_SECOND);
    await expectWhole({ hub, clock, url, load, outages: 1 });
  });

  test("the primary steps down", { timeout: 90_000 + OUTAGES * 30_000 }, async () => {
    const replicaSet = await launchMongod({ replicaSet: true });
    onTestFinished(replicaSet.dispose);
    const url = databaseUrl(replicaSet);
    const clock = clockOfHub();
    const hub = await hubOn(url, { clock });
    const load = await startOutageLoad(hub, { boards: BOARDS, perSecond: PER_SECOND, pastMs: PAST_MS });
    for (let round = 0; round < OUTAGES; round++) {
      await publishes(load, PER_SECOND);
      await admin(replicaSet.port, (command) => command({ replSetStepDown: 6, force: true })).catch(() => undefined);
      await isAway(hub);
      await isWhole(hub);
    }
    await publishes(load, 0.5 * PER_SECOND);
    await expectWhole({ hub, clock, url, load, outages: OUTAGES });
  });

  test("the hub is killed while MongoDB is away, and starts while it still is", { timeout: 120_000 }, async () => {
    const url = databaseUrl(mongod);
    const first = await hubOn(url);
    const load = await startOutageLoad(first, { boards: 10, perSecond: 200, pastMs: PAST_MS });
    await publishes(load, 400);
    await mongod.kill();
    await isAway(first);
    await publishes(load, 400);
    // With QoS 0 a crash may lose what no commit has taken: nothing of it is on its way.
    await load.stop();
    await pause(200);
    await first.kill();
    const second = await hubOn(url, { dataDir: first.dataDir });
    expect((await readinessOf(second)).degraded?.waiting).toBeGreaterThan(400);
    const later = await startOutageLoad(second, { boards: 10, perSecond: 200, pastMs: PAST_MS });
    await publishes(later, 200);
    await mongod.start();
    await later.stop();
    await isWhole(second);
    const there = await mongoTruth(url).counts();
    expect([...load.promised].filter((seq) => !there.has(seq))).toEqual([]);
    // Devices that only MongoDB knew are back, with those that came since.
    const { body } = await ask<{ total: number }>(second, "/api/devices");
    expect(body.total).toBe(11);
  });
});
