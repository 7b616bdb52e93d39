/** A file in which bytes have turned: what is whole is served, what is not is named, and nothing makes it worse. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, onTestFinished, test } from "vitest";
import type { Log, LogFields } from "../../../src/core/ports/log.ts";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import { expectRollups, KEEP_ALL, rollupsOf, saveAll, upkeepAll } from "../cases/history-contract.ts";
import { createHistoryModel, type HistoryModel } from "../cases/history-model.ts";
import { boiler, readAll, seriesOf, T0, timed } from "../cases/writes.ts";

// Worker threads load only what was built.
const built = new URL("../../../dist/src/store/sqlite/sqlite-store.js", import.meta.url).href;
const { openSqliteStore } = (await import(built)) as typeof import("../../../src/store/sqlite/sqlite-store.ts");

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** When all of its days are over. */
const LATER_MS = T0 + 4 * DAY_MS;
const MANY = 3 * 1_440;
/** The first segment of the second day. */
const DAMAGED = { fromMs: T0 + DAY_MS, toMs: T0 + DAY_MS + 719 * MINUTE_MS };

const isDamaged = ({ atMs }: { atMs: number }): boolean => atMs >= DAMAGED.fromMs && atMs <= DAMAGED.toMs;

interface Scene {
  readonly store: Store;
  readonly model: HistoryModel;
  readonly errors: { readonly event: string; readonly fields: LogFields }[];
  reopen(): Promise<Store>;
  /** Changes the file from beside the store. */
  damage(sql: string, ...values: (number | Uint8Array)[]): void;
  /** Changes the segment that begins at this instant: one bit in its middle, or what is asked for. */
  damageSegment(fromMs: number, change?: (body: Buffer) => Buffer): void;
}

/** The first part of each row of hours, of days. */
const OF_HOURS = "WHERE id IN (SELECT piece FROM rollup WHERE level = 1)";
const OF_DAYS = "WHERE id IN (SELECT piece FROM rollup WHERE level = 2)";

function turnOne(body: Buffer): Buffer {
  body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 0x10;
  return body;
}

/** Three days of a reading a minute, sealed, and rolled up where `rolledUp` says. */
async function scene({ rolledUp = true } = {}): Promise<Scene> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "aerie-damage-"));
  const errors: { event: string; fields: LogFields }[] = [];
  const log: Log = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (event, fields = {}) => void errors.push({ event, fields }),
  };
  const open = (): Promise<Store> => openSqliteStore({ dataDir, log, onDead: () => {} });
  let store = await open();
  onTestFinished(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const model = createHistoryModel();
  const writes = Array.from({ length: MANY }, (_, i) =>
    timed(T0 + i * MINUTE_MS, { a: (i % 977) / 10, on: i % 3 === 0 }, { receivedAtMs: T0 + i * MINUTE_MS }),
  );
  for (let first = 0; first < MANY; first += 720) {
    await store.append(writes.slice(first, first + 720).map((write) => [write]));
    await saveAll(store);
    // By this clock no day is over, and each row is hours away: half a day becomes a segment at once.
    await upkeepAll(store, T0 - 7 * HOUR_MS);
  }
  for (const write of writes) model.stored(write, 0);
  await saveAll(store);
  await upkeepAll(store, rolledUp ? LATER_MS : T0 + DAY_MS - 1);
  const damage: Scene["damage"] = (sql, ...values) => {
    const db = new DatabaseSync(path.join(dataDir, "aerie.db"));
    expect(db.prepare(sql).run(...values).changes, sql).toBeGreaterThan(0);
    db.close();
  };
  return {
    store,
    model,
    errors,
    reopen: async () => {
      await store.close();
      store = await open();
      return store;
    },
    damage,
    damageSegment: (fromMs, change = turnOne) => {
      const db = new DatabaseSync(path.join(dataDir, "aerie.db"), { readOnly: true });
      const parts = db
        .prepare(
          `SELECT segment_piece.id AS id, body FROM segment JOIN segment_piece
           ON segment_piece.id BETWEEN piece AND piece + (bytes - 1) / 1004 WHERE from_at = ? ORDER BY segment_piece.id`,
        )
        .all(fromMs) as unknown as { id: number; body: Uint8Array }[];
      db.close();
      const body = change(Buffer.concat(parts.map((part) => part.body)));
      let at = 0;
      for (const part of parts) {
        damage("UPDATE segment_piece SET body = ? WHERE id = ?", body.subarray(at, at + part.body.length), part.id);
        at += part.body.length;
      }
    },
  };
}

const instants = async (store: Store): Promise<number[]> => (await readAll(store)).map(({ atMs }) => atMs);

for (const isOpen of [true, false]) {
  test(`a damaged segment, found while the store ${isOpen ? "runs" : "starts again"}: the rest is served, the span is named, and reported once`, async () => {
    const { store: first, model, errors, damageSegment, reopen } = await scene();
    if (isOpen) expect(await readAll(first)).toHaveLength(MANY); // it is in every cache
    damageSegment(DAMAGED.fromMs);
    const store = isOpen ? first : await reopen();
    const whole = model.readings().filter((reading) => !isDamaged(reading));

    for (let time = 0; time < 2; time++) expect(await instants(store)).toEqual(whole.map(({ atMs }) => atMs));
    const newest = await store.readings({
      deviceId: boiler,
      fromMs: 0,
      toMs: LATER_MS,
      limit: MANY,
      order: "desc",
      behind: undefined,
    });
    expect(newest).toHaveLength(whole.length);
    const chart = { deviceId: boiler, metrics: ["a"], fromMs: T0, toMs: LATER_MS, points: 10_000 };
    expect((await seriesOf(store, chart)).columns[0]?.t).toEqual(whole.map(({ atMs }) => atMs));
    // They were counted while all was whole.
    for (const level of ["hour", "day"] as const) {
      expectRollups(await rollupsOf(store, boiler, level), model.rollups(level));
    }
    expect(await store.latestOf(boiler, ["a"])).toEqual(
      new Map([["a", { value: ((MANY - 1) % 977) / 10, atMs: T0 + (MANY - 1) * MINUTE_MS }]]),
    );
    expect(store.damaged(boiler)).toEqual([DAMAGED]);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.fields).toMatchObject({
      deviceId: "boiler",
      from: new Date(DAMAGED.fromMs).toISOString(),
      to: new Date(DAMAGED.toMs).toISOString(),
    });
  });
}

test("an answer names the damage in its range, and one beside it names none", async () => {
  const { store, damageSegment } = await scene();
  damageSegment(DAMAGED.fromMs);
  const page = (toMs: number) =>
    store.readingsChunk({ deviceId: boiler, fromMs: T0, toMs, limit: MANY, order: "asc", behind: undefined });
  const chart = (fromMs: number) =>
    store.series({ deviceId: boiler, metrics: ["a"], fromMs, toMs: LATER_MS, points: 100 });
  expect((await page(LATER_MS)).damaged).toEqual([DAMAGED]);
  expect((await page(DAMAGED.fromMs)).damaged).toEqual([]);
  expect((await chart(T0)).damaged).toEqual([DAMAGED]);
  expect((await chart(DAMAGED.toMs + 1)).damaged).toEqual([]);
});

test("a segment of a version to come is refused by its number, and all others are served", async () => {
  const { store, errors, damageSegment } = await scene();
  damageSegment(DAMAGED.fromMs, (body) => body.fill(9, 0, 1));
  expect(await instants(store)).toHaveLength(MANY - 720);
  expect(errors.map(({ fields }) => fields["reason"])).toEqual(["of version 9; this program knows version 1"]);
});

test("a segment of which only a part, or nothing, is left is damage like any other", async () => {
  for (const length of [0, 3, 40]) {
    const { store, damageSegment } = await scene();
    damageSegment(DAMAGED.fromMs, (body) => body.subarray(0, length));
    expect(await instants(store), `${length} bytes`).toHaveLength(MANY - 720);
    expect(store.damaged(boiler)).toEqual([DAMAGED]);
  }
});

test("readings of a damaged span are taken and served, sealed or not, and what was there is left to whoever has a copy", async () => {
  const { store, model, damageSegment, reopen } = await scene();
  damageSegment(DAMAGED.fromMs);
  const late = [3, 200, 719].map((minute) => timed(DAMAGED.fromMs + minute * MINUTE_MS + 7, { a: minute }));
  // One that is sent again: what it is compared with cannot be read, and twice is better than never.
  const again = timed(DAMAGED.fromMs + 50 * MINUTE_MS, { a: 1 });
  const outcomes = await store.append([...late, again].map((write) => [write]));
  expect(outcomes.flat().map(({ kind }) => kind)).toEqual(["stored", "stored", "stored", "stored"]);
  const expected = [...model.readings().filter((reading) => !isDamaged(reading)), ...late, again]
    .map(({ atMs }) => atMs)
    .sort((a, b) => a - b);
  expect(await instants(store)).toEqual(expected);
  await saveAll(store);
  await upkeepAll(store, LATER_MS + DAY_MS);
  expect(await instants(store)).toEqual(expected);
  const more = timed(DAMAGED.fromMs + 100 * MINUTE_MS + 7, { a: 5 });
  await store.append([[more]]);
  await saveAll(store);
  await upkeepAll(store, LATER_MS + 2 * DAY_MS);
  const store2 = await reopen();
  expect(await instants(store2)).toEqual([...expected, more.atMs].sort((a, b) => a - b));
  expect(store2.damaged(boiler)).toEqual([DAMAGED]);
});

test("hours that were counted while a segment was whole stay as they were when more comes of that day", async () => {
  const { store, model, damageSegment } = await scene();
  damageSegment(DAMAGED.fromMs);
  const evening = timed(T0 + 2 * DAY_MS - HOUR_MS + 1, { a: 50 }, { receivedAtMs: T0 + 1.5 * DAY_MS });
  await store.append([[evening]]);
  model.stored(evening, 0);
  await saveAll(store);
  // Hot; sealed and not counted yet; counted anew.
  for (const [nowMs, steps] of [
    [T0 + 1.5 * DAY_MS, []],
    [T0 + 1.8 * DAY_MS, ["sealed"]],
    [LATER_MS, ["rolledUp"]],
  ] as const) {
    expect((await upkeepAll(store, nowMs)).map(({ did }) => did)).toEqual(steps);
    for (const level of ["hour", "day"] as const) {
      if (level === "day" && steps[0] === "sealed") continue; // of the day, what came is added when it is counted
      expectRollups(await rollupsOf(store, boiler, level), model.rollups(level));
    }
  }
});

test("of a day that was not rolled up before, what is whole is counted, and asking for its hours names what is not", async () => {
  const { store, model, damageSegment } = await scene({ rolledUp: false });
  damageSegment(DAMAGED.fromMs);
  const hidden = model.readings().filter(isDamaged);
  model.erase(DAMAGED.fromMs, DAMAGED.toMs + 1, undefined);
  // In the midst of it, and beside what is whole in its last hour.
  for (const atMs of [DAMAGED.fromMs + 5 * HOUR_MS + 1, DAMAGED.toMs - 1]) {
    const late = timed(atMs, { a: 1 });
    await store.append([[late]]);
    model.stored(late, 0);
  }
  expect(hidden).toHaveLength(720);
  await saveAll(store);
  for (const nowMs of [T0, LATER_MS]) {
    await upkeepAll(store, nowMs);
    for (const level of ["hour", "day"] as const) {
      expectRollups(await rollupsOf(store, boiler, level), model.rollups(level));
    }
    expect(store.damaged(boiler)).toEqual([DAMAGED]);
  }
});

test("damaged hours are reported and do not stop a chart, and with the next reading of theirs they are counted again, all that one row held", async () => {
  const { store, model, errors, damage } = await scene();
  damage(`UPDATE rollup_piece SET body = zeroblob(20) ${OF_HOURS}`);
  expect(await rollupsOf(store, boiler, "hour")).toEqual([]);
  // Two rows: a border of the eight days that one holds lies within these three.
  expect(store.damaged(boiler)).toHaveLength(2);
  const reason = expect.stringMatching(/^hours of version 0/);
  expect(errors.map(({ fields }) => fields["reason"])).toEqual([reason, reason]);
  expectRollups(await rollupsOf(store, boiler, "day"), model.rollups("day"));
  const chart = { deviceId: boiler, metrics: ["a"], fromMs: T0, toMs: LATER_MS, points: 100 };
  expect((await seriesOf(store, chart)).columns[0]?.count.reduce((sum, count) => sum + count, 0)).toBe(MANY);

  // A row is made anew, whole, when more comes of a day of it.
  for (const day of [0, 2]) {
    const late = timed(T0 + day * DAY_MS + 1, { a: 1 });
    await store.append([[late]]);
    model.stored(late, 0);
  }
  await saveAll(store);
  await upkeepAll(store, LATER_MS + DAY_MS);
  for (const level of ["hour", "day"] as const) {
    expectRollups(await rollupsOf(store, boiler, level), model.rollups(level));
  }
});

test("hours that are damaged when their readings expire are counted from these a last time", async () => {
  const { store, model, damage } = await scene();
  damage("UPDATE rollup_piece SET body = substr(body, 1, 30)");
  await upkeepAll(store, T0 + 40 * DAY_MS, { ...KEEP_ALL, rawDays: 7 });
  expect(await readAll(store)).toEqual([]);
  for (const level of ["hour", "day"] as const) {
    expectRollups(await rollupsOf(store, boiler, level), model.rollups(level));
  }
});

test("a chart continues where its hours are damaged and no reading is left to repair them", async () => {
  const { store, model, damage } = await scene();
  await upkeepAll(store, T0 + 3.5 * DAY_MS, { ...KEEP_ALL, rawDays: 1 });
  damage(`UPDATE rollup_piece SET body = substr(body, 1, 30) ${OF_HOURS}`);
  const chart = { deviceId: boiler, metrics: ["a"], fromMs: T0, toMs: LATER_MS, points: 100 };
  await expect(seriesOf(store, chart)).resolves.toBeDefined();
  expect(store.damaged(boiler)).toHaveLength(2);
  expectRollups(await rollupsOf(store, boiler, "day"), model.rollups("day"));
});

test("the latest value of a damaged segment is what its day was counted to", async () => {
  const { store, model, damageSegment } = await scene();
  const newest = model.readings().at(-1);
  const atMs = newest?.atMs ?? 0;
  damageSegment(atMs - 719 * MINUTE_MS);
  expect(Object.fromEntries(await store.latestOf(boiler, ["a", "on"]))).toEqual({
    a: { value: newest?.metrics["a"], atMs },
    on: { value: Number(newest?.metrics["on"]), atMs },
  });
});

test("where days are damaged, the latest value is that of the readings, and where these have expired that of the hours", async () => {
  const { store, damage } = await scene();
  const [last] = await store.readings({
    deviceId: boiler,
    fromMs: 0,
    toMs: LATER_MS,
    limit: 1,
    order: "desc",
    behind: undefined,
  });
  const { a, on } = JSON.parse(last?.body ?? "{}");
  const atMs = last?.atMs ?? 0;
  damage(`UPDATE rollup_piece SET body = zeroblob(20) ${OF_DAYS}`);
  for (const what of ["days alone", "hours, too"]) {
    if (what === "hours, too") damage(`UPDATE rollup_piece SET body = zeroblob(20) ${OF_HOURS}`);
    expect(Object.fromEntries(await store.latestOf(boiler, ["a", "on"])), what).toEqual({
      a: { value: a, atMs },
      on: { value: on, atMs },
    });
  }
  await upkeepAll(store, T0 + 40 * DAY_MS, { ...KEEP_ALL, rawDays: 7 });
  damage(`UPDATE rollup_piece SET body = zeroblob(20) ${OF_DAYS}`);
  expect(Object.fromEntries(await store.latestOf(boiler, ["a", "on"]))).toEqual({
    a: { value: a, atMs },
    on: { value: Number(on), atMs },
  });
});

test("a damaged segment goes with the deletion of its whole span, and its hours with it", async () => {
  const { store, model, damageSegment } = await scene();
  damageSegment(DAMAGED.fromMs);
  const [fromMs, toMs] = [T0 + DAY_MS, T0 + 2 * DAY_MS];
  await store.erase({ deviceId: boiler, fromMs, toMs, metrics: undefined });
  model.erase(fromMs, toMs, undefined);
  await upkeepAll(store, LATER_MS);
  expect(await instants(store)).toEqual(model.readings().map(({ atMs }) => atMs));
  for (const level of ["hour", "day"] as const) {
    expectRollups(await rollupsOf(store, boiler, level), model.rollups(level));
  }
});

test("of a damaged segment that is deleted in part, the hours of that part go, and nothing brings them back", async () => {
  for (const metrics of [undefined, ["a"]]) {
    const { store, model, damageSegment } = await scene();
    damageSegment(DAMAGED.fromMs);
    const [fromMs, toMs] = [DAMAGED.fromMs + 2 * HOUR_MS, DAMAGED.fromMs + 5 * HOUR_MS];
    await store.erase({ deviceId: boiler, fromMs, toMs, metrics });
    model.erase(fromMs, toMs, metrics);
    for (const nowMs of [T0, LATER_MS]) {
      await upkeepAll(store, nowMs);
      for (const level of ["hour", "day"] as const) {
        expectRollups(await rollupsOf(store, boiler, level), model.rollups(level));
      }
    }
  }
});
