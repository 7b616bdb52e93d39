/** Which boards are offered to replace another. */
import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { candidatesFor } from "../../../../src/core/devices/replacement-candidates.ts";

const NOW_MS = Date.UTC(2026, 11, 1);
const HOUR_MS = 3_600_000;

const board = (deviceId: string, heardHoursAgo: number, ...metrics: string[]) => ({
  deviceId: deviceId as DeviceId,
  name: undefined,
  metrics: new Set(metrics),
  lastHeardAtMs: NOW_MS - heardHoursAgo * HOUR_MS,
});

test("those that send most of the same and least else come first; itself, silent ones and taken ones are left out", () => {
  const old = board("old", 100, "temperature", "humidity");
  const { metrics, candidates } = candidatesFor(old, {
    devices: [
      old,
      board("other-kind", 1, "power"),
      board("more", 1, "temperature", "humidity", "co2"),
      board("same", 5, "temperature", "humidity"),
      board("half", 1, "temperature"),
      board("silent", 25, "temperature", "humidity"),
      board("taken", 1, "temperature", "humidity"),
      { ...board("never", 0, "temperature"), lastHeardAtMs: undefined },
    ],
    isFree: (deviceId) => deviceId !== "taken",
    nameOf: ({ deviceId }) => (deviceId === "same" ? "Spare board" : undefined),
    nowMs: NOW_MS,
  });

  expect(metrics).toBe(2);
  expect(candidates.map(({ deviceId, sharedMetrics }) => [deviceId, sharedMetrics])).toEqual([
    ["same", 2],
    ["more", 2],
    ["half", 1],
    ["other-kind", 0],
  ]);
  expect(candidates[0]).toMatchObject({ name: "Spare board", lastHeardAt: "2026-11-30T19:00:00.000Z" });
});
