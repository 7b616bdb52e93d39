/**
 * A power cut replayed: what a hub under load asked of its disk is recorded, the data directory is made again as cuts at
 * random points may leave it (`disk-model.ts` says how), and everything acknowledged by then is there once.
 */
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { type DiskCall, diskCalls, diskTraceFlags } from "../../support/faults/disk-calls.ts";
import { createDiskModel } from "../../support/faults/disk-model.ts";
import { faultsAfterCut, faultsOfHub, segmentsIn } from "../../support/history/recovered-store.ts";
import { type Asker, setUp, signIn } from "../../support/hub/access-world.ts";
import { printedCode } from "../../support/hub/first-account.ts";
import { fastTempDir, spawnHub, tempDir } from "../../support/hub/hub.ts";
import { createPromisedLoad, type PromisedLoad } from "../../support/load/promised-load.ts";
import { createRandom, type Random, seedFrom } from "../../support/random.ts";
import { readTools } from "../../support/tools.ts";

const { strace } = readTools();
/** `npm run soak` sets 500. */
const CUTS = Number(process.env["AERIE_TEST_CUTS"] ?? 6);
/** A hub is started on one of so many; on each its store and its accounts are opened. */
const HUB_EVERY = 7;
/** Of each publisher in each of two runs; when the second begins, a device has enough readings to seal. */
const MESSAGES = [600, 200] as const;
const DISK_BYTES = 500 * 1024 * 1024;

interface Recording {
  readonly calls: readonly DiskCall[];
  readonly directory: string;
  readonly load: PromisedLoad;
}

/** Two runs of a hub, each stopped in order: the first makes everything, the second seals what the first stored. */
async function record(): Promise<Recording> {
  const directory = fastTempDir(DISK_BYTES);
  const load = createPromisedLoad();
  const traces: string[] = [];
  for (const [run, messages] of MESSAGES.entries()) {
    const isFirst = run === 0;
    const output = path.join(tempDir(), "trace");
    const hub = await spawnHub({
      wrapper: [strace ?? "", ...diskTraceFlags(output)],
      args: ["--auth", "on"],
      env: { UV_USE_IO_URING: "0" },
      dataDir: path.join(directory, "data"),
    });
    const owner = isFirst ? await setUp(hub, await printedCode(hub)) : await signIn(hub, "Owner");
    if (isFirst) await load.begin(hub, owner);
    await load.run(hub, owner, messages, async () => isFirst || (await hasSealed(owner)));
    await hub.kill("SIGTERM");
    traces.push(readFileSync(output, "utf8"));
  }
  const calls = diskCalls(traces.join("").split("\n"), directory);
  return { calls, directory, load };
}

const hasSealed = async (owner: Asker): Promise<boolean> =>
  (await owner.ask("/metrics")).text.includes('aerie_upkeep_readings_total{did="sealed"}');

interface Moment {
  readonly at: number;
  readonly ms: number;
  readonly call: DiskCall;
  readonly phase: "begin" | "end";
}

/** Each call takes effect where it began, a sync where it ended. */
const momentsOf = (calls: readonly DiskCall[]): Moment[] =>
  calls
    .map((call): Moment => {
      const isSync = call.kind === "sync";
      return {
        call,
        at: isSync ? call.endedAt : call.beganAt,
        ms: isSync ? call.endedMs : call.beganMs,
        phase: isSync ? "end" : "begin",
      };
    })
    .sort((a, b) => a.at - b.at);

/**
 * Half of them anywhere, which is mostly between writes to the log; half beside what is rarer: a sync, a name that is made
 * or removed, a size that changes.
 */
function cutPointsOf(moments: readonly Moment[], random: Random): ReadonlySet<number> {
  const rare = [...moments.keys()].filter((index) => moments[index]?.call.kind !== "write");
  const cutPoints = new Set<number>();
  while (cutPoints.size < CUTS / 2) cutPoints.add(random.whole(moments.length));
  while (cutPoints.size < CUTS) cutPoints.add(Math.min(random.pick(rare) + random.whole(2), moments.length - 1));
  return cutPoints;
}

// Linux only: prepare.ts says so where there is no strace.
test.runIf(strace !== undefined)(
  `after each of ${CUTS} power cuts everything acknowledged is there once`,
  {
    timeout: 120_000 + CUTS * 2_000,
  },
  async () => {
    const random = createRandom(seedFrom("AERIE_TEST_SEED"));
    const { calls, directory, load } = await record();
    const moments = momentsOf(calls);
    const cutPoints = cutPointsOf(moments, random);
    const model = createDiskModel(directory);
    const faults: string[] = [];
    const disk = path.join(fastTempDir(DISK_BYTES), "disk");
    let cuts = 0;

    for (const [index, { ms, call, phase }] of moments.entries()) {
      if (cutPoints.has(index)) {
        const check = cuts++ % HUB_EVERY === 0 ? [faultsAfterCut, faultsOfHub] : [faultsAfterCut];
        for (const faultsOf of check) {
          model.cut(random, disk);
          const found = await faultsOf(path.join(disk, "data"), load, ms).catch((error: unknown) => [String(error)]);
          const where = `before call ${index} of ${moments.length} (${call.kind} ${path.basename(call.file)})`;
          faults.push(...found.map((fault) => `${where}: ${fault}`));
          rmSync(disk, { recursive: true });
        }
      }
      model.apply(call, phase);
    }

    expect(faults, `AERIE_TEST_SEED=${random.seed}`).toEqual([]);
    model.cut(random, disk);
    expect(await segmentsIn(path.join(disk, "data")), "segments that were made meanwhile").toBeGreaterThan(0);
  },
);
