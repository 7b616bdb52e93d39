/** How much of it begins in one turn of the event loop, and in what order. */
import { expect, test } from "vitest";
import { createTurnBudget, inTurn } from "../../../../src/core/limits/turn-budget.ts";

/** Each piece takes `ms`; a turn ends when the test says so. */
function world(mostMs: number, mostPieces: number) {
  let nowMs = 0;
  let soon: (() => void)[] = [];
  const budget = createTurnBudget({
    clock: { monotonicMs: () => nowMs, soon: (run) => void soon.push(run) },
    mostMs,
    mostTasks: mostPieces,
  });
  const begun: string[] = [];
  return {
    begun,
    run: (name: string, ms: number) =>
      budget.run(() => {
        begun.push(name);
        nowMs += ms;
        if (name.startsWith("!")) throw new Error(name);
      }),
    nextTurn: () => {
      const due = soon;
      soon = [];
      for (const run of due) run();
    },
    planned: () => soon.length,
  };
}

test("what is beyond the time of a turn comes in the next ones, in its order", () => {
  const { begun, run, nextTurn, planned } = world(5, 100);
  for (const name of ["a", "b", "c", "d", "e", "f"]) run(name, 3);
  expect(begun).toEqual(["a", "b"]);
  nextTurn();
  run("g", 3);
  expect(begun).toEqual(["a", "b", "c", "d"]);
  nextTurn();
  nextTurn();
  expect(begun).toEqual(["a", "b", "c", "d", "e", "f", "g"]);
  nextTurn();
  expect(planned()).toBe(0);
});

test("so many pieces begin in a turn, however short they are", () => {
  const { begun, run, nextTurn } = world(5, 2);
  for (const name of ["a", "b", "c", "d", "e"]) run(name, 0);
  expect(begun).toHaveLength(2);
  nextTurn();
  expect(begun).toHaveLength(4);
  nextTurn();
  expect(begun).toHaveLength(5);
});

test("one that fails holds up none of the others", () => {
  const { begun, run, nextTurn } = world(5, 2);
  run("a", 0);
  expect(() => run("!b", 0)).toThrow("!b");
  for (const name of ["!c", "d", "e"]) run(name, 0);
  expect(nextTurn).toThrow("!c");
  nextTurn();
  nextTurn();
  expect(begun).toEqual(["a", "!b", "!c", "d", "e"]);
});

test("work that somebody awaits and that throws, at once or in a later turn, is theirs to handle and fails no turn", async () => {
  const soon: (() => void)[] = [];
  const clock = { monotonicMs: () => 0, soon: (run: () => void) => void soon.push(run) };
  const budget = createTurnBudget({ clock, mostMs: 5, mostTasks: 1 });
  const throwing = (name: string) => () => {
    throw new Error(name);
  };
  const asked = ["now", "later"].map((name) => inTurn(budget, throwing(name)));
  const last = inTurn(budget, () => "done");
  while (soon.length > 0) soon.shift()?.();
  expect(await Promise.allSettled(asked)).toMatchObject([
    { status: "rejected", reason: { message: "now" } },
    { status: "rejected", reason: { message: "later" } },
  ]);
  expect(await last).toBe("done");
});
