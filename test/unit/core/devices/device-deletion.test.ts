import { expect, test } from "vitest";
import type { DeviceId } from "../../../../src/contract/readings.ts";
import { createDeviceDeletion } from "../../../../src/core/devices/device-deletion.ts";
import { StoreError } from "../../../../src/core/ports/readings-store.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";
import { turn } from "../../../support/memory/memory-store.ts";

const LAMP = "ha:lamp" as DeviceId;

function start() {
  const clock = createManualClock();
  const log = createMemoryLog();
  const done: string[] = [];
  const fails: { store?: StoreError; hubFile?: StoreError } = {};
  const deletion = createDeviceDeletion({
    clock,
    log,
    alerts: { deviceRemoved: () => void done.push("alerts") },
    registry: { remove: () => void done.push("registry") },
    descriptions: { setByOwner: (_, metrics) => void done.push(`descriptions ${metrics.size}`) },
    onRemoved: () => void done.push("what was derived"),
    deleteTopics: (filters) => void done.push(`topics ${filters}`),
    store: {
      deleteDevice: async () => {
        if (fails.store !== undefined) throw fails.store;
        done.push("store");
      },
    },
    hubFile: {
      deleteDevice: async () => {
        if (fails.hubFile !== undefined) throw fails.hubFile;
        done.push("hub file");
      },
    },
  });
  return { clock, log, done, fails, deletion };
}

test("a device is deleted in the store, then everywhere else", async () => {
  const { done, deletion } = start();
  await deletion.run(LAMP, ["lamp/#"]);
  expect(done).toEqual([
    "store",
    "alerts",
    "registry",
    "what was derived",
    "descriptions 0",
    "topics lamp/#",
    "hub file",
  ]);
});

test("a store that cannot delete it leaves everything as it was", async () => {
  const { done, fails, deletion } = start();
  fails.store = new StoreError("away", true);
  await expect(deletion.run(LAMP, ["lamp/#"])).rejects.toBe(fails.store);
  expect(done).toEqual([]);
});

test("on a full disk the readings are deleted, and what is in hub.db when there is space again", async () => {
  const { clock, log, done, fails, deletion } = start();
  fails.hubFile = new StoreError("full", true);
  await deletion.run(LAMP, ["lamp/#"]);
  for (let times = 0; times < 3; times++) {
    clock.advance(10_000);
    await turn();
  }
  expect(done).not.toContain("hub file");
  expect(log.lines.filter(({ level }) => level === "warn")).toHaveLength(1);
  delete fails.hubFile;
  clock.advance(10_000);
  await turn();
  clock.advance(60_000);
  await turn();
  expect(done.filter((what) => what === "hub file")).toHaveLength(1);
  deletion.close();
  expect(clock.timers()).toBe(0);
});
