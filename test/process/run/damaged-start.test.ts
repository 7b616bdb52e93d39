/** A hub on a damaged data directory: it serves and says so in /readyz, or its process ends with words and without a stack. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterAll, expect, test } from "vitest";
import type { Readiness } from "../../../src/contract/rest.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { launchHub, runServer, startHub, tempDir } from "../../support/hub/hub.ts";

/** With readings, attributes and a retained message, after an orderly stop; made by the first test. */
const used = mkdtempSync(path.join(tmpdir(), "aerie-used-"));
let making: Promise<void> | undefined;

afterAll(() => rmSync(used, { recursive: true, force: true }));

async function make(): Promise<void> {
  const hub = await launchHub({ settings: { dataDir: used } });
  const board = await connectJs(hub.mqttUrl);
  for (const temperature of [20, 21, 22]) {
    await board.publish("devices/boiler/telemetry", JSON.stringify({ temperature }), { qos: 1 });
  }
  await board.publish("devices/boiler/attributes", '{"firmware":"1.2"}', { qos: 1 });
  await board.publish("home/hall", "hello", { qos: 1, retain: true });
  await board.leave();
  await hub.close();
}

async function usedDir(): Promise<string> {
  making ??= make();
  await making;
  const dataDir = tempDir();
  cpSync(used, dataDir, { recursive: true, filter: (file) => !file.endsWith(".sock") });
  return dataDir;
}

test("an outbox that is damaged and cannot be counted ends the process with words", async () => {
  const dataDir = tempDir();
  const outbox = path.join(dataDir, "outbox");
  await (await launchHub({ settings: { dataDir: outbox } })).close();
  const file = path.join(outbox, "aerie.db");
  const db = new DatabaseSync(file);
  for (let group = 0; group < 20; group++) db.exec("INSERT INTO outbox VALUES (NULL, 1, 1, zeroblob(1000), NULL)");
  const leaf = db.prepare("SELECT max(pageno) AS page FROM dbstat WHERE name = 'outbox' AND pagetype = 'leaf'").get();
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
  const bytes = readFileSync(file);
  const end = Number(leaf?.["page"]) * 4_096;
  writeFileSync(file, bytes.fill(0xff, end - 4_096, end));

  const server = runServer({
    args: ["--data-dir", dataDir],
    env: { AERIE_MONGODB_URL: "mongodb://127.0.0.1:9/aerie" },
  });

  expect(await server.exited).toBe(1);
  expect(server.stderr()).toMatch(
    /The outbox cannot be opened\..*outbox\/aerie\.db is damaged.*move this directory away/,
  );
});

test("a hub with a damaged reading, damaged attributes and a damaged retained message serves the rest, and /readyz names them", async () => {
  const dataDir = await usedDir();
  const db = new DatabaseSync(path.join(dataDir, "aerie.db"));
  db.exec(
    "UPDATE hot SET body = '{\"temperature\":2' WHERE seq = 2; UPDATE device SET attributes = '{', latest = '{\"temp'",
  );
  db.exec("UPDATE mqtt_retained SET publisher = '\"'");
  db.close();

  const hub = await startHub({ settings: { dataDir } });
  const get = async (url: string): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${hub.url}${url}`);
    expect(answer.status, url).toBe(200);
    return (await answer.json()) as Record<string, unknown>;
  };
  const page = await get("/api/devices/boiler/readings");
  const values = (page["readings"] as { metrics: { temperature: number } }[]).map(({ metrics }) => metrics.temperature);
  expect(values.sort()).toEqual([20, 22]);
  expect(page["damaged"]).toHaveLength(1);
  expect((await get("/api/devices/boiler/series?metrics=temperature"))["damaged"]).toHaveLength(1);
  expect(await get("/api/devices/boiler")).toMatchObject({ attributes: {}, latest: { temperature: { value: 22 } } });
  const { ready, warnings } = (await get("/readyz")) as unknown as Readiness;
  expect(ready).toBe(true);
  expect(warnings.map(({ part }) => part)).toEqual(["history", "stored data"]);
  expect(warnings[0]?.problem).toContain("boiler");
  expect(warnings[1]?.problem).toMatch(/aerie\.db, .*boiler.*damaged.*backup.*1 more/);
});

for (const [what, damage] of Object.entries({
  "whose database was cut": (bytes: Buffer) => bytes.subarray(0, 5_000),
})) {
  test(`a hub ${what} ends with words that say which file and what to do, and no stack`, async () => {
    const dataDir = await usedDir();
    const file = path.join(dataDir, "aerie.db");
    writeFileSync(file, damage(readFileSync(file)));
    const server = runServer({ args: ["--data-dir", dataDir, "--http-port", "0", "--mqtt-port", "0"] });
    expect(await server.exited).toBe(1);
    expect(server.stderr()).toMatch(/aerie\.db.*damaged.*aerie restore/);
    expect(server.stderr()).not.toMatch(/^\s+at /m);
  });
}

test.each(["{", '{"version":1,"users":[null]}'])(
  "a hub of which access.json is %j ends with words that name it, and no stack",
  async (content) => {
    const dataDir = tempDir();
    writeFileSync(path.join(dataDir, "access.json"), content);
    const args = ["--data-dir", dataDir, "--http-port", "0", "--mqtt-port", "0", "--auth", "on"];
    const server = runServer({ args });
    expect(await server.exited).toBe(1);
    expect(server.stderr()).toMatch(/access\.json/);
    expect(server.stderr()).not.toMatch(/^\s+at /m);
  },
);
