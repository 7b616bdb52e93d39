/** A rate of change is known again at once after a restart: the readings of its time are stored. */
import { expect, test } from "vitest";
import type { Condition } from "../../../../src/contract/alerts.ts";
import type { UnsavedReading } from "../../../../src/core/ports/readings-store.ts";
import { createWorld, type World } from "./alert-world.ts";

const MINUTE_MS = 60_000;
/** More than 3 degrees in an hour, measured over 20 minutes. */
const WARMS: Condition = { kind: "rate", metric: "t", above: 3, perS: 3_600, overS: 1_200 };

function restarted({ clock, file, known, rows }: World, unsaved: readonly UnsavedReading[] = []): World {
  return createWorld({ clock, file: file.copy(), devices: known, rows, unsaved });
}

/** A reading each minute. */
async function readFor(world: World, minutes: number, valueAt: (minute: number) => number | undefined): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    const t = valueAt(minute);
    world.read("freezer", t === undefined ? { lid: false } : { t });
    await world.pass(MINUTE_MS);
  }
}

test("what changed before the restart counts with the first reading after it", async () => {
  const first = createWorld();
  const id = `${await first.add({ condition: WARMS })}~freezer`;
  await readFor(first, 30, () => -20);
  const again = restarted(first);
  await again.opened;
  again.read("freezer", { t: -10 });
  expect(again.engine.get(id)?.state).toBe("firing");
});

test("it is over with the first reading after a restart that says so, and goes on where that says nothing else", async () => {
  const first = createWorld();
  const id = `${await first.add({ condition: WARMS })}~freezer`;
  await readFor(first, 30, (minute) => minute);
  await first.written();
  const warming = restarted(first);
  await warming.opened;
  warming.read("freezer", { t: 31 });
  expect(warming.engine.get(id)).toMatchObject({ state: "firing", episode: 1 });
  await warming.pass(MINUTE_MS);
  const cooling = restarted(warming);
  await cooling.opened;
  cooling.read("freezer", { t: 0 });
  expect(cooling.engine.get(id)).toBeUndefined();
});

test("a counter that restarted before the restart is no change after it", async () => {
  const first = createWorld();
  first.deviceOf("freezer").infos.set("t", { label: "T", kind: "number", unit: "", stateClass: "total_increasing" });
  const id = `${await first.add({ condition: WARMS })}~freezer`;
  await readFor(first, 30, (minute) => (minute < 15 ? 500 : 0));
  const again = restarted(first);
  await again.opened;
  again.read("freezer", { t: 0.5 });
  expect(again.engine.get(id)).toBeUndefined();
  await again.pass(MINUTE_MS);
  again.read("freezer", { t: 2 });
  expect(again.engine.get(id)?.state).toBe("firing");
});

test("what was stored and not judged before a kill is judged with what came before it", async () => {
  const first = createWorld();
  const id = `${await first.add({ condition: WARMS })}~freezer`;
  await readFor(first, 30, () => -20);
  await first.written();
  const atMs = first.clock.nowMs();
  const { id: deviceId } = first.deviceOf("freezer");
  const unjudged = { deviceId, atMs, n: 0, receivedAtMs: atMs, metrics: new Map([["t", -10]]) };
  first.rows.push(unjudged);
  const again = restarted(first, [...first.rows.slice(-4, -1), unjudged]);
  await again.opened;
  await again.written();
  expect(again.file.log()).toEqual([`firing ${id}`]);
});

test("a time of many readings, and readings without the metric, are read in part, and enough of them", async () => {
  const first = createWorld();
  const hour: Condition = { ...WARMS, overS: 43_200 };
  const id = `${await first.add({ condition: hour })}~freezer`;
  const beginMs = first.clock.nowMs();
  const { id: deviceId } = first.deviceOf("freezer");
  for (let n = 0; n < 10_000; n++) {
    const atMs = beginMs + n * 5_000;
    const metrics = new Map(n % 3 === 0 ? [["t", -20 + n / 10_000]] : [["lid", 1]]);
    first.rows.push({ deviceId, atMs, n: 0, receivedAtMs: atMs, metrics });
  }
  first.clock.advance(50_000_000);
  first.deviceOf("freezer").latest.set("t", { value: -19, atMs: beginMs + 9_999 * 5_000 });
  const again = restarted(first);
  await again.opened;
  again.read("freezer", { t: 20 });
  expect(again.engine.get(id)?.state).toBe("firing");
});

test("a rule that is new knows what came before it", async () => {
  const world = createWorld();
  await world.opened;
  await readFor(world, 30, () => -20);
  const id = `${await world.add({ condition: WARMS })}~freezer`;
  await world.written();
  world.read("freezer", { t: -10 });
  expect(world.engine.get(id)?.state).toBe("firing");
});

test("a store that cannot be read is logged, and the rate starts from nothing", async () => {
  const first = createWorld();
  const id = `${await first.add({ condition: WARMS })}~freezer`;
  await readFor(first, 30, () => -20);
  const again = restarted(first);
  again.store.isReadable = false;
  await again.opened;
  again.read("freezer", { t: -20 });
  expect(again.log.lines.map(({ event }) => event)).toEqual([
    "rates of change start from nothing: the earlier readings cannot be read",
  ]);
  await again.pass(20 * MINUTE_MS);
  again.read("freezer", { t: -10 });
  expect(again.engine.get(id)?.state).toBe("firing");
});
