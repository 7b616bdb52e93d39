/** A hub is killed between the commit of a reading and its judgement: the next start has both, and an import waits for it. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { AlertsAnswer } from "../../../src/contract/answers/alert-answers.ts";
import { connectRaw } from "../../support/clients/raw-client.ts";
import { killPointEnv } from "../../support/history/kill-point.ts";
import { runCommand } from "../../support/hub/command.ts";
import { type HubAddress, spawnHub, startHub, tempDir } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { ruleFields, writeAlertRecords } from "../../support/notify/alert-records.ts";
import { PUBACK } from "../../support/packets/packets.ts";
import { within } from "../../support/until.ts";

async function publish(hub: HubAddress, deviceId: string, gas: number) {
  const client = await connectRaw(hub, { clientId: deviceId });
  const topic = `devices/${deviceId}/telemetry`;
  client.publish({ topic, payload: JSON.stringify({ gas }), qos: 1, packetId: 1 });
  return client;
}

const latestOf = async (hub: HubAddress, deviceId: string): Promise<unknown> =>
  (await ask(hub, `/api/devices/${deviceId}/latest`)).body;

test("what a kill left unjudged is judged by the next start, is the latest for all later ones, and no import comes before it", async () => {
  const dataDir = tempDir();
  const rules = { gas: ruleFields("Gas", { kind: "above", metric: "gas", threshold: 50 }) };
  await writeAlertRecords(dataDir, { rules });
  const killed = await spawnHub({ dataDir, env: killPointEnv({ sql: "INSERT INTO hot", times: 1, at: "after" }) });
  await publish(killed, "boiler", 90);
  await within("the hub kills itself", killed.exited);
  const file = path.join(dataDir, "old.csv");
  writeFileSync(file, `timestamp,gas\n${new Date(Date.now() - 7_200_000).toISOString()},1\n`);
  const importing = () => runCommand("import", "-d", dataDir, "--device", "cellar", file);

  const early = await importing();
  expect([early.exitCode, early.stderr]).toEqual([
    1,
    expect.stringContaining("Start the hub, which does that at once"),
  ]);

  const second = await startHub({ settings: { dataDir } });
  const { alerts } = (await ask<AlertsAnswer>(second, "/api/alerts")).body;
  expect(alerts).toMatchObject([{ id: "gas~boiler", state: "firing", value: 90 }]);
  const other = await publish(second, "attic", 1);
  await other.packets(PUBACK, 1);
  await second.close();
  expect(await importing()).toMatchObject({ exitCode: 0 });
  const third = await startHub({ settings: { dataDir } });
  expect(await latestOf(third, "boiler")).toMatchObject({ metrics: { gas: { value: 90 } } });
  expect(await latestOf(third, "cellar")).toMatchObject({ metrics: { gas: { value: 1 } } });
});
