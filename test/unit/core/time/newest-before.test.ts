import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import type { ReadingsQuery } from "../../../../src/core/ports/history.ts";
import type { StoredDevice } from "../../../../src/core/ports/stored-device.ts";
import { newestBefore } from "../../../../src/core/time/newest-before.ts";

const device = (deviceId: string, lastHeardAtMs: number): StoredDevice => ({
  deviceId: deviceId as DeviceId,
  name: undefined,
  place: undefined,
  attributes: new Map(),
  clockSuspect: false,
  status: undefined,
  lastHeardAtMs,
  intervalMs: undefined,
  latest: new Map(),
  retention: {},
});

/** Readings by device and instant. */
function storeOf(readings: Record<string, number[]>) {
  const asked: string[] = [];
  return {
    asked,
    readings: async ({ deviceId, toMs }: ReadingsQuery) => {
      asked.push(deviceId);
      const before = (readings[deviceId] ?? []).filter((atMs) => atMs < toMs);
      return before.slice(-1).map((atMs) => ({ deviceId, atMs, n: 0, receivedAtMs: atMs, body: "{}" }));
    },
  };
}

test("the newest reading before an instant is found among the devices that spoke since", async () => {
  const store = storeOf({ a: [10, 50, 150], b: [20, 70, 160] });
  expect(await newestBefore(store, [device("a", 150), device("b", 160)], 100)).toBe(70);
});

test("a device that is silent since then is not asked: when it was heard last is known", async () => {
  const store = storeOf({ a: [150] });
  expect(await newestBefore(store, [device("a", 150), device("b", 90)], 100)).toBe(90);
  expect(store.asked).toEqual(["a"]);
});

test("there is none where all readings came since, and none where there are no devices", async () => {
  expect(await newestBefore(storeOf({ a: [150] }), [device("a", 150)], 100)).toBeUndefined();
  expect(await newestBefore(storeOf({}), [], 100)).toBeUndefined();
});

test("a device that was never heard says nothing of time", async () => {
  const never = { ...device("c", 0), lastHeardAtMs: undefined };
  expect(await newestBefore(storeOf({}), [never], 100)).toBeUndefined();
  expect(await newestBefore(storeOf({ a: [150] }), [device("a", 150), never], 100)).toBeUndefined();
});

test("of many devices the twenty heard last are asked", async () => {
  const store = storeOf({});
  const many = Array.from({ length: 50 }, (_, index) => device(`d${index}`, 1_000 + index));
  await newestBefore(store, many, 100);
  expect(store.asked).toHaveLength(20);
  expect(store.asked).toContain("d49");
});
