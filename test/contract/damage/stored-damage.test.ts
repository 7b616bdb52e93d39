/** Rows and pages of the database that are damaged: the rest is served, what is not is named, and nothing ends for it. Runs what was built. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createDamageNotes } from "../../../src/core/health/damage.ts";
import type { Store } from "../../../src/core/ports/readings-store.ts";
import {
  askEverything,
  boardOf,
  DEVICES,
  fillStore,
  HOT,
  HOT_FROM_MS,
  KEPT,
  MINUTE_MS,
  SEALED,
  saveState,
  UNTIL_MS,
  upkeep,
} from "../../support/history/stored-world.ts";
import { createMemoryLog } from "../../support/memory/memory-log.ts";
import { timed } from "../cases/writes.ts";

// Worker threads load only what was built.
const built = new URL("../../../dist/src/store/sqlite/sqlite-store.js", import.meta.url).href;
const { openSqliteStore } = (await import(built)) as typeof import("../../../src/store/sqlite/sqlite-store.ts");

let whole: string;

beforeAll(async () => {
  whole = mkdtempSync(path.join(tmpdir(), "aerie-whole-"));
  const store = await openSqliteStore({ dataDir: whole, log: createMemoryLog(), onDead: () => {} });
  await fillStore(store);
  await store.close();
});

afterAll(() => rmSync(whole, { recursive: true, force: true }));

interface Opened {
  readonly store: Store;
  /** What /readyz would say. */
  problem(): string | undefined;
  readonly deaths: readonly Error[];
}

/** A copy of the whole directory; `damage` changes its database. */
async function openDamaged(damage: (db: InstanceType<typeof DatabaseSync>, file: string) => void): Promise<Opened> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "aerie-damaged-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  cpSync(whole, dataDir, { recursive: true });
  const file = path.join(dataDir, "aerie.db");
  const db = new DatabaseSync(file);
  damage(db, file);
  if (db.isOpen) db.close();
  return open(dataDir);
}

async function open(dataDir: string): Promise<Opened> {
  const log = createMemoryLog();
  const notes = createDamageNotes(log);
  const deaths: Error[] = [];
  const store = await openSqliteStore({ dataDir, log, damage: notes, onDead: (cause) => void deaths.push(cause) });
  onTestFinished(() => store.close().catch(() => undefined));
  return { store, problem: notes.problem, deaths };
}

const NOT_OF_TEXT = ["", "{", "null", "[1]", '"', '{"a":{}}', '{"a":1e999}', "\u0000", 7, -1, 1.5, Buffer.of(1, 2)];
const NOT_OF_NUMBER = ["", "x", -1, 1.5, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY, Buffer.of(1, 2)];
const NOT_OF_BYTES = ["text", 7, null];

/** Columns that a row may have wrong while it is still found. */
const COLUMNS: Record<string, readonly [column: string, wrong: readonly unknown[]][]> = {
  hot: [
    ["body", NOT_OF_TEXT],
    ["received_at", NOT_OF_NUMBER],
  ],
  mqtt_session: ["version", "expiry_s", "disconnected_at", "sent_through"].map((name) => [name, NOT_OF_NUMBER]),
  mqtt_subscription: ["qos", "no_local", "retain_as_published", "subscription_id"].map((name) => [name, NOT_OF_NUMBER]),
  mqtt_retained: [
    ["topic", ['"', Buffer.of(1)]],
    ["qos", NOT_OF_NUMBER],
    ["retain", NOT_OF_NUMBER],
    ["expires_at", NOT_OF_NUMBER],
    ["publisher", ['"', 7]],
    ["properties", NOT_OF_BYTES],
    ["payload", NOT_OF_BYTES],
  ],
  mqtt_delivery: [
    ["delivery_qos", NOT_OF_NUMBER],
    ["subscription_ids", NOT_OF_TEXT],
    ["share", ['"', 7]],
    ["topic", ['"', 7]],
    ["payload", NOT_OF_BYTES],
  ],
  mqtt_will: [
    ["delay_s", NOT_OF_NUMBER],
    ["due_at", NOT_OF_NUMBER],
    ["topic", ['"', 7]],
    ["payload", NOT_OF_BYTES],
  ],
};

/** Takes away what SQLite checks of a value, as damage does, and gives it back. */
function loosely(
  db: InstanceType<typeof DatabaseSync>,
  file: string,
  change: (db: InstanceType<typeof DatabaseSync>) => void,
): void {
  const tables = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%STRICT%'").all();
  const rewrite = (on: InstanceType<typeof DatabaseSync>, of: (sql: string) => string): void => {
    on.enableDefensive(false);
    on.exec("PRAGMA writable_schema = ON");
    for (const { name, sql } of tables) {
      on.prepare("UPDATE sqlite_schema SET sql = ? WHERE name = ?").run(of(String(sql)), String(name));
    }
    on.close();
  };
  rewrite(db, (sql) =>
    sql
      .replaceAll(/ (INTEGER|TEXT|BLOB|REAL) NOT NULL/g, " BLOB")
      .replaceAll(/(?<!key) (INTEGER|TEXT|REAL)(?=[ ,\n)])(?! PRIMARY)/g, " BLOB")
      .replace("STRICT, ", "")
      .replace("STRICT", ""),
  );
  const loose = new DatabaseSync(file);
  change(loose);
  loose.close();
  rewrite(new DatabaseSync(file), (sql) => sql);
}

test("whatever stands in a column: the rows beside it are served, and all that is left out is named", async () => {
  const damaged = new Map<string, number>();
  const { store, problem } = await openDamaged((db, file) =>
    loosely(db, file, (loose) => {
      for (const [table, columns] of Object.entries(COLUMNS)) {
        const key = table === "hot" ? "seq" : table === "mqtt_retained" ? "topic" : "client";
        const from = table === "hot" ? "hot JOIN device ON device.key = device AND seq > sealed_seq" : table;
        const keys = loose
          .prepare(`SELECT ${key} AS key FROM ${from} ORDER BY 1`)
          .all()
          .map((row) => row["key"]);
        let next = 0;
        for (const [column, wrong] of columns) {
          for (const value of wrong) {
            const { changes } = loose
              .prepare(`UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`)
              .run(value as never, keys[next++] as never);
            expect(changes, `${table}.${column}`).toBe(1);
          }
        }
        damaged.set(table, next);
      }
    }),
  );
  const { devices, journal, instants } = await askEverything(store);
  expect(devices).toHaveLength(DEVICES);
  expect(instants.map((each) => each?.length)).toEqual([
    SEALED + HOT - (damaged.get("hot") ?? 0),
    SEALED + HOT,
    SEALED + HOT,
  ]);
  // One row each, and every one of them named.
  const named = Array.from({ length: damaged.get("hot") ?? 0 }, (_, i) => HOT_FROM_MS + i * MINUTE_MS);
  expect(
    store
      .damaged(boardOf(0))
      .map(({ fromMs }) => fromMs)
      .sort(),
  ).toEqual(named);
  expect(store.damaged(boardOf(1))).toEqual([]);
  // These are of use without what was damaged of them.
  expect(journal.sessions).toHaveLength(KEPT);
  expect(journal.subscriptions).toHaveLength(KEPT);
  // Of these what has no topic, payload or QoS is left out.
  const without = (table: string, ...columns: string[]): number =>
    (COLUMNS[table] ?? []).reduce((sum, [name, wrong]) => sum + (columns.includes(name) ? wrong.length : 0), 0);
  expect(journal.retained).toHaveLength(KEPT - without("mqtt_retained", "topic", "qos", "properties", "payload"));
  expect(journal.deliveries).toHaveLength(KEPT - without("mqtt_delivery", "topic", "payload"));
  expect(journal.wills).toHaveLength(KEPT - without("mqtt_will", "topic", "payload"));
  expect(problem()).toContain("aerie.db");
  expect(problem()).toContain("more");
});

test("attributes, latest values and other fields of a device that are damaged cost themselves only", async () => {
  const { store, problem } = await openDamaged((db, file) =>
    loosely(db, file, (loose) => {
      const set = (columns: string): void =>
        void loose.prepare(`UPDATE device SET ${columns} WHERE device_id = ?`).run(boardOf(1));
      set(
        "attributes = '{\"a\":', latest = '{\"temperature\":[1', heard_at = 'x', interval_ms = '', raw_days = -3, name = 7, status_at = 1e300",
      );
    }),
  );
  const { devices } = await askEverything(store);
  const [first, second] = devices;
  expect(first?.attributes.get("firmware")).toBe("1.2");
  expect(second).toMatchObject({ deviceId: boardOf(1), name: undefined, place: "attic", retention: {} });
  expect(second?.attributes.size).toBe(0);
  // From its readings.
  expect(second?.latest).toEqual(first?.latest);
  for (const name of ["attributes", "latest values", "heard_at", "raw_days", "name", boardOf(1)]) {
    expect(problem()).toContain(name);
  }
  const patch = new Map([["firmware", "1.3"]]);
  await store.append([[{ kind: "attributes", deviceId: boardOf(1), receivedAtMs: UNTIL_MS, patch }]]);
  await saveState(store);
  expect((await store.load())[1]?.attributes).toEqual(patch);
});

test("a damaged row stops neither sealing nor retention nor deletion, and stays named until its day goes", async () => {
  const at = (index: number): number => HOT_FROM_MS + index * MINUTE_MS;
  let dataDir = "";
  const first = await openDamaged((db, file) => {
    dataDir = path.dirname(file);
    db.prepare("UPDATE hot SET body = substr(body, 1, 9) WHERE at IN (?, ?, ?)").run(at(0), at(20), at(39));
  });
  await saveState(first.store);
  await upkeep(first.store, UNTIL_MS + 7_200_000);
  await first.store.close();
  const { store } = await open(dataDir);
  expect((await store.stats()).hotReadings).toBe(0);
  const { instants } = await askEverything(store);
  expect(instants.map((each) => each?.length)).toEqual(Array(DEVICES).fill(SEALED + HOT - 3));
  const named = store.damaged(boardOf(2)).map(({ fromMs }) => fromMs);
  expect(named.sort()).toEqual([at(0), at(20), at(39)]);

  // Metrics of a range with damage in it go from the others; a whole range takes the damaged along.
  const erase = { deviceId: boardOf(0), fromMs: HOT_FROM_MS, toMs: UNTIL_MS };
  await store.erase({ ...erase, metrics: ["on"] });
  const left = await store.readings({ ...erase, limit: 1, order: "asc", behind: undefined });
  expect(JSON.parse(left[0]?.body ?? "")).not.toHaveProperty("on");
  await store.erase({ ...erase, metrics: undefined });
  expect(await store.readings({ ...erase, limit: 1, order: "asc", behind: undefined })).toEqual([]);

  await store.setRetention(boardOf(1), { rawDays: 1 });
  await upkeep(store, UNTIL_MS + 3 * 86_400_000, 1);
  const pages = await Promise.all(
    [1, 2].map((index) =>
      store.readings({
        deviceId: boardOf(index),
        fromMs: 0,
        toMs: UNTIL_MS,
        limit: 5,
        order: "asc",
        behind: undefined,
      }),
    ),
  );
  expect(pages.map((page) => page.length)).toEqual([0, 5]);
  expect((await store.stats()).segments).toBeGreaterThan(0);
});

test("a reading is compared with a damaged one and stored", async () => {
  const { store } = await openDamaged((db) => db.exec("UPDATE hot SET body = '{\"temperature\":2'"));
  const again = timed(HOT_FROM_MS, { temperature: 20, on: true, mode: "mode 0" }, { deviceId: boardOf(0) });
  expect(await store.append([[again]])).toEqual([[{ kind: "stored", n: 1 }]]);
  const page = await store.readings({
    deviceId: boardOf(0),
    fromMs: HOT_FROM_MS,
    toMs: UNTIL_MS,
    limit: 9,
    order: "asc",
    behind: undefined,
  });
  expect(page.map(({ n }) => n)).toEqual([1]);
});

/** Pages that hold rows of this table or index, without those above them. */
const leavesOf = (db: InstanceType<typeof DatabaseSync>, name: string): number[] =>
  db
    .prepare("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY pageno")
    .all(name)
    .map((row) => Number(row["pageno"]));

function breakPage(file: string, page: number): void {
  const bytes = readFileSync(file);
  bytes.fill(0xff, (page - 1) * 4_096, page * 4_096);
  writeFileSync(file, bytes);
}

for (const name of ["hot", "hot_by_instant", "device", "mqtt_delivery", "segment_piece", "segment"]) {
  test(`a page of ${name} that is damaged: the store starts or says in words what to do, and the rest of it works`, async () => {
    let pages = 0;
    const opening = openDamaged((db, file) => {
      const leaves = leavesOf(db, name);
      db.close();
      pages = leaves.length;
      breakPage(file, leaves[pages >> 1] ?? 0);
    });
    const opened = await opening.catch((error: Error) => error);
    if (opened instanceof Error) {
      expect(opened.name).toBe("StartError");
      expect(opened.message).toMatch(/aerie\.db is damaged.*aerie restore/);
      return;
    }
    const { store, problem, deaths } = opened;
    const { instants, refusals } = await askEverything(store);
    await upkeep(store, UNTIL_MS + 7_200_000).catch((error: Error) => expect(error.name).toBe("StoreError"));
    const spans = Array.from({ length: DEVICES }, (_, index) => store.damaged(boardOf(index))).flat();
    expect(spans.length > 0 || problem() !== undefined, "it is named").toBe(true);
    for (const words of refusals) expect(words).toMatch(/aerie\.db is damaged.*aerie restore/);
    // Of devices of which all lies in other pages nothing is missing.
    if (pages > 2) expect(instants.some((each) => (each?.length ?? 0) >= SEALED)).toBe(true);
    expect(deaths).toEqual([]);
  });
}

for (const [what, damage] of Object.entries({
  "no database at all": (file: string) => writeFileSync(file, Buffer.alloc(8_192, "x")),
  "a first page of zeros": (file: string) => breakZero(file, 0, 4_096),
  "a schema that is cut": (file: string) => breakZero(file, 100, 4_096),
  "a file that ends early": (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 3 * 4_096 + 100)),
})) {
  test(`${what}: a StartError says which file, what it means and what to do`, async () => {
    const error = await openDamaged((db, file) => {
      db.close();
      damage(file);
    }).then(
      ({ store }) => askEverything(store).then(() => undefined),
      (cause: Error) => cause,
    );
    expect(error?.name).toBe("StartError");
    expect(error?.message).toMatch(/aerie\.db is damaged.*aerie restore/);
  });
}

function breakZero(file: string, from: number, to: number): void {
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0, from, to));
}
