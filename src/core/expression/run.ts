/** One evaluation: what it may still cost, and whether it failed. */
import { ABSENT, type Value } from "./value.ts";

/** Shared by all evaluations that one message causes. */
export interface StepBudget {
  left: number;
}

export interface Run {
  /** Answers `ABSENT`, so that it can be returned. The first reason wins. */
  fail(reason: string): typeof ABSENT;
  hasFailed(): boolean;
  failure(): string | undefined;
  /** Pays for work; false: there is nothing left, and it has failed. */
  pay(steps: number): boolean;
  lookUp(name: string): Value;
}

/** Text that an expression makes is at most so long. */
export const MAX_MADE_TEXT = 4_096;
/** Characters that one step may look at. */
const CHARS_A_STEP = 256;

export const stepsFor = (text: string): number => 1 + Math.ceil(text.length / CHARS_A_STEP);

export function createRun(lookUp: (name: string) => Value, budget: StepBudget): Run {
  let failure: string | undefined;

  function fail(reason: string): typeof ABSENT {
    failure ??= reason;
    return ABSENT;
  }

  return {
    fail,
    hasFailed: () => failure !== undefined,
    failure: () => failure,
    pay: (steps) => {
      budget.left -= steps;
      if (budget.left < 0) fail("it takes too many steps");
      return failure === undefined;
    },
    lookUp: (name) => {
      const found = lookUp(name);
      return found === undefined ? ABSENT : found;
    },
  };
}
