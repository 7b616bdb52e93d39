/** A rule that holds at times of the day, while no reading comes at their beginning. */
import { expect, test } from "vitest";
import { ABOVE, createWorld } from "../alert-world.ts";

const MINUTE_MS = 60_000;

/** `07:30` by the clocks of this process, which are those of the rules. */
const timeOf = (atMs: number): string => new Date(atMs).toTimeString().slice(0, 5);

test("what a value said before the times begin counts when they begin, though no reading comes", async () => {
  const world = createWorld();
  const nowMs = world.clock.nowMs();
  const activeTimes = { from: timeOf(nowMs + 10 * MINUTE_MS), to: timeOf(nowMs + 20 * MINUTE_MS) };
  await world.add({ condition: ABOVE, activeTimes });
  world.read("kitchen", { t: 20 });
  await world.pass(30_000);
  world.read("kitchen", { t: 60 });
  await world.pass(8 * MINUTE_MS);
  expect(world.kinds()).toEqual([]);
  await world.pass(3 * MINUTE_MS);
  expect(world.kinds()).toEqual(["firing"]);
});
