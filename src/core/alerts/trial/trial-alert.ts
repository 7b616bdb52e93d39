/** One alert of a rule that is tried: what it said and what became of it. */

import type { TrialEvent } from "../../ports/rule-trial.ts";
import type { Arrival } from "../decisions/arrival.ts";
import { type CompiledRule, delaysOf } from "../decisions/compiled-rule.ts";
import { endLate, judgeLate, type LateEpisode, type LateStep } from "../decisions/late-episode.ts";
import { joinedLate, type LateVerdicts, withLate } from "../decisions/late-verdicts.ts";
import { INITIAL, type Input, isOngoing, type Phase, step, verdictInput } from "../decisions/state-machine.ts";
import { joinVerdicts, type Verdict } from "../decisions/verdict.ts";

export type OnTrialEvent = (event: TrialEvent) => void;

interface LateSaid {
  readonly verdict: Verdict;
  readonly atMs: number;
  readonly nowMs: number;
}

/** A class: one for each metric of a class. */
export class TrialAlert {
  phase: Phase = INITIAL;
  late: LateEpisode | undefined;
  /** Time may decide something else now: to be set back by who looks at it. */
  isChanged = true;
  readonly metric: string | undefined;
  readonly #index: number;
  readonly #rule: CompiledRule;
  readonly #onEvent: OnTrialEvent;
  readonly #verdicts: (Verdict | undefined)[] = [];
  #lateVerdicts: LateVerdicts | undefined;
  /** Of joined conditions: some of what the present reading says came late; all of it was delayed; undefined: it says nothing. */
  #isLate = false;
  #isDelayed: boolean | undefined;

  constructor(index: number, metric: string | undefined, rule: CompiledRule, onEvent: OnTrialEvent) {
    this.#index = index;
    this.metric = metric;
    this.#rule = rule;
    this.#onEvent = onEvent;
  }

  /** Most verdicts change nothing. */
  says(index: number, verdict: Verdict, nowMs: number, arrival?: Arrival): void {
    this.#verdicts[index] = verdict;
    if (this.#rule.join !== "one") {
      this.#isDelayed = arrival === "delayed" && this.#isDelayed !== false;
      return;
    }
    const { state, data } = this.phase;
    if (state === "normal" && verdict !== "past" && data === "fresh") return;
    this.apply(verdictInput(verdict, arrival === "delayed"), nowMs);
  }

  /** Of joined conditions: once for all that one reading says. */
  settle(nowMs: number): void {
    const { join, leaves } = this.#rule;
    if (join === "one") return;
    if (this.#isLate && this.#lateVerdicts !== undefined) {
      this.#isLate = false;
      const { atMs } = this.#lateVerdicts;
      this.#judgeLate({ verdict: joinedLate(this.#lateVerdicts, this.#rule), atMs, nowMs });
    }
    if (this.#isDelayed === undefined) return;
    const verdicts = leaves.map((_, index) => this.#verdicts[index] ?? "between");
    const isDelayed = this.#isDelayed;
    this.#isDelayed = undefined;
    this.apply(verdictInput(joinVerdicts(join, verdicts), isDelayed), nowMs);
  }

  /** At the beginning of its times it asks what was said last. */
  ask(nowMs: number): void {
    if (this.phase.state === "normal" && this.#rule.join === "one" && this.#verdicts[0] === "past")
      this.apply(verdictInput("past"), nowMs);
  }

  apply(input: Input, nowMs: number): void {
    const { phase, happened } = step(this.phase, input, nowMs, delaysOf(this.#rule, nowMs));
    if (phase === this.phase) return;
    this.phase = phase;
    this.isChanged = true;
    for (const { kind, atMs, episode } of happened) {
      if (kind !== "ended") this.#onEvent({ kind, atMs, episode, alert: this.#index });
    }
  }

  saysLate(index: number, said: LateSaid): void {
    const { rule, join } = this.#rule;
    if (rule.severity !== "critical") return;
    if (join === "one") return this.#judgeLate(said);
    this.#lateVerdicts = withLate(this.#lateVerdicts, index, said);
    this.#isLate = true;
  }

  #judgeLate(said: LateSaid): void {
    this.#takeLate(judgeLate(this.late, said, this.#rule.rule.forS * 1_000));
  }

  endLate(nowMs: number): void {
    if (this.late !== undefined) this.#takeLate(endLate(this.late, nowMs));
  }

  /** What fires still fires: what came late belongs to it. */
  #takeLate({ late, passed }: LateStep): void {
    this.late = late;
    this.isChanged = true;
    if (passed === undefined || isOngoing(this.phase)) return;
    const { fromMs, toMs: atMs } = passed;
    this.#onEvent({ kind: "passed", atMs, fromMs, episode: this.phase.episode, alert: this.#index });
  }
}
