/** What of history only SQLite can do wrong: steps that do not end, slots of segments, deletions that fail half way. Runs what was built. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, onTestFinished, test } from "vitest";
import type { Log } from "../../src/core/ports/log.ts";
import type { Store } from "../../src/core/ports/readings-store.ts";
import type { ReadingWrite } from "../../src/core/ports/writes.ts";
import type { SqliteStoreOptions } from "../../src/store/sqlite/sqlite-store.ts";
import { until, within } from "../support/until.ts";
import { expectLike, KEEP_ALL, saveAll, upkeepAll } from "./cases/history-contract.ts";
import { createHistoryModel } from "./cases/history-model.ts";
import {
  boiler,
  cellar,
  duplicate,
  type Metrics,
  MINUTE_MS,
  packet,
  readAll,
  T0,
  timed,
  untimed,
} from "./cases/writes.ts";

// Worker threads load only what was built.
const built = new URL("../../dist/src/store/sqlite/sqlite-store.js", import.meta.url).href;
const { openSqliteStore } = (await import(built)) as typeof import("../../src/store/sqlite/sqlite-store.ts");

const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

interface Beside {
  readonly store: Store;
  reopen(): Promise<Store>;
  /** Changes the file from beside the store. */
  exec(sql: string): void;
}

async function open(more: Pick<SqliteStoreOptions, "clockSteps"> = {}): Promise<Beside> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "aerie-history-"));
  const openStore = (): Promise<Store> => openSqliteStore({ dataDir, log: quiet, onDead: () => {}, ...more });
  let store = await openStore();
  onTestFinished(async () => {
    // One that hangs does not close either.
    await within("the store closes", store.close()).catch(() => undefined);
    rmSync(dataDir, { recursive: true, force: true });
  });
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await openStore();
      return store;
    },
    exec: (sql) => {
      const db = new DatabaseSync(path.join(dataDir, "aerie.db"));
      try {
        db.exec(sql);
      } finally {
        db.close();
      }
    },
  };
}

const evenly = (fromMs: number, count: number, stepMs: number, metrics: (i: number) => Metrics): ReadingWrite[] =>
  Array.from({ length: count }, (_, i) => timed(fromMs + i * stepMs, metrics(i)));

async function append(store: Store, writes: readonly ReadingWrite[]): Promise<void> {
  const outcomes = (await store.append(writes.map((write) => [write]))).flat();
  expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(["stored"]));
}

const instants = async (store: Store): Promise<number[]> => (await readAll(store)).map(({ atMs }) => atMs);

const MUST_WAIT: readonly { why: string; late: ReadingWrite; isSaved: boolean }[] = [
  { why: "is not saved yet", late: timed(T0 + 23 * HOUR_MS, { a: 1 }), isSaved: false },
  {
    why: "may be delivered again",
    late: untimed(T0 + DAY_MS - 2 * MINUTE_MS, { a: 1 }, { packet: packet(7, false) }),
    isSaved: true,
  },
];

for (const { why, late, isSaved } of MUST_WAIT) {
  test(`the size limit waits for a reading of the oldest day that ${why}: upkeep answers, readings are stored, and later the day goes`, async () => {
    const { store } = await open();
    await append(
      store,
      evenly(T0, 600, MINUTE_MS, (i) => ({ a: i / 7, b: i / 3 })),
    );
    await saveAll(store);
    await upkeepAll(store, T0 + 12 * HOUR_MS);
    await append(store, [late]);
    if (isSaved) await saveAll(store);

    const nowMs = T0 + DAY_MS + 5 * MINUTE_MS;
    const retention = { ...KEEP_ALL, maxBytes: 4_096 };
    await within("upkeep has nothing left to do", upkeepAll(store, nowMs, retention));
    await within("a reading is stored", append(store, [timed(nowMs, { a: 2 })]));
    expect(await readAll(store)).toHaveLength(602);

    await saveAll(store);
    const steps = await upkeepAll(store, nowMs + 20 * MINUTE_MS, retention);
    expect(steps.find(({ did }) => did === "forgot")?.shortenedToMs).toBe(T0 + DAY_MS);
    expect(await instants(store)).toEqual([nowMs]);
  });
}

test("a reading that may be delivered again is not sealed after a step of the clock, and is known again", async () => {
  const steps: number[] = [];
  const { store } = await open({ clockSteps: { recent: () => steps } });
  const reading = untimed(T0, { a: 1 }, { packet: packet(7, false) });
  // So many that the rows are deleted once they are sealed.
  const more = evenly(T0 + 1, 1_000, 1, (i) => ({ a: i }));
  await append(store, [reading, ...more]);
  await saveAll(store);

  steps.push(DAY_MS);
  const nowMs = T0 + DAY_MS + MINUTE_MS;
  await upkeepAll(store, nowMs);
  const again = untimed(nowMs, { a: 1 }, { packet: packet(7, true) });
  expect(await store.append([[again]])).toEqual([[duplicate]]);

  // Its time has come by both clocks.
  steps.length = 0;
  await upkeepAll(store, nowMs + 20 * MINUTE_MS);
  expect((await store.stats()).segments).toBeGreaterThan(0);
});

/** From here on each deletion of a segment fails, as it does on a full disk. */
const FAIL = "CREATE TRIGGER full_disk BEFORE DELETE ON segment BEGIN SELECT RAISE(ABORT, 'no room'); END";
const HEAL = "DROP TRIGGER full_disk";
const WEEK = { deviceId: boiler, fromMs: T0, toMs: T0 + 7 * DAY_MS, metrics: undefined };

async function weekOfSegments(): Promise<Beside> {
  const beside = await open();
  await append(
    beside.store,
    evenly(T0, 7 * 24, HOUR_MS, (i) => ({ a: i })),
  );
  await saveAll(beside.store);
  await upkeepAll(beside.store, T0 + 9 * DAY_MS);
  return beside;
}

test("a deletion that failed and was asked for again deletes nothing that is stored after it was done, restarted or not", async () => {
  const { store, reopen, exec } = await weekOfSegments();
  exec(FAIL);
  await expect(store.erase(WEEK)).rejects.toMatchObject({ name: "StoreError" });
  await expect(store.erase(WEEK)).rejects.toMatchObject({ name: "StoreError" });
  exec(HEAL);
  await store.erase(WEEK);
  expect(await readAll(store)).toEqual([]);

  const anew = evenly(T0 + 1, 7, DAY_MS, (i) => ({ a: -i }));
  await append(store, anew);
  await saveAll(store);
  await upkeepAll(store, T0 + 10 * DAY_MS);
  const expected = anew.map(({ atMs }) => atMs);
  expect(await instants(store)).toEqual(expected);
  expect(await instants(await reopen())).toEqual(expected);
});

test("a deletion that failed and was not requested again resumes with the next upkeep", async () => {
  const { store, exec } = await weekOfSegments();
  exec(FAIL);
  await expect(store.erase(WEEK)).rejects.toMatchObject({ name: "StoreError" });
  await store.upkeep({ nowMs: T0 + 9 * DAY_MS, retention: KEEP_ALL });
  expect(await readAll(store)).not.toEqual([]);
  exec(HEAL);
  await until("the week is gone", async () => {
    await store.upkeep({ nowMs: T0 + 9 * DAY_MS, retention: KEEP_ALL });
    return (await readAll(store)).length === 0;
  });
});

test("an import fills the time before the segment that grows: sealing continues, also of others, and all is in order", async () => {
  const { store, reopen } = await open();
  const model = createHistoryModel();
  const take = async (writes: readonly ReadingWrite[]): Promise<void> => {
    await append(store, writes);
    for (const write of writes) model.stored(write, write.n ?? 0);
    await saveAll(store);
  };
  const instant = T0 + HOUR_MS;
  await take(evenly(T0, 720, 1_000, (i) => ({ a: i })));
  await upkeepAll(store, T0 + 7 * HOUR_MS);
  await take([{ ...timed(instant, { a: 5 }), n: 5 }]);
  await upkeepAll(store, T0 + 14 * HOUR_MS);
  await take([{ ...timed(instant, { a: 3 }), n: 3 }]);
  await upkeepAll(store, T0 + 21 * HOUR_MS);
  await take([timed(T0 + DAY_MS, { a: 1 })]);
  await append(store, [timed(T0 + DAY_MS, { a: 1 }, { deviceId: cellar })]);
  await saveAll(store);
  await upkeepAll(store, T0 + 3 * DAY_MS);
  expect((await store.stats()).hotReadings).toBe(0);
  await expectLike(store, boiler, model);
  await expectLike(await reopen(), boiler, model);
});

const NEXT_PLACES = [
  { where: "behind it", atMs: T0 + 7 * HOUR_MS },
  { where: "between it and what came behind it", atMs: T0 + 5 * HOUR_MS },
  { where: "into it", atMs: T0 + HOUR_MS + 30_500 },
  { where: "on the next day", atMs: T0 + DAY_MS },
];

for (const { where, atMs } of NEXT_PLACES) {
  test(`the segment that grows is damaged, and readings come before and behind it, then one ${where}: sealing continues, also of others`, async () => {
    const { store, exec } = await open();
    await append(
      store,
      evenly(T0 + HOUR_MS, 100, 1_000, (i) => ({ a: i })),
    );
    await saveAll(store);
    await upkeepAll(store, T0 + 7 * HOUR_MS);
    exec("UPDATE segment_piece SET body = zeroblob(length(body))");
    const around = [timed(T0 + MINUTE_MS, { a: 1 }), timed(T0 + 6 * HOUR_MS, { a: 1 })];
    await append(store, around);
    await saveAll(store);
    await upkeepAll(store, T0 + 14 * HOUR_MS);
    expect((await store.stats()).hotReadings).toBe(0);
    const next = timed(atMs, { a: 1 });
    await append(store, [next, timed(T0, { a: 1 }, { deviceId: cellar })]);
    await saveAll(store);
    await upkeepAll(store, T0 + 3 * DAY_MS);
    expect((await store.stats()).hotReadings).toBe(0);
    expect(await instants(store)).toEqual([...around, next].map((write) => write.atMs).sort((a, b) => a - b));
    expect(await readAll(store, cellar)).toHaveLength(1);
    expect(store.damaged(boiler)).toEqual([{ fromMs: T0 + HOUR_MS, toMs: T0 + HOUR_MS + 99_000 }]);
  });
}

test("a reading never takes the n of another of its instant, where a damaged segment reaches over the one that has it", async () => {
  const { store, exec } = await open();
  const sealed = async (nowMs: number, writes: readonly ReadingWrite[]): Promise<void> => {
    // What is sealed leaves the hot rows when there are some hundreds.
    const others = evenly(nowMs, 600, 1, (i) => ({ a: i })).map((write) => ({ ...write, deviceId: cellar }));
    await append(store, [...writes, ...others]);
    await saveAll(store);
    await upkeepAll(store, nowMs);
  };
  await sealed(
    T0 + 7 * HOUR_MS,
    evenly(T0 + HOUR_MS, 100, 1_000, (i) => ({ a: i })),
  );
  exec(
    "UPDATE segment_piece SET body = zeroblob(length(body)) WHERE id IN (SELECT piece FROM segment WHERE device = 1)",
  );
  const instant = T0 + HOUR_MS + 30_500;
  const around = [timed(T0 + MINUTE_MS, { a: 1 }), timed(T0 + 6 * HOUR_MS, { a: 1 })];
  await sealed(T0 + 14 * HOUR_MS, [...around, timed(instant, { a: 1 })]);
  for (const n of [1, 2, 3]) {
    const outcomes = (await store.append([[timed(instant, { a: 1 + n })], [timed(instant, { a: n })]])).flat();
    expect(outcomes).toEqual([{ kind: "stored", n }, { kind: "duplicate" }]);
    await sealed(T0 + (14 + 7 * n) * HOUR_MS, []);
  }
  expect((await readAll(store)).map(({ atMs, n }) => [atMs, n])).toEqual([
    [T0 + MINUTE_MS, 0],
    ...[0, 1, 2, 3].map((n) => [instant, n]),
    [T0 + 6 * HOUR_MS, 0],
  ]);
});

test("a device whose readings cannot be sealed does not keep the others from it, and is reported", async () => {
  const { store, exec } = await open();
  for (const deviceId of [boiler, cellar]) {
    await append(store, [timed(T0, { a: 1 }, { deviceId })]);
    await saveAll(store, deviceId);
  }
  exec("CREATE TRIGGER broken BEFORE INSERT ON segment WHEN NEW.device = 1 BEGIN SELECT RAISE(ABORT, 'broken'); END");
  const step = (minutes: number) =>
    store.upkeep({ nowMs: T0 + 8 * HOUR_MS + minutes * MINUTE_MS, retention: KEEP_ALL });
  expect(await step(0)).toMatchObject({ did: "sealed", readings: 1, hot: 1 });
  await expect(step(2)).rejects.toMatchObject({ name: "StoreError", message: expect.stringContaining("broken") });
  expect(await step(2)).toMatchObject({ did: "nothing", hot: 1 });
  exec("DROP TRIGGER broken");
  await upkeepAll(store, T0 + 3 * DAY_MS);
  expect((await store.stats()).hotReadings).toBe(0);
});
