/** What two conditions say together of a backlog: it raises no alarm of now, and what was critical in it, and is over, is told. */
import { describe, expect, test } from "vitest";
import type { Condition, SimpleCondition } from "../../../../../src/contract/alerts.ts";
import { createWorld, ruleOf, type World } from "../alert-world.ts";
import { openTrialWorld } from "../trial-world.ts";

const MINUTE_MS = 60_000;
const OF: SimpleCondition[] = [
  { kind: "above", metric: "gas", threshold: 300 },
  { kind: "equals", metric: "lid", value: "shut" },
];
const BOTH: Condition = { kind: "all", of: OF };
const EITHER: Condition = { kind: "any", of: OF };

type Metrics = Record<string, number | string>;
const GOOD: Metrics = { gas: 0, lid: "open" };

/** A board whose present reading came, and then what it kept, a minute apart: the oldest first. */
async function withBacklog(condition: Condition, kept: readonly Metrics[]): Promise<World & { beganMs: number }> {
  const world = createWorld();
  await world.add({ condition });
  await world.pass(5_000);
  world.read("still", GOOD);
  await world.pass(5_000);
  const beganMs = world.clock.nowMs() - 120 * MINUTE_MS;
  send(world, kept, beganMs);
  return { ...world, beganMs };
}

function send({ read, clock }: World, kept: readonly Metrics[], beganMs: number): void {
  for (const [minute, metrics] of kept.entries()) {
    read("still", metrics, { atMs: beganMs + minute * MINUTE_MS });
    clock.advance(20);
  }
}

const passedIn = ({ file, beganMs }: World & { beganMs: number }): string[] =>
  file.events().map(({ kind, from = "", to = "" }) => {
    const [first, last] = [from, to].map((at) => (Date.parse(at) - beganMs) / MINUTE_MS);
    return `${kind} ${first}–${last}`;
  });

const gas = (value: number): Metrics => ({ gas: value });
const lid = (value: string): Metrics => ({ lid: value });

describe("a backlog after the reading of now", () => {
  test.each<[string, Condition, Metrics[], string[]]>([
    [
      "all held in the same readings",
      BOTH,
      [GOOD, { gas: 400, lid: "shut" }, { gas: 400, lid: "shut" }, GOOD],
      ["passed 1–3"],
    ],
    [
      "each condition in readings of its own",
      BOTH,
      [lid("open"), gas(400), lid("shut"), gas(400), gas(0), lid("open")],
      ["passed 2–4"],
    ],
    ["all held, but never at once", BOTH, [GOOD, { gas: 400, lid: "open" }, { gas: 0, lid: "shut" }, GOOD], []],
    ["one of any held", EITHER, [GOOD, gas(400), gas(400), gas(0)], ["passed 1–3"]],
    ["only a condition of which nothing else is known", BOTH, [gas(400), gas(400), gas(0)], []],
  ])("%s", async (_, condition, kept, told) => {
    const world = await withBacklog(condition, kept);
    await world.pass(MINUTE_MS);
    expect(passedIn(world)).toEqual(told);
    expect(world.engine.list()).toEqual([]);
  });

  test("what a former backlog said is not joined with what this one says", async () => {
    const world = await withBacklog(BOTH, [gas(400)]);
    await world.pass(MINUTE_MS);
    send(world, [lid("shut"), lid("open")], world.beganMs + 5 * MINUTE_MS);
    await world.pass(MINUTE_MS);
    expect(world.file.events()).toEqual([]);
  });

  test("what was a warning is not reported", async () => {
    const world = createWorld();
    await world.add({ condition: BOTH, severity: "warning" });
    world.read("still", GOOD);
    await world.pass(5_000);
    send(world, [{ gas: 400, lid: "shut" }, GOOD], world.clock.nowMs() - 60 * MINUTE_MS);
    await world.pass(MINUTE_MS);
    expect(world.file.events()).toEqual([]);
  });
});

test("a backlog before the reading of now raises no alarm of now", async () => {
  const world = createWorld();
  await world.add({ condition: BOTH });
  world.read("still", GOOD);
  await world.pass(120 * MINUTE_MS);
  const beganMs = world.clock.nowMs() - 119 * MINUTE_MS;
  send(world, [GOOD, { gas: 400, lid: "shut" }, { gas: 400, lid: "shut" }, GOOD], beganMs);
  world.read("still", GOOD);
  await world.pass(MINUTE_MS);
  expect(passedIn({ ...world, beganMs })).toEqual(["passed 1–3"]);
});

test("one that ends with what is critical alarms when nothing newer has come for half a minute", async () => {
  const world = createWorld();
  await world.add({ condition: BOTH });
  world.read("still", GOOD);
  await world.pass(120 * MINUTE_MS);
  send(world, [GOOD, { gas: 400, lid: "shut" }], world.clock.nowMs() - 119 * MINUTE_MS);
  await world.pass(28_000);
  expect(world.kinds()).toEqual([]);
  await world.pass(4_000);
  expect(world.kinds()).toEqual(["firing"]);
});

test("a trial on what is stored tells the same", async () => {
  const { read, clock, live, tried } = await openTrialWorld(ruleOf({ condition: BOTH, severity: "critical" }));
  read(GOOD);
  clock.advance(5_000);
  read(GOOD);
  clock.advance(5_000);
  for (let minute = 0; minute < 10; minute++) {
    read({ gas: minute > 3 && minute < 7 ? 400 : 0, lid: "shut" }, 60 * MINUTE_MS - minute * MINUTE_MS);
    clock.advance(20);
  }
  clock.advance(60_000);
  read(GOOD);
  const told = await live();
  expect(told).toEqual([expect.stringMatching(/^passed /)]);
  expect(tried(60 * MINUTE_MS)).toEqual(told);
});
