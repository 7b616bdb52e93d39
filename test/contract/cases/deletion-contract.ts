/** Deleting devices. */
import { expect, test } from "vitest";
import type { DeviceId } from "../../../src/contract/readings.ts";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import type { WritesOfMessage } from "../../../src/core/ports/writes.ts";
import type { Start } from "./opened-store.ts";
import { attributes, boiler, cellar, loadOne, readAll, stateOf, stored, T0, timed, values } from "./writes.ts";

export function describeDeletion(start: Start): void {
  const many = (count: number, device: DeviceId): WritesOfMessage[] =>
    Array.from({ length: count }, (_, i) => [timed(T0 + i, { i }, { deviceId: device })]);

  test("a deleted device and its readings are gone, and stay gone after a restart", async () => {
    const { store, reopen } = await start();
    await store.append([...many(1_200, boiler), ...many(3, cellar)]);
    await store.deleteDevice(boiler);
    expect(await readAll(store)).toEqual([]);
    const again = await reopen();
    expect((await again.load()).map((device) => device.deviceId)).toEqual([cellar]);
    expect(await readAll(again, cellar)).toHaveLength(3);
  });

  test("a device that comes back under the id of a deleted one starts empty and keeps what it sends from then on", async () => {
    const { store, reopen } = await start();
    await store.append([...many(3, cellar), ...many(3_000, boiler), [attributes({ model: "old" })]]);
    await store.nameDevice(boiler, { name: "Old", place: undefined });
    await store.deleteDevice(boiler);
    // Readings of the old one go in steps behind it; the board sends on meanwhile, the same instants among them.
    expect(await store.append([[timed(T0, { i: 0 })], [timed(T0 + 5, { i: 5 })]])).toEqual([[stored(0)], [stored(0)]]);
    expect((await readAll(store)).map(({ atMs }) => atMs - T0)).toEqual([0, 5]);
    await store.append([[timed(T0 + 10_000, { i: 6 })]]);
    await letDeletionsGoOn(store);
    expect((await readAll(store)).map(({ atMs }) => atMs - T0)).toEqual([0, 5, 10_000]);
    const device = await loadOne(await reopen());
    expect(device?.name).toBeUndefined();
    expect(device?.attributes.size).toBe(0);
    expect(values(device)).toEqual({ i: { value: 6, atMs: T0 + 10_000 } });
  });

  test("a device may be deleted, come back and be deleted again before its readings are gone", async () => {
    const { store } = await start();
    await store.append(many(3_000, boiler));
    await store.deleteDevice(boiler);
    await store.append(many(2, boiler));
    await store.deleteDevice(boiler);
    expect(await readAll(store)).toEqual([]);
    expect(await store.append(many(1, boiler))).toEqual([[stored(0)]]);
  });

  test("latest values that came after a deletion are there after a restart without saved state", async () => {
    const { store, reopen } = await start();
    await store.append(many(10, boiler));
    await store.saveState([stateOf(boiler, { i: [9, T0 + 9] })]);
    await store.deleteDevice(boiler);
    await letDeletionsGoOn(store);
    await store.append([[timed(T0 + 99, { warmth: 21 }, { deviceId: cellar })]]);
    expect(values(await loadOne(await reopen(), cellar))).toEqual({ warmth: { value: 21, atMs: T0 + 99 } });
  });

  test("deleting a device that is not there is no error", async () => {
    const { store } = await start();
    await expect(store.deleteDevice(cellar)).resolves.toBeUndefined();
  });
}

/** Calls are carried out in order, and a step of a deletion comes between any two: enough of them for all its steps. */
async function letDeletionsGoOn(store: Store): Promise<void> {
  for (let step = 0; step < 20; step++) await store.probe();
}
