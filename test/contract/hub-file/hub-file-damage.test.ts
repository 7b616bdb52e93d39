/** A damaged `hub.db`: it opens, says what is damaged, has what can be read, and takes what comes. Runs what was built. */
import {
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, test } from "vitest";
import type { HubChange, HubFile } from "../../../src/core/ports/hub-file.ts";
import { learned, mapping, openBuiltHubFile, presence, run } from "../../support/hub/built-hub-file.ts";
import { tempDir } from "../../support/hub/hub.ts";
import { BOILER, pictureOf } from "../../support/hub/hub-file-picture.ts";
import { createRandom, seedFrom } from "../../support/random.ts";

const T0 = Date.UTC(2026, 10, 30);
const PAGE = 4_096;
/** `npm run soak` sets 200. */
const PAGES = Number(process.env["AERIE_TEST_DAMAGED_PAGES"] ?? 6);

const CHANGES: readonly HubChange[] = [
  ...Array.from({ length: 60 }, (_, index) => learned(`entry ${index}`, JSON.stringify("x".repeat(index * 40)))),
  ...Array.from({ length: 20 }, (_, index) => mapping(`mapping ${index}`, '{"topic":"home/{device}/{metric}"}')),
  ...Array.from({ length: 3_000 }, (_, index) => presence(T0 + index, index % 2 ? "late" : "offline")),
  ...Array.from({ length: 500 }, (_, index) => presence(T0 + index, index % 2 ? "late" : "offline", BOILER)),
  ...Array.from({ length: 5 }, (_, index): HubChange => ({ of: "record", kind: "rule", id: `${index}`, data: "{}" })),
  ...Array.from({ length: 5 }, (_, index): HubChange => alertEvent(`${index}`)),
  ...Array.from({ length: 100 }, (_, index) => run(T0 + index * 10, T0 + index * 10 + 5)),
];

function alertEvent(id: string): HubChange {
  return { of: "alertEvent", id, atMs: T0, ruleId: "gas", deviceId: BOILER, severity: "info", data: "{}" };
}

type Picture = { readonly [part: string]: readonly unknown[] };
const lookAt = async (hubFile: HubFile): Promise<Picture> => (await pictureOf(hubFile)) as Picture;

/** Its directory, after an orderly stop, and what it holds. */
async function stopped(): Promise<{ dataDir: string; file: string; whole: Picture }> {
  const dataDir = tempDir();
  const { hubFile } = await openBuiltHubFile(dataDir);
  await hubFile.write(CHANGES);
  const whole = await lookAt(hubFile);
  await hubFile.close();
  return { dataDir, file: path.join(dataDir, "hub.db"), whole };
}

function overwrite(file: string, at: number, bytes: Uint8Array): void {
  const descriptor = openSync(file, "r+");
  writeSync(descriptor, bytes, 0, bytes.length, at);
  closeSync(descriptor);
}

const lost = (whole: Picture, found: Picture): Record<string, number> =>
  Object.fromEntries(
    Object.entries(whole).map(([part, entries]) => [part, entries.length - (found[part]?.length ?? 0)]),
  );

/** It goes on as a file that was never damaged does. */
async function expectWorking(hubFile: HubFile, dataDir: string): Promise<void> {
  await hubFile.write([
    learned("new", "1"),
    mapping("new", "2"),
    presence(T0 + 1e9, "online"),
    run(T0 + 1e9, T0 + 1e9),
  ]);
  const before = await lookAt(hubFile);
  expect(before["learned"]).toContainEqual(expect.objectContaining({ key: "new", data: "1" }));
  await hubFile.close();
  const again = await openBuiltHubFile(dataDir);
  expect(await lookAt(again.hubFile)).toEqual(before);
  expect(again.damage()).toBeUndefined();
  await again.hubFile.close();
}

test(`of a file with a damaged page everything else is there, on ${PAGES} pages`, {
  timeout: 60_000 + PAGES * 2_000,
}, async () => {
  const random = createRandom(seedFrom("AERIE_TEST_SEED"));
  const { dataDir: from, file: original, whole } = await stopped();
  const pages = statSync(original).size / PAGE;
  for (let round = 0; round < PAGES; round++) {
    const page = round === 0 ? 0 : random.whole(pages);
    const dataDir = tempDir();
    cpSync(from, dataDir, { recursive: true });
    overwrite(path.join(dataDir, "hub.db"), page * PAGE, Buffer.alloc(PAGE, 0xff));
    const { hubFile, damage } = await openBuiltHubFile(dataDir);
    const found = await lookAt(hubFile);
    const where = `AERIE_TEST_SEED=${random.seed}, page ${page + 1} of ${pages}`;
    for (const [part, entries] of Object.entries(found)) {
      const known = new Set(whole[part]?.map((each) => JSON.stringify(each)));
      expect(
        entries.filter((each) => !known.has(JSON.stringify(each))),
        where,
      ).toEqual([]);
    }
    const isLost = Object.values(lost(whole, found)).some((count) => count > 0);
    if (isLost) expect(damage(), where).toMatch(/hub\.db was damaged .* kept as .*hub\.db\.damaged-1/);
    await expectWorking(hubFile, dataDir);
  }
});

test("one damaged page of presence costs only what is in it, and what was learned is whole", async () => {
  const { dataDir, file, whole } = await stopped();
  const db = new DatabaseSync(file, { readOnly: true });
  const sql =
    "SELECT pageno FROM dbstat WHERE name = 'presence' AND pagetype = 'leaf' ORDER BY pageno LIMIT 1 OFFSET 4";
  const page = Number(db.prepare(sql).get()?.["pageno"]);
  db.close();
  overwrite(file, (page - 1) * PAGE, Buffer.alloc(PAGE, 0xff));
  const { hubFile, damage } = await openBuiltHubFile(dataDir);
  const { presence: count = 0, ...others } = lost(whole, await lookAt(hubFile));
  expect(others).toEqual({ learned: 0, mappings: 0, records: 0, alertEvents: 0, runs: 0 });
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThan(400);
  expect(damage()).toMatch(/hub\.db was damaged/);
  await expectWorking(hubFile, dataDir);
});

test.each([
  ["is no database", (bytes: Buffer) => bytes.fill("x")],
  ["is cut in its first page", (bytes: Buffer) => bytes.subarray(0, 1_000)],
  ["is of another program", () => otherDatabase()],
])("a file that %s is kept under another name, and the hub continues with a new one", async (_what, change) => {
  const { dataDir, file } = await stopped();
  const bytes = change(readFileSync(file));
  writeFileSync(file, bytes);
  const { hubFile, damage } = await openBuiltHubFile(dataDir);
  expect(lost(await lookAt(hubFile), {})).toEqual({
    learned: 0,
    mappings: 0,
    records: 0,
    alertEvents: 0,
    presence: 0,
    runs: 0,
  });
  expect(damage()).toMatch(/hub\.db was damaged .*damaged-1/);
  expect(readFileSync(`${file}.damaged-1`).equals(bytes)).toBe(true);
  await expectWorking(hubFile, dataDir);
});

function otherDatabase(): Buffer {
  const file = path.join(tempDir(), "other.db");
  const db = new DatabaseSync(file);
  db.exec("CREATE TABLE learned (x); INSERT INTO learned VALUES (1)");
  db.close();
  return readFileSync(file);
}

test("an entry of which a byte has changed is left out by name, once; the others are there", async () => {
  const { dataDir, file, whole } = await stopped();
  const db = new DatabaseSync(file);
  db.exec("UPDATE learned SET data = replace(data, 'xxxx', 'xxyx') WHERE key = 'entry 7'");
  db.exec("UPDATE mapping SET mapping_id = 'other' WHERE mapping_id = 'mapping 3'");
  db.close();
  const { hubFile, damage, log } = await openBuiltHubFile(dataDir);
  expect(lost(whole, await lookAt(hubFile))).toEqual({
    learned: 1,
    mappings: 1,
    records: 0,
    alertEvents: 0,
    presence: 0,
    runs: 0,
  });
  expect(damage()).toMatch(/hub\.db, what was learned about the device ha:lamp \(entry 7\) is damaged/);
  expect(log.lines.map(({ fields }) => String(fields["reason"]))).toContainEqual(
    expect.stringContaining("the mapping other is damaged"),
  );
  await expectWorking(hubFile, dataDir);
});

/** As a kill leaves it: everything that was written is in the log only. */
async function killed(): Promise<{ dataDir: string; file: string; whole: Picture }> {
  const [from, dataDir] = [tempDir(), tempDir()];
  const { hubFile } = await openBuiltHubFile(from);
  for (let first = 0; first < CHANGES.length; first += 500) await hubFile.write(CHANGES.slice(first, first + 500));
  for (const name of readdirSync(from)) copyFileSync(path.join(from, name), path.join(dataDir, name));
  return { dataDir, file: path.join(dataDir, "hub.db"), whole: await lookAt(hubFile) };
}

test("what a kill left in the log is there", async () => {
  const { dataDir, whole } = await killed();
  const { hubFile, damage } = await openBuiltHubFile(dataDir);
  expect(await lookAt(hubFile)).toEqual(whole);
  expect(damage()).toBeUndefined();
});

test("a log that is damaged in its middle costs what was written after it, which is said", async () => {
  const { dataDir, file } = await killed();
  const log = `${file}-wal`;
  overwrite(log, Math.floor(statSync(log).size / 2), Buffer.alloc(200, 0xff));
  const { hubFile, damage } = await openBuiltHubFile(dataDir);
  const found = await lookAt(hubFile);
  expect(found["learned"]).toHaveLength(60);
  expect(found["runs"]).toHaveLength(0);
  expect(damage()).toMatch(/The write-ahead log .*hub\.db-wal is damaged at byte .*kept as/);
  await expectWorking(hubFile, dataDir);
});

test("a log without its file is kept, and the hub continues with a new one", async () => {
  const { dataDir, file } = await killed();
  const log = readFileSync(`${file}-wal`);
  rmSync(file);
  const { hubFile, damage } = await openBuiltHubFile(dataDir);
  expect((await hubFile.load()).learned).toEqual([]);
  expect(damage()).toMatch(/missing or empty/);
  expect(readFileSync(`${file}.damaged-1-wal`).equals(log)).toBe(true);
  await expectWorking(hubFile, dataDir);
});

test("damage that is found while the hub runs is repaired then, and what is asked afterwards is answered", async () => {
  const dataDir = tempDir();
  const file = path.join(dataDir, "hub.db");
  const { hubFile, damage } = await openBuiltHubFile(dataDir);
  await hubFile.write(CHANGES);
  // More than the thread keeps in memory.
  await hubFile.write(
    Array.from({ length: 400 }, (_, index) => learned(`large ${index}`, "x".repeat(12_000), { deviceId: BOILER })),
  );
  const whole = await lookAt(hubFile);
  await hubFile.bytes(); // the log is empty now
  const descriptor = openSync(file, "r+");
  for (let page = 100; page < 110; page++) writeSync(descriptor, Buffer.alloc(PAGE, 0xff), 0, PAGE, page * PAGE);
  await hubFile.load();
  expect(damage()).toMatch(/hub\.db was damaged/);
  const { learned: count = 0, ...others } = lost(whole, await lookAt(hubFile));
  expect(others).toEqual({ mappings: 0, records: 0, alertEvents: 0, presence: 0, runs: 0 });
  expect(count).toBeGreaterThan(0);
  expect(existsSync(`${file}.damaged-1`)).toBe(true);
  await expectWorking(hubFile, dataDir);
  closeSync(descriptor);
});

test.each([
  ["before the damaged file was moved", () => undefined],
  ["when its log was moved", (file: string) => renameSync(`${file}-wal`, `${file}.damaged-1-wal`)],
  [
    "when the damaged file was moved",
    (file: string) => {
      renameSync(`${file}-wal`, `${file}.damaged-1-wal`);
      renameSync(file, `${file}.damaged-1`);
    },
  ],
])("a repair that was killed %s is finished by the next start", async (_what, change) => {
  const { dataDir, file } = await killed();
  const { file: repaired, whole } = await stopped();
  copyFileSync(repaired, `${file}.rescued`);
  writeFileSync(file, "damaged");
  change(file);
  const { hubFile, damage } = await openBuiltHubFile(dataDir);
  expect(await lookAt(hubFile)).toEqual(whole);
  expect(damage()).toMatch(/kept as .*hub\.db\.damaged-1/);
  expect(readFileSync(`${file}.damaged-1`, "utf8")).toBe("damaged");
  expect(existsSync(`${file}.damaged-1-wal`)).toBe(true);
  await expectWorking(hubFile, dataDir);
});
