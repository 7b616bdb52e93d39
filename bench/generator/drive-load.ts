/** Opens one load, warms it up and measures it, with the figures of the process that it drives. */
import { setTimeout as sleep } from "node:timers/promises";
import { processUsage } from "../helpers/process-usage.ts";
import { type DriveResult, type DriveSpec, latencyOf } from "./drive-spec.ts";
import { openLoad, type RunOutcome } from "./load.ts";
import { openTaker } from "./taker.ts";

function summary(warm: RunOutcome, run: RunOutcome, targetCpuMs: number, generatorCpuUs: number) {
  return {
    acknowledged: run.acknowledged,
    elapsedMs: run.elapsedMs,
    perSecond: (run.acknowledged / run.elapsedMs) * 1000,
    latency: latencyOf(run.latenciesMs),
    targetCpuUsAMessage: (targetCpuMs * 1000) / run.acknowledged,
    generatorCpuUsAMessage: generatorCpuUs / run.acknowledged,
    totalSent: warm.sent + run.sent,
    totalAcknowledged: warm.acknowledged + run.acknowledged,
    closedBoards: run.closedBoards,
    strayAcks: run.strayAcks,
    stalled: warm.stalled || run.stalled,
  };
}

/** All boards at once; then they are silent for a while. */
async function open({ load: options, idleMs = 0, targetPid }: DriveSpec) {
  const startedAtMs = performance.now();
  const load = await openLoad(options);
  const connectsPerSecond = (options.boards / (performance.now() - startedAtMs)) * 1000;
  await sleep(idleMs);
  return { load, opening: { connectsPerSecond, idleResidentMiB: processUsage(targetPid).residentMiB } };
}

export async function driveLoad(spec: DriveSpec, onMeasuring: () => void): Promise<DriveResult> {
  const { host, port } = spec.load;
  const taker = spec.takerFilter === undefined ? undefined : await openTaker({ host, port }, spec.takerFilter);
  const { load, opening } = await open(spec);
  const warm = await load.run(spec.warmUp);
  await taker?.hasTaken(warm.acknowledged);

  onMeasuring();
  const startedAtMs = performance.now();
  const takenBefore = taker?.count() ?? 0;
  const ownBefore = process.cpuUsage();
  const targetBefore = processUsage(spec.targetPid);
  const run = await load.run(spec.measured);
  await taker?.hasTaken(warm.acknowledged + run.acknowledged);
  const targetAfter = processUsage(spec.targetPid);
  const own = process.cpuUsage(ownBefore);

  load.close();
  taker?.close();
  const total = taker?.count() ?? 0;
  const perSecond = ((total - takenBefore) / ((taker?.lastAtMs() ?? 0) - startedAtMs)) * 1000;
  return {
    ...opening,
    ...summary(warm, run, targetAfter.cpuMs - targetBefore.cpuMs, own.user + own.system),
    ...(taker === undefined ? {} : { taken: { total, perSecond } }),
    targetResidentMiB: targetAfter.residentMiB,
    targetWrittenBytesAMessage: (targetAfter.writtenBytes - targetBefore.writtenBytes) / run.acknowledged,
  };
}
