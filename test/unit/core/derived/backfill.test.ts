import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createBackfill } from "../../../../src/core/derived/backfill.ts";
import { createRegistry } from "../../../../src/core/devices/registry.ts";
import type { DeriveRequest } from "../../../../src/core/ports/derived.ts";
import type { HubChange, StoredRecord } from "../../../../src/core/ports/hub-file.ts";
import { StoreError } from "../../../../src/core/ports/readings-store.ts";
import type { LatestMetric } from "../../../../src/core/ports/stored-device.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { derivedOf, startDerivation } from "../../../support/memory/derivation-world.ts";
import { createMemoryCounters, createMemoryLog } from "../../../support/memory/memory-log.ts";
import { turn } from "../../../support/memory/memory-store.ts";

/** A store with some readings of each device, of which a step computes one second. */
async function open(stored: readonly StoredRecord[] = []) {
  const clock = createManualClock();
  const log = createMemoryLog();
  const counters = createMemoryCounters();
  const limits = { maxDevices: 10, maxDevicesPerClient: 10, maxMetricsPerDevice: 10 };
  const registry = createRegistry({ clock, stored: [], limits, onPresence: () => undefined });
  for (const id of ["attic", "bath"] as DeviceId[]) {
    registry.admitDevice(id, undefined);
    registry.storedReading(id, new Map([["temperature", 20]]), 1);
  }
  const written = new Map(stored.map((record) => [`${record.kind} ${record.id}`, record]));
  const hubFile = {
    write: async (changes: readonly HubChange[]) => {
      for (const change of changes) {
        if (change.of !== "record") continue;
        const { kind, id, data } = change;
        if (data === undefined) written.delete(`${kind} ${id}`);
        else written.set(`${kind} ${id}`, { kind, id, data });
      }
    },
  };
  const { derivation, derivedBook: book } = startDerivation({ registry, counters, clock, stored });
  const asked: DeriveRequest[] = [];
  const world = { failure: undefined as Error | undefined, saved: 0 };
  const store = {
    derive: async (request: DeriveRequest) => {
      if (world.failure !== undefined) throw world.failure;
      asked.push(request);
      const { fromMs, history } = request;
      const latest = [["temperature", fromMs, fromMs] as const];
      return fromMs >= 3_000
        ? { toMs: undefined, history, readings: 0, changed: 0 }
        : { toMs: fromMs + 1_000, history: { latest, windows: [] }, readings: 10, changed: 4 };
    },
    latestOf: async (_: DeviceId, metrics: readonly string[]) =>
      new Map(metrics.map((metric): [string, LatestMetric] => [metric, { value: 7, atMs: 2_500 }])),
  };
  const saveState = async (): Promise<void> => void world.saved++;
  const backfill = createBackfill({ book, derivation, registry, store, hubFile, stored, saveState, clock, log });
  /** Lets so many steps be done. */
  const steps = async (count: number): Promise<void> => {
    for (let step = 0; step < count; step++) {
      clock.advance(1_000);
      await turn();
      await turn();
    }
  };
  const kept = () => [...written.values()];
  return { clock, log, registry, book, asked, world, backfill, steps, kept, written };
}

async function withDefinition(
  world: Awaited<ReturnType<typeof open>>,
  metric = "_a",
  expression = "temperature * 2",
): Promise<string> {
  const outcome = await world.book.add(derivedOf(metric, expression));
  if (outcome.kind !== "done") throw new Error(JSON.stringify(outcome));
  world.written.set(`derived ${outcome.derived.id}`, {
    kind: "derived",
    id: outcome.derived.id,
    data: JSON.stringify(derivedOf(metric, expression)),
  });
  return outcome.derived.id;
}

test("device after device, from the first reading to the last; then memory has the newest value", async () => {
  const world = await open();
  const { backfill, asked, steps, registry } = world;
  const id = await withDefinition(world);
  expect([await backfill.begin("nobody"), await backfill.begin(id)]).toEqual([false, true]);
  expect(backfill.progressOf(id)).toMatchObject({ devices: 2, devicesDone: 0, readings: 0, at: undefined });
  await steps(2);
  expect(backfill.progressOf(id)).toMatchObject({ readings: 20, changed: 8, at: { deviceId: "attic", atMs: 2_000 } });
  await steps(8);
  expect(asked.map(({ deviceId, fromMs }) => [deviceId, fromMs])).toEqual(
    ["attic", "bath"].flatMap((device) => [0, 1_000, 2_000, 3_000].map((fromMs) => [device, fromMs])),
  );
  expect(asked[1]?.history.latest).toEqual([["temperature", 0, 0]]);
  expect(backfill.progressOf(id)).toBeUndefined();
  expect([world.world.saved, registry.get("bath")?.latest.get("_a")]).toEqual([2, { value: 7, atMs: 2_500 }]);
  expect(world.kept().filter(({ kind }) => kind === "backfill")).toEqual([]);
});

test("after a kill it resumes where it was kept, with what it remembered", async () => {
  const world = await open();
  const id = await withDefinition(world);
  await world.backfill.begin(id);
  await world.steps(6);
  const resumed = await open(world.kept());
  await resumed.steps(1);
  const [first] = resumed.asked;
  expect(first?.deviceId).toBe("bath");
  expect(first?.history.latest).toEqual(
    first?.fromMs === 0 ? [] : [["temperature", (first?.fromMs ?? 0) - 1_000, (first?.fromMs ?? 0) - 1_000]],
  );
  await resumed.steps(8);
  const kinds = resumed.kept().map(({ kind }) => kind);
  expect([resumed.backfill.progressOf(id), kinds]).toEqual([undefined, ["derived", "backfilled"]]);
});

test("with it goes what is computed from it, and what that needs; nothing else", async () => {
  const world = await open();
  const id = await withDefinition(world);
  await withDefinition(world, "_other", "temperature + 1");
  await withDefinition(world, "_base", "temperature + 2");
  await withDefinition(world, "_user", "_a + _base");
  await world.backfill.begin(id);
  await world.steps(1);
  expect(world.asked[0]?.definitions.map(({ metric }) => metric)).toEqual(["_a", "_base", "_user"]);
});

test("a definition that is changed restarts; one that is deleted ends", async () => {
  const world = await open();
  const id = await withDefinition(world);
  await world.backfill.begin(id);
  await world.steps(6);
  expect(world.backfill.progressOf(id)?.devicesDone).toBe(1);
  await world.book.replace(id, derivedOf("_a", "temperature * 3"));
  await world.steps(1);
  expect(world.backfill.progressOf(id)).toMatchObject({ devicesDone: 0, readings: 10 });
  expect(world.asked.at(-1)).toMatchObject({
    deviceId: "attic",
    fromMs: 0,
    definitions: [{ expression: "temperature * 3" }],
  });
  await world.book.remove(id);
  await world.steps(2);
  expect([world.backfill.progressOf(id), world.kept().filter(({ kind }) => kind === "backfill")]).toEqual([
    undefined,
    [],
  ]);
});

test("when the last one came to its end is known, also after a restart, until the definition is deleted", async () => {
  const world = await open();
  const id = await withDefinition(world);
  await world.backfill.begin(id);
  await world.steps(8);
  expect(world.backfill.lastOf(id)).toBeUndefined();
  const beforeMs = world.clock.nowMs();
  await world.steps(1);
  const finishedAtMs = world.backfill.lastOf(id)?.finishedAtMs ?? 0;
  expect(finishedAtMs).toBeGreaterThan(beforeMs);
  expect(finishedAtMs).toBeLessThanOrEqual(world.clock.nowMs());
  const last = { finishedAtMs, readings: 60, changed: 24, isOutdated: false };
  expect(world.backfill.lastOf(id)).toEqual(last);
  await world.backfill.begin(id);
  await world.steps(2);
  await world.backfill.cancel(id);
  expect([world.backfill.progressOf(id), world.backfill.lastOf(id)]).toEqual([undefined, last]);

  const again = await open(world.kept());
  expect(again.backfill.lastOf(id)).toEqual(last);
  expect(again.backfill.lastOf("nobody")).toBeUndefined();
  await again.book.replace(id, derivedOf("_a", "temperature * 3"));
  expect(again.backfill.lastOf(id)).toEqual({ ...last, isOutdated: true });
  await again.book.remove(id);
  await turn();
  expect([again.backfill.lastOf(id), again.kept().filter(({ kind }) => kind === "backfilled")]).toEqual([
    undefined,
    [],
  ]);
});

test("a backfill whose definition is deleted meanwhile leaves nothing behind", async () => {
  const world = await open();
  const id = await withDefinition(world);
  await world.backfill.begin(id);
  await world.steps(3);
  await world.book.remove(id);
  await world.steps(3);
  expect(world.kept().filter(({ kind }) => kind.startsWith("backfill"))).toEqual([]);
});

test("one that is cancelled ends, also while a step is under way, and does not resume", async () => {
  const world = await open();
  const id = await withDefinition(world);
  await world.backfill.begin(id);
  await world.steps(3);
  world.clock.advance(1_000);
  expect([await world.backfill.cancel(id), await world.backfill.cancel("nobody")]).toEqual([true, false]);
  const asked = world.asked.length;
  await world.steps(5);
  expect([world.backfill.progressOf(id), world.asked.length]).toEqual([undefined, asked]);
  expect(world.kept().filter(({ kind }) => kind === "backfill")).toEqual([]);
});

test("a store that is away holds it up, which is said once, and it goes on by itself", async () => {
  const world = await open();
  const id = await withDefinition(world);
  world.world.failure = new StoreError("MongoDB is away", true);
  await world.backfill.begin(id);
  await world.steps(25);
  expect(world.backfill.progressOf(id)).toMatchObject({ readings: 0, problem: "MongoDB is away" });
  expect(world.log.lines.filter(({ event }) => event.includes("backfill"))).toHaveLength(1);
  world.world.failure = undefined;
  await world.steps(11);
  expect(world.backfill.progressOf(id)).toMatchObject({ problem: undefined });
  expect(world.asked.length).toBeGreaterThan(0);
});

test("while readings come it leaves the store nine tenths of the time, else half of it", async () => {
  for (const [arrived, pauseMs] of [
    [0, 49],
    [5, 441],
  ] as const) {
    const world = await open();
    const id = await withDefinition(world);
    const { asked: derive } = world;
    await world.backfill.begin(id);
    world.backfill.stored(arrived);
    world.clock.advance(1);
    world.clock.advance(49); // while the step is under way
    await turn();
    await turn();
    expect(derive).toHaveLength(1);
    world.clock.advance(pauseMs - 1);
    await turn();
    expect(derive).toHaveLength(1);
    world.clock.advance(1);
    await turn();
    expect(derive).toHaveLength(2);
  }
});
