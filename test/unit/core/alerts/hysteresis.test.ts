/** Between the threshold and `clear` nothing changes: not what fires, not what waits to fire, and not what waits to be over. */
import { expect, test } from "vitest";
import type { Condition } from "../../../../src/contract/alerts.ts";
import { createWorld, type World } from "./alert-world.ts";

const FRIDGE: Condition = { kind: "above", metric: "t", threshold: 8, clear: 6 };
const BARE: Condition = { kind: "above", metric: "t", threshold: 8 };

/** A reading a minute; what happened, with the minute in which it did. */
async function minutes(world: World, values: readonly number[]): Promise<string[]> {
  const beginMs = world.clock.nowMs();
  for (const t of values) {
    world.read("fridge", { t });
    await world.pass(60_000);
  }
  return world.file.events().map(({ kind, at }) => `${kind} ${(Date.parse(at) - beginMs) / 60_000}`);
}

async function fridge(condition: Condition, delays: { forS?: number; keepFiringS?: number }): Promise<World> {
  const world = createWorld();
  await world.add({ condition, ...delays });
  return world;
}

test("a value that trembles around the threshold fires after its time: between it and `clear` the time runs on", async () => {
  const world = await fridge(FRIDGE, { forS: 300 });
  expect(await minutes(world, [8.1, 7.9, 8.1, 7.9, 7.9, 7.9, 7.9])).toEqual(["firing 5"]);
});

test("a value that is clear restarts the time", async () => {
  const world = await fridge(FRIDGE, { forS: 300 });
  expect(await minutes(world, [8.1, 7.9, 6, 8.1, 7.9, 7.9, 7.9, 7.9, 7.9])).toEqual(["firing 8"]);
});

test("without `clear`, each value at the threshold or below restarts the time", async () => {
  const world = await fridge(BARE, { forS: 300 });
  expect(await minutes(world, [8.1, 8, 8.1, 8, 8.1, 8, 8.1, 9, 9, 9, 9, 9])).toEqual(["firing 11"]);
});

test("what waits to be over is over, unless it is past the threshold again", async () => {
  const over = await fridge(FRIDGE, { keepFiringS: 180 });
  expect(await minutes(over, [9, 6, 7, 7, 7])).toEqual(["firing 0", "resolved 4"]);
  const again = await fridge(FRIDGE, { keepFiringS: 180 });
  expect(await minutes(again, [9, 6, 7, 8.1, 7, 7, 7, 7])).toEqual(["firing 0"]);
});

test("what is said of it does not contradict its value", async () => {
  const world = createWorld();
  world.deviceOf("fridge").infos.set("t", { label: "Temperature", kind: "number", unit: "°C" });
  const id = `${await world.add({ condition: FRIDGE, forS: 60 })}~fridge`;
  const said: (string | undefined)[] = [];
  for (const t of [9, 7]) {
    world.read("fridge", { t });
    await world.pass(60_000);
    said.push(world.engine.get(id)?.text);
  }
  world.read("fridge", { t: 5 });
  await world.written();
  said.push(...world.file.events().map(({ text }) => text));
  expect(said.map((text) => text?.replace("fridge: Temperature is ", ""))).toEqual([
    "9 °C, above 8 °C",
    "7 °C, was above 8 °C",
    "9 °C, above 8 °C",
    "5 °C, was above 8 °C",
  ]);
});
