/** Rules, channels, alerts that fire and their log are there after a backup was restored, and after a move to MongoDB. */
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Alert, AlertEvent, Rule, RuleFields } from "../../../src/contract/alerts.ts";
import type { StoredRecord } from "../../../src/core/ports/hub-file.ts";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { openBuiltHubFile } from "../../support/hub/built-hub-file.ts";
import { runCommand } from "../../support/hub/command.ts";
import { type InProcessHub, runServer, startHub, tempDir } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { databaseUrl, isMongodSkipped } from "../../support/mongodb/mongod.ts";
import { type SharedMongod, sharedMongod } from "../../support/mongodb/shared-mongod.ts";
import { until } from "../../support/until.ts";

const GAS: RuleFields = {
  name: "Gas",
  enabled: true,
  severity: "critical",
  scope: { devices: ["cellar"] },
  condition: { kind: "above", metric: "gasPpm", threshold: 300 },
  forS: 0,
  keepFiringS: 0,
  channels: "all",
};
const CHANNEL: StoredRecord = {
  kind: "channel",
  id: "phone",
  data: JSON.stringify({
    name: "Phone",
    enabled: true,
    atLeast: "critical",
    settings: { kind: "ntfy", server: "http://127.0.0.1:1", topic: "hall", token: "tk_secret" },
  }),
};

/** What a person would miss. The time of an alert is that of a clock that stood still while the hub was down. */
async function picture(hub: InProcessHub): Promise<unknown> {
  const { rules } = (await ask<{ rules: Rule[] }>(hub, "/api/rules")).body;
  const { alerts } = (await ask<{ alerts: Alert[] }>(hub, "/api/alerts?device=cellar")).body;
  const { events } = (await ask<{ events: AlertEvent[] }>(hub, "/api/alerts/log?device=cellar")).body;
  return {
    rules,
    alerts: alerts.map(({ id, state, episode, value, acknowledged }) => ({ id, state, episode, value, acknowledged })),
    events,
  };
}

async function channelsIn(dataDir: string): Promise<string[]> {
  const { hubFile } = await openBuiltHubFile(dataDir);
  const { records } = await hubFile.load();
  await hubFile.close();
  return records.filter(({ kind }) => kind === "channel").map(({ data }) => data);
}

/** A stopped hub with an alert that fires and is acknowledged, and a channel. */
async function filledDirectory(): Promise<{ dataDir: string; expected: unknown }> {
  const dataDir = tempDir();
  const hub = await startHub({ settings: { dataDir } });
  const { id } = (await ask<Rule>(hub, "/api/rules", { method: "POST", body: GAS })).body;
  const board = await connectJs(hub.mqttUrl);
  await board.publish("devices/cellar/telemetry", '{"gasPpm":312}', { qos: 1 });
  const acknowledge = `/api/alerts/${id}~cellar/acknowledge`;
  await until("it fires", async () => (await ask(hub, acknowledge, { method: "POST", body: {} })).status === 200);
  const expected = await picture(hub);
  expect(expected).toMatchObject({ alerts: [{ state: "firing", value: 312 }], events: [{ kind: "acknowledged" }, {}] });
  await hub.close();
  const { hubFile } = await openBuiltHubFile(dataDir);
  await hubFile.load();
  await hubFile.write([{ of: "record", ...CHANNEL }]);
  await hubFile.close();
  return { dataDir, expected };
}

test("after a backup was restored", async () => {
  const { dataDir, expected } = await filledDirectory();
  const file = path.join(tempDir(), "hub.aerie");
  expect(await runCommand("backup", file, "-d", dataDir)).toMatchObject({ exitCode: 0 });
  const restored = path.join(tempDir(), "restored");
  expect(await runCommand("restore", file, "-d", restored)).toMatchObject({ exitCode: 0 });
  expect(await channelsIn(restored)).toEqual([CHANNEL.data]);
  expect(await picture(await startHub({ settings: { dataDir: restored } }))).toEqual(expected);
});

describe.skipIf(isMongodSkipped)("with MongoDB", () => {
  let mongod: SharedMongod;
  beforeAll(async () => {
    mongod = await sharedMongod();
  });

  test("after everything was moved to MongoDB", async () => {
    const { dataDir, expected } = await filledDirectory();
    const url = databaseUrl(mongod);
    const args = ["migrate", "--to", "mongodb", "--data-dir", dataDir];
    const moved = runServer({ args, env: { AERIE_MONGODB_URL: url } });
    expect([await moved.exited, moved.stderr()]).toEqual([0, expect.stringContaining("Done")]);
    expect(await channelsIn(dataDir)).toEqual([CHANNEL.data]);
    expect(await picture(await startHub({ settings: { dataDir, mongodbUrl: url } }))).toEqual(expected);
  });
});
