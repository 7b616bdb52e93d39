/** A fire alarms whatever clocks say; silence ends nothing, and is no silence while the hub could not hear. */
import { describe, expect, test } from "vitest";
import type { Condition, SimpleCondition } from "../../../../src/contract/alerts.ts";
import { createWorld } from "./alert-world.ts";

const FIRE: Condition = { kind: "equals", metric: "flame", value: true };
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A board that was heard with the right clock, and then a fire as the test says. */
async function withFire(happen: (world: ReturnType<typeof createWorld>) => void): Promise<string[]> {
  const world = createWorld();
  await world.add({ condition: FIRE });
  for (let reading = 0; reading < 3; reading++) {
    world.read("kitchen", { flame: false });
    world.clock.advance(5_000);
  }
  happen(world);
  await world.written();
  return world.kinds();
}

test.each<[string, (world: ReturnType<typeof createWorld>) => void]>([
  ["instants in the future", ({ read, clock }) => read("kitchen", { flame: true }, { atMs: clock.nowMs() + DAY_MS })],
  [
    "the hub's clock was four minutes fast, and is set right",
    ({ read, clock }) => {
      clock.stepWall(-4 * MINUTE_MS);
      read("kitchen", { flame: true });
    },
  ],
  [
    "the hub's clock says 1970",
    ({ read, clock }) => {
      clock.stepWall(-clock.nowMs());
      read("kitchen", { flame: true });
    },
  ],
  [
    "the hub's clock jumps a day ahead, and the board gives instants of its own",
    ({ read, clock }) => {
      const atMs = clock.nowMs();
      clock.stepWall(DAY_MS);
      read("kitchen", { flame: true }, { atMs });
    },
  ],
  [
    "the board was four minutes fast, and is set right",
    ({ read, clock }) => {
      read("kitchen", { flame: false }, { atMs: clock.nowMs() + 4 * MINUTE_MS });
      clock.advance(5_000);
      read("kitchen", { flame: true });
    },
  ],
  [
    "the board's clock is set back an hour: at its second reading",
    ({ read, clock }) => {
      read("kitchen", { flame: true }, { atMs: clock.nowMs() - 60 * MINUTE_MS });
      clock.advance(5_000);
      read("kitchen", { flame: true }, { atMs: clock.nowMs() - 60 * MINUTE_MS });
    },
  ],
])("a fire alarms: %s", async (_, happen) => {
  expect(await withFire(happen)).toEqual(["firing"]);
});

test("a backlog of two hours with a fire in it is one event with its own time, and no alarm of now", async () => {
  const { add, read, written, clock, kinds, file, engine, pass } = createWorld();
  await add({ condition: FIRE });
  read("kitchen", { flame: false });
  clock.advance(5_000);
  const beginMs = clock.nowMs() - 120 * MINUTE_MS;
  for (let minute = 0; minute < 120; minute++) {
    read("kitchen", { flame: minute >= 30 && minute < 40 }, { atMs: beginMs + minute * MINUTE_MS });
    clock.advance(20);
  }
  await written();
  expect(kinds()).toEqual(["passed"]);
  expect(file.events()[0]).toMatchObject({
    from: new Date(beginMs + 30 * MINUTE_MS).toISOString(),
    to: new Date(beginMs + 40 * MINUTE_MS).toISOString(),
  });
  expect(engine.list()).toEqual([]);
  await pass(60_000);
  expect(kinds()).toEqual(["passed"]);
});

describe("a board that was away for two hours", () => {
  async function away(fields: Parameters<ReturnType<typeof createWorld>["add"]>[0] = {}) {
    const world = createWorld();
    await world.add({ condition: FIRE, ...fields });
    world.read("kitchen", { flame: false });
    await world.pass(5_000);
    world.clock.advance(120 * MINUTE_MS);
    const beganMs = world.clock.nowMs() - 119 * MINUTE_MS;
    /** What it kept, the oldest first, faster than it was measured. */
    const replay = (minutes: number, burns: (minute: number) => boolean): void => {
      for (let minute = 0; minute < minutes; minute++) {
        world.read("kitchen", { flame: burns(minute) }, { atMs: beganMs + minute * MINUTE_MS });
        world.clock.advance(400);
      }
    };
    return { ...world, beganMs, replay };
  }

  test("and sends what it kept before what is now: a fire in it is reported as over, and alarms nobody", async () => {
    const { replay, read, pass, kinds, file, beganMs, engine } = await away();
    replay(119, (minute) => minute >= 10 && minute < 110);
    read("kitchen", { flame: false });
    await pass(MINUTE_MS);
    expect(kinds()).toEqual(["passed"]);
    expect(file.events()[0]).toMatchObject({
      from: new Date(beganMs + 10 * MINUTE_MS).toISOString(),
      to: new Date(beganMs + 110 * MINUTE_MS).toISOString(),
    });
    expect(engine.list()).toEqual([]);
  });

  test("and a fire that goes on alarms with the first reading of now, once", async () => {
    const { replay, read, pass, kinds, written } = await away();
    replay(110, (minute) => minute >= 10);
    await written();
    expect(kinds()).toEqual([]);
    read("kitchen", { flame: true });
    await pass(2 * MINUTE_MS);
    expect(kinds()).toEqual(["firing"]);
  });

  test("and says no more than that it burnt: without anything newer for half a minute it burns", async () => {
    const { replay, pass, kinds } = await away();
    replay(20, (minute) => minute === 19);
    await pass(28_000);
    expect(kinds()).toEqual([]);
    await pass(4_000);
    expect(kinds()).toEqual(["firing"]);
    await pass(2 * MINUTE_MS);
    expect(kinds()).toEqual(["firing"]);
  });

  test("and had a warning meanwhile: nothing is reported", async () => {
    const { replay, read, pass, kinds } = await away({ severity: "warning" });
    replay(119, (minute) => minute >= 10 && minute < 20);
    read("kitchen", { flame: false });
    await pass(MINUTE_MS);
    expect(kinds()).toEqual([]);
  });
});

test("a board that falls silent while it alarms says so, and the alarm stays until it says that it is over", async () => {
  const { add, read, setPresence, pass, kinds, engine } = createWorld();
  const id = `${await add({ condition: FIRE })}~kitchen`;
  read("kitchen", { flame: true });
  setPresence("kitchen", "offline");
  await pass(59_000);
  expect(kinds()).toEqual(["firing"]);
  await pass(2_000);
  expect(kinds()).toEqual(["firing", "noData"]);
  await pass(30 * MINUTE_MS);
  expect(kinds()).toEqual(["firing", "noData"]);
  expect(engine.get(id)).toMatchObject({ state: "firing", data: "overdue", noDataSince: expect.any(String) });
  read("kitchen", { flame: false });
  await pass(1_000);
  expect(kinds()).toEqual(["firing", "noData", "dataAgain", "resolved"]);
});

test("what fires while its board speaks is not looked at each second: ten thousand may", async () => {
  const { add, read, pass, deviceOf } = createWorld();
  await add({ condition: FIRE });
  read("kitchen", { flame: true });
  const device = deviceOf("kitchen");
  const { habit } = device;
  let looks = 0;
  Object.defineProperty(device, "habit", {
    get: () => {
      looks++;
      return habit;
    },
  });
  await pass(50_000);
  expect(looks).toBeLessThanOrEqual(1);
});

test("a silent board is one alert by presence, and those of its metrics name it", async () => {
  const { add, read, setPresence, pass, committed } = createWorld();
  const presence = await add({ condition: { kind: "presence", state: "offline" }, name: "Silent board" });
  await add({ condition: { kind: "noData", metric: "t", intervals: 3 } });
  await add({ condition: { kind: "noData", afterS: 60 } });
  await pass(10_000);
  read("kitchen", { t: 20 });
  await pass(62_000);
  setPresence("kitchen", "offline");
  await pass(2_000);
  const fired = committed.filter(({ event }) => event.kind === "firing");
  expect(fired.map(({ rule }) => rule.condition.kind).sort()).toEqual(["noData", "noData", "presence"]);
  read("kitchen", { t: 20 });
  setPresence("kitchen", "online");
  await pass(2_000);
  setPresence("kitchen", "offline");
  await pass(63_000);
  const later = committed.filter(({ event }) => event.kind === "firing").slice(3);
  expect(later.map(({ explainedBy }) => explainedBy)).toEqual([
    undefined,
    `${presence}~kitchen`,
    `${presence}~kitchen`,
  ]);
});

test("while the store cannot be written no board is silent, and after it each has one interval of grace", async () => {
  const { add, read, pass, kinds, store } = createWorld();
  await add({ condition: { kind: "noData", afterS: 60 } });
  await pass(5_000);
  read("kitchen", { t: 20 });
  store.isWritable = false;
  await pass(10 * MINUTE_MS);
  expect(kinds()).toEqual([]);
  store.isWritable = true;
  await pass(62_000);
  expect(kinds()).toEqual([]);
  await pass(6_000);
  expect(kinds()).toEqual(["firing"]);
});

test("the time in which the hub was down is no silence, and an alert about silence is not over because of it", async () => {
  const first = createWorld();
  const id = `${await first.add({ condition: { kind: "noData", afterS: 60 } })}~kitchen`;
  await first.pass(5_000);
  first.read("kitchen", { t: 20 });
  await first.written();
  const lastRun = { startedAtMs: first.clock.nowMs() - 5_000, aliveAtMs: first.clock.nowMs() };
  void first.engine.close();
  await first.written();
  first.clock.advance(60 * MINUTE_MS);
  const again = createWorld({ clock: first.clock, file: first.file.copy(), devices: first.known, lastRun });
  await again.opened;
  await again.pass(63_000);
  expect(again.kinds()).toEqual([]);
  await again.pass(5_000);
  expect(again.kinds()).toEqual(["firing"]);
  const stopped = { startedAtMs: first.clock.nowMs() - 5_000, aliveAtMs: first.clock.nowMs() };
  void again.engine.close();
  await again.written();
  const third = createWorld({ clock: first.clock, file: again.file.copy(), devices: first.known, lastRun: stopped });
  await third.opened;
  await third.pass(10_000);
  expect(third.engine.get(id)?.state).toBe("firing");
  third.read("kitchen", { t: 20 });
  await third.pass(2_000);
  expect(third.kinds()).toEqual(["firing", "resolved"]);
});

test("a class has an alert for each metric of it, also of those that come later; the hub itself has one for each trouble", async () => {
  const { add, read, written, engine } = createWorld();
  const battery = await add({ condition: { kind: "class", deviceClass: "battery", below: 20 } });
  const hub = await add({ condition: { kind: "hub", what: ["disk", "clock"] } });
  read("door", { battery: 10, t: 20 });
  engine.hubTrouble("disk", "The disk is nearly full");
  await written();
  expect(
    engine
      .list()
      .map(({ id }) => id)
      .sort(),
  ).toEqual([`${battery}~door~battery`, `${hub}~~disk`].sort());
  expect(engine.get(`${hub}~~disk`)?.text).toBe("The disk is nearly full");
  engine.hubTrouble("disk", undefined);
  expect(engine.get(`${hub}~~disk`)).toBeUndefined();
});

test("joined conditions are judged by one reading as a whole; a rate needs its whole time, and a counter that restarts is no change", async () => {
  const { add, read, written, engine, clock, deviceOf } = createWorld();
  const of: SimpleCondition[] = [
    { kind: "above", metric: "t", threshold: 50 },
    { kind: "above", metric: "h", threshold: 50 },
  ];
  const both = `${await add({ condition: { kind: "all", of } })}~x`;
  read("x", { t: 60, h: 40 });
  read("x", { t: 40, h: 60 });
  expect(engine.get(both)).toBeUndefined();
  read("x", { t: 60 });
  expect(engine.get(both)?.state).toBe("firing");
  await written();
  deviceOf("meter").infos.set("wh", { label: "Energy", kind: "number", unit: "Wh", stateClass: "total_increasing" });
  const rate = `${await add({ condition: { kind: "rate", metric: "wh", above: 100, perS: 60, overS: 60 } })}~meter`;
  for (const wh of [1_000, 1_040, 1_080, 0, 10]) {
    read("meter", { wh });
    expect(engine.get(rate)).toBeUndefined();
    clock.advance(30_000);
  }
  read("meter", { wh: 500 });
  expect(engine.get(rate)?.state).toBe("firing");
});
