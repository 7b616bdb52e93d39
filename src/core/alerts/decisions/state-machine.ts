/** How an alert changes its state: by what a reading says, by time, by silence, and when its rule or device goes. Times are monotonic ms. */
import type { AlertData, AlertState } from "../../../contract/alerts.ts";
import { MORE_WITHIN_MS } from "./late-episode.ts";
import type { Verdict } from "./verdict.ts";

export interface Phase {
  readonly state: AlertState;
  readonly data: AlertData;
  /** When it came into that state. */
  readonly sinceMs: number;
  /** How often it has fired. */
  readonly episode: number;
}

export type Input =
  /** A reading came, or the silence or presence that the rule is about was looked at. */
  | { readonly kind: "verdict"; readonly verdict: Verdict; readonly isDelayed?: true }
  /** Time has passed. */
  | { readonly kind: "time" }
  /** Its device has been silent for longer than it may. */
  | { readonly kind: "overdue" }
  /** Its device speaks again, and has not said yet what the condition is about. */
  | { readonly kind: "fresh" }
  /** Its rule was switched off or deleted, or its device was deleted. */
  | { readonly kind: "end" };

const VERDICTS: Readonly<Record<Verdict, Extract<Input, { kind: "verdict" }>>> = {
  past: { kind: "verdict", verdict: "past" },
  between: { kind: "verdict", verdict: "between" },
  clear: { kind: "verdict", verdict: "clear" },
};

export const verdictInput = (verdict: Verdict, isDelayed = false): Input =>
  isDelayed ? { ...VERDICTS[verdict], isDelayed } : VERDICTS[verdict];

export interface Delays {
  readonly forMs: number;
  readonly keepFiringMs: number;
  /** False: outside of the times at which the rule may begin to fire. */
  readonly mayFire: boolean;
}

export interface Happened {
  readonly kind: "firing" | "resolved" | "ended" | "noData" | "dataAgain";
  readonly atMs: number;
  readonly episode: number;
}

export interface Step {
  readonly phase: Phase;
  readonly happened: readonly Happened[];
}

export const INITIAL: Phase = { state: "normal", data: "fresh", sinceMs: 0, episode: 0 };

/** First what time alone has done until now, then the input. The same phase is answered where nothing changed. */
export function step(phase: Phase, input: Input, nowMs: number, delays: Delays): Step {
  const happened: Happened[] = [];
  const note = (kind: Happened["kind"], atMs: number, { episode }: Phase): void =>
    void happened.push({ kind, atMs, episode });
  const now = pass(phase);
  return { phase: apply(now), happened: happened.length === 0 ? NOTHING : happened };

  /** Overdue data decides nothing. */
  function pass(before: Phase): Phase {
    const { state, data, sinceMs } = before;
    if (data === "overdue") return before;
    if (state === "pending") {
      if (!delays.mayFire) return to(before, "normal", nowMs);
      return nowMs - sinceMs >= delays.forMs ? fire(before, sinceMs + delays.forMs) : before;
    }
    if (state !== "recovering" || nowMs - sinceMs < delays.keepFiringMs) return before;
    return resolve(before, sinceMs + delays.keepFiringMs);
  }

  function apply(before: Phase): Phase {
    switch (input.kind) {
      case "time":
        return before;
      case "end":
        if (isOngoing(before)) note("ended", nowMs, before);
        return before.state === "normal" && before.data === "fresh"
          ? before
          : { ...before, state: "normal", data: "fresh", sinceMs: nowMs };
      case "overdue":
        return before.data === "overdue" ? before : goSilent(before);
      case "fresh":
        return speak(before);
      case "verdict":
        return judge(speak(before), input.verdict, input.isDelayed === true);
    }
  }

  /** It stops what waits for an alarm, and never ends one. */
  function goSilent(before: Phase): Phase {
    const state = before.state === "pending" ? "normal" : before.state === "recovering" ? "firing" : before.state;
    const after: Phase = {
      ...before,
      state,
      data: "overdue",
      sinceMs: state === before.state ? before.sinceMs : nowMs,
    };
    if (isOngoing(after)) note("noData", nowMs, after);
    return after;
  }

  function speak(before: Phase): Phase {
    if (before.data === "fresh") return before;
    const after: Phase = { ...before, data: "fresh" };
    if (isOngoing(after)) note("dataAgain", nowMs, after);
    return after;
  }

  function judge(before: Phase, verdict: Verdict, isDelayed: boolean): Phase {
    const { state } = before;
    switch (verdict) {
      case "between":
        return before;
      case "past":
        if (state === "recovering") return to(before, "firing", nowMs);
        if ((state !== "normal" && !isWaitingForMore(before)) || !delays.mayFire) return before;
        if (isDelayed) return to(before, "pending", nowMs + MORE_WITHIN_MS);
        return delays.forMs > 0 ? to(before, "pending", nowMs) : fire(before, nowMs);
      case "clear":
        if (state === "pending") return to(before, "normal", nowMs);
        if (state !== "firing") return before;
        return delays.keepFiringMs > 0 ? to(before, "recovering", nowMs) : resolve(before, nowMs);
    }
  }

  /** Of a backlog: what it says holds from a moment on that has not come. */
  function isWaitingForMore({ state, sinceMs }: Phase): boolean {
    return state === "pending" && sinceMs > nowMs;
  }

  function fire(before: Phase, atMs: number): Phase {
    const after = { ...to(before, "firing", atMs), episode: before.episode + 1 };
    note("firing", atMs, after);
    return after;
  }

  function resolve(before: Phase, atMs: number): Phase {
    note("resolved", atMs, before);
    return to(before, "normal", atMs);
  }
}

const NOTHING: readonly Happened[] = [];

const to = (before: Phase, state: AlertState, sinceMs: number): Phase => ({ ...before, state, sinceMs });

/** It fired, and is not over. */
export const isOngoing = ({ state }: Pick<Phase, "state">): boolean => state === "firing" || state === "recovering";
