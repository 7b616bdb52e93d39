/** A store that is away at a start and reached later: what a kill left unjudged in it is judged then. */
import { expect, test } from "vitest";
import type { UnsavedReading } from "../../../../src/core/ports/readings-store.ts";
import { StoreError } from "../../../../src/core/ports/readings-store.ts";
import { createWorld, type World } from "./alert-world.ts";

type Take = (readings: readonly UnsavedReading[]) => void | Promise<void>;

const given = (rows: readonly UnsavedReading[]) => async (take: Take) => take(rows);
const NONE = given([]);

/** A rule, and a device that fired and was judged up to `judged`. */
async function killed() {
  const before = createWorld();
  const id = `${await before.add()}~boiler`;
  const row = (t: number): UnsavedReading => {
    before.clock.advance(1_000);
    const atMs = before.clock.nowMs();
    const deviceId = before.deviceOf("boiler").id;
    return { deviceId, atMs, n: 0, receivedAtMs: atMs, metrics: new Map([["t", t]]) };
  };
  const judged = [row(51), row(30)];
  before.engine.stored(judged);
  await before.written();
  /** The next start, without the store. */
  const start = async (waiting: readonly UnsavedReading[] = []): Promise<World> => {
    const { clock, file, known } = before;
    const again = createWorld({ clock, file: file.copy(), devices: known, unsaved: waiting, isAway: true });
    await again.opened;
    return again;
  };
  return { id, row, judged, start, log: [`firing ${id}`, `resolved ${id}`] };
}

test("what the store has and no run judged is judged when it is reached, once", async () => {
  const { id, row, judged, start, log } = await killed();
  const unjudged = [row(60), row(30), row(70)];
  const again = await start();
  expect(again.file.log()).toEqual(log);
  await again.engine.judgeReached({ unsaved: given([...judged, ...unjudged]), judged: NONE });
  await again.written();
  expect(again.file.log()).toEqual([...log, `firing ${id}`, `resolved ${id}`, `firing ${id}`]);
  expect(again.engine.get(id)).toMatchObject({ state: "firing", value: 70 });
});

test("where the store fails in the middle, the rest is judged the next time", async () => {
  const { id, row, judged, start, log } = await killed();
  const unjudged = [row(60), row(30), row(70)];
  const again = await start();
  let isFirst = true;
  const failing = async (take: Take): Promise<void> => {
    await take([...judged, ...unjudged.slice(0, 2)]);
    if (!isFirst) throw new StoreError("it is away", true);
    isFirst = false;
    await take(unjudged.slice(2));
  };
  await expect(again.engine.judgeReached({ unsaved: failing, judged: NONE })).rejects.toThrow("it is away");
  await again.engine.judgeReached({ unsaved: given([...judged, ...unjudged]), judged: NONE });
  await again.written();
  expect(again.file.log()).toEqual([...log, `firing ${id}`, `resolved ${id}`, `firing ${id}`]);
});

test("if the last that was judged waits in the outbox, everything in the store was judged before it", async () => {
  const { judged, start, log } = await killed();
  const [first, last] = judged;
  if (first === undefined || last === undefined) throw new Error("there are two");
  const again = await start([last]);
  await again.engine.judgeReached({ unsaved: given([first]), judged: given([last]) });
  await again.written();
  expect(again.file.log()).toEqual(log);
});

test("what came live meanwhile stays as it is; what was critical before it, and is over, is one event", async () => {
  const { id, row, judged, start, log } = await killed();
  const unjudged = [row(60), row(30)];
  const again = await start();
  again.clock.advance(5_000);
  again.read("boiler", { t: 35 });
  await again.engine.judgeReached({ unsaved: given([...judged, ...unjudged]), judged: NONE });
  await again.written();
  expect(again.file.log()).toEqual([...log, `passed ${id}`]);
  expect(again.engine.list()).toEqual([]);
});

test("a group that was on its way when the store went away is in both, and is judged once", async () => {
  const before = createWorld();
  const id = `${await before.add()}~boiler`;
  const deviceId = before.deviceOf("boiler").id;
  const rows = [51, 30, 60].map((t): UnsavedReading => {
    before.clock.advance(1_000);
    const atMs = before.clock.nowMs();
    return { deviceId, atMs, n: 0, receivedAtMs: atMs, metrics: new Map([["t", t]]) };
  });
  before.engine.stored(rows);
  await before.written();
  const { clock, file, known } = before;
  const again = createWorld({ clock, file: file.copy(), devices: known, unsaved: [...rows, ...rows] });
  await again.opened;
  await again.written();
  expect(again.file.log()).toEqual([`firing ${id}`, `resolved ${id}`, `firing ${id}`]);
});
