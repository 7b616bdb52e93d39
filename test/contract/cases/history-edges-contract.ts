/** Where deleting, forgetting and counting meet: what is gone stays gone, and what is there stays whole. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { DeviceId } from "../../../src/contract/readings.ts";
import type { Rollup } from "../../../src/core/ports/history.ts";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import type { ReadingWrite } from "../../../src/core/ports/writes.ts";
import { expectLike, expectRollups, KEEP_ALL, rollupsOf, saveAll, upkeepAll } from "./history-contract.ts";
import { createHistoryModel, type HistoryModel } from "./history-model.ts";
import type { Start } from "./opened-store.ts";
import {
  ALL,
  boiler,
  cellar,
  deviceId,
  type Metrics,
  MINUTE_MS,
  readAll,
  seriesOf,
  T0,
  timed,
  untimed,
} from "./writes.ts";

const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const EVERYTHING = { deviceId: boiler, fromMs: 0, toMs: 8.64e15, metrics: undefined } as const;

/** Readings at even distances. */
const evenly = (fromMs: number, count: number, stepMs: number, metrics: (i: number) => Metrics): ReadingWrite[] =>
  Array.from({ length: count }, (_, i) => timed(fromMs + i * stepMs, metrics(i)));

async function kindsOf(store: Store, writes: readonly ReadingWrite[]): Promise<Set<string>> {
  const outcomes = await store.append(writes.map((write) => [write]));
  return new Set(outcomes.flat().map(({ kind }) => kind));
}

/** Stores them, and counts them by hand. */
async function fill(store: Store, model: HistoryModel, writes: readonly ReadingWrite[]): Promise<void> {
  expect(await kindsOf(store, writes)).toEqual(new Set(["stored"]));
  for (const write of writes) model.stored(write, 0);
  await saveAll(store);
}

/** Two days of which only the days themselves are left. */
async function expiredDays(store: Store): Promise<{ model: HistoryModel; nowMs: number; retention: typeof KEEP_ALL }> {
  const model = createHistoryModel();
  await fill(
    store,
    model,
    evenly(T0, 96, 30 * MINUTE_MS, (i) => ({ a: i, b: i % 2 === 0 })),
  );
  const nowMs = T0 + 60 * DAY_MS;
  const retention = { ...KEEP_ALL, rawDays: 10, hourDays: 20 };
  await upkeepAll(store, nowMs, retention);
  expect(await readAll(store)).toEqual([]);
  expect(await rollupsOf(store, boiler, "hour")).toEqual([]);
  expectRollups(await rollupsOf(store, boiler, "day"), model.rollups("day"));
  return { model, nowMs, retention };
}

const small = fc.integer({ min: 0, max: 3 });
const hour = fc.integer({ min: 0, max: 100 });

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("append" as const),
      readings: fc.array(
        fc.record({
          offsetMs: fc.tuple(hour, fc.constantFrom(0, 1, HOUR_MS - 1)).map(([hours, ms]) => hours * HOUR_MS + ms),
          isTimed: fc.boolean(),
          metrics: fc.oneof(fc.record({ a: small }), fc.record({ b: small }), fc.record({ a: small, b: small })),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("many" as const),
      hour,
      stepMs: fc.constantFrom(0, 1, 1_000, MINUTE_MS),
      count: fc.constantFrom(100, 800),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("erase" as const),
      hour,
      hours: fc.constantFrom(1, 5, 24, 200),
      metrics: fc.constantFrom(undefined, ["a"], ["b"]),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("save" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reopen" as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("upkeep" as const),
      steps: fc.constantFrom(1, 2, 4, 100),
      waitMs: fc.constantFrom(0, MINUTE_MS, 1.1 * HOUR_MS, 7 * HOUR_MS, 26 * HOUR_MS),
      rawDays: fc.constantFrom(0, 1, 2),
    }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Once found at random. */
const EXPIRED_AND_STORED_AGAIN: Step[] = [
  { kind: "append", readings: [{ offsetMs: 3 * HOUR_MS + 1, isTimed: false, metrics: { a: 0, b: 0 } }] },
  { kind: "append", readings: [{ offsetMs: 4 * HOUR_MS, isTimed: false, metrics: { a: 0, b: 0 } }] },
  { kind: "upkeep", steps: 100, waitMs: 0, rawDays: 1 },
  {
    kind: "append",
    readings: [
      { offsetMs: 3 * HOUR_MS + 1, isTimed: false, metrics: { a: 0, b: 0 } },
      { offsetMs: 0, isTimed: false, metrics: { b: 0 } },
    ],
  },
  { kind: "upkeep", steps: 1, waitMs: 26 * HOUR_MS, rawDays: 2 },
];

/** After whole hours are deleted, hours and days stay true though readings have expired; of readings, those must be there that are young enough. */
async function expectTrue(store: Store, device: DeviceId, model: HistoryModel, keptFromMs: number): Promise<void> {
  for (const level of ["hour", "day"] as const) {
    expectRollups(await rollupsOf(store, device, level), model.rollups(level));
  }
  const latest: Record<string, unknown> = {};
  for (const { atMs, metrics } of model.readings()) {
    for (const [name, value] of Object.entries(metrics)) latest[name] = { value, atMs };
  }
  expect(Object.fromEntries(await store.latestOf(device, ["a", "b"]))).toEqual(latest);
  const found = (await readAll(store, device)).map(({ atMs, n }) => `${atMs}-${n}`);
  const known = model.readings().map(({ atMs, n }) => ({ atMs, position: `${atMs}-${n}` }));
  const left = new Set(found);
  const due = known
    .filter(({ atMs, position }) => atMs >= keptFromMs || left.has(position))
    .map(({ position }) => position);
  // An expired reading leaves its n to the next of that instant: the model remembers both.
  expect([...new Set(due)]).toEqual(found);
}

export function describeHistoryEdges(start: Start): void {
  test("whatever is stored, deleted and expired in whatever order: hours, days and latest values are those of what was not deleted", {
    timeout: 300_000,
  }, async () => {
    const { store: first, reopen } = await start();
    let store = first;
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 16 }), async (steps) => {
        const device = deviceId(`edge${run++}`);
        const model = createHistoryModel();
        let nowMs = T0 + 2 * DAY_MS;
        let keptFromMs = 0;
        for (const each of steps) {
          if (each.kind === "reopen") store = await reopen();
          else if (each.kind === "save") await saveAll(store, device);
          else if (each.kind === "upkeep") {
            nowMs += each.waitMs;
            if (each.rawDays > 0) keptFromMs = Math.max(keptFromMs, nowMs - each.rawDays * DAY_MS);
            for (let count = 0; count < each.steps; count++) {
              const retention = { ...KEEP_ALL, rawDays: each.rawDays };
              if ((await store.upkeep({ nowMs, retention })).did === "nothing") break;
            }
          } else if (each.kind === "erase") {
            const range = { fromMs: T0 + each.hour * HOUR_MS, toMs: T0 + (each.hour + each.hours) * HOUR_MS };
            await store.erase({ deviceId: device, ...range, metrics: each.metrics });
            model.erase(range.fromMs, range.toMs, each.metrics);
          } else {
            const writes =
              each.kind === "many"
                ? evenly(T0 + each.hour * HOUR_MS, each.count, each.stepMs, (i) => ({ a: i }))
                : each.readings.map(({ offsetMs, isTimed, metrics }) =>
                    (isTimed ? timed : untimed)(T0 + offsetMs, metrics),
                  );
            const outcomes = (await store.append(writes.map((write) => [{ ...write, deviceId: device }]))).flat();
            for (const [index, outcome] of outcomes.entries()) {
              const write = writes[index];
              if (outcome.kind === "stored" && write !== undefined) model.stored(write, outcome.n);
            }
          }
          await expectTrue(store, device, model, keptFromMs);
        }
        await store.deleteDevice(device);
      }),
      {
        numRuns: Number(process.env["AERIE_TEST_HISTORY_RUNS"] ?? 4),
        examples: [[EXPIRED_AND_STORED_AGAIN]],
      },
    );
  });

  test("readings that had only a metric that was deleted may be stored again, and those with another are known by what is left", async () => {
    const { store } = await start();
    const model = createHistoryModel();
    const alone = evenly(T0, 150, 1_000, (i) => ({ a: i }));
    const both = evenly(T0 + HOUR_MS, 150, 1_000, (i) => ({ a: i, b: i }));
    await fill(store, model, [...alone, ...both]);
    await upkeepAll(store, T0 + 7 * HOUR_MS);
    await store.erase({ ...EVERYTHING, metrics: ["a"] });
    model.erase(0, ALL.toMs, ["a"]);
    await expectLike(store, boiler, model);

    expect(await kindsOf(store, alone)).toEqual(new Set(["stored"]));
    for (const write of alone) model.stored(write, 0);
    expect(
      await kindsOf(
        store,
        evenly(T0 + HOUR_MS, 150, 1_000, (i) => ({ b: i })),
      ),
    ).toEqual(new Set(["duplicate"]));
    await expectLike(store, boiler, model);
    await saveAll(store);
    await upkeepAll(store, T0 + 3 * DAY_MS);
    await expectLike(store, boiler, model);
  });

  test("the hours of a day that was deleted do not come back when a later day expires before that one was counted again", async () => {
    const { store } = await start();
    const model = createHistoryModel();
    await fill(
      store,
      model,
      [0, 1].flatMap((day) => evenly(T0 + day * DAY_MS, 100, MINUTE_MS, (i) => ({ a: i }))),
    );
    const nowMs = T0 + 5 * DAY_MS;
    await upkeepAll(store, nowMs);
    await store.erase({ deviceId: boiler, fromMs: T0, toMs: T0 + DAY_MS, metrics: undefined });
    model.erase(T0, T0 + DAY_MS, undefined);
    for (let did = ""; did !== "nothing"; ) {
      did = (await store.upkeep({ nowMs: nowMs + 2 * HOUR_MS, retention: { ...KEEP_ALL, rawDays: 2 } })).did;
      for (const level of ["hour", "day"] as const) {
        expectRollups(await rollupsOf(store, boiler, level), model.rollups(level));
      }
    }
    expect(await readAll(store)).toEqual([]);
  });

  test("a day of which no hours are left keeps its count when one more reading of a clock set back comes to it", async () => {
    const { store } = await start();
    const { model, nowMs, retention } = await expiredDays(store);
    const late = untimed(T0 + 5 * HOUR_MS + 1, { a: 9 });
    await fill(store, model, [late]);
    for (const laterMs of [0, HOUR_MS, 20 * HOUR_MS]) {
      expectRollups(await rollupsOf(store, boiler, "day"), model.rollups("day"));
      await upkeepAll(store, nowMs + laterMs, retention);
    }
    expectRollups(await rollupsOf(store, boiler, "day"), model.rollups("day"));
    expect(await rollupsOf(store, boiler, "hour")).toEqual([]);
  });

  test("an hour that an import knows is refused where only its day is left, which says more", async () => {
    const { store } = await start();
    const { model } = await expiredDays(store);
    const startMs = T0 + 5 * HOUR_MS;
    const rollup: Rollup = { count: 60, sum: 60, min: 1, max: 1, texts: 0, last: 1, lastAtMs: startMs };
    expect(await store.rebuild([{ deviceId: boiler, startMs, metrics: new Map([["a", rollup]]) }])).toEqual([false]);
    expect(await rollupsOf(store, boiler, "hour")).toEqual([]);
    expectRollups(await rollupsOf(store, boiler, "day"), model.rollups("day"));
  });

  test("a deletion that touches a day of which no hours are left takes it whole, and no other", async () => {
    const { store } = await start();
    const { model } = await expiredDays(store);
    const fromMs = T0 + HOUR_MS;
    await store.erase({ deviceId: boiler, fromMs, toMs: fromMs + 1, metrics: ["a"] });
    model.erase(T0, T0 + DAY_MS, ["a"]);
    expectRollups(await rollupsOf(store, boiler, "day"), model.rollups("day"));
  });

  test("a device with a clock that stands still is refused the 10,001st reading of one instant, and all others are stored", async () => {
    const { store } = await start();
    const writes = evenly(T0, 10_001, 0, (i) => ({ a: i }));
    const last = writes[10_000] as ReadingWrite;
    for (let first = 0; first < 10_000; first += 2_500) {
      expect(await kindsOf(store, writes.slice(first, first + 2_500))).toEqual(new Set(["stored"]));
    }
    const expectRefused = async (): Promise<void> => {
      const [outcome] = (await store.append([[last]])).flat();
      expect(outcome).toMatchObject({
        kind: "refused",
        reason: expect.stringMatching(/10000 .*same timestamp.*clock/),
      });
    };
    await expectRefused();
    expect(await kindsOf(store, writes.slice(9_990, 10_000))).toEqual(new Set(["duplicate"]));
    const others = [timed(T0 + 1, { a: 1 }), timed(T0 - 1, { a: 1 }), timed(T0, { a: 1 }, { deviceId: cellar })];
    expect(await kindsOf(store, [...others, untimed(T0, { a: -1 })])).toEqual(new Set(["stored"]));
    expect(await readAll(store)).toHaveLength(10_003);

    await saveAll(store);
    await upkeepAll(store, T0 + 8 * HOUR_MS);
    await expectRefused();
    expect(await kindsOf(store, [timed(T0 + 2, { a: 1 })])).toEqual(new Set(["stored"]));
  });

  test("the latest value is found with its type while it is fresh, sealed, counted or not; of an expired day true is 1", async () => {
    const { store } = await start();
    const names = ["old", "wasOn", "said", "number", "on", "text", "fresh"];
    const valued = (count: number, metrics: Metrics): ReadingWrite[] => [
      timed(T0 + count * DAY_MS, metrics),
      timed(T0 + count * DAY_MS + HOUR_MS, { x: count }),
    ];
    const expected = new Map<string, { value: number | boolean | string; atMs: number }>([
      ["old", { value: 1.5, atMs: T0 }],
      ["wasOn", { value: true, atMs: T0 }],
      ["said", { value: "eco", atMs: T0 }],
      ["number", { value: 2, atMs: T0 + 7 * DAY_MS }],
      ["on", { value: false, atMs: T0 + 7 * DAY_MS }],
      ["text", { value: "on", atMs: T0 + 8 * DAY_MS }],
      ["fresh", { value: true, atMs: T0 + 9 * DAY_MS }],
    ]);
    await store.append([
      ...valued(0, { old: 1.5, wasOn: true, said: "eco", number: 1, on: true, text: "off", fresh: 0 }).map((each) => [
        each,
      ]),
      ...valued(7, { number: 2, on: false, text: "off" }).map((each) => [each]),
      ...valued(8, { text: "on", fresh: false }).map((each) => [each]),
      // It comes last and is older: what counts is the instant.
      ...valued(6, { number: 9, on: true, text: "off" }).map((each) => [each]),
    ]);
    await saveAll(store);
    const expectLatest = async (): Promise<void> => expect(await store.latestOf(boiler, names)).toEqual(expected);
    const upkeep = async (nowMs: number, rawDays: number): Promise<void> => {
      for (let did = ""; did !== "nothing"; ) {
        did = (await store.upkeep({ nowMs, retention: { ...KEEP_ALL, rawDays } })).did;
        if (rawDays === 0) await expectLatest();
      }
    };
    await store.append([[timed(T0 + 9 * DAY_MS, { fresh: true })]]);
    await expectLatest();
    await upkeep(T0 + 7 * DAY_MS, 0); // some days are counted, others due, and one is fresh
    await upkeep(T0 + 12 * DAY_MS, 0);
    await upkeep(T0 + 12 * DAY_MS + 2 * HOUR_MS, 8);
    expect((await readAll(store))[0]?.atMs).toBe(T0 + 6 * DAY_MS);
    expected.set("wasOn", { value: 1, atMs: T0 });
    await expectLatest();
    expect(await store.latestOf(boiler, ["none"])).toEqual(new Map());
  });

  test("a chart stays as fine as its raw readings where hours have expired and these have not", async () => {
    const { store } = await start();
    await fill(
      store,
      createHistoryModel(),
      evenly(T0, 20 * 48, 30 * MINUTE_MS, (i) => ({ a: i })),
    );
    const nowMs = T0 + 20 * DAY_MS;
    await upkeepAll(store, nowMs);
    const before = (await rollupsOf(store, boiler, "hour")).length;
    await upkeepAll(store, nowMs + 2 * HOUR_MS, { ...KEEP_ALL, rawDays: 0, hourDays: 10 });
    expect((await rollupsOf(store, boiler, "hour")).length).toBeLessThan(before);
    for (const day of [0, 2, 19]) {
      const range = { fromMs: T0 + day * DAY_MS, toMs: T0 + (day + 1) * DAY_MS };
      const fine = await seriesOf(store, { deviceId: boiler, metrics: ["a"], ...range, points: 500 });
      expect(fine.resolutionMs).toBe(0);
      expect(fine.columns[0]?.mean).toEqual(Array.from({ length: 48 }, (_, i) => day * 48 + i));
      const bucketed = await seriesOf(store, { deviceId: boiler, metrics: ["a"], ...range, points: 40 });
      expect(bucketed.resolutionMs).toBeLessThan(HOUR_MS);
      expect(bucketed.columns[0]?.count.reduce((sum, count) => sum + count, 0)).toBe(48);
    }
  });

  for (const isSealed of [false, true]) {
    test(`a deletion of everything deletes what a clock set back put into expired time, ${isSealed ? "sealed" : "fresh"} or not`, async () => {
      const { store } = await start();
      const model = createHistoryModel();
      await fill(
        store,
        model,
        evenly(T0, 100, 1_000, (i) => ({ a: i })),
      );
      await upkeepAll(store, T0 + 20 * DAY_MS, { ...KEEP_ALL, rawDays: 5 });
      await fill(store, model, [untimed(T0 + 5 * HOUR_MS, { a: 9 })]);
      if (isSealed) await upkeepAll(store, T0 + 12 * HOUR_MS);
      expect(await readAll(store)).toHaveLength(1);
      await store.erase(EVERYTHING);
      expect(await readAll(store)).toEqual([]);
      await upkeepAll(store, T0 + 21 * DAY_MS, { ...KEEP_ALL, rawDays: 5 });
      for (const level of ["hour", "day"] as const) expect(await rollupsOf(store, boiler, level)).toEqual([]);
      expect(await store.latestOf(boiler, ["a"])).toEqual(new Map());
    });
  }

  test("how many readings wait to be sealed is right at each step, deletions between them or not", async () => {
    const { store } = await start();
    const step = async (nowMs: number, rawDays: number): Promise<string> => {
      const { did, hot } = await store.upkeep({ nowMs, retention: { ...KEEP_ALL, rawDays } });
      expect(hot).toBe((await store.stats()).hotReadings);
      return did;
    };
    const some = (fromMs: number) => evenly(fromMs, 1_500, 1_000, (i) => ({ a: i, b: i }));
    await fill(store, createHistoryModel(), some(T0));
    for (let i = 0; i < 3; i++) await step(T0 + HOUR_MS, 0);
    await fill(store, createHistoryModel(), some(T0 + 4 * DAY_MS));
    for (let i = 0; i < 8; i++) {
      // Of fresh ones, of sealed ones, of a metric, of nothing.
      const fromMs = T0 + (i % 3) * 2 * DAY_MS + i * 60_000;
      await store.erase({ deviceId: boiler, fromMs, toMs: fromMs + 30_000, metrics: i % 2 === 0 ? undefined : ["a"] });
      await step(T0 + 100 * DAY_MS, 1);
    }
    while ((await step(T0 + 101 * DAY_MS, 1)) !== "nothing");
    expect((await store.stats()).hotReadings).toBe(0);
    expect(await readAll(store)).toEqual([]);
  });
}
