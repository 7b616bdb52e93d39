/** The embedded store against the contract of all stores, and what only SQLite can do wrong. Runs what was built. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterEach, describe, expect, test } from "vitest";
import type { DeviceId } from "../../src/contract/readings.ts";
import type { Log } from "../../src/core/ports/log.ts";
import type { Store } from "../../src/core/ports/readings-store.ts";
import { MIGRATIONS, migrate } from "../../src/store/sqlite/db/schema.ts";
import { unpackSample } from "../support/samples/sample.ts";
import { pause, until } from "../support/until.ts";
import { describeHistory, KEEP_ALL, upkeepAll } from "./cases/history-contract.ts";
import { ALL_BYTES, delivery, journal, message, ofDelivery } from "./cases/journal-contract.ts";
import type { OpenedStore } from "./cases/opened-store.ts";
import { describeStore } from "./cases/store-contract.ts";
import { deviceId, stateOf, timed } from "./cases/writes.ts";

// Worker threads load only what was built.
const built = new URL("../../dist/src/store/sqlite/sqlite-store.js", import.meta.url).href;
const { openSqliteStore } = (await import(built)) as typeof import("../../src/store/sqlite/sqlite-store.ts");

const T0 = Date.UTC(2026, 10, 1);
const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const cleanups: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const newDir = (): string => mkdtempSync(path.join(tmpdir(), "aerie-store-"));

interface Limits {
  readonly maxPages?: number;
  readonly quickReadings?: number;
  readonly onDead?: (cause: Error) => void;
}

const openAt = (dataDir: string, { onDead = () => {}, ...limits }: Limits = {}): Promise<Store> =>
  openSqliteStore({ dataDir, log: quiet, onDead, ...limits });

async function openFresh(limits: Limits = {}): Promise<OpenedStore> {
  const dataDir = newDir();
  let store = await openAt(dataDir, limits);
  return {
    store,
    seals: true,
    backsUp: true,
    reopen: async () => {
      await store.close();
      store = await openAt(dataDir, limits);
      return store;
    },
    dispose: async () => {
      await store.close().catch(() => undefined);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

describeStore("the SQLite store", () => openFresh());

describe("the SQLite store, where charts are drawn from hours and days as soon as those are fine enough", () => {
  const opened: OpenedStore[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.dispose();
  });
  describeHistory(async () => {
    const each = await openFresh({ quickReadings: 0 });
    opened.push(each);
    return each;
  });
});

function ownedDir(): string {
  const dataDir = newDir();
  cleanups.push(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

async function openOwned(dataDir: string, limits: Limits = {}): Promise<Store> {
  const store = await openAt(dataDir, limits);
  cleanups.push(() => store.close().catch(() => undefined));
  return store;
}

/** The file as it lies on disk, while no hub or beside a hub. */
function look<T>(dataDir: string, read: (db: InstanceType<typeof DatabaseSync>) => T): T {
  const db = new DatabaseSync(path.join(dataDir, "aerie.db"), { readOnly: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
}

const hotRows = (dataDir: string): number =>
  look(dataDir, (db) => Number(db.prepare("SELECT count(*) AS count FROM hot").get()?.["count"]));

const unsealedRows = (dataDir: string): number =>
  look(dataDir, (db) => {
    const sql = "SELECT count(*) AS count FROM hot JOIN device ON key = device WHERE seq > sealed_seq";
    return Number(db.prepare(sql).get()?.["count"]);
  });

describe("a data directory", () => {
  test("is used by one hub at a time, and the second learns by which", async () => {
    const dataDir = ownedDir();
    await openOwned(dataDir);
    const refusal = await openAt(dataDir).catch((error) => error);
    expect(refusal).toMatchObject({ name: "StartError", exitCode: 1 });
    expect(refusal.message).toContain(`process ${process.pid}`);
    expect(refusal.message).toContain("AERIE_DATA_DIR");
  });

  test("whose file another program locks for a moment is opened when that has ended", async () => {
    const dataDir = ownedDir();
    await (await openAt(dataDir)).close();
    const other = new DatabaseSync(path.join(dataDir, "aerie.db"));
    other.exec("BEGIN EXCLUSIVE");
    const opening = openOwned(dataDir);
    await Promise.race([opening, pause(1_000)]);
    other.close();
    await expect(opening).resolves.toBeDefined();
  });

  test("is free again when its hub has closed", async () => {
    const dataDir = ownedDir();
    await (await openAt(dataDir)).close();
    await expect(openOwned(dataDir)).resolves.toBeDefined();
  });

  test("is made where it is not there", async () => {
    const dataDir = path.join(ownedDir(), "a", "b");
    await openOwned(dataDir);
    expect(existsSync(path.join(dataDir, "aerie.db"))).toBe(true);
  });

  test("that cannot be made refuses to start and says which", async () => {
    const file = path.join(ownedDir(), "file");
    writeFileSync(file, "");
    const refusal = await openAt(path.join(file, "data")).catch((error) => error);
    expect(refusal).toMatchObject({ name: "StartError" });
    expect(refusal.message).toContain(path.join(file, "data"));
  });
});

describe("a file that cannot be used", () => {
  /** What the hub would be notified of while it starts. */
  async function refusalOf(dataDir: string): Promise<{ error: Error; dead: number }> {
    let dead = 0;
    const onDead = (): void => void dead++;
    const error = await openAt(dataDir, { onDead }).then(
      async (store) => {
        await store.close();
        return new Error("it was opened");
      },
      (cause: Error) => cause,
    );
    return { error, dead };
  }

  test("that is no database refuses to start and is named", async () => {
    const dataDir = ownedDir();
    writeFileSync(path.join(dataDir, "aerie.db"), "this is a text and has been one for a long time ".repeat(200));
    const { error } = await refusalOf(dataDir);
    expect(error.name).toBe("StartError");
    expect(error.message).toContain("aerie.db");
    expect(error.message).toContain("not a database");
  });

  test("does not also report that a running store has died", async () => {
    const dataDir = ownedDir();
    writeFileSync(path.join(dataDir, "aerie.db"), "this is a text and has been one for a long time ".repeat(200));
    const { dead } = await refusalOf(dataDir);
    expect(dead).toBe(0);
  });

  test("whose schema cannot be read refuses to start", async () => {
    const dataDir = ownedDir();
    await (await openAt(dataDir)).close();
    const file = path.join(dataDir, "aerie.db");
    const bytes = readFileSync(file);
    bytes.fill(0xff, 100, 4_096); // the first page behind its header
    writeFileSync(file, bytes);
    const { error } = await refusalOf(dataDir);
    expect(error.name).toBe("StartError");
    expect(error.message).toContain("aerie.db");
  });

  test("that was written by a newer Aerie is refused with both versions", async () => {
    const dataDir = ownedDir();
    await (await openAt(dataDir)).close();
    const db = new DatabaseSync(path.join(dataDir, "aerie.db"));
    db.exec("PRAGMA user_version = 99");
    db.close();
    const { error } = await refusalOf(dataDir);
    expect(error.name).toBe("StartError");
    expect(error.message).toContain("newer Aerie");
    expect(error.message).toContain("99");
    expect(error.message).toContain(String(MIGRATIONS.length));
  });

  test("of another program is refused and left as it was", async () => {
    const dataDir = ownedDir();
    const file = path.join(dataDir, "aerie.db");
    const db = new DatabaseSync(file);
    db.exec("CREATE TABLE photos (id INTEGER PRIMARY KEY, title TEXT); INSERT INTO photos (title) VALUES ('sea')");
    db.close();
    const before = readFileSync(file);
    const { error } = await refusalOf(dataDir);
    expect(error.name).toBe("StartError");
    expect(error.message).toContain("another program");
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test("leaves its directory free for a hub that can use it", async () => {
    const dataDir = ownedDir();
    const file = path.join(dataDir, "aerie.db");
    writeFileSync(file, "no database ".repeat(500));
    await refusalOf(dataDir);
    rmSync(file);
    await expect(openOwned(dataDir)).resolves.toBeDefined();
  });
});

describe("a migration", () => {
  const steps = [
    ...MIGRATIONS,
    { name: "colour", sql: "ALTER TABLE device ADD COLUMN colour TEXT" },
    { name: "shade", sql: "ALTER TABLE device ADD COLUMN shade TEXT" },
  ];

  function columns(file: string): string[] {
    const db = new DatabaseSync(file, { readOnly: true });
    const names = db.prepare("SELECT name FROM pragma_table_info('device')").all();
    db.close();
    return names.map((row) => String(row["name"]));
  }

  /** As a hub of schema 2 left it: rows of all devices in the order in which they came. */
  function fillVersion2(
    file: string,
    devices: number,
    each: number,
    rowOf: (device: number, i: number) => { atMs: number; n: number; body: string },
  ): void {
    const db = new DatabaseSync(file);
    db.exec("PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL");
    migrate(db, file, MIGRATIONS.slice(0, 2));
    db.exec("BEGIN");
    for (let device = 0; device < devices; device++) {
      db.prepare("INSERT INTO device (key, device_id, heard_at) VALUES (?, ?, ?)").run(device + 1, `old${device}`, T0);
    }
    const insert = db.prepare("INSERT INTO hot (device, at, n, received_at, body) VALUES (?, ?, ?, ?, ?)");
    for (let i = 0; i < each; i++) {
      for (let device = 0; device < devices; device++) {
        const { atMs, n, body } = rowOf(device, i);
        insert.run(device + 1, atMs, n, i % 7 === 0 ? atMs + 60_000 : null, body);
      }
    }
    db.exec("COMMIT");
    db.close();
  }

  async function fileOfFirstVersion(): Promise<string> {
    const dataDir = ownedDir();
    const store = await openAt(dataDir);
    await store.append([[timed(T0, { t: 1 })]]);
    await store.close();
    return path.join(dataDir, "aerie.db");
  }

  test("takes one copy of the whole file before the first step, which the former version can start with", async () => {
    const file = await fileOfFirstVersion();
    const db = new DatabaseSync(file);
    db.exec("PRAGMA journal_mode = WAL; UPDATE device SET name = 'in the log'");
    migrate(db, file, steps);
    db.close();
    const before = `${file}.v${MIGRATIONS.length}-before-colour`;
    const copies = readdirSync(path.dirname(file)).filter((name) => name.includes("-before-"));
    expect(copies).toEqual([path.basename(before)]);
    expect(columns(file)).toEqual(expect.arrayContaining(["colour", "shade"]));
    expect(columns(before)).not.toContain("colour");

    const restored = ownedDir();
    copyFileSync(before, path.join(restored, "aerie.db"));
    const store = await openOwned(restored);
    expect((await store.load())[0]).toMatchObject({ deviceId: "boiler", name: "in the log" });
  });

  test("does not begin where its copy cannot be written, and says so", async () => {
    const dataDir = unpackSample("schema-3-plain/embedded", ownedDir());
    const file = path.join(dataDir, "aerie.db");
    const copy = `${file}.v3-before-outbox`;
    mkdirSync(path.join(`${copy}.new`, "in the way"), { recursive: true });
    const refusal = await openAt(dataDir).catch((error: Error) => error);
    expect(refusal).toMatchObject({ name: "StartError", exitCode: 1 });
    expect((refusal as Error).message).toMatch(/v3-before-outbox, 1 MB\) cannot be written: .*Nothing was changed/);
    expect(look(dataDir, (db) => db.prepare("PRAGMA user_version").get())).toEqual({ user_version: 3 });

    rmSync(`${copy}.new`, { recursive: true });
    await openOwned(dataDir);
    expect(existsSync(copy)).toBe(true);
  });

  test("to the broker's journal keeps the readings, begins with nothing, and leaves a copy of the file before", async () => {
    const dataDir = ownedDir();
    const file = path.join(dataDir, "aerie.db");
    const db = new DatabaseSync(file);
    migrate(db, file, MIGRATIONS.slice(0, 1));
    db.exec(`INSERT INTO device (key, device_id, heard_at) VALUES (1, 'boiler', ${T0});
             INSERT INTO hot (seq, device, at, n, body) VALUES (1, 1, ${T0}, 0, '{"t":1}')`);
    db.close();

    const store = await openOwned(dataDir);
    const query = { fromMs: 0, toMs: T0 * 2, limit: 10, order: "asc", behind: undefined } as const;
    expect(await store.readings({ ...query, deviceId: deviceId("boiler") })).toMatchObject([{ body: '{"t":1}' }]);
    const nothing = { sessions: [], subscriptions: [], retained: [], deliveries: [], inbound: [], wills: [] };
    expect(await store.loadJournal()).toEqual(nothing);
    const entry = ofDelivery("a", 1, delivery());
    expect(await store.append([[journal(entry)]])).toEqual([[{ kind: "stored", n: 0 }]]);

    const before = new DatabaseSync(`${file}.v1-before-broker`, { readOnly: true });
    expect(before.prepare("PRAGMA user_version").get()).toEqual({ user_version: 1 });
    expect(before.prepare("SELECT count(*) AS count FROM hot").get()).toEqual({ count: 1 });
    before.close();
  });

  test("from rows alone to history seals them all behind the start, and every reading is there, before, meanwhile and after", async () => {
    const dataDir = ownedDir();
    const file = path.join(dataDir, "aerie.db");
    const [devices, each] = [12, 2_500];
    const bodyOf = (device: number, i: number): string =>
      JSON.stringify({ temperature: (i % 300) / 10, ...(device % 3 === 0 && { mode: i % 2 ? "eco" : 'a "b"' }), i });
    // Four days of a reading every 2.3 minutes; now and then a second one of the same millisecond.
    const positionOf = (i: number) => {
      const n = Number(i % 50 === 1);
      return { atMs: T0 + (i - n) * 138_240, n };
    };
    fillVersion2(file, devices, each, (device, i) => ({ ...positionOf(i), body: bodyOf(device, i) }));

    const store = await openOwned(dataDir);
    expect((await store.load()).map(({ latest }) => latest.get("i")?.value)).toEqual(new Array(devices).fill(each - 1));
    const expectAll = async (): Promise<void> => {
      for (let device = 0; device < devices; device++) {
        const query = {
          deviceId: deviceId(`old${device}`),
          fromMs: 0,
          toMs: T0 * 2,
          limit: 10_000,
          order: "asc",
        } as const;
        const found = await store.readings({ ...query, behind: undefined });
        const said = found.map(({ atMs, n, body }) => ({ atMs, n, metrics: JSON.parse(body) }));
        expect(said).toEqual(
          Array.from({ length: each }, (_, i) => ({ ...positionOf(i), metrics: JSON.parse(bodyOf(device, i)) })),
        );
      }
    };
    await expectAll();
    // State in memory is saved through the newest row whose outcome was returned.
    await store.append([[timed(T0 + 5 * 86_400_000, { t: 1 }, { deviceId: deviceId("new") })]]);
    const ids = Array.from({ length: devices }, (_, device) => deviceId(`old${device}`));
    await store.saveState(ids.map((id) => stateOf(id, { i: [each - 1, positionOf(each - 1).atMs] })));
    for (let step = 0; step < 12; step++) await store.upkeep({ nowMs: T0 + 6 * 86_400_000, retention: KEEP_ALL });
    expect(unsealedRows(dataDir)).toBeGreaterThan(each);
    await expectAll();
    await upkeepAll(store, T0 + 6 * 86_400_000);
    expect(unsealedRows(dataDir)).toBe(0);
    expect(hotRows(dataDir)).toBeLessThan(1_000);
    await expectAll();
    const days = await store.rollups({
      deviceId: ids[0] as DeviceId,
      level: "day",
      fromMs: 0,
      toMs: T0 * 2,
      metrics: ["i"],
    });
    expect(days.reduce((sum, { rollup }) => sum + rollup.count, 0)).toBe(each);

    const before = new DatabaseSync(`${file}.v2-before-history`, { readOnly: true });
    expect(before.prepare("SELECT count(*) AS count FROM hot").get()).toEqual({ count: devices * each });
    before.close();
  });

  test("is applied once", async () => {
    const file = await fileOfFirstVersion();
    for (let time = 0; time < 2; time++) {
      const db = new DatabaseSync(file);
      migrate(db, file, steps);
      db.close();
    }
    expect(columns(file).filter((name) => name === "colour")).toHaveLength(1);
  });

  test("takes no copy of a file that is new", () => {
    const file = path.join(ownedDir(), "aerie.db");
    const db = new DatabaseSync(file);
    migrate(db, file, steps);
    db.close();
    expect(existsSync(`${file}.v0-before-first`)).toBe(false);
  });

  test("that fails leaves the file as it was", async () => {
    const file = await fileOfFirstVersion();
    const db = new DatabaseSync(file);
    const broken = [
      ...MIGRATIONS,
      { name: "broken", sql: "ALTER TABLE device ADD COLUMN colour TEXT; SELECT nonsense" },
    ];
    expect(() => migrate(db, file, broken)).toThrow();
    db.close();
    expect(columns(file)).not.toContain("colour");
  });
});

describe("a full disk", () => {
  const page = "x".repeat(200);
  const fill = (from: number, device: string) =>
    Array.from({ length: 200 }, (_, i) => [timed(T0 + from + i, { page }, { deviceId: deviceId(device) })]);

  async function fillUp(store: Store, device: string): Promise<{ error: unknown; storedCount: number }> {
    for (let count = 0; count < 100_000; count += 200) {
      const error = await store.append(fill(count, device)).then(
        () => undefined,
        (cause: unknown) => cause,
      );
      if (error !== undefined) return { error, storedCount: count };
    }
    return { error: undefined, storedCount: 0 };
  }

  test("fails an append for a reason that may pass, and loses nothing that was acknowledged", async () => {
    const dataDir = ownedDir();
    const store = await openOwned(dataDir, { maxPages: 120 });
    const { error, storedCount } = await fillUp(store, "big");
    expect(error).toMatchObject({ name: "StoreError", passing: true });
    const query = { fromMs: 0, toMs: T0 * 2, limit: 100_000, order: "asc", behind: undefined } as const;
    expect(storedCount).toBeGreaterThan(0);
    expect(await store.readings({ ...query, deviceId: deviceId("big") })).toHaveLength(storedCount);
    // The same writes are taken when there is room: those that failed left nothing behind.
    await store.close();
    const roomy = await openOwned(dataDir);
    const outcomes = await roomy.append(fill(storedCount, "big"));
    expect(outcomes.flat().every((outcome) => outcome.kind === "stored")).toBe(true);
  });

  test("fails the readings and the broker's entries of one append together", async () => {
    const dataDir = ownedDir();
    const store = await openOwned(dataDir, { maxPages: 120 });
    const own = message({ payload: ALL_BYTES });
    const group = (from: number) =>
      Array.from({ length: 50 }, (_, i) => [
        journal(ofDelivery("a", from + i, delivery({ message: own }))),
        timed(T0 + from + i, { page }),
      ]);
    let storedCount = 0;
    const append = (): Promise<unknown> =>
      store.append(group(storedCount)).then(
        () => {
          storedCount += 50;
          return undefined;
        },
        (cause: unknown) => cause,
      );
    let error: unknown;
    while (error === undefined && storedCount < 10_000) error = await append();
    expect(error).toMatchObject({ name: "StoreError", passing: true });
    expect(storedCount).toBeGreaterThan(0);
    await store.close();

    const roomy = await openOwned(dataDir);
    const orders = async () => (await roomy.loadJournal()).deliveries.map(({ order }) => order);
    expect(await orders()).toEqual(Array.from({ length: storedCount }, (_, order) => order));
    expect(hotRows(dataDir)).toBe(storedCount);
    const outcomes = await roomy.append(group(storedCount));
    expect(outcomes.flat().every(({ kind }) => kind === "stored")).toBe(true);
    expect(await orders()).toHaveLength(storedCount + 50);
  });

  test("has space again when a device was deleted", async () => {
    const dataDir = ownedDir();
    const store = await openOwned(dataDir, { maxPages: 120 });
    await store.append(fill(0, "small"));
    await fillUp(store, "big");
    await store.deleteDevice(deviceId("big"));
    await until("the deleted readings are gone", () => hotRows(dataDir) === 200);
    expect(hotRows(dataDir)).toBe(200);
    const [outcomes] = await store.append(fill(1_000, "small"));
    expect(outcomes).toEqual([{ kind: "stored", n: 0 }]);
  });
});

describe("a deletion", () => {
  const rows = (device: string, count: number) =>
    Array.from({ length: count }, (_, i) => [timed(T0 + i, { i }, { deviceId: deviceId(device) })]);

  test("that was stopped in its middle is finished after the next start", async () => {
    const dataDir = ownedDir();
    const store = await openAt(dataDir);
    await store.append(rows("kept", 5));
    for (let part = 0; part < 5; part++) await store.append(rows(`gone${part}`, 2_000));
    for (let part = 0; part < 5; part++) await store.deleteDevice(deviceId(`gone${part}`));
    await store.close();
    const left = hotRows(dataDir);
    expect(left).toBeGreaterThan(5); // else this test has not met the middle
    const again = await openOwned(dataDir);
    expect((await again.load()).map((device) => device.deviceId)).toEqual(["kept"]);
    await until("the deleted readings are gone", () => hotRows(dataDir) === 5);
    expect(hotRows(dataDir)).toBe(5);
  });
});
