/** What a newer version of the hub stored is refused by name, and nothing is changed. Runs what was built. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { DatabaseSync } from "@photostructure/sqlite";
import { MongoClient } from "mongodb";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { MIGRATIONS } from "../../../src/store/sqlite/db/schema.ts";
import { HUB_FORMAT } from "../../../src/store/sqlite/hub-file/hub-schema.ts";
import { launchHub } from "../../support/hub/hub.ts";
import { databaseUrl, isMongodSkipped } from "../../support/mongodb/mongod.ts";
import { type SharedMongod, sharedMongod } from "../../support/mongodb/shared-mongod.ts";
import { everythingIn, loadDocuments } from "../../support/samples/mongodb-sample.ts";
import { SAMPLES, unpackSample } from "../../support/samples/sample.ts";

const built = new URL("../../../dist/src/store/sqlite/copy/restore.js", import.meta.url).href;
const { restoreStore } = (await import(built)) as typeof import("../../../src/store/sqlite/copy/restore.ts");

const NEWER = MIGRATIONS.length + 1;

function newDir(): string {
  const dir = mkdtempSync(path.join(tmpdir(), "aerie-newer-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Name → bytes of each file, in hexadecimal. */
function bytesIn(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(path.join(dir, name)).isFile(),
  );
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(path.join(dir, name)).toString("hex")]));
}

function makeNewer(file: string): void {
  const db = new DatabaseSync(file);
  db.exec(`ALTER TABLE device ADD COLUMN colour TEXT; PRAGMA user_version = ${NEWER}`);
  db.close();
}

const rewrite = (file: string, change: (content: Record<string, unknown>) => unknown): void =>
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, "utf8")))));

async function refusalOf(opening: Promise<{ close(): Promise<void> }>): Promise<string> {
  const outcome = await opening.then(
    async (hub) => {
      await hub.close();
      return "it was opened";
    },
    (error: Error) => error,
  );
  expect(outcome).toMatchObject({ name: "StartError", exitCode: 1 });
  return (outcome as Error).message;
}

const NEWER_HUB = HUB_FORMAT.migrations.length + 1;

/** Of the newest version, made newer. */
function putNewerHubFile(file: string): void {
  const sample = path.join(SAMPLES, "hub-file", `version-${NEWER_HUB - 1}.db.gz`);
  writeFileSync(file, gunzipSync(readFileSync(sample)));
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA user_version = ${NEWER_HUB}`);
  db.close();
}

/** All else in these directories is of an older version, which an upgrade would change. */
test.each([
  ["aerie.db", "schema-4", (file: string) => makeNewer(file), `schema ${NEWER}`],
  ["hub.db", "schema-3-checked", putNewerHubFile, `schema ${NEWER_HUB}`],
  ["access.json", "schema-3-checked", (file: string) => rewrite(file, (was) => ({ ...was, version: 3 })), "version 3"],
  ["time.json", "schema-3-checked", (file: string) => rewrite(file, (was) => ({ ...was, version: 2 })), "version 2"],
])("a data directory with a newer %s is refused and left as it was", async (name, schema, change, version) => {
  const dataDir = unpackSample(`${schema}/embedded`, newDir());
  const file = path.join(dataDir, name);
  change(file);
  const before = bytesIn(dataDir);
  const refusal = await refusalOf(launchHub({ settings: { dataDir, auth: "on" } }));
  expect(refusal).toContain(file);
  expect(refusal).toContain("newer Aerie");
  expect(refusal).toContain(version);
  expect(bytesIn(dataDir)).toEqual(before);
});

test("a newer outbox is refused and left as it was", async () => {
  const dataDir = unpackSample("schema-4/mongodb", newDir());
  const file = path.join(dataDir, "outbox", "aerie.db");
  makeNewer(file);
  const before = bytesIn(dataDir);
  const refusal = await refusalOf(launchHub({ settings: { dataDir, mongodbUrl: "mongodb://127.0.0.1:1/" } }));
  expect(refusal).toContain(`${file} was written by a newer Aerie`);
  expect(bytesIn(dataDir)).toEqual(before);
});

test("a newer backup is not restored, and both it and the data directory are left as they were", async () => {
  const dir = newDir();
  const [dataDir, copy] = [
    unpackSample("schema-3-checked/embedded", path.join(dir, "data")),
    path.join(dir, "copy.db"),
  ];
  writeFileSync(copy, gunzipSync(readFileSync(path.join(SAMPLES, "schema-4", "backup.db.gz"))));
  makeNewer(copy);
  const before = bytesIn(dir);
  const options = { nowMs: Date.now(), onBytes: () => {}, beside: [], outdated: [], say: () => {} };
  const outcome = await restoreStore({ dataDir, copy, ...options }).catch((error: Error) => error);
  expect(outcome).toMatchObject({ name: "StartError" });
  expect((outcome as Error).message).toContain(`${copy} was written by a newer Aerie`);
  expect(bytesIn(dir)).toEqual(before);
});

test("a backup with a newer hub.db is not restored, and everything is left as it was", async () => {
  const dir = newDir();
  const [dataDir, copy] = [unpackSample("schema-4/embedded", path.join(dir, "data")), path.join(dir, "copy.db")];
  writeFileSync(copy, gunzipSync(readFileSync(path.join(SAMPLES, "schema-4", "backup.db.gz"))));
  const newer = path.join(newDir(), "hub.db");
  putNewerHubFile(newer);
  const db = new DatabaseSync(copy);
  db.prepare("INSERT INTO beside (name, bytes) VALUES ('hub.db', ?)").run(readFileSync(newer));
  db.close();
  const before = bytesIn(dir);
  const options = { nowMs: Date.now(), onBytes: () => {}, beside: ["hub.db"], outdated: [], say: () => {} };
  const outcome = await restoreStore({ dataDir, copy, ...options }).catch((error: Error) => error);
  expect(outcome).toMatchObject({ name: "StartError" });
  expect((outcome as Error).message).toMatch(/copy\.db cannot be restored: its hub\.db was written by a newer Aerie/);
  const { "data/aerie.lock": _lock, "data/aerie.pid": _pid, ...after } = bytesIn(dir);
  expect(after).toEqual(before);
});

describe.skipIf(isMongodSkipped)("MongoDB", () => {
  let mongod: SharedMongod;
  beforeAll(async () => {
    mongod = await sharedMongod();
  });

  test("a newer database is refused, and each document and index is as it was", async () => {
    const url = databaseUrl(mongod);
    await loadDocuments("schema-4", url);
    const client = await MongoClient.connect(url);
    onTestFinished(() => client.close());
    await client
      .db()
      .collection("meta")
      .updateOne({ _id: "schema" as never }, { $set: { version: 2 } });
    await client.db().collection("due").drop(); // a newer version has other collections
    const before = await everythingIn(url);
    const dataDir = newDir();
    const refusal = await refusalOf(launchHub({ settings: { dataDir, mongodbUrl: url } }));
    expect(refusal).toContain(`${client.db().databaseName} was written by a newer Aerie (schema 2`);
    expect(await everythingIn(url)).toBe(before);
  });
});
