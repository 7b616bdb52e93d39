/** The outbox's table where SQLite fails at the end of a transaction, and where one of its pages is damaged. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, onTestFinished, test } from "vitest";
import type { OutboxState } from "../../../src/core/ports/outbox.ts";
import type { WritesOfMessage } from "../../../src/core/ports/writes.ts";
import type { DamageNote } from "../../../src/store/sqlite/db/damage-note.ts";
import { migrate } from "../../../src/store/sqlite/db/schema.ts";
import { storedGroup } from "../../../src/store/sqlite/format/outbox-group.ts";
import { packBatch } from "../../../src/store/sqlite/format/packed-batch.ts";
import { createSealedLookup } from "../../../src/store/sqlite/read/sealed-lookup.ts";
import { createAppender } from "../../../src/store/sqlite/write/append.ts";
import { createHotCounts } from "../../../src/store/sqlite/write/hot-counts.ts";
import { createOutboxTable, type OutboxOperations } from "../../../src/store/sqlite/write/outbox-table.ts";
import { T0, timed } from "../cases/writes.ts";

/** Some pages of records. */
const GROUPS = 80;
const PAGE_BYTES = 4_096;

/** The connection has no page in its memory beforehand. */
function open(dataDir: string) {
  const file = path.join(dataDir, "aerie.db");
  const db = new DatabaseSync(file);
  onTestFinished(() => (db.isOpen ? db.close() : undefined));
  migrate(db, file);
  const notes: DamageNote[] = [];
  const note = (found: DamageNote): void => void notes.push(found);
  const appender = createAppender(db, { sealed: createSealedLookup(db), hotCounts: createHotCounts(db), note });
  const outbox = createOutboxTable({ db, appender, onEmptied: () => appender.invalidate(), note });
  return { db, file, outbox, notes, state: outbox.outboxOpen(1e9) };
}

function tempDir(): string {
  const dataDir = mkdtempSync(path.join(tmpdir(), "aerie-outbox-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

const put = (outbox: OutboxOperations, messages: readonly WritesOfMessage[], atMs: number) =>
  outbox.outboxPut(packBatch(messages), { group: storedGroup(messages), outcomes: undefined }, atMs, []);

function putAll({ outbox }: ReturnType<typeof open>): void {
  for (let group = 1; group <= GROUPS; group++) {
    put(outbox, [[timed(T0 + group, { group })], [timed(T0 + 1_000 + group, { group })]], T0 + group);
  }
}

const countsOf = ({ groups, writes, sinceMs }: OutboxState) => ({ groups, writes, sinceMs });

test("groups that are removed count once, also where the commit failed first", () => {
  const opened = open(tempDir());
  const { db, outbox } = opened;
  putAll(opened);
  // A foreign key that is looked at only at the end: the commit fails, as on a disk that is full by then.
  db.exec(`CREATE TABLE held (ref INTEGER REFERENCES outbox (seq) DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER hold AFTER DELETE ON outbox BEGIN INSERT INTO held VALUES (-1); END`);
  expect(() => outbox.outboxRemove(3)).toThrow(/FOREIGN KEY/);
  db.exec("DROP TRIGGER hold");

  const left = { groups: GROUPS - 3, writes: 2 * (GROUPS - 3), sinceMs: T0 + 4 };
  expect(countsOf(outbox.outboxRemove(3))).toEqual(left);
  expect(countsOf(outbox.outboxNext(0, 1).state)).toEqual(left);
  expect(countsOf(outbox.outboxRemove(GROUPS))).toEqual({ groups: 0, writes: 0, sinceMs: undefined });
});

test("a page that is damaged while the hub runs: what is put there is stored once, and what can be read is sent in order", () => {
  const dataDir = tempDir();
  const before = open(dataDir);
  putAll(before);
  const leaves = before.db
    .prepare("SELECT pageno FROM dbstat WHERE name = 'outbox' AND pagetype = 'leaf' ORDER BY path")
    .all()
    .map((row) => Number(row["pageno"]));
  expect(leaves.length).toBeGreaterThan(2);
  before.db.close();

  const { db, file, outbox, notes } = open(dataDir);
  const bytes = readFileSync(file);
  const first = leaves[0] ?? 0;
  writeFileSync(file, bytes.fill(0xff, (first - 1) * PAGE_BYTES, first * PAGE_BYTES));
  db.exec("PRAGMA shrink_memory");

  const { state } = put(outbox, [[timed(T0 + 9_000, { last: 1 })]], T0 + 9_000);
  expect(countsOf(state)).toEqual({ groups: GROUPS + 1, writes: 2 * GROUPS + 1, sinceMs: T0 + 1 });
  const { groups } = outbox.outboxNext(0, 1_000);
  const seqs = groups.map(({ seq }) => seq);
  expect(seqs.at(-1)).toBe(GROUPS + 1);
  expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, at) => GROUPS + 2 - seqs.length + at));
  expect(notes).toHaveLength(GROUPS + 1 - seqs.length);
  expect(notes.length).toBeGreaterThan(0);
});
