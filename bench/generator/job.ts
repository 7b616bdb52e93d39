/** The jobs that a generator process takes, one each, and what it says of them. */
import type { DriveResult, DriveSpec } from "./drive-spec.ts";
import type { FanOutResult, FanOutSpec } from "./fan-out-spec.ts";
import type { RetainedResult, RetainedSpec } from "./retained-spec.ts";

export interface Jobs {
  drive: { spec: DriveSpec; result: DriveResult };
  fanOut: { spec: FanOutSpec; result: FanOutResult };
  retained: { spec: RetainedSpec; result: RetainedResult };
}

export type JobKind = keyof Jobs;
export type Job = { [Kind in JobKind]: { kind: Kind; spec: Jobs[Kind]["spec"] } }[JobKind];
export type JobResult = Jobs[JobKind]["result"];

export type FromGenerator =
  | { kind: "measuring" }
  | { kind: "done"; result: JobResult }
  | { kind: "failed"; problem: string };
