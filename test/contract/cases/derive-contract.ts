/** Derived metrics that are recomputed are those of a plain pass over all readings in order, sealed or not, whatever comes meanwhile. */
import { expect, test } from "vitest";
import { NO_HISTORY } from "../../../src/core/derived/device-history.ts";
import type { DeriveRequest } from "../../../src/core/ports/derived.ts";
import type { StoredReading } from "../../../src/core/ports/history.ts";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import { bruteForce, MODEL_DEFINITIONS, SILENCE_MS } from "../../support/derived/brute-force.ts";
import { createRandom, type Random, seedFrom } from "../../support/random.ts";
import { saveAll, upkeepAll } from "./history-contract.ts";
import type { Start } from "./opened-store.ts";
import { appendOne, boiler, duplicate, type Metrics, readAll, T0, timed } from "./writes.ts";

const DAY_MS = 86_400_000;

type Definitions = DeriveRequest["definitions"];

/** Step by step, from the beginning; `between` may give another store. Answers how much there was. */
async function deriveAll(
  store: Store,
  definitions: Definitions,
  between: (step: number) => Promise<Store> = async () => store,
) {
  let request: DeriveRequest = { deviceId: boiler, fromMs: 0, definitions, history: NO_HISTORY, silenceMs: SILENCE_MS };
  const sum = { steps: 0, readings: 0, changed: 0 };
  let now = store;
  for (;;) {
    const { toMs, history, readings, changed } = await now.derive(request);
    if (toMs === undefined) return sum;
    sum.steps++;
    sum.readings += readings;
    sum.changed += changed;
    // As it is kept between two runs.
    request = { ...request, fromMs: toMs, history: JSON.parse(JSON.stringify(history)) };
    now = await between(sum.steps);
  }
}

const metricsOf = ({ body }: StoredReading): Metrics => JSON.parse(body) as Metrics;
const cameIn = (reading: StoredReading): Metrics =>
  Object.fromEntries(Object.entries(metricsOf(reading)).filter(([name]) => !name.startsWith("_")));
const derivedIn = (reading: StoredReading): Metrics =>
  Object.fromEntries(Object.entries(metricsOf(reading)).filter(([name]) => name.startsWith("_")));

const expectedOf = (readings: readonly StoredReading[]) =>
  bruteForce(readings.map((reading) => ({ atMs: reading.atMs, metrics: cameIn(reading) })));

function someMetrics(random: Random): Metrics {
  const metrics: { [metric: string]: number | string } = {};
  if (random.chance(0.7)) metrics["temperature"] = random.whole(600) / 10 - 20;
  if (random.chance(0.6)) metrics["humidity"] = random.whole(100);
  if (random.chance(0.4)) metrics["energy"] = random.whole(1_000) / 10;
  if (random.chance(0.1)) metrics["mode"] = "auto";
  return Object.keys(metrics).length === 0 ? { battery: random.whole(100) } : metrics;
}

/** In order, with gaps, over some days; each has another content than those of its instant. */
async function fill(store: Store, random: Random, fromMs: number, count: number): Promise<number> {
  let atMs = fromMs;
  const messages = Array.from({ length: count }, (_, index) => {
    atMs += random.pick([0, 20, 1_000, 5_000, 30_000, SILENCE_MS, SILENCE_MS + 1, 3_600_000]);
    return [timed(atMs, { ...someMetrics(random), battery: index })];
  });
  await store.append(messages);
  return atMs;
}

export function describeDerive(start: Start): void {
  test("sealed and unsealed, with late readings, a restart in the middle and readings that come meanwhile", async () => {
    const random = createRandom(seedFrom("AERIE_DERIVED_SEED"));
    const opened = await start();
    let { store } = opened;
    let atMs = await fill(store, random, T0, 700);
    await saveAll(store);
    await upkeepAll(store, atMs + 2 * DAY_MS);
    atMs = await fill(store, random, atMs, 200);
    for (let late = 0; late < 20; late++) {
      await appendOne(store, timed(T0 + random.whole(atMs - T0), { ...someMetrics(random), battery: -late }));
    }
    const before = await readAll(store);
    const sum = await deriveAll(store, MODEL_DEFINITIONS, async (step) => {
      if (step % 2 === 0) atMs = await fill(store, random, atMs + 1, 5);
      if (step === 2) store = await opened.reopen();
      return store;
    });
    const after = await readAll(store);
    const expected = expectedOf(after);
    for (const [index, reading] of after.entries()) {
      expect(derivedIn(reading), `seed ${random.seed}, reading ${index}`).toEqual(expected[index]);
    }
    const came = new Map(before.map((reading) => [`${reading.atMs}-${reading.n}`, reading]));
    for (const reading of after) {
      const former = came.get(`${reading.atMs}-${reading.n}`);
      if (former !== undefined)
        expect([reading.receivedAtMs, cameIn(reading)]).toEqual([former.receivedAtMs, cameIn(former)]);
    }
    expect(sum.readings).toBeGreaterThanOrEqual(before.length);
    expect(sum.steps).toBeGreaterThanOrEqual(2);

    const again = await deriveAll(store, MODEL_DEFINITIONS);
    expect(again).toMatchObject({ readings: after.length, changed: 0 });

    await saveAll(store);
    await upkeepAll(store, atMs + 2 * DAY_MS);
    const days = await store.rollups({
      deviceId: boiler,
      level: "day",
      fromMs: T0 - DAY_MS,
      toMs: atMs + DAY_MS,
      metrics: ["_spread"],
    });
    const counted = days.reduce((total, { rollup }) => total + rollup.count, 0);
    expect(counted).toBe(expected.filter((each) => each["_spread"] !== undefined).length);
    const found = (await store.latestOf(boiler, ["_dew"])).get("_dew");
    expect(found?.value).toBe(expected.findLast((each) => each["_dew"] !== undefined)?.["_dew"]);
  });

  test("what came before is a duplicate afterwards, and other definitions take the place of the values", async () => {
    const { store, reopen } = await start();
    const readings = [
      timed(T0, { temperature: 20, humidity: 50, _double: 1 }),
      timed(T0, { temperature: 21, humidity: 50 }),
      timed(T0 + 1_000, { humidity: 60, "_x.y": 7 }),
    ];
    await store.append(readings.map((reading) => [reading]));
    await saveAll(store);
    await deriveAll(store, [
      { metric: "_double", expression: "temperature * 2" },
      { metric: "_x.y", expression: "if(humidity > 55, _double, 'low')" },
    ]);
    expect((await readAll(store)).map(derivedIn)).toEqual([
      { _double: 40, "_x.y": "low" },
      { _double: 42, "_x.y": "low" },
      { "_x.y": 42 },
    ]);
    for (const sealed of [false, true]) {
      if (sealed) await upkeepAll(store, T0 + 3 * DAY_MS);
      for (const reading of readings) expect(await appendOne(store, reading)).toEqual(duplicate);
    }
    await deriveAll(store, [{ metric: "_double", expression: "humidity * 2" }]);
    const opened = await reopen();
    expect((await readAll(opened)).map((reading) => metricsOf(reading))).toEqual([
      { temperature: 20, humidity: 50, _double: 100, "_x.y": "low" },
      { temperature: 21, humidity: 50, _double: 100, "_x.y": "low" },
      { humidity: 60, _double: 120, "_x.y": 42 },
    ]);
    for (const reading of readings) expect(await appendOne(opened, reading)).toEqual(duplicate);
    await deriveAll(opened, [{ metric: "_x.y", expression: "nobody" }]);
    expect((await readAll(opened)).map((reading) => Object.keys(metricsOf(reading)))).toEqual([
      expect.not.arrayContaining(["_x.y"]),
      expect.not.arrayContaining(["_x.y"]),
      expect.not.arrayContaining(["_x.y"]),
    ]);
  });

  test("of a device that is not there nothing is computed", async () => {
    const { store } = await start();
    expect(await deriveAll(store, MODEL_DEFINITIONS)).toEqual({ steps: 0, readings: 0, changed: 0 });
  });
}
