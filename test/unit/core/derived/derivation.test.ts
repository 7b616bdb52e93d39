import { describe, expect, test } from "vitest";
import type { DeviceId, MetricValue } from "../../../../src/contract/readings.ts";
import { createRegistry } from "../../../../src/core/devices/registry.ts";
import { MetricList, metricsJson } from "../../../../src/core/model/metric-list.ts";
import type { ReadingWrite, WriteOutcome } from "../../../../src/core/ports/writes.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { bruteForce, MODEL_DEFINITIONS, type PlainReading } from "../../../support/derived/brute-force.ts";
import { derivedOf, startDerivation } from "../../../support/memory/derivation-world.ts";
import { createMemoryCounters } from "../../../support/memory/memory-log.ts";
import { createRandom, seedFrom } from "../../../support/random.ts";

const BOARD = "board" as DeviceId;
const START = Date.UTC(2026, 10, 22, 12);

async function open(
  definitions: readonly (readonly [metric: string, expression: string])[],
  maxMetricsPerDevice = 1_000,
) {
  const clock = createManualClock({ nowMs: START });
  const counters = createMemoryCounters();
  const limits = { maxDevices: 10, maxDevicesPerClient: 10, maxMetricsPerDevice };
  const registry = createRegistry({ clock, stored: [], limits, onPresence: () => undefined });
  registry.admitDevice(BOARD, undefined);
  const { derivation, derivedBook } = startDerivation({ registry, counters, clock });
  const ids: string[] = [];
  for (const [metric, expression] of definitions) {
    const outcome = await derivedBook.add(derivedOf(metric, expression));
    if (outcome.kind !== "done") throw new Error(JSON.stringify(outcome));
    ids.push(outcome.derived.id);
  }
  const write = (metrics: PlainReading["metrics"], atMs: number, more: Partial<ReadingWrite> = {}): ReadingWrite => ({
    kind: "reading",
    deviceId: BOARD,
    atMs,
    timed: true,
    receivedAtMs: atMs,
    metrics: new Map(Object.entries(metrics)),
    body: JSON.stringify(metrics),
    element: 0,
    packet: undefined,
    ...more,
  });
  /** What was derived of it; it becomes `outcome`. */
  const derive = (
    metrics: PlainReading["metrics"],
    atMs: number,
    more: Partial<ReadingWrite> = {},
    outcome: WriteOutcome["kind"] = "stored",
  ) => {
    const derived = derivation.derive(write(metrics, atMs, more));
    derivation.settled(derived, outcome);
    if (outcome === "stored") registry.storedReading(BOARD, derived.metrics, atMs);
    return ownOf(derived);
  };
  const countOf = (index: number) => derivation.countOf(ids[index] ?? "");
  return { clock, counters, registry, derivation, derivedBook, ids, write, derive, countOf };
}

const ownOf = ({ metrics }: ReadingWrite): { [metric: string]: MetricValue } =>
  Object.fromEntries([...metrics].filter(([name]) => name.startsWith("_")));

test("without definitions a reading stays the same object", async () => {
  const { derivation, write } = await open([]);
  const reading = write({ temperature: 20 }, START);
  expect(derivation.derive(reading)).toBe(reading);
});

test("values are behind those of the device, in its text as in its bytes", async () => {
  const { derivation, write } = await open([
    ["_double", "temperature * 2"],
    ["_hot", "temperature > 20"],
    ["_word", "if(_hot, 'heiß \"', 'kühl')"],
  ]);
  const text = derivation.derive(write({ temperature: 21.5 }, START));
  const expected = { temperature: 21.5, _double: 43, _hot: true, _word: 'heiß "' };
  expect(JSON.parse(String(text.body))).toEqual(expected);
  const encoder = new TextEncoder();
  const parts = [encoder.encode('{"temperature":21.50'), encoder.encode("}")];
  const metrics = new MetricList(["temperature"], [21.5]);
  const bytes = derivation.derive(write({}, START + 1, { metrics, body: parts }));
  const joined = (bytes.body as readonly Uint8Array[]).map((part) => new TextDecoder().decode(part)).join("");
  expect(joined).toMatch(/^\{"temperature":21\.50,"_double":43,"_hot":true,"_word":"hei\\u00df/);
  expect(JSON.parse(joined)).toEqual(expected);
  expect(JSON.parse(metricsJson(bytes.metrics))).toEqual(expected);
  const next = derivation.derive(write({}, START + 2, { metrics: new MetricList(metrics.names, [22]), body: parts }));
  expect(next.metrics.names).toBe(bytes.metrics.names);
});

test("a metric that a reading lacks takes its latest value, as long as three intervals have not passed", async () => {
  const { derive, countOf } = await open([["_sum", "temperature + humidity"]]);
  expect(derive({ temperature: 20 }, START)).toEqual({});
  expect(countOf(0)).toMatchObject({ missing: 1, last: { kind: "missing", reason: "there is no humidity yet" } });
  expect(derive({ humidity: 50 }, START + 30_000)).toEqual({ _sum: 70 });
  expect(derive({ battery: 3 }, START + 31_000)).toEqual({});
  expect(derive({ humidity: 51 }, START + 60_000)).toEqual({ _sum: 71 });
  expect(derive({ humidity: 52 }, START + 60_001)).toEqual({});
  expect(countOf(0)).toMatchObject({ computed: 2, missing: 2, failed: 0, last: { reason: "temperature is too old" } });
});

test("what fails is left out and counted with its reason; the rest of the reading stays", async () => {
  const { derive, countOf, counters } = await open([
    ["_ratio", "temperature / humidity"],
    ["_root", "sqrt(temperature)"],
    ["_text", "temperature + mode"],
    ["_list", "[temperature]"],
    ["_fine", "temperature + 1"],
  ]);
  expect(derive({ temperature: -4, humidity: 0, mode: "auto" }, START)).toEqual({ _fine: -3 });
  const reasons = [0, 1, 2, 3].map((index) => countOf(index).last?.reason);
  expect(reasons).toEqual([
    "division by zero",
    "sqrt: the number is below 0",
    "a text is no number: use the filter float",
    "the result is a list or an object",
  ]);
  expect(counters.tally).toMatchObject({ "derived failed": 4, "derived computed": 1 });
});

test("a derived metric counts among those of its device; at the limit it is left out and counted", async () => {
  const { derive, countOf, registry } = await open([["_a", "temperature"]], 1);
  registry.admitMetrics(BOARD, new Map([["temperature", 1]]));
  expect(derive({ temperature: 1 }, START)).toEqual({});
  expect(countOf(0)).toMatchObject({ failed: 1, last: { reason: "the device has as many metrics as it may have" } });
});

describe("history", () => {
  test("a reading that was not stored, or was there before, leaves no trace", async () => {
    const { derive } = await open([
      ["_delta", "delta(energy)"],
      ["_average", "average(energy, '1m')"],
    ]);
    derive({ energy: 10 }, START);
    derive({ energy: 90 }, START + 1_000, {}, "refused");
    derive({ energy: 10 }, START + 1_000, {}, "duplicate");
    expect(derive({ energy: 14 }, START + 2_000)).toEqual({ _delta: 4, _average: 12 });
  });

  test("a redelivery counts once it turns out to be new: nothing is measured from the moment at which it came again", async () => {
    const { derivation, derive, write } = await open([["_rate", "rate(energy)"]]);
    const packet = { clientId: "board", id: 7, dup: true };
    derive({ energy: 10 }, START, { timed: false });
    const again = derivation.derive(write({ energy: 10 }, START + 9_999, { timed: false, packet }));
    expect(ownOf(derivation.derive(write({ energy: 20 }, START + 10_000, { timed: false })))).toEqual({ _rate: 1 });
    derivation.settled(again, "duplicate");
    const lost = derivation.derive(write({ energy: 30 }, START + 20_000, { timed: false, packet }));
    derivation.settled(lost, "stored");
    expect(derive({ energy: 40 }, START + 21_000, { timed: false })).toEqual({ _rate: 10 });
  });

  test("a late reading has what can be said without later ones", async () => {
    const { derive, countOf } = await open([
      ["_sum", "temperature + humidity"],
      ["_delta", "delta(temperature)"],
    ]);
    derive({ temperature: 20, humidity: 50 }, START);
    expect(derive({ temperature: 18, humidity: 40 }, START - 5_000)).toEqual({ _sum: 58 });
    expect(derive({ temperature: 18 }, START - 5_000)).toEqual({});
    expect(countOf(0).last?.reason).toBe("a later humidity came before it");
    expect(derive({ temperature: 21 }, START + 1_000)).toEqual({ _sum: 71, _delta: 1 });
  });

  test("after a change of the definitions, and for a device from before the start, the latest values are known", async () => {
    const { derive, derivedBook, ids, derivation } = await open([["_delta", "delta(energy)"]]);
    derive({ energy: 10 }, START);
    await derivedBook.replace(ids[0] ?? "", derivedOf("_delta", "delta(energy) * 2"));
    expect(derive({ energy: 11 }, START + 1_000)).toEqual({ _delta: 2 });
    await derivedBook.add(derivedOf("_previous", "previous(energy)"));
    derivation.remove(BOARD); // as if it had not been there: memory has its latest values only
    expect(derive({ energy: 12 }, START + 2_000)).toEqual({ _delta: 2, _previous: 11 });
  });
});

test("in order, whatever comes, values equal those of a plain pass over all readings", async () => {
  const random = createRandom(seedFrom("AERIE_DERIVED_SEED"));
  const { derive } = await open(MODEL_DEFINITIONS.map(({ metric, expression }) => [metric, expression]));
  const readings: PlainReading[] = [];
  const found: { [metric: string]: MetricValue }[] = [];
  let atMs = START;
  for (let index = 0; index < 500; index++) {
    atMs += random.pick([0, 1, 20, 50, 1_000, 5_000, 59_999, 60_000, 61_000]);
    const metrics: { [metric: string]: MetricValue } = {};
    if (random.chance(0.7)) metrics["temperature"] = random.whole(60) - 20;
    if (random.chance(0.6)) metrics["humidity"] = random.whole(100);
    if (random.chance(0.4)) metrics["energy"] = random.whole(1_000) / 10;
    if (Object.keys(metrics).length === 0) metrics["battery"] = 1;
    readings.push({ atMs, metrics });
    found.push(derive(metrics, atMs));
  }
  const expected = bruteForce(readings);
  for (const [index, each] of expected.entries()) {
    expect(found[index], `seed ${random.seed}, reading ${index}: ${JSON.stringify(readings[index])}`).toEqual(each);
  }
});
