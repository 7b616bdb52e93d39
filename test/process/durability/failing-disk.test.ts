/** A disk that answers EIO: the store says which file and what to do, whatever was asked of it, and says nothing more once it works. */
import path from "node:path";
import { expect, test } from "vitest";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import { KEEP_ALL, saveAll, upkeepAll } from "../../contract/cases/history-contract.ts";
import { ALL, boiler, cellar, stateOf, T0, timed } from "../../contract/cases/writes.ts";
import { type StoreProcess, startStoreProcess } from "../../support/faults/store-process.ts";
import { tempDir } from "../../support/hub/hub.ts";
import { readTools } from "../../support/tools.ts";
import { pause, until } from "../../support/until.ts";

const TRUE_WITHIN_MS = 5_000;
const DAY_MS = 86_400_000;
const LATER_MS = T0 + 10 * DAY_MS;
const READINGS = 1_500;
const DISK_FAILS = /aerie\.db cannot be (read|written): its disk fails \(.*I\/O error.*\)\. .*Check the disk/i;
const METRICS = ["t"];
const RANGE = { fromMs: 0, toMs: LATER_MS };

type Asked = Omit<Store, "damaged">;
type Calls = { readonly [what: string]: (store: Asked) => Promise<unknown> };

const READS: Calls = {
  "a page of readings": (store) => store.readings({ ...ALL, deviceId: boiler }),
  "a page of readings as bytes": (store) => store.readingsChunk({ ...ALL, deviceId: boiler }),
  "a chart": (store) => store.series({ ...RANGE, deviceId: boiler, metrics: METRICS, points: 100 }),
  hours: (store) => store.rollups({ ...RANGE, deviceId: boiler, level: "hour", metrics: METRICS }),
  "latest values": (store) => store.latestOf(boiler, METRICS),
  "an export": (store) =>
    store.exportChunk({ ...RANGE, deviceId: boiler, metrics: METRICS, format: "ndjson", behind: undefined }),
};
const CHANGES: Calls = {
  "a name": (store) => store.nameDevice(boiler, { name: "Boiler", place: undefined }),
  "days that are kept": (store) => store.setRetention(boiler, { rawDays: 9 }),
  state: (store) => store.saveState([stateOf(boiler, {})]),
  "a deletion of a range": (store) => store.erase({ deviceId: boiler, fromMs: T0, toMs: T0 + 1, metrics: undefined }),
  "a deletion of a device": (store) => store.deleteDevice(cellar),
  "hours that are brought back": (store) => store.rebuild([{ deviceId: boiler, startMs: 0, metrics: new Map() }]),
};

/** With readings in segments and hours of them, and others that are to be compressed. */
async function storeWithHistory(): Promise<StoreProcess> {
  const opened = await startStoreProcess(path.join(tempDir(), "data"));
  const { store } = opened;
  const append = (fromMs: number, deviceId = boiler): Promise<unknown> =>
    store.append(Array.from({ length: READINGS }, (_, i) => [timed(fromMs + i * 1_000, { t: i }, { deviceId })]));
  await append(T0);
  await append(T0, cellar);
  for (const device of [boiler, cellar]) await saveAll(store as Store, device);
  await upkeepAll(store as Store, LATER_MS);
  await append(T0 + DAY_MS);
  await saveAll(store as Store, boiler);
  return opened;
}

async function expectSaid({ diskProblem, file }: StoreProcess): Promise<void> {
  const said = await until("the disk's failure is said", diskProblem, { withinMs: TRUE_WITHIN_MS });
  expect(said).toMatch(DISK_FAILS);
  expect(said).toContain(file);
}

const expectSilent = ({ diskProblem }: StoreProcess): Promise<unknown> =>
  until("nothing is said any more", async () => (await diskProblem()) === undefined, { withinMs: TRUE_WITHIN_MS });

const withStrace = test.runIf(process.platform === "linux" && readTools().strace !== undefined);

withStrace.each([
  ["reading", READS, "pread64"],
  ["changing", CHANGES, "pwrite64,fsync"],
] as const)(
  "%s fails in words while the disk does, which is said until it is over though nobody asks",
  async (_what, calls, systemCalls) => {
    const opened = await storeWithHistory();
    const { store, diskProblem } = opened;
    const works = await opened.fail(systemCalls);
    for (const [what, call] of Object.entries(calls)) await expect(call(store), what).rejects.toThrow(DISK_FAILS);
    await expectSaid(opened);
    await pause(2_500); // longer than the hub needs to test it
    expect(await diskProblem()).toMatch(DISK_FAILS);
    await works();
    await expectSilent(opened);
    for (const [what, call] of Object.entries(calls)) await expect(call(store), what).resolves.not.toThrow();
  },
);

withStrace(
  "a range that was asked to be deleted is deleted once the disk works, though nobody asks again",
  async () => {
    const opened = await storeWithHistory();
    const { store } = opened;
    const range = { fromMs: T0, toMs: T0 + 60_000 };
    const works = await opened.fail("pwrite64,fsync");
    await expect(store.deleteDevice(cellar)).rejects.toThrow(DISK_FAILS);
    await works();
    await store.erase({ deviceId: boiler, ...range, metrics: undefined });
    expect(await store.readings({ ...ALL, ...range, deviceId: boiler })).toEqual([]);
    await expectSilent(opened);
  },
);

withStrace("copies and counts that meet it are said, too", async () => {
  const opened = await storeWithHistory();
  const { store } = opened;
  const copy = path.join(tempDir(), "copy");
  const works = await opened.fail("pread64");
  await expect(store.backup(copy)).rejects.toThrow(/The disk of the store or of the copy fails \(.*i\/o error.*\)/i);
  await expectSaid(opened);
  await expect(store.stats()).rejects.toThrow(DISK_FAILS);
  await works();
  await expectSilent(opened);
  await store.backup(copy);
});

withStrace("a step of upkeep that meets it is said, and the next one that does not ends it", async () => {
  const opened = await storeWithHistory();
  const { store, diskProblem } = opened;
  const upkeep = () => store.upkeep({ nowMs: LATER_MS, retention: KEEP_ALL });
  const works = await opened.fail("pwrite64,fsync");
  expect(await upkeep()).toMatchObject({ did: "nothing", failed: expect.stringMatching(/i\/o error/i) });
  await expectSaid(opened);
  expect(await upkeep()).toMatchObject({ did: "nothing" });
  expect(await diskProblem()).toMatch(DISK_FAILS);
  await works();
  expect(await upkeep()).toMatchObject({ did: "sealed" });
  await expectSilent(opened);
});

withStrace("a log that cannot be emptied into the database is said", async () => {
  const opened = await storeWithHistory();
  const { store } = opened;
  const note = "x".repeat(50_000);
  const works = await opened.fail("pwrite64", ["aerie.db"]);
  for (let group = 0; group < 10; group++)
    await store.append(Array.from({ length: 100 }, (_, i) => [timed(T0 + group * 100 + i, { note })]));
  await expect(store.filesProblem()).rejects.toThrow(DISK_FAILS);
  await expectSaid(opened);
  await works();
  await expectSilent(opened);
});
