/** Data directories and backups of each version that there was: after an upgrade everything in them is there. Runs what was built. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { createPositionFile } from "../../../src/cli/import/import-position.ts";
import { ACCESS_FILES } from "../../../src/platform/access/access-file.ts";
import { openAccess } from "../../../src/platform/access/open-access.ts";
import { openTimeFile } from "../../../src/platform/time-file.ts";
import { createManualClock } from "../../support/clock/manual-clock.ts";
import { createMemoryLog } from "../../support/memory/memory-log.ts";
import { createMemoryTime } from "../../support/memory/memory-time.ts";
import { expectHeld } from "../../support/samples/expect-held.ts";
import { type Held, readHeld, SAMPLES, unpackSample } from "../../support/samples/sample.ts";
import { schemaOf } from "../../support/samples/schema-of.ts";

// Worker threads load only what was built.
const built = (file: string): string => new URL(`../../../dist/src/store/sqlite/${file}.js`, import.meta.url).href;
const { openSqliteStore } = (await import(
  built("sqlite-store")
)) as typeof import("../../../src/store/sqlite/sqlite-store.ts");
const { restoreStore } = (await import(
  built("copy/restore")
)) as typeof import("../../../src/store/sqlite/copy/restore.ts");

/** Of later hubs: their backups, and `time.json`. */
const WITH_TIME = ["schema-3-checked", "schema-4"];
const WITH_BACKUP = ["schema-3-plain", ...WITH_TIME];
const SCHEMAS = ["schema-1", "schema-2", ...WITH_BACKUP];

function newDir(): string {
  const dir = mkdtempSync(path.join(tmpdir(), "aerie-upgrade-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function expectStore(dataDir: string, held: Held): Promise<void> {
  const log = createMemoryLog();
  const store = await openSqliteStore({ dataDir, log, onDead: () => {} });
  onTestFinished(() => store.close());
  await expectHeld(store, held);
  expect(log.lines).toEqual([]);
  expect(schemaOf(path.join(dataDir, "aerie.db"))).toEqual(await newSchema());
}

let schema: Promise<unknown> | undefined;
const newSchema = (): Promise<unknown> => {
  schema ??= makeNewSchema();
  return schema;
};

/** Of a file that was never of a former version. */
async function makeNewSchema(): Promise<unknown> {
  const dataDir = newDir();
  const store = await openSqliteStore({ dataDir, log: createMemoryLog(), onDead: () => {} });
  await store.close();
  return schemaOf(path.join(dataDir, "aerie.db"));
}

async function expectAccounts(dataDir: string, { accounts, madeMs }: Held): Promise<void> {
  const clock = createManualClock({ nowMs: madeMs[1] });
  const time = createMemoryTime(clock).start();
  const access = await openAccess({ dataDir, isHub: true, clock, time, log: createMemoryLog() });
  onTestFinished(() => access.close());
  const { users = [], tokens = [], boards = [], applications = [] } = accounts ?? {};
  expect(access.accounts.users().map(({ name, role }) => ({ name, role }))).toEqual(
    users.map(({ name, role }) => ({ name, role })),
  );
  for (const { name, role, password } of users) {
    const signedIn = await access.accounts.signIn(name, password, "127.0.0.1");
    expect(signedIn).toMatchObject({ ok: true, value: { caller: { level: role, user: { name } } } });
  }
  for (const { scope, secret } of tokens) expect(access.accounts.callerOfToken(secret)).toMatchObject({ level: scope });
  const login = { clientId: "any", address: "127.0.0.1", isOfOwnComputer: false };
  for (const { deviceId, secret } of boards) {
    const who = await access.credentials.identify({ ...login, userName: deviceId, password: secret });
    expect(who).toMatchObject({ ok: true, owner: deviceId });
  }
  const found = access.credentials.applications();
  expect(found).toMatchObject(applications.map(({ secret: _, ...application }) => application));
  for (const { name, secret } of applications) {
    expect(await access.credentials.identify({ ...login, userName: name, password: secret })).toMatchObject({
      ok: true,
    });
  }
}

function expectTime(dataDir: string, { madeMs: [from, to] }: Held): void {
  const damage: string[] = [];
  const { record } = openTimeFile({ dataDir, onDamage: (words) => damage.push(words) });
  expect(damage).toEqual([]);
  expect(record?.nowMs).toSatisfy((ms: number) => ms >= from && ms <= to);
}

function expectPosition(dataDir: string, { position }: Held): void {
  const [name = ""] = readdirSync(path.join(dataDir, "imports"));
  const { key } = JSON.parse(readFileSync(path.join(dataDir, "imports", name), "utf8"));
  const [file, sizeBytes, modifiedMs, format] = JSON.parse(key);
  const source = { file, sizeBytes, modifiedMs, format, bytes: (async function* () {})(), readBytes: () => 0 };
  expect(createPositionFile(dataDir, source, undefined).find()).toEqual(position);
}

test.each(SCHEMAS)("a data directory of %s has everything that it had", async (schema) => {
  const sample = `${schema}/embedded`;
  const [dataDir, held] = [unpackSample(sample, newDir()), readHeld(sample)];
  const isThere = (file: string): boolean => existsSync(path.join(dataDir, file));
  expect([isThere("access.json"), isThere("imports")]).toEqual([held.accounts, held.position].map(Boolean));
  expect(isThere("time.json")).toBe(WITH_TIME.includes(schema));
  if (held.accounts) await expectAccounts(dataDir, held);
  if (held.position) expectPosition(dataDir, held);
  if (WITH_TIME.includes(schema)) expectTime(dataDir, held);
  await expectStore(dataDir, held);
});

test.each(WITH_BACKUP)("a backup of %s has everything that was in the data directory", async (schema) => {
  const held = readHeld(`${schema}/embedded`);
  const [dataDir, copy] = [newDir(), path.join(newDir(), "backup.db")];
  writeFileSync(copy, gunzipSync(readFileSync(path.join(SAMPLES, schema, "backup.db.gz"))));
  const options = { nowMs: held.madeMs[1], onBytes: () => {}, beside: ACCESS_FILES, outdated: [], say: () => {} };
  await restoreStore({ dataDir, copy, ...options });
  await expectStore(dataDir, held);
  for (const file of ACCESS_FILES) {
    const former = path.join(SAMPLES, schema, "embedded", file);
    expect(readFileSync(path.join(dataDir, file)).equals(readFileSync(former))).toBe(true);
  }
});
