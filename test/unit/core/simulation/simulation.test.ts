import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createRegistry } from "../../../../src/core/devices/registry.ts";
import { createSimulation } from "../../../../src/core/simulation/simulation.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryHubFile } from "../../../support/memory/memory-hub-file.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";

const board = "simulated-board-01" as DeviceId;

function atOnce(_ms: number, run: () => void): () => void {
  queueMicrotask(run);
  return () => undefined;
}

/** One run of a hub that knows a device of that id. */
function start(hubFile = createMemoryHubFile()) {
  const clock = createManualClock();
  const registry = createRegistry({
    clock,
    stored: [],
    limits: { maxDevices: 9, maxDevicesPerClient: 9, maxMetricsPerDevice: 9 },
    onPresence: () => undefined,
  });
  registry.storedReading(board, new Map([["t", 1]]), clock.nowMs());
  const simulation = createSimulation({
    registry,
    hubFile,
    records: hubFile.records(),
    launch: () => ({ pid: 1, ended: new Promise(() => undefined), stop: async () => {}, kill: async () => {} }),
    endLogin: () => undefined,
    deleteDevice: async (deviceId) => registry.remove(deviceId),
    clock: { nowMs: clock.nowMs, after: atOnce },
    log: createMemoryLog(),
  });
  return { hubFile, registry, simulation };
}

test("somebody's own device with the id of a simulated board starts nothing and is not deleted", async () => {
  const { registry, simulation } = start();
  await simulation.resume();
  expect(simulation.status()).toEqual({ state: "off", devices: [] });
  await simulation.remove();
  expect(registry.knows(board)).toBe(true);
});

test("boards that a person started run again after a restart, until a person removes them", async () => {
  const { hubFile, simulation } = start();
  await simulation.start();
  await simulation.close();
  const second = start(hubFile);
  await second.simulation.resume();
  expect(second.simulation.status()).toMatchObject({ state: "running", devices: [board] });
  await second.simulation.remove();
  expect(second.registry.knows(board)).toBe(false);
  const third = start(hubFile);
  await third.simulation.resume();
  expect(third.simulation.status()).toEqual({ state: "off", devices: [] });
});

test("where hub.db cannot keep that they were started, they do not start", async () => {
  const { hubFile, simulation } = start();
  hubFile.failWith(new Error("the disk is full"));
  await expect(simulation.start()).rejects.toThrow("the disk is full");
  expect(simulation.status().state).toBe("off");
});
