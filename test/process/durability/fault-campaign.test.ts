/**
 * Faults at random on a hub under load with accounts: it never ends by itself, what it acknowledged is there, and `/readyz`
 * tells the truth within five seconds of each fault and of its end. The seed is printed; AERIE_TEST_SEED repeats the order of
 * the faults, and AERIE_TEST_FAULTS="stopped process,connections reset" has only these.
 */
import { expect, test } from "vitest";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { FAULT_KINDS, type FaultKind, RELIC, RELIC_NOTE } from "../../support/faults/fault-kinds.ts";
import { watchReadiness } from "../../support/faults/readiness-watch.ts";
import { type Asker, setUp, signIn } from "../../support/hub/access-world.ts";
import { type FaultyHub, mountDisks, spawnFaultyHub } from "../../support/hub/faulty-hub.ts";
import { printedCode } from "../../support/hub/first-account.ts";
import { startCampaignLoad } from "../../support/load/campaign-load.ts";
import { createRandom, type Random, seedFrom } from "../../support/random.ts";
import { pause } from "../../support/until.ts";

/** `npm run soak` sets 1,800; each kind has its turn, however short it is. */
const CAMPAIGN_S = Number(process.env["AERIE_TEST_FAULTS_S"] ?? 15);
const LEAST_FAULT_MS = 500;
const JOINED_SHARE = 0.25;
const MOST_FAULT_MS = CAMPAIGN_S > 100 ? 15_000 : 2_000;
const DATA_MB = CAMPAIGN_S > 100 ? 512 : 64;
const ROWS_OF_A_PAGE = 100;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Each kind once in some order, what compresses readings after what needs them as they came; then any, as long as there is time; on some of them another one comes on top. */
function* turns(kinds: readonly FaultKind[], random: Random, untilMs: number): Generator<FaultKind[]> {
  const left = kinds.filter(({ ofCompression }) => ofCompression !== "after");
  while (left.length > 0) yield left.splice(random.whole(left.length), 1);
  for (const kind of kinds) if (kind.ofCompression === "after") yield [kind];
  const again = kinds.filter(({ ofCompression }) => ofCompression !== "before");
  while (performance.now() < untilMs) {
    const first = random.pick(again);
    const joining = again.filter((kind) => kind.mayJoin && kind !== first);
    yield random.chance(JOINED_SHARE) && joining.length > 0 ? [first, random.pick(joining)] : [first];
  }
}

/** To begin, some kinds ask the hub for something. */
const muteLast = (kinds: readonly FaultKind[]): FaultKind[] =>
  [...kinds].sort((one, other) => Number(one.isMute ?? false) - Number(other.isMute ?? false));

/** Makes the owner, and a reading that is to be damaged: it lies in the store's file once the hub was stopped. */
async function leaveRelic(hub: FaultyHub): Promise<void> {
  const owner = await setUp(hub, await printedCode(hub));
  const made = await owner.ask<{ secret: string }>("/api/boards", { method: "POST", body: { deviceId: RELIC } });
  const board = await connectJs(hub.mqttUrl, { username: RELIC, password: made.body.secret });
  const publish = (payload: string): Promise<void> => board.publish(`devices/${RELIC}/telemetry`, payload, { qos: 1 });
  await publish(`{${RELIC_NOTE}}`);
  // So that its page is full, and no later one of another board is written into it.
  await Promise.all(Array.from({ length: ROWS_OF_A_PAGE }, (_, seq) => publish(JSON.stringify({ seq }))));
  await board.leave();
  expect(await hub.kill("SIGTERM")).toBe(0);
}

async function scraperOf(owner: Asker): Promise<{ authorization: string }> {
  const body = { name: "scraper", scope: "metrics" };
  const made = await owner.ask<{ secret: string }>("/api/tokens", { method: "POST", body });
  return { authorization: `Bearer ${made.body.secret}` };
}

function availableKinds(hub: FaultyHub): FaultKind[] {
  const only = process.env["AERIE_TEST_FAULTS"]?.split(",");
  return FAULT_KINDS.filter((kind) => {
    const why = kind.unavailable(hub);
    if (why !== undefined) say(`fault campaign: LEFT OUT ${kind.name}: ${why}`);
    return why === undefined && (only === undefined || only.includes(kind.name));
  });
}

// Linux only: limits, signals and disks are set from outside.
test.runIf(process.platform === "linux")(
  `${CAMPAIGN_S} s of faults`,
  { timeout: 180_000 + CAMPAIGN_S * 3_000 },
  async () => {
    const random = createRandom(seedFrom("AERIE_TEST_SEED"));
    say(`fault campaign: AERIE_TEST_SEED=${random.seed}`);
    const disks = mountDisks(DATA_MB);
    await leaveRelic(await spawnFaultyHub(disks));
    const hub = await spawnFaultyHub(disks);
    const owner = await signIn(hub, "Owner");
    const load = await startCampaignLoad(hub, owner);
    const watch = watchReadiness(hub, await scraperOf(owner), load);
    const untilMs = performance.now() + CAMPAIGN_S * 1_000;
    await watch.untilWell("the start");

    for (const kinds of turns(availableKinds(hub), random, untilMs)) {
      const what = kinds.map(({ name }) => name).join(", with ");
      const beganMs = performance.now();
      try {
        const ends = [];
        for (const kind of muteLast(kinds)) ends.unshift(await kind.begin({ hub, owner, load, random }));
        const [{ said } = {}] = kinds;
        if (said !== undefined && kinds.length === 1) await watch.untilSaid(said, what);
        await pause(LEAST_FAULT_MS + random.whole(MOST_FAULT_MS - LEAST_FAULT_MS));
        for (const end of ends) await end();
        await watch.untilWell(what);
      } catch (cause) {
        throw new Error(`${what}: ${String(cause)}`, { cause });
      } finally {
        expect(hub.ended(), `${what}: ${hub.stderr()}`).toBeUndefined(); // says more than what follows from it
      }
      const tookMs = Math.round(performance.now() - beganMs);
      say(`fault campaign: ${what}, ${tookMs} ms, ${load.acknowledged()} acknowledged`);
    }

    await load.settle();
    watch.stop();
    expect(watch.faults()).toEqual([]);
    await load.expectAllThere(hub);
    expect(await hub.kill("SIGTERM")).toBe(0);
    await load.expectAllThere(await spawnFaultyHub(disks));
  },
);
