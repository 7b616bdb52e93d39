import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createRegistry } from "../../../../src/core/devices/registry.ts";
import { createStateSaver } from "../../../../src/core/devices/state-saver.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";
import { createMemoryStore, passing, turn } from "../../../support/memory/memory-store.ts";

function start() {
  const clock = createManualClock();
  const log = createMemoryLog();
  const store = createMemoryStore();
  const registry = createRegistry({
    clock,
    stored: [],
    limits: { maxDevices: 10, maxDevicesPerClient: 10, maxMetricsPerDevice: 10 },
    onPresence: () => {},
  });
  const saver = createStateSaver({ store, registry, judged: async () => {}, clock, log });
  const change = (...ids: string[]): void => {
    for (const id of ids) registry.storedReading(id as DeviceId, new Map([["t", 1]]), clock.nowMs());
  };
  const saved = (): string[][] => store.saved.map((states) => states.map(({ deviceId }) => deviceId as string));
  const advance = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await turn();
  };
  return { clock, log, store, saver, change, saved, advance };
}

test("state is saved after a hundred thousand readings, and not before", async () => {
  const { saver, change, saved, advance } = start();
  change("a");
  saver.stored(99_999);
  await advance(5_000);
  expect(saved()).toEqual([]);
  saver.stored(1);
  await advance(1_000);
  expect(saved()).toEqual([["a"]]);
  await advance(5_000);
  expect(saved()).toEqual([["a"]]);
});

test("only what changed is saved again", async () => {
  const { saver, change, saved, advance } = start();
  change("a", "b");
  saver.stored(100_000);
  await advance(1_000);
  change("b");
  saver.stored(100_000);
  await advance(1_000);
  expect(saved()).toEqual([["a", "b"], ["b"]]);
});

test("what could not be saved is logged, and saved the next time with what changed since", async () => {
  const { log, store, saver, change, saved, advance } = start();
  change("a");
  store.failure = passing();
  saver.stored(100_000);
  await advance(1_000);
  expect(log.lines.map(({ level, event }) => `${level} ${event}`)).toEqual([
    "warn latest values could not be saved; the hub tries again",
  ]);
  store.failure = undefined;
  change("b");
  saver.stored(100_000);
  await advance(1_000);
  expect(saved().at(-1)?.sort()).toEqual(["a", "b"]);
});

test("closing saves a last time and stops", async () => {
  const { clock, saver, change, saved } = start();
  const before = clock.timers();
  change("a");
  saver.stored(1);
  await saver.close();
  expect(saved()).toEqual([["a"]]);
  expect(clock.timers()).toBe(before - 1);
});

test("closing is not kept from its end by a store that fails", async () => {
  const { store, saver, change } = start();
  change("a");
  store.failure = passing();
  await expect(saver.close()).resolves.toBeUndefined();
});

test("few readings are saved after five minutes, and none are not", async () => {
  const { saver, change, saved, advance } = start();
  change("a");
  saver.stored(1);
  await advance(299_000);
  expect(saved()).toEqual([]);
  await advance(2_000);
  expect(saved()).toEqual([["a"]]);
  await advance(301_000);
  expect(saved()).toEqual([["a"]]);
});

test("what is to be saved now is, in a save of its own behind the one under way", async () => {
  const { saver, change, saved, advance } = start();
  change("a");
  saver.stored(100_000);
  const tick = advance(1_000);
  change("b");
  const both = Promise.all([saver.saveNow(), saver.saveNow()]);
  await Promise.all([tick, both]);
  expect(saved()).toEqual([["a"], ["b"]]);
});

test("saving now does not fail where the store does: it is logged, and saved the next time", async () => {
  const { log, store, saver, change, saved } = start();
  change("a");
  store.failure = passing();
  await saver.saveNow();
  expect(log.lines.map(({ event }) => event)).toEqual(["latest values could not be saved; the hub tries again"]);
  store.failure = undefined;
  await saver.saveNow();
  expect(saved()).toEqual([["a"], ["a"]]);
});
