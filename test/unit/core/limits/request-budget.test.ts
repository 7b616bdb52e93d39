/** What an address may ask for, and what polls cost it. */
import { expect, test } from "vitest";
import { createRequestBudget, FREE_POLLS } from "../../../../src/core/limits/request-budget.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";

function world(perMinute: number) {
  const counted: unknown[] = [];
  const refusals = { add: (refusal: unknown) => void counted.push(refusal) };
  return { counted, budget: createRequestBudget({ clock: createManualClock(), refusals, perMinute }) };
}

test("a request too many is counted with its address", () => {
  const { budget, counted } = world(2);
  expect([1, 2, 3].map(() => budget.spend("192.0.2.7") > 0)).toEqual([false, false, true]);
  expect(budget.spend("192.0.2.8")).toBe(0);
  expect(counted).toEqual([{ code: "TOO_MANY_REQUESTS", kind: "message", address: "192.0.2.7" }]);
});

test("polls are free up to a bound of each address, and of each account wherever it asks from", () => {
  const { budget } = world(1);
  const polls = (address: string, account?: string) =>
    Array.from({ length: FREE_POLLS + 2 }, () => budget.isFreePoll(address, account)).filter(Boolean).length;
  expect(polls("192.0.2.1")).toBe(FREE_POLLS);
  expect(polls("192.0.2.2", "ada")).toBe(FREE_POLLS);
  expect(polls("192.0.2.3", "ada")).toBe(0);
  expect(polls("192.0.2.4", "bob")).toBe(FREE_POLLS);
  expect(budget.spend("192.0.2.1")).toBe(0);
});

test("without a limit all of it is free", () => {
  const { budget } = world(0);
  for (let asked = 0; asked < 1_000; asked++) expect(budget.spend("a") === 0 && budget.isFreePoll("a", "b")).toBe(true);
});
