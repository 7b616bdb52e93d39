/** The generator's own process: takes one spec, drives one load, answers with figures. Decides nothing about them. */
import { processUsage } from "../process-usage.ts";
import { quantile } from "../quantile.ts";
import type { DriveResult, DriveSpec, FromGenerator } from "./drive-spec.ts";
import { openLoad, type RunOutcome } from "./load.ts";

const say = (message: FromGenerator): void => void process.send?.(message);

function summary(warm: RunOutcome, run: RunOutcome, targetCpuMs: number, generatorCpuUs: number) {
  return {
    acknowledged: run.acknowledged,
    elapsedMs: run.elapsedMs,
    perSecond: (run.acknowledged / run.elapsedMs) * 1000,
    latency: {
      p50Ms: quantile(run.latenciesMs, 0.5),
      p99Ms: quantile(run.latenciesMs, 0.99),
      maxMs: quantile(run.latenciesMs, 1),
      count: run.latenciesMs.length,
    },
    targetCpuUsAMessage: (targetCpuMs * 1000) / run.acknowledged,
    generatorCpuUsAMessage: generatorCpuUs / run.acknowledged,
    totalSent: warm.sent + run.sent,
    totalAcknowledged: warm.acknowledged + run.acknowledged,
    closedBoards: run.closedBoards,
    strayAcks: run.strayAcks,
    stalled: warm.stalled || run.stalled,
  };
}

async function drive({ load: options, warmUp, measured, targetPid }: DriveSpec): Promise<DriveResult> {
  const load = await openLoad(options);
  const warm = await load.run(warmUp);
  say({ kind: "measuring" });
  const ownBefore = process.cpuUsage();
  const targetBefore = processUsage(targetPid);
  const run = await load.run(measured);
  const targetAfter = processUsage(targetPid);
  const own = process.cpuUsage(ownBefore);
  load.close();
  const targetCpuMs = targetAfter.cpuMs - targetBefore.cpuMs;
  return { ...summary(warm, run, targetCpuMs, own.user + own.system), targetResidentMiB: targetAfter.residentMiB };
}

// Whoever started it is gone: nothing must be left running.
process.once("disconnect", () => process.exit(0));
process.once("message", (message) => {
  drive(message as DriveSpec).then(
    (result) => say({ kind: "done", result }),
    (error: unknown) => say({ kind: "failed", problem: error instanceof Error ? error.message : String(error) }),
  );
});
