/** The file of accounts on a real disk: whole or as before, its owner's alone, and never taken for empty by mistake. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type AccessRecords, NO_RECORDS } from "../../../../src/core/access/access-records.ts";
import { StartError } from "../../../../src/core/model/start-error.ts";
import { type AccessFile, openAccessFile } from "../../../../src/platform/access/access-file.ts";
import { formatAccess, parseAccess } from "../../../../src/platform/access/access-format.ts";
import { createMemoryLog, type MemoryLog } from "../../../support/memory/memory-log.ts";

function newDir(): string {
  const dir = mkdtempSync(path.join(tmpdir(), "aerie-access-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const withUser = (name: string): AccessRecords => ({
  ...NO_RECORDS,
  users: [{ id: name, name, role: "owner", password: "$argon2id$…", createdAtMs: 1 }],
});

const open = (dataDir: string, log: MemoryLog = createMemoryLog()): AccessFile => openAccessFile({ dataDir, log });

test("what is saved last is what is there, with files that only their owner may read", async () => {
  const dir = newDir();
  const file = open(dir);
  expect(readdirSync(dir)).toEqual([]); // reading alone makes none
  for (const name of ["a", "b", "c"]) await file.save(withUser(name));
  expect(readdirSync(dir).sort()).toEqual(["access.json", "access.key"]);
  for (const name of ["access.json", "access.key"]) expect(statSync(path.join(dir, name)).mode & 0o777).toBe(0o600);
  const again = open(dir);
  expect(again.records).toEqual(withUser("c"));
  expect(Buffer.from(again.key)).toEqual(Buffer.from(file.key));
});

const rewrite = (dir: string, change: (records: Record<string, unknown>) => unknown): void => {
  const file = path.join(dir, "access.json");
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>)));
};

const NATIVE = { deviceId: "cellar", hash: "b", createdAtMs: 1, adopted: "$argon2id$…" };

/** Records of each kind with every field, as the hub writes them. */
const EACH: AccessRecords = {
  users: [{ id: "u", name: "Ada", role: "owner", password: "$argon2id$…", createdAtMs: 1 }],
  signIns: [{ hash: "s", userId: "u", createdAtMs: 1, lastUsedAtMs: 2 }],
  tokens: [{ id: "t", name: "grafana", scope: "viewer", hash: "h", createdAtMs: 1, expiresAtMs: 9, lastUsedAtMs: 3 }],
  boards: [
    {
      deviceId: "tasmota:plug",
      hash: "c",
      createdAtMs: 1,
      family: "tasmota",
      name: "plug",
      options: {
        fullTopic: "home/%topic%/%prefix%/",
        prefixes: ["c", "s", "t"],
        groups: ["lights"],
        clientId: "DVES_15568C",
      },
      userName: "kitchen",
    },
    NATIVE,
    {
      deviceId: "ha:node",
      hash: "d",
      createdAtMs: 1,
      family: "esphome",
      name: "node",
      options: { prefix: "home/node" },
    },
  ],
  applications: [{ id: "a", name: "panel", publish: ["panel/#"], subscribe: [], hash: "p", createdAtMs: 1 }],
};

const sampleOf = (version: number): string =>
  readFileSync(new URL(`../../../samples/access/version-${version}.json`, import.meta.url), "utf8");

test("a file of version 2 is read, and written again byte for byte", () => {
  expect(parseAccess(sampleOf(2))).toEqual({ records: EACH, keyCheck: "check" });
  expect(formatAccess({ records: EACH, keyCheck: "check" })).toBe(sampleOf(2));
});

test("a file of version 1 is read, with boards that are native, and becomes one of version 2", () => {
  const read = parseAccess(sampleOf(1));
  expect(read).toEqual({ records: { ...EACH, boards: [NATIVE] }, keyCheck: "check" });
  expect(JSON.parse(formatAccess(read))).toEqual({ ...JSON.parse(sampleOf(1)), version: 2 });
});

const REFUSED = /(cannot be read|is missing|is not the key).*Restore it from a backup/;

test.each([
  ["cut short", (dir: string) => writeFileSync(path.join(dir, "access.json"), '{"version":1,"users":[')],
  ["empty", (dir: string) => writeFileSync(path.join(dir, "access.json"), "")],
  ["no object", (dir: string) => writeFileSync(path.join(dir, "access.json"), "null")],
  ["of another version", (dir: string) => rewrite(dir, (file) => ({ ...file, version: 3 }))],
  ["without its key", (dir: string) => rmSync(path.join(dir, "access.key"))],
  ["with an empty key", (dir: string) => writeFileSync(path.join(dir, "access.key"), "")],
  ["with a short key", (dir: string) => writeFileSync(path.join(dir, "access.key"), "short")],
  ["with a long key", (dir: string) => writeFileSync(path.join(dir, "access.key"), Buffer.alloc(64, 1))],
  ["with the key of another hub", (dir: string) => writeFileSync(path.join(dir, "access.key"), Buffer.alloc(32, 1))],
] as const)(
  "a file that is %s refuses to start in words instead of letting anybody make the first account",
  async (_, spoil) => {
    const dir = newDir();
    await open(dir).save(EACH);
    spoil(dir);
    const before = readFileSync(path.join(dir, "access.json"), "utf8");
    expect(() => open(dir)).toThrow(StartError);
    expect(() => open(dir)).toThrow(REFUSED);
    expect(readFileSync(path.join(dir, "access.json"), "utf8")).toBe(before);
  },
);

const LISTS = Object.keys(EACH) as (keyof AccessRecords)[];
const ODD = [null, 7, "text", [], {}, true];

test("whatever stands where a record or one of its parts should be refuses to start in words that name it", async () => {
  const dir = newDir();
  await open(dir).save(EACH);
  const whole = readFileSync(path.join(dir, "access.json"), "utf8");
  const taken: string[] = [];
  const attempt = (what: string, change: Parameters<typeof rewrite>[1]): void => {
    writeFileSync(path.join(dir, "access.json"), whole);
    rewrite(dir, change);
    try {
      open(dir);
      taken.push(what);
    } catch (error) {
      expect(error, what).toBeInstanceOf(StartError);
      expect((error as Error).message, what).toMatch(REFUSED);
    }
  };
  for (const list of LISTS) {
    const [record] = EACH[list];
    for (const odd of [...ODD.filter((each) => !Array.isArray(each)), undefined]) {
      attempt(`${list}: ${JSON.stringify(odd)}`, (file) => ({ ...file, [list]: odd }));
    }
    for (const odd of ODD) attempt(`${list}.0: ${JSON.stringify(odd)}`, (file) => ({ ...file, [list]: [odd] }));
    for (const part of Object.keys(record ?? {})) {
      for (const odd of ODD.filter(
        (each) => typeof each !== "string" && !(Array.isArray(each) && part === "publish"),
      )) {
        if (typeof odd === "number" && part.endsWith("Ms")) continue;
        if (Array.isArray(odd) && part === "subscribe") continue;
        if (part === "options" && JSON.stringify(odd) === "{}") continue;
        attempt(`${list}.0.${part}: ${JSON.stringify(odd)}`, (file) => ({
          ...file,
          [list]: [{ ...record, [part]: odd }],
        }));
      }
    }
  }
  expect(taken).toEqual([]);
  writeFileSync(path.join(dir, "access.json"), whole);
  rewrite(dir, (file) => ({ ...file, users: [null] }));
  expect(() => open(dir)).toThrow(/access\.json cannot be read \(users\.0: /);
});

test("what a record has besides stays with it, and a file from before there was a check of the key is read", async () => {
  const dir = newDir();
  const file = open(dir);
  await file.save(EACH);
  rewrite(dir, ({ keyCheck: _, ...rest }) => ({ ...rest, later: 1, tokens: [{ ...EACH.tokens[0], later: 2 }] }));
  const again = open(dir);
  expect(again.records).toMatchObject({ ...EACH, later: 1, tokens: [{ later: 2 }] });
  await again.save(again.records);
  expect(open(dir).records).toEqual(again.records);
});

test.each(["", "short", "x".repeat(64)])(
  "a key of the wrong size (%j) that nothing was made with is made again",
  async (key) => {
    const dir = newDir();
    writeFileSync(path.join(dir, "access.key"), key);
    const file = open(dir);
    await file.saveKey();
    expect(readFileSync(path.join(dir, "access.key"))).toEqual(Buffer.from(file.key));
    await file.save(EACH);
    expect(open(dir).records).toEqual(EACH);
  },
);

test("files that others could read are their owner's alone after a start, which says so once", async () => {
  const dir = newDir();
  await open(dir).save(EACH);
  for (const name of ["access.json", "access.key"])
    chmodSync(path.join(dir, name), name.endsWith("key") ? 0o644 : 0o660);
  const [first, second] = [createMemoryLog(), createMemoryLog()];
  open(dir, first);
  open(dir, second);
  for (const name of ["access.json", "access.key"]) expect(statSync(path.join(dir, name)).mode & 0o777).toBe(0o600);
  expect(first.lines.map(({ fields }) => fields["was"])).toEqual(["0660", "0644"]);
  expect(second.lines).toEqual([]);
});

test("what a killed hub had half written is gone after the next start", async () => {
  const dir = newDir();
  await open(dir).save(EACH);
  for (const name of ["access.json.new", "access.key.new"])
    writeFileSync(path.join(dir, name), "half", { mode: 0o644 });
  expect(open(dir).records).toEqual(EACH);
  expect(readdirSync(dir).sort()).toEqual(["access.json", "access.key"]);
});

test.each(["access.json", "access.key"])(
  "a write of %s that fails is reported in words, leaves what was there, and the next is tried",
  async (name) => {
    const dir = newDir();
    if (name === "access.json") await open(dir).save(withUser("a"));
    const file = open(dir);
    const before = readdirSync(dir);
    const inTheWay = path.join(dir, `${name}.new`);
    mkdirSync(inTheWay);
    await expect(file.save(withUser("b"))).rejects.toThrow(
      `${name} cannot be written: a directory is in the way (EISDIR)`,
    );
    expect(open(dir).records).toEqual(name === "access.json" ? withUser("a") : NO_RECORDS);
    rmSync(inTheWay, { recursive: true });
    expect(readdirSync(dir)).toEqual(before);
    await file.save(withUser("c"));
    expect(open(dir).records).toEqual(withUser("c"));
  },
);
