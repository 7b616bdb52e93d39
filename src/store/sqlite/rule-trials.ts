/** Tries rules in the reader's thread, step by step. */

import { StoreError } from "../../core/ports/readings-store.ts";
import type { GoOn, TrialOutcome, TrialSpec } from "../../core/ports/rule-trial.ts";
import type { Read } from "./db/damage-note.ts";
import type { Link } from "./db/thread-link.ts";
import type { TrialStep } from "./read/trial-steps.ts";
import type { ReaderOperations } from "./reader-thread.ts";

export type TryRule = (spec: TrialSpec, goOn: GoOn) => Promise<TrialOutcome>;

export function createRuleTrials(
  reader: Pick<Link<ReaderOperations>, "call">,
  note: (deviceId: TrialSpec["deviceId"], read: Read<TrialStep>) => TrialStep,
): TryRule {
  let lastId = 0;
  return async (spec, goOn) => {
    const id = ++lastId;
    let isComplete = false;
    let outcome: TrialOutcome | undefined;
    try {
      for (let first = true, mayGoOn = true; mayGoOn && !isComplete; first = false) {
        const { readings, isOver } = note(
          spec.deviceId,
          await reader.call("trialStep", [id, first ? spec : undefined]),
        );
        isComplete = isOver;
        mayGoOn = goOn(readings);
      }
    } finally {
      outcome = await reader.call("trialEnd", [id, isComplete]);
    }
    if (outcome === undefined) throw new StoreError("the trial of the rule was lost", true);
    return outcome;
  };
}
