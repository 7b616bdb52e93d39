/** A restore that ends anywhere, by an error or with its process: what is there is the former state or the restored one, whole. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { StartError } from "../../../../src/core/model/start-error.ts";
import { exchange, finishExchange, movesOf, preparedFolder } from "../../../../src/store/sqlite/copy/exchange.ts";

const AT_MS = Date.UTC(2026, 10, 29, 10);
const STAMP = "2026-11-29T10-00-00";

/** Name → content of what is there, folders as names only. */
function contentOf(dir: string): Record<string, string> {
  const entries = readdirSync(dir, { withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => [
      entry.name,
      entry.isFile() ? readFileSync(path.join(dir, entry.name), "utf8") : "a folder",
    ]),
  );
}

const FORMERS: readonly Readonly<Record<string, string>>[] = [
  {},
  { "aerie.db": "former" },
  { "aerie.db": "former", "aerie.db-wal": "former log", "aerie.db-shm": "former index" },
  { "aerie.db": "former", "access.json": "former", "access.key": "former" },
  { "access.json": "former", "access.key": "former" },
  { "aerie.db": "former", "hub.db": "former", "hub.db-wal": "former log", "hub.db-shm": "former index" },
];
const COPIES: readonly Readonly<Record<string, string>>[] = [
  { "aerie.db": "restored" },
  { "aerie.db": "restored", "access.json": "restored", "access.key": "restored" },
  { "aerie.db": "restored", "hub.db": "restored" },
];
const CASES = FORMERS.flatMap((former) => COPIES.map((copy) => ({ former, copy })));

function openDir({ former, copy }: (typeof CASES)[number]): string {
  const dir = mkdtempSync(path.join(tmpdir(), "aerie-exchange-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(former)) writeFileSync(path.join(dir, name), text);
  mkdirSync(preparedFolder(dir));
  for (const [name, text] of Object.entries(copy)) writeFileSync(path.join(preparedFolder(dir), name), text);
  return dir;
}

/** After a whole restore: the copy, what it brought no namesake of, and what was replaced under other names. */
function restored({ former, copy }: (typeof CASES)[number]): Record<string, string> {
  const isReplaced = (name: string): boolean => name.replace(/-(wal|shm)$/, "") in copy;
  const kept = Object.entries(former).map(([name, text]): [string, string] => {
    if (!isReplaced(name)) return [name, text];
    return [name.replace(/^(.*?)(-wal|-shm)?$/, `$1.before-restore-${STAMP}$2`), text];
  });
  return { ...Object.fromEntries(kept), ...copy };
}

test("what was there is kept under names that are returned, and the copy is in its place", () => {
  for (const each of CASES) {
    const dir = openDir(each);
    const kept = exchange(dir, AT_MS);
    expect(contentOf(dir)).toEqual(restored(each));
    const names = Object.keys(restored(each)).filter((name) => name.includes("before"));
    expect([...kept].sort()).toEqual(names.map((name) => path.join(dir, name)).sort());
    expect(finishExchange(dir)).toBeUndefined();
  }
});

test("a second restore within the same second keeps what the first one put there, too", () => {
  const [first] = CASES.slice(-1);
  const dir = openDir(first as (typeof CASES)[number]);
  exchange(dir, AT_MS);
  mkdirSync(preparedFolder(dir));
  writeFileSync(path.join(preparedFolder(dir), "aerie.db"), "third");
  exchange(dir, AT_MS);
  expect(contentOf(dir)).toMatchObject({ "aerie.db": "third", [`aerie.db.before-restore-${STAMP}.2`]: "restored" });
});

test("a process that ends before it was decided has changed nothing; the next start removes what was prepared", () => {
  for (const each of CASES) {
    const dir = openDir(each);
    expect(finishExchange(dir)).toBeUndefined();
    expect(contentOf(dir)).toEqual(each.former);
  }
});

test("a process that ends at any moment of the exchange leaves what the next start finishes, however often that ends too", () => {
  let moments = 0;
  for (const each of CASES) {
    const folderOf = (dir: string): string => path.join(dir, `restored-${STAMP}`);
    for (let ended = 0; ; ended++) {
      const dir = openDir(each);
      renameSync(preparedFolder(dir), folderOf(dir));
      const moves = movesOf(dir, folderOf(dir));
      for (const { from, to } of moves.slice(0, ended)) renameSync(from, to);
      // The start that was to finish it ended after one more.
      for (const { from, to } of movesOf(dir, folderOf(dir)).slice(0, 1)) renameSync(from, to);
      expect(finishExchange(dir)).toContain(`before-restore-${STAMP}`);
      expect(contentOf(dir), `${JSON.stringify(each)} after ${ended}`).toEqual(restored(each));
      moments++;
      if (ended === moves.length) break;
    }
  }
  expect(moments).toBeGreaterThan(30);
});

test("a move that fails undoes those before it, says so, and leaves nothing of the copy", () => {
  const former = { ...FORMERS[2], ...FORMERS[3] };
  const dir = openDir({ former, copy: COPIES[1] ?? {} });
  // A directory with something in it has the name that the former log is to have.
  const inTheWay = path.join(dir, `aerie.db.before-restore-${STAMP}-wal`);
  mkdirSync(path.join(inTheWay, "full"), { recursive: true });
  expect(() => exchange(dir, AT_MS)).toThrow("What was there before has been put back");
  rmSync(inTheWay, { recursive: true });
  expect(contentOf(dir)).toEqual(former);
  expect(finishExchange(dir)).toBeUndefined();
});

test("an interrupted restore that cannot be finished stops the start in words, and is finished when it can be", () => {
  const each = { former: FORMERS[2] ?? {}, copy: COPIES[1] ?? {} };
  const dir = openDir(each);
  renameSync(preparedFolder(dir), path.join(dir, `restored-${STAMP}`));
  const inTheWay = path.join(dir, `aerie.db.before-restore-${STAMP}-wal`);
  mkdirSync(path.join(inTheWay, "full"), { recursive: true });
  expect(() => finishExchange(dir)).toThrow(StartError);
  expect(() => finishExchange(dir)).toThrow(/A restore was interrupted and cannot be finished: .*restored-2026/);
  rmSync(inTheWay, { recursive: true });
  finishExchange(dir);
  expect(contentOf(dir)).toEqual(restored(each));
});
