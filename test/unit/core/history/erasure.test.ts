import { describe, expect, test } from "vitest";
import type { DeviceId, MetricValue } from "../../../../src/contract/readings.ts";
import { createRegistry } from "../../../../src/core/devices/registry.ts";
import { createErasure } from "../../../../src/core/history/erasure.ts";
import type { EraseRequest } from "../../../../src/core/ports/history.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryStore, passing, turn } from "../../../support/memory/memory-store.ts";

const boiler = "boiler" as DeviceId;
const NOW = Date.UTC(2026, 10, 22, 12, 30);
const HOUR_MS = 3_600_000;

function start() {
  const clock = createManualClock({ nowMs: NOW });
  const store = createMemoryStore();
  const registry = createRegistry({
    clock,
    stored: [],
    limits: { maxDevices: 9, maxDevicesPerClient: 9, maxMetricsPerDevice: 3 },
    onPresence: () => {},
  });
  const order: string[] = [];
  store.onErase = async () => void order.push("erased");
  const erase = createErasure({
    store,
    registry,
    saveState: async () => void order.push(`saved ${registry.takeDirty().length}`),
    onErased: (deviceId) => void order.push(`sparkline of ${deviceId}`),
  });
  const take = (metrics: Record<string, MetricValue>, atMs: number): void => {
    const read = new Map(Object.entries(metrics));
    registry.admitDevice(boiler, "board");
    registry.admitMetrics(boiler, read);
    registry.storedReading(boiler, read, atMs);
  };
  const latest = (): Record<string, [MetricValue, number]> =>
    Object.fromEntries(
      [...(registry.get(boiler)?.latest ?? [])].map(([name, { value, atMs }]) => [name, [value, atMs]]),
    );
  const request = (more: Partial<EraseRequest> = {}): EraseRequest => ({
    deviceId: boiler,
    fromMs: 0,
    toMs: 8.64e15,
    metrics: undefined,
    ...more,
  });
  return { store, registry, order, erase, take, latest, request };
}

describe("erasing", () => {
  test("asks the store for exactly what was requested, and saves what memory shows before it is done", async () => {
    const { store, order, erase, take, request } = start();
    take({ t: 1 }, NOW);
    await erase(request({ metrics: ["t"] }));
    expect(store.erased).toEqual([{ deviceId: boiler, fromMs: 0, toMs: 8.64e15, metrics: ["t"] }]);
    expect(order).toEqual(["erased", "sparkline of boiler", "saved 1"]);
  });

  test("shows the newest value that is left, and leaves alone what lies outside the range", async () => {
    const { store, erase, take, latest, request } = start();
    take({ t: 1, h: 2 }, NOW);
    take({ p: 3 }, NOW + 2 * HOUR_MS);
    store.newest.set("t", { value: 7, atMs: NOW - 5 * HOUR_MS });
    await erase(request({ fromMs: NOW - HOUR_MS, toMs: NOW + HOUR_MS }));
    expect(latest()).toEqual({ t: [7, NOW - 5 * HOUR_MS], p: [3, NOW + 2 * HOUR_MS] });
  });

  test("of one metric leaves the others", async () => {
    const { erase, take, latest, request } = start();
    take({ t: 1, h: 2 }, NOW);
    await erase(request({ metrics: ["t", "unknown"] }));
    expect(latest()).toEqual({ h: [2, NOW] });
  });

  test("asks about the whole hour at both ends: beyond raw age whole hours go", async () => {
    const { store, erase, take, latest, request } = start();
    take({ t: 1 }, NOW);
    store.newest.set("t", { value: 1, atMs: NOW });
    await erase(request({ fromMs: NOW + 60_000, toMs: NOW + 120_000 }));
    expect(latest()).toEqual({ t: [1, NOW] });
    store.newest.clear();
    await erase(request({ fromMs: NOW + 60_000, toMs: NOW + 120_000 }));
    expect(latest()).toEqual({});
  });

  test("of all of a metric gives its slot among the device's metrics back", async () => {
    const { registry, erase, take, request } = start();
    take({ a: 1, b: 2, c: 3 }, NOW);
    const further = new Map([["d", 4]]);
    expect(registry.admitMetrics(boiler, further)).toEqual(["d"]);
    await erase(request({ metrics: ["b"] }));
    expect(registry.admitMetrics(boiler, further)).toEqual([]);
    expect(registry.admitMetrics(boiler, new Map([["b", 2]]))).toEqual(["b"]);
  });

  test("does not take away what came in the meantime, whatever its instant", async () => {
    const { store, erase, take, latest, request } = start();
    take({ t: 1, h: 1 }, NOW);
    store.newest.set("t", { value: 7, atMs: NOW - 5 * HOUR_MS }).set("h", { value: 7, atMs: NOW - 5 * HOUR_MS });
    store.latestOf = async () => {
      take({ t: 2 }, NOW - HOUR_MS);
      take({ h: 2 }, NOW - 9 * HOUR_MS);
      return store.newest;
    };
    await erase(request({ fromMs: NOW - HOUR_MS, toMs: NOW + HOUR_MS }));
    expect(latest()).toEqual({ t: [2, NOW - HOUR_MS], h: [7, NOW - 5 * HOUR_MS] });
  });

  test("that could not be looked up is put right when it is asked for again", async () => {
    const { store, erase, take, latest, request } = start();
    take({ t: 1 }, NOW);
    store.newest.set("t", { value: 7, atMs: NOW - 5 * HOUR_MS });
    store.failure = passing();
    const range = request({ fromMs: NOW - HOUR_MS, toMs: NOW + HOUR_MS });
    await expect(erase(range)).rejects.toThrow("full");
    expect(latest()).toEqual({});
    store.failure = undefined;
    await erase(range);
    expect(latest()).toEqual({ t: [7, NOW - 5 * HOUR_MS] });
  });

  test("twice at once: what one looked up before the other erased it does not come back", async () => {
    const { store, erase, take, latest, request } = start();
    take({ t: 1 }, NOW);
    let newest = new Map([["t", { value: 7, atMs: NOW - 5 * HOUR_MS }]]);
    const answers: (() => void)[] = [];
    store.latestOf = () => {
      const seen = newest;
      return new Promise((resolve) => void answers.push(() => resolve(seen)));
    };
    const first = erase(request({ fromMs: NOW - HOUR_MS, toMs: NOW + HOUR_MS }));
    await turn();
    newest = new Map();
    const second = erase(request({ fromMs: NOW - 6 * HOUR_MS, toMs: NOW - 4 * HOUR_MS }));
    await turn();
    answers[0]?.();
    await first;
    await turn();
    answers[1]?.();
    await second;
    expect(latest()).toEqual({});
  });

  test("of a device that was deleted meanwhile is no trouble", async () => {
    const { store, registry, erase, take, request } = start();
    take({ t: 1 }, NOW);
    store.onErase = async () => registry.remove(boiler);
    await expect(erase(request())).resolves.toBeUndefined();
  });

  test("leaves later readings with the same metrics to be shown as ever", async () => {
    const { erase, take, latest, request } = start();
    take({ t: 1, h: 1 }, NOW);
    await erase(request());
    take({ t: 2, h: 2 }, NOW + 1_000);
    expect(latest()).toEqual({ t: [2, NOW + 1_000], h: [2, NOW + 1_000] });
  });
});
