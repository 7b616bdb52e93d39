/**
 * Makes a sample of each stored format with a built checkout of the hub: `npx tsx test/support/samples/make-sample.ts <checkout> <name>`.
 * `test/samples/README.md` says when.
 */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { DatabaseSync } from "@photostructure/sqlite";
import { BSON, MongoClient } from "mongodb";
import { launchMongod } from "../mongodb/mongod.ts";
import { until } from "../until.ts";
import { askFormer, type FormerHub, runFormer, startFormerHub } from "./former-hub.ts";
import { importInPart } from "./former-import.ts";
import { type Held, type HeldAccounts, SAMPLES } from "./sample.ts";
import { connect, publisher } from "./sample-clients.ts";
import { heldDevices } from "./sample-devices.ts";
import {
  CELLAR_KEEPS,
  heldAfterOutbox,
  heldByBroker,
  hourLines,
  longSeries,
  noonBefore,
  oddValues,
  rebuiltHour,
  sendOthers,
  sendTimed,
  sendToBroker,
  sendToOutbox,
} from "./sample-traffic.ts";

const [checkout = "", name = ""] = process.argv.slice(2);
const commit = execFileSync("git", ["-C", checkout, "log", "-1", "--format=%h of %cs"], { encoding: "utf8" }).trim();
const work = mkdtempSync(path.join(tmpdir(), "aerie-make-sample-"));
const target = path.join(SAMPLES, name);
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const has = (file: string): boolean => existsSync(path.join(checkout, file));
const speaksOf = (page: string, words: string): boolean =>
  has(page) && readFileSync(path.join(checkout, page), "utf8").includes(words);
const keepsSessions = ["src/store/sqlite/schema.ts", "src/store/sqlite/db/schema.ts"].some((file) =>
  speaksOf(file, "mqtt_session"),
);
/** Sessions are kept as long as asked for. */
const LIMITS: Record<string, string> = keepsSessions ? { AERIE_MAX_SESSION_EXPIRY_S: "4294967295" } : {};
const hasHistory = has("src/cli");
const hasInterval = ["src/broker/publication.ts", "src/broker/routing/publication.ts"].some((file) =>
  speaksOf(file, "withInterval"),
);
const hasAccounts = speaksOf("docs/protocol.md", "/api/setup");
const startMs = Date.now();
const baseMs = noonBefore(startMs);

async function makeEmbedded(): Promise<void> {
  const dataDir = path.join(work, "embedded");
  const env = { ...LIMITS, AERIE_DATA_DIR: dataDir };
  const accounts = hasAccounts ? await makeAccounts(env) : undefined;
  let hub = await startFormerHub({ checkout, env });
  await fill(hub, 520);
  await hub.stop();
  hub = await startFormerHub({ checkout, env });
  if (hasHistory) await until("the rows are sealed", () => isSealed(dataDir), { withinMs: 120_000, everyMs: 500 });
  const staying = keepsSessions ? await withSender(hub, (publish) => sendToBroker(hub, publish)) : [];
  const devices = await heldDevices(hub, baseMs, { hasHistory });
  await hub.stop();
  for (const client of staying) client.end(true);
  const hour = rebuiltHour(baseMs);
  if (hasHistory) await importHour(dataDir, hourLines(hour));
  const imported = hasHistory ? await importInPart(checkout, dataDir, work) : undefined;
  vacuum(path.join(dataDir, "aerie.db"));
  if (hasHistory) {
    const backup = path.join(work, "backup.db");
    await runFormer(checkout, "backup", backup, "--data-dir", dataDir);
    writeFileSync(path.join(target, "backup.db.gz"), gzipSync(readFileSync(backup), { level: 9 }));
  }
  keep(dataDir, path.join(target, "embedded"));
  hold("embedded", {
    commit,
    madeMs: [startMs, Date.now()],
    devices: imported === undefined ? devices : [...devices, imported.device],
    hours: hasHistory ? [hour] : [],
    ...(keepsSessions && { journal: heldByBroker(hasInterval) }),
    ...(accounts && { accounts }),
    ...(imported && { position: imported.position }),
  });
}

/** As of a stop while MongoDB was away: what it has, and what waits for it. */
async function makeMongodb(): Promise<void> {
  const mongod = await launchMongod();
  const dataDir = path.join(work, "mongodb");
  const client = new MongoClient(mongod.url);
  try {
    const env = { ...LIMITS, AERIE_DATA_DIR: dataDir, AERIE_MONGODB_URL: `${mongod.url}aerie` };
    const hub = await startFormerHub({ checkout, env });
    await fill(hub, 60);
    const staying = await withSender(hub, (publish) => sendToBroker(hub, publish));
    const db = client.db("aerie");
    await until("hours are counted", async () => (await db.collection("rollups").countDocuments()) >= 5, {
      withinMs: 60_000,
    });
    const devices = await heldDevices(hub, baseMs, { hasHistory, waits: true });
    const documents = { aerie: await dump(client, "aerie"), aerie_mqtt: await dump(client, "aerie_mqtt") };
    await client.close();
    await mongod.kill();
    await withSender(hub, (publish) => sendToOutbox(hub.mqttUrl, publish, baseMs));
    await hub.stop();
    for (const each of staying) each.end(true);
    const text = BSON.EJSON.stringify(documents, undefined, 1, { relaxed: false });
    writeFileSync(path.join(target, "mongodb.json.gz"), gzipSync(text, { level: 9 }));
    vacuum(path.join(dataDir, "outbox", "aerie.db"));
    keep(dataDir, path.join(target, "mongodb"));
    hold("mongodb", {
      commit,
      madeMs: [startMs, Date.now()],
      devices,
      hours: [],
      journal: heldAfterOutbox(hasInterval),
    });
  } finally {
    await client.close();
    await mongod.dispose();
  }
}

async function fill(hub: FormerHub, long: number): Promise<void> {
  await withSender(hub, async (publish) => {
    await sendTimed(publish, "cellar", longSeries(baseMs, long));
    await sendTimed(publish, "hall", oddValues(baseMs));
    await sendTimed(publish, "removed", oddValues(baseMs));
    await sendOthers(publish);
  });
  await askFormer(hub, "/api/devices/removed", { method: "DELETE" });
  const patch = (id: string, body: unknown) => askFormer(hub, `/api/devices/${id}`, { method: "PATCH", body });
  await patch("hall", { name: "Hall ☀", place: "ground floor" });
  if (hasHistory) await patch("cellar", { retention: CELLAR_KEEPS });
}

async function withSender<T>(hub: FormerHub, run: (publish: ReturnType<typeof publisher>) => Promise<T>): Promise<T> {
  const client = await connect(hub.mqttUrl, "sender", { protocolVersion: keepsSessions ? 5 : 4 });
  try {
    return await run(publisher(client));
  } finally {
    await client.endAsync();
  }
}

async function makeAccounts(env: Record<string, string>): Promise<HeldAccounts> {
  const hub = await startFormerHub({ checkout, env: { ...env, AERIE_AUTH: "on" } });
  const owner = { name: "Ada", role: "owner", password: "correct horse battery" };
  const origin = hub.url;
  const { body: signedIn, cookie } = await askFormer<{ csrf: string }>(hub, "/api/setup", {
    method: "POST",
    headers: { origin },
    body: { code: hub.setupCode(), name: owner.name, password: owner.password },
  });
  const headers = { origin, cookie, "x-aerie-csrf": signedIn.csrf };
  const make = async (route: string, body: unknown): Promise<string> =>
    (await askFormer<{ secret?: string }>(hub, route, { method: "POST", headers, body })).body.secret ?? "";
  const viewer = { name: "Grace ☀", role: "viewer", password: "staple battery horse" };
  await make("/api/users", viewer);
  const token = { name: "grafana", scope: "viewer" };
  const application = { name: "panel", publish: ["panel/#"], subscribe: ["devices/#"] };
  const accounts: HeldAccounts = {
    users: [owner, viewer],
    tokens: [{ ...token, secret: await make("/api/tokens", token) }],
    boards: [{ deviceId: "cellar", secret: await make("/api/boards", { deviceId: "cellar" }) }],
    applications: [{ ...application, secret: await make("/api/applications", application) }],
  };
  await hub.stop();
  return accounts;
}

async function importHour(dataDir: string, lines: string): Promise<void> {
  const file = path.join(work, "hour.ndjson");
  writeFileSync(file, lines);
  await runFormer(checkout, "import", file, "--rebuild", "--data-dir", dataDir);
}

/** All that is left is a few new rows, and both days are counted. */
function isSealed(dataDir: string): boolean {
  const db = new DatabaseSync(path.join(dataDir, "aerie.db"), { readOnly: true });
  try {
    const count = (sql: string): number => Number(db.prepare(sql).get()?.["count"]);
    return (
      count("SELECT count(*) AS count FROM segment") > 0 &&
      count("SELECT count(*) AS count FROM rollup") > 1 &&
      count("SELECT count(*) AS count FROM hot") < 50
    );
  } finally {
    db.close();
  }
}

/** The pages of what was deleted stay in a file otherwise. */
function vacuum(file: string): void {
  const [db, small] = [new DatabaseSync(file), `${file}.small`];
  db.prepare("VACUUM INTO ?").run(small);
  db.close();
  for (const each of [`${file}-wal`, `${file}-shm`]) rmSync(each, { force: true });
  renameSync(small, file);
  const renamed = new DatabaseSync(file);
  renamed.exec("PRAGMA journal_mode = WAL");
  renamed.close();
}

async function dump(client: MongoClient, database: string): Promise<Record<string, unknown[]>> {
  const db = client.db(database);
  const names = (await db.listCollections().toArray()).map((each) => each.name).sort();
  const found: Record<string, unknown[]> = {};
  for (const each of names)
    found[each] = await db
      .collection(each)
      .find({ _id: { $ne: "lease" as never } })
      .toArray();
  return found;
}

/** What a later run needs of a data directory. */
const OF_NO_USE = /^(aerie\.(lock|pid|sock|reserve)|.*-(wal|shm))$/;

function keep(from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: (file) => !OF_NO_USE.test(path.basename(file)) });
  for (const each of readdirSync(to, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".db"))) {
    const file = path.join(to, each);
    writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
    rmSync(file);
  }
}

const hold = (what: string, held: Held): void =>
  writeFileSync(path.join(target, `${what}.holds.json`), `${JSON.stringify(held)}\n`);

await makeEmbedded();
if (has("src/store/mongo")) await makeMongodb();
rmSync(work, { recursive: true, force: true });
