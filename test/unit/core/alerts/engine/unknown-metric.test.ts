/** Rules that name what nobody sends, and a thousand rules at once. */
import { expect, test } from "vitest";
import { type Condition, MAX_RULES, type SimpleCondition } from "../../../../../src/contract/alerts.ts";
import { createWorld, ruleOf } from "../alert-world.ts";

const OF: SimpleCondition[] = [
  { kind: "above", metric: "co2", threshold: 800 },
  { kind: "noData", metric: "co2", afterS: 60 },
];

test.each<[string, Condition]>([
  ["above", { kind: "above", metric: "co2", threshold: 800 }],
  ["below", { kind: "below", metric: "co2", threshold: 800 }],
  ["equals", { kind: "equals", metric: "co2", value: 0 }],
  ["rate", { kind: "rate", metric: "co2", below: 1, perS: 60, overS: 60 }],
  ["class", { kind: "class", deviceClass: "carbon_dioxide", below: 800 }],
  ["noData", { kind: "noData", metric: "co2", afterS: 60 }],
  ["noData in intervals", { kind: "noData", metric: "co2", intervals: 3 }],
  ["all", { kind: "all", of: OF }],
  ["any", { kind: "any", of: OF }],
])("a rule about a metric that a board never sent says nothing of it: %s", async (_, condition) => {
  const { add, read, pass, engine, file } = createWorld();
  await add({ condition });
  for (let minute = 0; minute < 10; minute++) {
    read("clock", { t: 20 });
    await pass(60_000);
  }
  expect([engine.list(), file.events()]).toEqual([[], []]);
});

test("a metric is missed from its first reading on, also after a restart", async () => {
  const world = createWorld();
  const id = `${await world.add({ condition: { kind: "noData", metric: "co2", afterS: 20 } })}~clock`;
  await world.pass(10_000);
  world.read("clock", { t: 20 });
  await world.pass(120_000);
  world.read("clock", { co2: 400 });
  await world.pass(15_000);
  expect(world.kinds()).toEqual([]);
  await world.pass(6_000);
  expect(world.file.log()).toEqual([`firing ${id}`]);
  world.read("clock", { co2: 400 });
  await world.pass(2_000);
  expect(world.kinds()).toEqual(["firing", "resolved"]);
  const { clock, file, known, rows } = world;
  const again = createWorld({ clock, file: file.copy(), devices: known, rows });
  await again.opened;
  await again.pass(30_000);
  expect(again.kinds()).toEqual(["firing", "resolved", "firing"]);
});

test("a thousand rules at once are all there, judge one reading, and are the most", async () => {
  const { rules, read, written, engine, opened, file } = createWorld();
  await opened;
  read("boiler", { t: 20 });
  const added = await Promise.all(
    Array.from({ length: MAX_RULES + 1 }, (_, n) =>
      rules.add(ruleOf({ name: `Above ${n}`, condition: { kind: "above", metric: "t", threshold: n } })),
    ),
  );
  expect(added.filter(({ kind }) => kind === "done")).toHaveLength(MAX_RULES);
  expect(added.at(-1)).toEqual({ kind: "full" });
  expect(new Set(rules.list().map(({ id }) => id)).size).toBe(MAX_RULES);
  read("boiler", { t: 500 });
  await written();
  expect(engine.list()).toHaveLength(500);
  expect(file.events()).toHaveLength(500);
});
