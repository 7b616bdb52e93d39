import { expect, test } from "vitest";
import { createDiskWatch } from "../../../../src/core/health/disk-watch.ts";
import { createManualClock } from "../../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";
import { createMemoryStore, forGood, turn } from "../../../support/memory/memory-store.ts";

const MB = 1_000_000;
const GB = 1_000 * MB;

async function start(diskFreeBytes = 50 * GB, diskBytes = 100 * GB) {
  const clock = createManualClock();
  const log = createMemoryLog();
  const store = createMemoryStore();
  const set = (free: number, disk = diskBytes): void => {
    store.room = { usedBytes: 1, reusableBytes: 0, diskFreeBytes: free, diskBytes: disk };
  };
  set(diskFreeBytes);
  const watch = createDiskWatch({ store, clock, log, onSpace: () => undefined });
  await turn();
  const minute = async (): Promise<void> => {
    clock.advance(60_000);
    await turn();
  };
  const said = (): string[] => log.lines.map(({ level, event }) => `${level} ${event}`);
  return { clock, store, watch, set, minute, said };
}

test.each([
  [50 * GB, 100 * GB, false],
  [2 * GB, 100 * GB, false],
  [900 * MB, 100 * GB, true],
  [900 * MB, 8 * GB, false],
  [700 * MB, 8 * GB, true],
  [199 * MB, 1 * GB, true],
  [201 * MB, 1 * GB, false],
])("%d bytes free of %d: nearly full is %s", async (free, disk, isLow) => {
  const { watch } = await start(free, disk);
  expect(watch.problem() !== undefined).toBe(isLow);
});

test("a disk that fills up is logged once, with what is free, and again when there is space", async () => {
  const { watch, set, minute, said } = await start();
  set(150 * MB);
  await minute();
  await minute();
  expect(said()).toEqual(["warn the disk is nearly full"]);
  expect(watch.problem()).toContain("150 MB is free");
  set(1_050 * MB);
  await minute();
  expect(said()).toHaveLength(1);
  set(1_200 * MB);
  await minute();
  expect(said()).toEqual(["warn the disk is nearly full", "info the disk has enough free space again"]);
  expect(watch.problem()).toBeUndefined();
});

test("disk space that cannot be read breaks nothing: it is logged once at debug, and not known until it can", async () => {
  const { store, watch, minute, said } = await start();
  store.failure = forGood("not built yet");
  await minute();
  await minute();
  expect(said()).toEqual(["debug the store's disk space is not known"]);
  expect(watch.space()).toBeUndefined();
  expect(watch.problem()).toBeUndefined();
  store.failure = undefined;
  await minute();
  expect(watch.space()?.diskBytes).toBe(100 * GB);
});

test("closing ends it", async () => {
  const { clock, watch } = await start();
  await watch.close();
  expect(clock.timers()).toBe(0);
});
