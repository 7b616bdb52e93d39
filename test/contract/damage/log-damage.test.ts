/** A write-ahead log that a killed hub left and that was damaged since: what it lost is said, and an ordinary power cut is not. Runs what was built. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createDamageNotes } from "../../../src/core/health/damage.ts";
import { restoreStore } from "../../../src/store/sqlite/copy/restore.ts";
import { findLogDamage } from "../../../src/store/sqlite/db/write-ahead-log.ts";
import { createMemoryLog } from "../../support/memory/memory-log.ts";
import { readAll, T0, timed } from "../cases/writes.ts";

// Worker threads load only what was built.
const built = new URL("../../../dist/src/store/sqlite/sqlite-store.js", import.meta.url).href;
const { openSqliteStore } = (await import(built)) as typeof import("../../../src/store/sqlite/sqlite-store.ts");

const APPENDS = 8;
const FRAME_BYTES = 24 + 4_096;
const HEADER_BYTES = 32;
/** Data directories as a kill left them; in `copied` the log's pages are in the database too. */
let root: string;
let killed: string;
let copied: string;

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), "aerie-log-"));
  const dataDir = path.join(root, "running");
  [killed, copied] = [path.join(root, "killed"), path.join(root, "copied")];
  const store = await openSqliteStore({ dataDir, log: createMemoryLog(), onDead: () => {} });
  for (let append = 0; append < APPENDS; append++) {
    await store.append(Array.from({ length: 30 }, (_, i) => [timed(T0 + append * 1_000 + i, { a: i })]));
  }
  cpSync(dataDir, killed, { recursive: true });
  const beside = new DatabaseSync(path.join(dataDir, "aerie.db"));
  beside.exec("PRAGMA wal_checkpoint(PASSIVE)");
  cpSync(dataDir, copied, { recursive: true });
  beside.close();
  await store.close();
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

function copyOf(dataDir: string): { dataDir: string; db: string; log: string } {
  const copy = mkdtempSync(path.join(root, "copy-"));
  cpSync(dataDir, copy, { recursive: true });
  return { dataDir: copy, db: path.join(copy, "aerie.db"), log: path.join(copy, "aerie.db-wal") };
}

/** Of the commits in the log, where each begins and ends, in frames. */
function commitsOf(bytes: Buffer): { from: number; to: number }[] {
  const commits: { from: number; to: number }[] = [];
  let from = 0;
  for (let frame = 0; HEADER_BYTES + (frame + 1) * FRAME_BYTES <= bytes.length; frame++) {
    if (bytes.readUInt32BE(HEADER_BYTES + frame * FRAME_BYTES + 4) === 0) continue;
    commits.push({ from, to: frame + 1 });
    from = frame + 1;
  }
  return commits;
}

async function start(dataDir: string) {
  const notes = createDamageNotes(createMemoryLog());
  const opened = await openSqliteStore({ dataDir, log: createMemoryLog(), damage: notes, onDead: () => {} }).catch(
    (error: Error) => error,
  );
  if (!(opened instanceof Error)) onTestFinished(() => opened.close());
  return { opened, problem: notes.problem() };
}

test("each bit that turns before the last commit is found, wherever it stands, and none in the last, which a power cut may leave so", () => {
  const { log } = copyOf(killed);
  const whole = readFileSync(log);
  expect(findLogDamage(log)).toBeUndefined();
  const commits = commitsOf(whole);
  expect(commits.length).toBeGreaterThan(APPENDS);
  const last = commits.length - 1;
  // Frame: page number, size at a commit, salts, checksum, page.
  const positions = [0, 8, 16, 24, FRAME_BYTES - 1];
  for (const [index, { from, to }] of commits.entries()) {
    for (let frame = from; frame < to; frame++) {
      for (const position of positions) {
        // What comes behind the last but one is distinguished from a power cut by its commit's checksum alone.
        const isLink = index === last - 1 && frame === to - 1 && position === 16;
        const bytes = Buffer.from(whole);
        const at = HEADER_BYTES + frame * FRAME_BYTES;
        bytes[at + position] = (bytes[at + position] ?? 0) ^ 0x10;
        writeFileSync(log, bytes);
        const expected = index < last && !isLink ? { atByte: at, commits: commits.length - index } : undefined;
        const found = findLogDamage(log);
        if (expected === undefined) expect(found, `${index} ${frame} ${position}`).toBeUndefined();
        else expect(found, `${index} ${frame} ${position}`).toMatchObject(position === 8 ? { atByte: at } : expected);
      }
    }
  }
  for (let position = 0; position < HEADER_BYTES; position++) {
    const bytes = Buffer.from(whole);
    bytes[position] = (bytes[position] ?? 0) ^ 1;
    writeFileSync(log, bytes);
    expect(findLogDamage(log), `header ${position}`).toMatchObject({ atByte: 0, commits: commits.length });
  }
});

test("a last commit of which a power cut left some frames only, in any order, is no damage, twice over", async () => {
  const { dataDir, log } = copyOf(killed);
  const whole = readFileSync(log);
  const { from = 0, to = 0 } = commitsOf(whole).at(-1) ?? {};
  for (let frame = from; frame < to; frame++) {
    const bytes = Buffer.from(whole);
    const at = HEADER_BYTES + frame * FRAME_BYTES;
    writeFileSync(log, bytes.fill(0, at, at + FRAME_BYTES));
    expect(findLogDamage(log), `without ${frame}`).toBeUndefined();
    writeFileSync(log, whole);
    truncateSync(log, at + 100);
    expect(findLogDamage(log), `cut in ${frame}`).toBeUndefined();
  }
  // What is left of it lies behind what is written after the start.
  const bytes = Buffer.from(whole);
  writeFileSync(log, bytes.fill(0, HEADER_BYTES + from * FRAME_BYTES, HEADER_BYTES + (from + 1) * FRAME_BYTES));
  const { opened, problem } = await start(dataDir);
  expect(problem).toBeUndefined();
  if (opened instanceof Error) throw opened;
  expect(await readAll(opened)).toHaveLength((APPENDS - 1) * 30);
  const again = copyOf(dataDir);
  expect(findLogDamage(again.log)).toBeUndefined();
});

test("a start on a damaged log says how much is missing, serves the rest, and keeps the log as it was", async () => {
  const { dataDir, log } = copyOf(killed);
  const bytes = readFileSync(log);
  const commits = commitsOf(bytes);
  const { from = 0 } = commits.at(-4) ?? {};
  bytes[HEADER_BYTES + from * FRAME_BYTES + 1_000] = 0x55;
  writeFileSync(log, bytes);
  const { opened, problem } = await start(dataDir);
  expect(problem).toMatch(/aerie\.db-wal is damaged at byte \d+, and 4 commits from there on, which were acknowledged/);
  if (opened instanceof Error) throw opened;
  expect((await readAll(opened)).length % 30).toBe(0);
  expect((await readAll(opened)).length).toBeLessThan(APPENDS * 30);
  const kept = readdirSync(dataDir).find((name) => name.startsWith("aerie.db-wal.damaged-")) ?? "";
  expect(problem).toContain(kept);
  expect(readFileSync(path.join(dataDir, kept)).equals(bytes)).toBe(true);
  expect((await start(copyOf(dataDir).dataDir)).problem).toBeUndefined();
});

test("a copy of a damaged log that an earlier start kept stays as it is", async () => {
  const { dataDir, log } = copyOf(killed);
  damageLog(log);
  const kept = `${log}.damaged-${findLogDamage(log)?.generation}`;
  writeFileSync(kept, "the original");
  const { problem } = await start(dataDir);
  expect(problem).toContain(kept);
  expect(readFileSync(kept, "utf8")).toBe("the original");
});

test("a restore keeps a damaged log beside the database that it belongs to", async () => {
  const { dataDir, log } = copyOf(killed);
  const bytes = damageLog(log);
  const copy = path.join(root, "copy.db");
  if (!existsSync(copy)) {
    const db = new DatabaseSync(copyOf(copied).db);
    db.exec(`VACUUM INTO '${copy}'`);
    db.close();
  }
  const nothing = (): void => undefined;
  const options = { dataDir, copy, nowMs: T0, onBytes: nothing, beside: [], outdated: [], say: nothing };
  const kept = (await restoreStore(options)).find((name) => name.endsWith("-wal")) ?? "";
  expect(readFileSync(kept).equals(bytes)).toBe(true);
});

function damageLog(log: string): Buffer {
  const bytes = readFileSync(log);
  bytes[HEADER_BYTES + (commitsOf(bytes).at(-4)?.from ?? 0) * FRAME_BYTES + 1_000] = 0x55;
  writeFileSync(log, bytes);
  return bytes;
}

test("a damaged log of which the rest would spoil the database stops the start in words, and changes nothing", async () => {
  const { dataDir, db, log } = copyOf(copied);
  const bytes = readFileSync(log);
  const commits = commitsOf(bytes);
  bytes[HEADER_BYTES + (commits.at(-4)?.from ?? 0) * FRAME_BYTES + 1_000] = 0x55;
  writeFileSync(log, bytes);
  const before = readFileSync(db);
  const { opened, problem } = await start(dataDir);
  if (!(opened instanceof Error)) {
    expect(problem).toContain("aerie.db-wal is damaged");
    expect(look(db)).toBe("ok");
    return;
  }
  expect(opened.name).toBe("StartError");
  expect(opened.message).toMatch(/aerie\.db is damaged.*aerie\.db-wal is damaged.*aerie restore/);
  expect(readFileSync(db).equals(before)).toBe(true);
  expect(readFileSync(log).equals(bytes)).toBe(true);
});

function look(file: string): string {
  const db = new DatabaseSync(file, { readOnly: true });
  const found = String(db.prepare("PRAGMA integrity_check(1)").get()?.["integrity_check"]);
  db.close();
  return found;
}

for (const what of ["missing", "empty"]) {
  test(`a database that is ${what} beside a log with readings is refused in words, and the log is left as it is`, async () => {
    const { dataDir, db, log } = copyOf(killed);
    rmSync(`${db}-shm`, { force: true });
    if (what === "missing") rmSync(db);
    else truncateSync(db, 0);
    const bytes = readFileSync(log);
    const { opened } = await start(dataDir);
    expect(opened).toMatchObject({ name: "StartError" });
    expect((opened as Error).message).toMatch(/aerie\.db is missing or empty.*aerie\.db-wal.*aerie restore/);
    expect(readFileSync(log).equals(bytes)).toBe(true);
  });
}

test("a database that is missing without a log, or with one that was never written to, is a new one", async () => {
  const dataDir = mkdtempSync(path.join(root, "new-"));
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(path.join(dataDir, "aerie.db-wal"), "");
  const { opened, problem } = await start(dataDir);
  expect(opened).not.toBeInstanceOf(Error);
  expect(problem).toBeUndefined();
});
