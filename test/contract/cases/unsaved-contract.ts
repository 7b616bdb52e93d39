/** Which readings a start judges again: those that the saved state may not have. */
import { expect, test } from "vitest";
import { type Store, StoreError, type UnsavedReading } from "../../../src/core/ports/readings-store.ts";
import type { ReadingWrite } from "../../../src/core/ports/writes.ts";
import type { Start } from "./opened-store.ts";
import { boiler, cellar, stateOf, T0, timed } from "./writes.ts";

/** Received in the order of `order`, whatever its instant. */
const received = (order: number, atMs: number, t: number, deviceId = boiler): ReadingWrite =>
  timed(atMs, { t, text: "é" }, { receivedAtMs: T0 + 60_000 + order, deviceId });

async function unsavedIn(store: Store): Promise<UnsavedReading[]> {
  await store.load();
  const all: UnsavedReading[] = [];
  await store.unsaved((some) => void all.push(...some));
  return all;
}

const valuesOf = (readings: readonly UnsavedReading[], device = boiler): unknown[] =>
  readings.filter(({ deviceId }) => deviceId === device).map(({ metrics }) => metrics.get("t"));

export function describeUnsaved(start: Start): void {
  test("what was stored since the state was saved is given in the order in which it came, and as it came", async () => {
    const { store, reopen } = await start();
    await store.append([[received(1, T0 + 9, 1)], [received(2, T0 + 5, 2)], [received(3, T0 + 7, 3, cellar)]]);
    await store.append([[received(4, T0 + 9, 4)]]);
    const readings = await unsavedIn(await reopen());
    expect([valuesOf(readings), valuesOf(readings, cellar)]).toEqual([[1, 2, 4], [3]]);
    expect(readings.filter(({ deviceId }) => deviceId === boiler).at(-1)).toMatchObject({
      atMs: T0 + 9,
      n: 1,
      receivedAtMs: T0 + 60_004,
    });
    expect(readings[0]?.metrics.get("text")).toBe("é");
  });

  test("what the saved state has is not given again, and what comes behind it is", async () => {
    const { store, reopen } = await start();
    await store.append([[received(1, T0 + 1, 1)]]);
    await store.saveState([stateOf(boiler, { t: [1, T0 + 1] })]);
    const again = await reopen();
    expect(await unsavedIn(again)).toEqual([]);
    await again.append([[received(2, T0 + 2, 2)]]);
    expect(valuesOf(await unsavedIn(await reopen()))).toEqual([2]);
  });

  test("what is stored while the state waits to be saved is not in it; if what it waits for fails, nothing is saved", async () => {
    const { store, reopen } = await start();
    await store.append([[received(1, T0 + 1, 1)]]);
    let [judged, failed] = [(): void => {}, (_: Error): void => {}];
    const saving = store.saveState([stateOf(boiler, { t: [1, T0 + 1] })], new Promise((resolve) => (judged = resolve)));
    await store.append([[received(2, T0 + 2, 2)]]);
    judged();
    await saving;
    expect(valuesOf(await unsavedIn(store))).toContain(2);
    const refused = store.saveState(
      [stateOf(boiler, { t: [2, T0 + 2] })],
      new Promise((_, reject) => (failed = reject)),
    );
    failed(new StoreError("hub.db cannot be written", true));
    await expect(refused).rejects.toThrow("hub.db cannot be written");
    expect(valuesOf(await unsavedIn(await reopen()))).toContain(2);
  });

  test("more than one step takes is given whole", async () => {
    const { store, reopen } = await start();
    const all = Array.from({ length: 4_500 }, (_, index) => received(index, T0 + index, index));
    for (let first = 0; first < all.length; first += 1_500) await store.append([all.slice(first, first + 1_500)]);
    expect(valuesOf(await unsavedIn(await reopen()))).toEqual(all.map((_, index) => index));
  });
}
