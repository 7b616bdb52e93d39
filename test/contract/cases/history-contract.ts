/** Sealed or not, rolled up or not, expired or not: what a store answers is what a pass over the readings would. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { DeviceId, MetricValue } from "../../../src/contract/readings.ts";
import type { RollupRow } from "../../../src/core/ports/history.ts";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import type { Retention } from "../../../src/core/ports/stored-device.ts";
import type { UpkeepStep } from "../../../src/core/ports/upkeep.ts";
import type { ReadingWrite } from "../../../src/core/ports/writes.ts";
import { createHistoryModel, type HistoryModel } from "./history-model.ts";
import type { Start } from "./opened-store.ts";
import {
  ALL,
  boiler,
  deviceId,
  type Metrics,
  packet,
  readAll,
  seriesOf,
  stateOf,
  T0,
  timed,
  untimed,
} from "./writes.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
export const KEEP_ALL: Retention & { maxBytes: number } = { rawDays: 0, hourDays: 0, dayDays: 0, maxBytes: 0 };

/** Until there is nothing left to do. */
export async function upkeepAll(
  store: Store,
  nowMs: number,
  retention: (Retention & { maxBytes: number }) | undefined = KEEP_ALL,
): Promise<UpkeepStep[]> {
  const steps: UpkeepStep[] = [];
  for (;;) {
    const step = await store.upkeep({ nowMs, retention });
    if (step.did === "nothing") return steps;
    steps.push(step);
  }
}

/** As the hub does it: what is not known from a saved state is not sealed. */
export const saveAll = (store: Store, device: DeviceId = boiler): Promise<void> =>
  store.saveState([stateOf(device, {})]);

type Step =
  | { readonly kind: "append"; readonly readings: readonly Given[]; readonly waitMs: number }
  | { readonly kind: "save" }
  | { readonly kind: "reopen" }
  | { readonly kind: "upkeep"; readonly steps: number; readonly waitMs: number };

interface Given {
  /** Undefined: the device gave none. */
  readonly offsetMs: number | undefined;
  readonly metrics: Metrics;
  readonly dup: boolean;
}

const value = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -99, max: 999 }) },
  { weight: 4, arbitrary: fc.integer({ min: -999, max: 9_999 }).map((tenths) => tenths / 10) },
  { weight: 2, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 2, arbitrary: fc.boolean() },
  { weight: 1, arbitrary: fc.constantFrom("eco", "", "=1+1", 'a "b" \\ \u0000', "☀ 😀", "\ud800", '"quoted"') },
  { weight: 1, arbitrary: fc.constantFrom(1e300, -1e300, 5e-324, 2 ** 53, -(2 ** 53) + 1, 0.1 + 0.2) },
);

const given_: fc.Arbitrary<Given> = fc.record({
  offsetMs: fc.option(
    fc.oneof(
      fc.integer({ min: 0, max: 3 * DAY_MS }),
      fc.constantFrom(0, 1, HOUR_MS - 1, HOUR_MS, DAY_MS - 1, DAY_MS, 2 * DAY_MS),
    ),
    { nil: undefined, freq: 5 },
  ),
  metrics: fc.oneof(
    fc.record({ a: value }),
    fc.record({ a: value, b: value }),
    fc.record({ b: value, c: value }, { requiredKeys: ["b"] }),
    fc.constantFrom<Metrics>({ a: 1 }, { a: 1, b: true }),
  ),
  dup: fc.boolean(),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("append" as const),
      readings: fc.array(given_, { minLength: 1, maxLength: 12 }),
      waitMs: fc.constantFrom(0, 1_000, 11 * 60_000),
    }),
  },
  { weight: 3, arbitrary: fc.constant<Step>({ kind: "save" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: "reopen" }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("upkeep" as const),
      steps: fc.constantFrom(1, 2, 100),
      waitMs: fc.constantFrom(0, 7 * HOUR_MS, 30 * HOUR_MS),
    }),
  },
);

const chart = fc.record({
  fromMs: fc.integer({ min: -DAY_MS, max: 4 * DAY_MS }).map((offset) => T0 + offset),
  spanMs: fc.oneof(fc.integer({ min: 1, max: 5 * DAY_MS }), fc.constantFrom(HOUR_MS, DAY_MS, 30 * DAY_MS)),
  points: fc.integer({ min: 1, max: 60 }),
});

export function describeHistory(start: Start): void {
  test("whatever comes in whatever order, sealed or not, restarted anywhere: readings, charts, hours and days are those of a count by hand", {
    timeout: 300_000,
  }, async () => {
    const { store: first, reopen } = await start();
    let store = first;
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 2, maxLength: 14 }),
        fc.array(chart, { maxLength: 4 }),
        async (steps, charts) => {
          const device = deviceId(`history${run++}`);
          const model = createHistoryModel();
          let nowMs = T0;
          let packetId = 0;
          for (const each of steps) {
            if (each.kind === "reopen") store = await reopen();
            else if (each.kind === "save") await saveAll(store, device);
            else if (each.kind === "upkeep") {
              nowMs += each.waitMs;
              for (let count = 0; count < each.steps; count++) {
                if ((await store.upkeep({ nowMs, retention: KEEP_ALL })).did === "nothing") break;
              }
            } else {
              nowMs += each.waitMs;
              const writes = each.readings.map((reading, element) =>
                writeOf(reading, device, nowMs, element, { id: (packetId++ % 3) + 1, dup: reading.dup }),
              );
              const [outcomes] = await store.append([writes]);
              for (const [index, outcome] of (outcomes ?? []).entries()) {
                const write = writes[index];
                if (outcome.kind === "stored" && write !== undefined) model.stored(write, outcome.n);
              }
            }
          }
          await expectLike(store, device, model);
          for (const query of charts) await expectChart(store, device, model, query);
          await saveAll(store, device);
          await upkeepAll(store, nowMs + 40 * HOUR_MS);
          await expectLike(store, device, model);
          for (const query of charts) await expectChart(store, device, model, query);
        },
      ),
      { numRuns: Number(process.env["AERIE_TEST_HISTORY_RUNS"] ?? 6) },
    );
  });

  test("a duplicate of a sealed reading is known, and other values for its instant are kept beside it", async () => {
    const { store, reopen, seals } = await start();
    await store.append([[timed(T0, { a: 1.5, on: true })], [timed(T0, { a: 2 })], [timed(T0 + 1_000, { a: 3 })]]);
    await saveAll(store);
    const steps = await upkeepAll(store, T0 + 8 * HOUR_MS);
    expect(steps.some(({ did }) => did === "sealed")).toBe(seals);
    const resend = [[timed(T0, { on: true, a: 1.5 })], [timed(T0, { a: 2 })], [timed(T0, { a: 4 })]];
    expect((await store.append(resend)).flat().map(({ kind }) => kind)).toEqual(["duplicate", "duplicate", "stored"]);
    const again = await reopen();
    expect((await again.append(resend)).flat().map(({ kind }) => kind)).toEqual([
      "duplicate",
      "duplicate",
      "duplicate",
    ]);
    expect((await readAll(again)).map(({ atMs, n }) => [atMs - T0, n])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1_000, 0],
    ]);
  });

  test("a redelivered packet is known until its ten minutes are over, however often upkeep passes", async () => {
    const { store, seals } = await start();
    // Enough to be sealed, and to be cleared from where packets are known.
    const first = Array.from({ length: 1_200 }, (_, i) => untimed(T0, { a: i }, { packet: packet(i + 1, false) }));
    await store.append(first.map((write) => [write]));
    await saveAll(store);
    await upkeepAll(store, T0 + 10 * 60_000);
    const again = [0, 599, 1_199].map((i) => [untimed(T0 + 10 * 60_000, { a: i }, { packet: packet(i + 1, true) })]);
    expect((await store.append(again)).flat()).toEqual(again.map(() => ({ kind: "duplicate" })));
    const steps = await upkeepAll(store, T0 + 11 * 60_000);
    expect(steps.some(({ did }) => did === "sealed")).toBe(seals);
    expect(await readAll(store)).toHaveLength(1_200);
  });

  test("what no saved state knows of is not sealed: a start brings latest values forward over it", async () => {
    const { store, reopen } = await start();
    await store.append(Array.from({ length: 600 }, (_, i) => [timed(T0 + i, { a: i, on: i % 2 === 0 })]));
    expect((await upkeepAll(store, T0 + 8 * HOUR_MS)).filter(({ did }) => did === "sealed")).toEqual([]);
    const [device] = await (await reopen()).load();
    expect(Object.fromEntries(device?.latest ?? [])).toEqual({
      a: { value: 599, atMs: T0 + 599 },
      on: { value: false, atMs: T0 + 599 },
    });
  });

  test("the time of receipt is kept: in segments to the second, where it lies more than five seconds from the instant", async () => {
    const { store, seals } = await start();
    const received = [3_000, 5_000, 5_001, 3_600_123, -7_500];
    await store.append(
      received.map((ms, i) => [timed(T0 + i * 60_000, { i }, { receivedAtMs: T0 + i * 60_000 + ms })]),
    );
    await saveAll(store);
    await upkeepAll(store, T0 + 8 * HOUR_MS);
    const found = await readAll(store);
    expect(found.map(({ atMs, receivedAtMs }) => receivedAtMs - atMs)).toEqual(
      seals ? [0, 0, 5_000, 3_600_000, -8_000] : received,
    );
  });

  test("what passed its age is deleted by whole days, hours and days stay, and nothing of that time is accepted any more", async () => {
    const { store, reopen } = await start();
    const model = createHistoryModel();
    const writes = Array.from({ length: 200 }, (_, i) => timed(T0 + i * HOUR_MS, { a: i, b: i % 2 === 0 }));
    await store.append(writes.map((write) => [write]));
    for (const write of writes) model.stored(write, 0);
    await saveAll(store);
    const nowMs = T0 + 200 * HOUR_MS;
    const steps = await upkeepAll(store, nowMs, { ...KEEP_ALL, rawDays: 3 });
    expect(steps.reduce((sum, { did, readings }) => sum + (did === "forgot" ? readings : 0), 0)).toBe(120);
    const cut = Math.floor((nowMs - 3 * DAY_MS) / DAY_MS) * DAY_MS;
    const again = await reopen();
    expect((await readAll(again)).map(({ atMs }) => atMs)).toEqual(
      writes.map(({ atMs }) => atMs).filter((at) => at >= cut),
    );
    for (const level of ["hour", "day"] as const)
      expectRollups(await rollupsOf(again, boiler, level), model.rollups(level));
    const late = await again.append([[timed(cut - 1, { a: 1 })], [timed(cut, { a: 1_000 })]]);
    expect(late.flat()).toMatchObject([{ kind: "refused", code: "expired" }, { kind: "stored" }]);
    // A chart over both: whole hours, as far back as there is anything.
    const range = { fromMs: T0, toMs: nowMs, points: 500 };
    const series = await seriesOf(again, { deviceId: boiler, metrics: ["a"], ...range });
    expect(series.resolutionMs).toBe(HOUR_MS);
    expect(series.columns[0]?.count.reduce((sum, count) => sum + count, 0)).toBe(201);
  });

  test("nothing is deleted by age while the clock is not trusted", async () => {
    const { store } = await start();
    await store.append([[timed(T0, { a: 1 })]]);
    await saveAll(store);
    await upkeepAll(store, T0 + 365 * DAY_MS, undefined as never);
    const steps: UpkeepStep[] = [];
    for (let i = 0; i < 20; i++) steps.push(await store.upkeep({ nowMs: T0 + 365 * DAY_MS, retention: undefined }));
    expect(steps.filter(({ did }) => did === "forgot")).toEqual([]);
    expect(await readAll(store)).toHaveLength(1);
  });

  test("a device may keep its readings longer than the others, or for ever", async () => {
    const { store, reopen } = await start();
    const long = deviceId("long");
    await store.append([[timed(T0, { a: 1 })], [timed(T0, { a: 1 }, { deviceId: long })]]);
    await store.setRetention(long, { rawDays: 0 });
    await saveAll(store);
    const again = await reopen();
    expect((await again.load()).find((device) => device.deviceId === long)?.retention).toEqual({ rawDays: 0 });
    await upkeepAll(again, T0 + 100 * DAY_MS, { ...KEEP_ALL, rawDays: 30 });
    expect([await readAll(again), await readAll(again, long)].map((list) => list.length)).toEqual([0, 1]);
  });

  test("hours and days have ages of their own", async () => {
    const { store } = await start();
    await store.append(Array.from({ length: 40 }, (_, i) => [timed(T0 + i * DAY_MS, { a: i })]));
    await saveAll(store);
    const nowMs = T0 + 40 * DAY_MS;
    await upkeepAll(store, nowMs, { ...KEEP_ALL, rawDays: 2, hourDays: 10 });
    const hours = await rollupsOf(store, boiler, "hour");
    expect(hours.length).toBeLessThan(20);
    expect(hours.length).toBeGreaterThanOrEqual(10);
    expect(await rollupsOf(store, boiler, "day")).toHaveLength(40);
    const series = await seriesOf(store, { deviceId: boiler, metrics: ["a"], fromMs: T0, toMs: nowMs, points: 500 });
    expect(series.resolutionMs).toBe(DAY_MS);
    expect(series.columns[0]?.mean).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  test("a range that is deleted is gone from readings, charts, hours and days, and stays gone", async () => {
    const { store, reopen } = await start();
    let fresh = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 5 * DAY_MS }),
        fc.nat({ max: 3 * DAY_MS }),
        fc.constantFrom(undefined, ["a"], ["b", "c"], ["a", "b"]),
        fc.boolean(),
        async (offset, span, metrics, sealed) => {
          const device = deviceId(`erase${fresh++}`);
          const model = createHistoryModel();
          const writes = Array.from({ length: 150 }, (_, i) =>
            timed(T0 + i * HOUR_MS * 0.9, i % 3 === 0 ? { a: i } : { a: i, b: i / 10, c: "x" }, { deviceId: device }),
          );
          await store.append(writes.map((write) => [write]));
          for (const write of writes) model.stored(write, 0);
          await saveAll(store, device);
          if (sealed) await upkeepAll(store, T0 + 300 * HOUR_MS);
          const [fromMs, toMs] = [T0 + offset, T0 + offset + span];
          await store.erase({ deviceId: device, fromMs, toMs, metrics });
          model.erase(fromMs, toMs, metrics);
          await expectLike(store, device, model);
          await upkeepAll(store, T0 + 300 * HOUR_MS);
          await expectLike(store, device, model);
        },
      ),
      { numRuns: Number(process.env["AERIE_TEST_HISTORY_RUNS"] ?? 6) },
    );
    const again = await reopen();
    expect((await again.load()).length).toBe(fresh);
  });

  test("the latest value is the newest that is left", async () => {
    const { store } = await start();
    await store.append([
      [timed(T0, { a: 1, b: 1 })],
      [timed(T0 + DAY_MS, { a: 2 })],
      [timed(T0 + 2 * DAY_MS, { a: 3 })],
    ]);
    await saveAll(store);
    await upkeepAll(store, T0 + 3 * DAY_MS);
    await store.erase({ deviceId: boiler, fromMs: T0 + 2 * DAY_MS, toMs: T0 + 3 * DAY_MS, metrics: undefined });
    expect(Object.fromEntries(await store.latestOf(boiler, ["a", "b", "c"]))).toEqual({
      a: { value: 2, atMs: T0 + DAY_MS },
      b: { value: 1, atMs: T0 },
    });
  });

  test("the latest value is the newest that is left, also where what is deleted was counted long ago", async () => {
    const { store, reopen } = await start();
    await store.append([[timed(T0, { a: 1, on: true })], [timed(T0 + DAY_MS, { a: 2, on: false })]]);
    await store.saveState([stateOf(boiler, { a: [2, T0 + DAY_MS], on: [false, T0 + DAY_MS] })]);
    await upkeepAll(store, T0 + 5 * DAY_MS);
    await store.erase({ deviceId: boiler, fromMs: T0 + DAY_MS, toMs: T0 + 2 * DAY_MS, metrics: undefined });
    const left = { a: { value: 1, atMs: T0 }, on: { value: true, atMs: T0 } };
    expect(Object.fromEntries(await store.latestOf(boiler, ["a", "on"]))).toEqual(left);
    const device = (await (await reopen()).load()).find(({ deviceId: id }) => id === boiler);
    expect(Object.fromEntries(device?.latest ?? [])).toEqual(left);
  });

  test("deleting a range beyond raw age takes the hours that it touches", async () => {
    const { store } = await start();
    await store.append(Array.from({ length: 96 }, (_, i) => [timed(T0 + i * HOUR_MS, { a: i, b: i })]));
    await saveAll(store);
    await upkeepAll(store, T0 + 40 * DAY_MS, { ...KEEP_ALL, rawDays: 7 });
    expect(await readAll(store)).toEqual([]);
    const [fromMs, toMs] = [T0 + 1.5 * HOUR_MS, T0 + 26 * HOUR_MS];
    await store.erase({ deviceId: boiler, fromMs, toMs, metrics: ["a"] });
    const hours = await rollupsOf(store, boiler, "hour");
    const left = (metric: string) =>
      hours.filter((row) => row.metric === metric).map((row) => (row.startMs - T0) / HOUR_MS);
    expect(left("b")).toHaveLength(96);
    expect(left("a")).toEqual([0, ...Array.from({ length: 70 }, (_, i) => 26 + i)]);
    const days = await rollupsOf(store, boiler, "day");
    expect(days.filter(({ metric }) => metric === "a").map(({ rollup }) => rollup.count)).toEqual([1, 22, 24, 24]);
    expect(days.filter(({ metric }) => metric === "b").map(({ rollup }) => rollup.count)).toEqual([24, 24, 24, 24]);
  });

  test("a reading without an instant that a clock set back puts into expired time is counted at once, and once", async () => {
    const { store } = await start();
    const model = createHistoryModel();
    const writes = Array.from({ length: 48 }, (_, i) => timed(T0 + i * HOUR_MS, { a: i, b: i }));
    await store.append(writes.map((write) => [write]));
    for (const write of writes) model.stored(write, 0);
    await saveAll(store);
    await upkeepAll(store, T0 + 40 * DAY_MS, { ...KEEP_ALL, rawDays: 7 });
    expect(await readAll(store)).toEqual([]);
    for (const write of [untimed(T0 + 5 * HOUR_MS + 1, { a: 7 }), untimed(T0 + 5 * HOUR_MS + 2, { a: 9 })]) {
      await store.append([[write]]);
      model.stored(write, 0);
    }
    await saveAll(store);
    // Hot; sealed; added to what was counted.
    for (const nowMs of [T0 + 5 * HOUR_MS, T0 + 12 * HOUR_MS, T0 + 3 * DAY_MS]) {
      await upkeepAll(store, nowMs);
      for (const level of ["hour", "day"] as const)
        expectRollups(await rollupsOf(store, boiler, level), model.rollups(level));
      for (const points of [1, 100]) {
        const chart = { deviceId: boiler, metrics: ["a"], fromMs: T0, toMs: T0 + 4 * DAY_MS, points };
        expect((await seriesOf(store, chart)).columns[0]?.count.reduce((sum, count) => sum + count, 0)).toBe(50);
      }
    }
  });

  test("hours that an import knows are taken where no raw readings are, and only there", async () => {
    const { store } = await start();
    const rollup = { count: 12, sum: 120, min: 5, max: 15, texts: 0, last: 9, lastAtMs: T0 + HOUR_MS - 1 };
    const hour = { deviceId: boiler, startMs: T0, metrics: new Map([["a", rollup]]) };
    await store.append([[timed(T0 + 5 * DAY_MS, { a: 1 })]]);
    expect(await store.rebuild([hour, { ...hour, startMs: T0 + 5 * DAY_MS }])).toEqual([true, false]);
    expect(await rollupsOf(store, boiler, "hour")).toHaveLength(2);
    expect((await rollupsOf(store, boiler, "day"))[0]).toEqual({ startMs: T0, metric: "a", rollup });
    const better = { ...rollup, sum: 121 };
    expect(await store.rebuild([{ ...hour, metrics: new Map([["a", better]]) }])).toEqual([true]);
    expect((await rollupsOf(store, boiler, "hour"))[0]).toEqual({ startMs: T0, metric: "a", rollup: better });
    expect((await store.append([[timed(T0, { a: 1 })]])).flat()[0]).toMatchObject({ kind: "refused", code: "expired" });
  });

  test("days that another store knows without their hours are taken, and the hours behind them", async () => {
    const { store, reopen } = await start();
    const rollup = { count: 3, sum: 6, min: 1, max: 3, texts: 0, last: 3, lastAtMs: T0 + 1 };
    const metrics = new Map([["a", rollup]]);
    const hour = { deviceId: boiler, startMs: T0 + 2 * DAY_MS, metrics };
    expect(
      await store.rebuild([
        { deviceId: boiler, startMs: T0, metrics, level: "day" },
        { deviceId: boiler, startMs: T0 + DAY_MS, metrics, level: "day" },
        hour,
        { ...hour, startMs: T0 + DAY_MS },
      ]),
    ).toEqual([true, true, true, false]);
    const again = await reopen();
    expect((await rollupsOf(again, boiler, "day")).map(({ startMs }) => (startMs - T0) / DAY_MS)).toEqual([0, 1, 2]);
    expect(await rollupsOf(again, boiler, "hour")).toEqual([{ startMs: T0 + 2 * DAY_MS, metric: "a", rollup }]);
  });

  test("a reading that is imported keeps its n where that is free, and is not stored twice", async () => {
    const { store } = await start();
    const third = { ...timed(T0, { a: 1 }), n: 2 };
    expect((await store.append([[third]])).flat()).toEqual([{ kind: "stored", n: 2 }]);
    expect((await store.append([[third]])).flat()).toEqual([{ kind: "duplicate" }]);
    expect((await store.append([[{ ...timed(T0, { a: 9 }), n: 2 }]])).flat()).toEqual([{ kind: "stored", n: 3 }]);
    await saveAll(store);
    await upkeepAll(store, T0 + 8 * HOUR_MS);
    expect((await store.append([[{ ...timed(T0, { a: 5 }), n: 0 }]])).flat()).toEqual([{ kind: "stored", n: 0 }]);
    expect((await store.append([[{ ...timed(T0, { a: 6 }), n: 3 }]])).flat()).toEqual([{ kind: "stored", n: 4 }]);
  });
}

function writeOf(
  { offsetMs, metrics }: Given,
  device: DeviceId,
  nowMs: number,
  element: number,
  { id, dup }: { id: number; dup: boolean },
): ReadingWrite {
  const said = JSON.parse(JSON.stringify(metrics)) as Metrics;
  const from = { deviceId: device, element, packet: packet(id, dup) };
  return offsetMs === undefined
    ? untimed(nowMs, said, from)
    : timed(T0 + offsetMs, said, { ...from, receivedAtMs: nowMs });
}

export const rollupsOf = (store: Store, device: DeviceId, level: "hour" | "day"): Promise<RollupRow[]> =>
  store.rollups({ deviceId: device, level, fromMs: 0, toMs: ALL.toMs, metrics: undefined });

export async function expectLike(store: Store, device: DeviceId, model: HistoryModel): Promise<void> {
  const expected = model.readings();
  const found = await readAll(store, device);
  expect(found.map(({ atMs, n, body }) => ({ atMs, n, metrics: JSON.parse(body) }))).toEqual(
    expected.map(({ atMs, n, metrics }) => ({ atMs, n, metrics: plain(metrics) })),
  );
  for (const [index, { receivedAtMs, atMs }] of found.entries()) {
    const received = expected[index]?.receivedAtMs ?? 0;
    const sealed = Math.abs(received - atMs) > 5_000 ? Math.floor(received / 1_000) * 1_000 : atMs;
    expect([received, sealed]).toContain(receivedAtMs);
  }
  const newestFirst = await store.readings({ ...ALL, deviceId: device, order: "desc" });
  expect(newestFirst.map(({ atMs, n }) => [atMs, n])).toEqual(found.map(({ atMs, n }) => [atMs, n]).reverse());
  for (const level of ["hour", "day"] as const)
    expectRollups(await rollupsOf(store, device, level), model.rollups(level));
}

/** −0 reads as 0. */
const plain = (metrics: { readonly [metric: string]: MetricValue }): unknown => JSON.parse(JSON.stringify(metrics));

export function expectRollups(found: readonly RollupRow[], expected: readonly RollupRow[]): void {
  const exact = ({ startMs, metric, rollup: { sum: _, last, ...rest } }: RollupRow) => ({
    startMs,
    metric,
    ...rest,
    last: Object.is(last, -0) ? 0 : last,
    min: rest.min + 0,
    max: rest.max + 0,
  });
  expect(found.map(exact)).toEqual(expected.map(exact));
  for (const [index, { rollup }] of found.entries()) {
    const { sum = 0, count = 0, min = 0, max = 0 } = expected[index]?.rollup ?? {};
    if (!Number.isFinite(sum)) continue; // beyond the greatest double an order of adding decides
    const size = Math.max(Math.abs(sum), count * Math.max(Math.abs(min), Math.abs(max)) * 1e-3);
    if (Number.isFinite(size)) expect(Math.abs(rollup.sum - sum)).toBeLessThanOrEqual(1e-9 * size);
  }
}

async function expectChart(
  store: Store,
  device: DeviceId,
  model: HistoryModel,
  { fromMs, spanMs, points }: { fromMs: number; spanMs: number; points: number },
): Promise<void> {
  const toMs = fromMs + spanMs;
  const metrics = ["a", "b", "c"];
  const { resolutionMs, columns } = await seriesOf(store, { deviceId: device, metrics, fromMs, toMs, points });
  for (const [index, metric] of metrics.entries()) {
    const samples = model.samples(metric, fromMs, toMs);
    const column = columns[index];
    if (resolutionMs === 0) {
      expect(samples.length).toBeLessThanOrEqual(points);
      expect(column?.t).toEqual(samples.map(({ atMs }) => atMs));
      expect(column?.mean.map((each) => each + 0)).toEqual(samples.map(({ value: each }) => each + 0));
      continue;
    }
    const buckets = new Map<number, { value: number }[]>();
    for (const sample of samples) {
      const t = Math.floor(sample.atMs / resolutionMs) * resolutionMs;
      buckets.set(t, [...(buckets.get(t) ?? []), sample]);
    }
    expect(buckets.size).toBeLessThanOrEqual(points);
    expect(column?.t).toEqual([...buckets.keys()]);
    for (const [index, list] of [...buckets.values()].entries()) {
      const numbers = list.map(({ value: each }) => each + 0);
      expect(column?.count[index]).toBe(numbers.length);
      expect((column?.min[index] ?? 0) + 0).toBe(Math.min(...numbers));
      expect((column?.max[index] ?? 0) + 0).toBe(Math.max(...numbers));
      const size = Math.max(...numbers.map(Math.abs));
      if (size > 1e300) continue; // their sum may lie beyond the greatest double
      const mean = numbers.reduce((sum, number) => sum + number / numbers.length, 0);
      expect(Math.abs((column?.mean[index] ?? 0) - mean)).toBeLessThanOrEqual(1e-9 * size);
    }
  }
}
