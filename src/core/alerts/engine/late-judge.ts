/** Finds among readings that came late what was critical then, and is over. */
import { endLate, judgeLate, type LateStep } from "../decisions/late-episode.ts";
import { joinedLate, withLate } from "../decisions/late-verdicts.ts";
import type { Verdict } from "../decisions/verdict.ts";
import type { AlertInstance } from "./alert-instance.ts";
import type { Said } from "./device-alerts.ts";

export interface LateJudge {
  /** Alerts that join conditions wait for `settle`. */
  says(instance: AlertInstance, index: number, said: Said, nowMs: number): void;
  /** Once for all that one reading says. */
  settle(): void;
  /** No more of a backlog comes. */
  end(instance: AlertInstance, nowMs: number): void;
}

/** `take`: what it found, of an alert. */
export function createLateJudge(take: (instance: AlertInstance, step: LateStep) => void): LateJudge {
  const joined = new Set<AlertInstance>();

  function says(instance: AlertInstance, index: number, { verdict, atMs }: Said, nowMs: number): void {
    if (instance.rule.rule.severity !== "critical") return;
    const said = { verdict, atMs, nowMs };
    if (instance.rule.join === "one") return judge(instance, said);
    instance.lateVerdicts = withLate(instance.lateVerdicts, index, said);
    joined.add(instance);
  }

  function judge(
    instance: AlertInstance,
    said: { readonly verdict: Verdict; readonly atMs: number; readonly nowMs: number },
  ): void {
    take(instance, judgeLate(instance.late, said, instance.rule.rule.forS * 1_000));
  }

  function settle(): void {
    if (joined.size === 0) return;
    for (const instance of joined) {
      const { lateVerdicts, rule } = instance;
      if (lateVerdicts === undefined) continue;
      const { atMs, seenMs } = lateVerdicts;
      judge(instance, { verdict: joinedLate(lateVerdicts, rule), atMs, nowMs: seenMs });
    }
    joined.clear();
  }

  return {
    says,
    settle,
    end: (instance, nowMs) => {
      if (instance.late !== undefined) take(instance, endLate(instance.late, nowMs));
    },
  };
}
