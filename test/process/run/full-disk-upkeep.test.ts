/** Upkeep on a full disk: the room that is kept for deleting is there when something is deleted, and what is past its age goes. */
import { randomBytes } from "node:crypto";
import { statfsSync, statSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import { KEEP_ALL, saveAll, upkeepAll } from "../../contract/cases/history-contract.ts";
import { deviceId, T0, timed } from "../../contract/cases/writes.ts";
import { mountSmallDisk, type SmallDisk } from "../../support/hub/small-disk.ts";
import { createMemoryLog } from "../../support/memory/memory-log.ts";
import { until } from "../../support/until.ts";

// Worker threads load only what was built.
const built = new URL("../../../dist/src/store/sqlite/sqlite-store.js", import.meta.url).href;
const { openSqliteStore } = (await import(built)) as typeof import("../../../src/store/sqlite/sqlite-store.ts");

const DISK_MB = 64;
const DEVICES = ["a", "b", "c", "d"].map(deviceId);
/** Of all devices, some 14 MB. */
const READINGS = 6_000;
const GROUP = 500;
const STEPS = 60;
const DAY_MS = 86_400_000;
/** All that was stored is to be compressed and counted by then. */
const LATER_MS = T0 + 10 * DAY_MS;
const RESERVE_BYTES = 4 * 1_048_576;
const reserveOf = (disk: SmallDisk): string => path.join(disk.dir, "data", "aerie.reserve");

/** Two kilobytes that compress badly. */
const notes = (): Record<string, string> =>
  Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`note${index}`, randomBytes(142).toString("base64")]));

async function openOn(disk: SmallDisk): Promise<Store> {
  const dataDir = path.join(disk.dir, "data");
  const store = await openSqliteStore({ dataDir, log: createMemoryLog(), onDead: () => {} });
  onTestFinished(() => store.close().catch(() => undefined));
  return store;
}

const append = (store: Store, group: number): Promise<unknown> => {
  const about = { deviceId: DEVICES[group % DEVICES.length] ?? deviceId("a") };
  const readings = Array.from({ length: GROUP }, (_, i) => timed(T0 + (group * GROUP + i) * 1_000, notes(), about));
  return store.append(readings.map((reading) => [reading]));
};

/** With the reserve, and much that is to be compressed. */
async function fillStore(store: Store): Promise<void> {
  for (let group = 0; group < READINGS / GROUP; group++) await append(store, group);
  for (const device of DEVICES) await saveAll(store, device);
  await store.upkeep({ nowMs: T0, retention: KEEP_ALL });
}

/** What the store has no room for it may refuse. */
async function tryUpkeep(store: Store, rawDays = 0): Promise<void> {
  const retention = { ...KEEP_ALL, rawDays };
  for (let step = 0; step < STEPS; step++) await store.upkeep({ nowMs: LATER_MS, retention }).catch(() => undefined);
}

const isRefused = (store: Store): Promise<boolean> =>
  append(store, READINGS / GROUP).then(
    () => false,
    () => true,
  );

async function deleteAll(store: Store): Promise<void> {
  for (const device of DEVICES) await store.deleteDevice(device);
  await until("the store takes readings again", async () => !(await isRefused(store)), { withinMs: 20_000 });
}

const unlessForbidden = (disk: SmallDisk): boolean => {
  if (disk.fault === undefined) return true;
  expect(disk.fault).toMatch(/permi|superuser|denied/i); // this user may mount no disk
  return false;
};

test.each([
  ["a commit was refused", true],
  ["nothing was refused so far", false],
])("a full disk, %s: upkeep leaves the reserve alone, and devices can be deleted", async (_what, isKnown) => {
  const disk = mountSmallDisk(DISK_MB);
  if (!unlessForbidden(disk)) return;
  const store = await openOn(disk);
  await fillStore(store);
  disk.fill();
  if (isKnown) await until("a commit is refused", () => isRefused(store));
  await tryUpkeep(store);
  expect(statSync(reserveOf(disk)).size).toBe(RESERVE_BYTES);
  await deleteAll(store);
});

test("a start on a full disk takes the reserve, and upkeep takes nothing of its room", async () => {
  const disk = mountSmallDisk(DISK_MB);
  if (!unlessForbidden(disk)) return;
  const before = await openOn(disk);
  await fillStore(before);
  await before.close();
  disk.fill();
  const store = await openOn(disk);
  const freeBytes = (): number => statfsSync(disk.dir).bavail * statfsSync(disk.dir).bsize;
  const free = freeBytes();
  await tryUpkeep(store);
  expect(freeBytes()).toBe(free);
  await deleteAll(store);
});

test("what is past its age goes on a full disk, and readings are stored again", async () => {
  const disk = mountSmallDisk(DISK_MB);
  if (!unlessForbidden(disk)) return;
  const store = await openOn(disk);
  await fillStore(store);
  await upkeepAll(store, LATER_MS);
  disk.fill();
  await until("a commit is refused", () => isRefused(store));
  await tryUpkeep(store, 1);
  expect(await isRefused(store)).toBe(false);
});
