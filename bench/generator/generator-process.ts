/** The generator's own process: takes one job, does it, answers with figures. */
import { driveLoad } from "./drive-load.ts";
import { fanOut } from "./fan-out.ts";
import type { FromGenerator, Job, JobResult } from "./job.ts";
import { probeRetained } from "./retained-probe.ts";

const say = (message: FromGenerator): void => void process.send?.(message);

function done(job: Job): Promise<JobResult> {
  switch (job.kind) {
    case "drive":
      return driveLoad(job.spec, () => say({ kind: "measuring" }));
    case "fanOut":
      return fanOut(job.spec);
    case "retained":
      return probeRetained(job.spec);
  }
}

// Whoever started it is gone: nothing must be left running.
process.once("disconnect", () => process.exit(0));
process.once("message", (message) => {
  done(message as Job).then(
    (result) => say({ kind: "done", result }),
    (error: unknown) => say({ kind: "failed", problem: error instanceof Error ? error.message : String(error) }),
  );
});
