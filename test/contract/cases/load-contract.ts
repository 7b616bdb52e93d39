/** What is known of devices after a restart. */
import { expect, test } from "vitest";
import type { DeviceId, MetricValue } from "../../../src/contract/readings.ts";
import type { Start } from "./opened-store.ts";
import { attributes, boiler, deviceId, loadOne, seriesOf, stateOf, status, T0, timed, values } from "./writes.ts";

export function describeLoad(start: Start): void {
  test("a store that is new has no devices", async () => {
    const { store } = await start();
    expect(await store.load()).toEqual([]);
  });

  test("latest values are those of the greatest instant, ties by arrival, after a restart without saved state", async () => {
    const { store, reopen } = await start();
    await store.append([
      [timed(T0 + 5, { a: 5, only: "once" })],
      [timed(T0 + 9, { a: 9 })],
      [timed(T0 + 7, { a: 7, b: true })],
      [timed(T0 + 9, { a: 10 })],
    ]);
    expect(values(await loadOne(await reopen()))).toEqual({
      a: { value: 10, atMs: T0 + 9 },
      b: { value: true, atMs: T0 + 7 },
      only: { value: "once", atMs: T0 + 5 },
    });
  });

  test("what was saved of a device and what came after it are both there after a restart", async () => {
    const { store, reopen } = await start();
    await store.append([[timed(T0, { a: 1, b: 1 })], [timed(T0 + 50, { c: 3 })]]);
    await store.saveState([
      stateOf(boiler, { a: [1, T0], b: [1, T0], c: [3, T0 + 50] }, { lastHeardAtMs: T0 + 40_000, intervalMs: 5_000.5 }),
    ]);
    await store.append([[timed(T0 + 1, { a: 2 }, { receivedAtMs: T0 + 45_000 })], [timed(T0 + 2, { c: 9 })]]);
    const device = await loadOne(await reopen());
    expect(values(device)).toEqual({
      a: { value: 2, atMs: T0 + 1 },
      b: { value: 1, atMs: T0 },
      c: { value: 3, atMs: T0 + 50 },
    });
    expect(device).toMatchObject({ intervalMs: 5_000.5, lastHeardAtMs: T0 + 45_000 });
  });

  test("state that was saved twice over the same readings is as if saved once", async () => {
    const { store, reopen } = await start();
    await store.append([[timed(T0, { a: 1 })], [timed(T0, { a: 2 })]]);
    const state = stateOf(boiler, { a: [2, T0] });
    await store.saveState([state]);
    await store.saveState([state]);
    expect(values(await loadOne(await reopen()))).toEqual({ a: { value: 2, atMs: T0 } });
  });

  test("the state of more devices than one step takes is saved whole", async () => {
    const { store, reopen } = await start();
    const ids = Array.from({ length: 1_200 }, (_, index) => deviceId(`d${index}`));
    await store.append(ids.map((id, index) => [timed(T0, { a: index }, { deviceId: id })]));
    await store.saveState(ids.map((id, index) => stateOf(id, { a: [index, T0] }, { intervalMs: index + 1 })));
    const devices = await (await reopen()).load();
    expect(devices).toHaveLength(1_200);
    expect(devices.every((device) => device.intervalMs === Number(device.deviceId.slice(1)) + 1)).toBe(true);
  });

  test("a device was last heard of when its last reading was received, not at that reading's instant", async () => {
    const { store, reopen } = await start();
    await store.append([
      [timed(T0 + 600_000, { a: 1 }, { receivedAtMs: T0 + 500_000 })],
      [timed(T0 - 600_000, { a: 1 }, { receivedAtMs: T0 + 550_000 })],
    ]);
    expect((await loadOne(await reopen()))?.lastHeardAtMs).toBe(T0 + 550_000);
  });

  test("attributes are merged by key, null deletes one, and they outlive a restart", async () => {
    const { store, reopen } = await start();
    await store.append([
      [attributes({ model: "ESP32", ip: "10.0.0.2", net: { rssi: -60, deep: [1, null] as never } })],
    ]);
    await store.append([[attributes({ ip: null, firmware: "2.1", constructor: "x" })], [attributes({ gone: null })]]);
    const device = await loadOne(await reopen());
    expect(Object.fromEntries(device?.attributes ?? [])).toEqual({
      model: "ESP32",
      net: { rssi: -60, deep: [1, null] },
      firmware: "2.1",
      constructor: "x",
    });
  });

  test("a suspect clock is remembered until it is found right, and attributes that say nothing of it leave it", async () => {
    const { store, reopen } = await start();
    await store.append([[attributes({ deviceClock: "1970" }, { clockSuspect: true })], [attributes({ model: "x" })]]);
    let again = await reopen();
    expect((await loadOne(again))?.clockSuspect).toBe(true);
    await again.append([[attributes({ deviceClock: null }, { clockSuspect: false })]]);
    again = await reopen();
    expect((await loadOne(again))?.clockSuspect).toBe(false);
  });

  test("the newest status is kept with its time", async () => {
    const { store, reopen } = await start();
    await store.append([[status(true, T0)], [status(false, T0 + 5)]]);
    const device = await loadOne(await reopen());
    expect(device?.status).toEqual({ online: false, atMs: T0 + 5 });
  });

  test("names are kept, and taken away again", async () => {
    const { store, reopen } = await start();
    await store.append([[timed(T0, { a: 1 })]]);
    await store.nameDevice(boiler, { name: "Boiler ☀", place: "Cellar" });
    let again = await reopen();
    expect(await loadOne(again)).toMatchObject({ name: "Boiler ☀", place: "Cellar" });
    await again.nameDevice(boiler, { name: undefined, place: "Attic" });
    again = await reopen();
    expect(await loadOne(again)).toMatchObject({ name: undefined, place: "Attic" });
  });

  test("the place of many devices is set at once, and taken away; their names stay", async () => {
    const { store, reopen } = await start();
    await store.append([[timed(T0, { a: 1 })]]);
    await store.nameDevice(boiler, { name: "Boiler ☀", place: undefined });
    await store.relocate([boiler, "nobody" as DeviceId], "Cellar");
    let again = await reopen();
    expect(await loadOne(again)).toMatchObject({ name: "Boiler ☀", place: "Cellar" });
    await again.relocate([boiler], undefined);
    again = await reopen();
    expect(await loadOne(again)).toMatchObject({ name: "Boiler ☀", place: undefined });
  });

  test("metrics named like members of every object are metrics like any other", async () => {
    const { store, reopen } = await start();
    await store.append([[timed(T0, { constructor: 1, toString: 2 })]]);
    const latest = Object.fromEntries(
      ["constructor", "toString"].map((name, index): [string, [MetricValue, number]] => [name, [index + 1, T0]]),
    );
    await store.saveState([stateOf(boiler, latest)]);
    const again = await reopen();
    expect((await loadOne(again))?.latest.get("toString")).toEqual({ value: 2, atMs: T0 });
    const series = await seriesOf(again, {
      deviceId: boiler,
      metrics: ["constructor"],
      fromMs: 0,
      toMs: T0 * 2,
      points: 10,
    });
    expect(series.columns[0]?.mean).toEqual([1]);
  });
}
