/** The file of accounts on a real disk: whole or as before, its owner's alone, and never taken for empty by mistake. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type AccessRecords, NO_RECORDS } from "../../src/core/access-records.ts";
import { openAccessFile } from "../../src/platform/access-file.ts";

function newDir(): string {
  const dir = mkdtempSync(path.join(tmpdir(), "aerie-access-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const withUser = (name: string): AccessRecords => ({
  ...NO_RECORDS,
  users: [{ id: name, name, role: "owner", password: "$argon2id$…", createdAtMs: 1 }],
});

test("what is given last is what is there, with files that only their owner may read", async () => {
  const dir = newDir();
  const file = openAccessFile(dir);
  expect(readdirSync(dir)).toEqual([]);
  await Promise.all(["a", "b", "c"].map((name) => file.save(withUser(name))));
  expect(readdirSync(dir).sort()).toEqual(["access.json", "access.key"]);
  for (const name of ["access.json", "access.key"]) expect(statSync(path.join(dir, name)).mode & 0o777).toBe(0o600);
  const again = openAccessFile(dir);
  expect(again.records).toEqual(withUser("c"));
  expect(Buffer.from(again.key())).toEqual(Buffer.from(file.key()));
});

test.each([
  ["cut short", (dir: string) => writeFileSync(path.join(dir, "access.json"), '{"version":1,"users":[')],
  ["empty", (dir: string) => writeFileSync(path.join(dir, "access.json"), "")],
  ["of another version", (dir: string) => writeFileSync(path.join(dir, "access.json"), '{"version":2}')],
  ["without its key", (dir: string) => rmSync(path.join(dir, "access.key"))],
  ["with another key", (dir: string) => writeFileSync(path.join(dir, "access.key"), "short")],
] as const)(
  "a file that is %s refuses to start instead of letting a stranger make the first account",
  async (_, spoil) => {
    const dir = newDir();
    await openAccessFile(dir).save(withUser("a"));
    spoil(dir);
    const before = readFileSync(path.join(dir, "access.json"), "utf8");
    expect(() => openAccessFile(dir)).toThrow(/Restore it from a backup/);
    expect(readFileSync(path.join(dir, "access.json"), "utf8")).toBe(before);
  },
);

test("a write that fails is told, leaves what was there, and the next one is tried again", async () => {
  const dir = newDir();
  const file = openAccessFile(dir);
  await file.save(withUser("a"));
  const inTheWay = path.join(dir, "access.json.new");
  mkdirSync(inTheWay);
  await expect(file.save(withUser("b"))).rejects.toThrow();
  expect(openAccessFile(dir).records).toEqual(withUser("a"));
  rmSync(inTheWay, { recursive: true });
  await file.save(withUser("c"));
  expect(openAccessFile(dir).records).toEqual(withUser("c"));
});
