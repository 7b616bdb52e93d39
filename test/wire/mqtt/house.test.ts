/** Boards of all families at once: each appears with names, units and presence, and is the same after a SIGKILL without announcing itself again. */
import path from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, test } from "vitest";
import type { DevicesPage } from "../../../src/contract/rest.ts";
import { HOUSE, knownOf, missingOf, simulateHouse } from "../../support/house.ts";
import { spawnHub, startHub } from "../../support/hub/hub.ts";
import { ask } from "../../support/hub/rest.ts";
import { until } from "../../support/until.ts";

const devicesOf = async (hub: Parameters<typeof ask>[0]) =>
  (await ask<DevicesPage>(hub, "/api/devices?limit=500")).body.devices;

test("a house of all families is understood, and known after a SIGKILL with all retained messages cleared", async () => {
  const hub = await spawnHub();
  const simulation = simulateHouse(hub.mqttUrl, { devices: 22, intervalMs: 500 });
  let missing: string[] = ["not asked yet"];
  await until("every family is understood", async () => {
    missing = missingOf(await devicesOf(hub));
    return missing.length === 0;
  }).catch(() => undefined);
  expect(missing).toEqual([]);
  const before = (await devicesOf(hub)).map(knownOf);
  const refusals = (await ask<{ refusals: unknown[] }>(hub, "/api/refusals")).body;
  expect(refusals).toMatchObject({ rejections: [] });

  await hub.kill();
  await simulation.stop();
  // Nobody can learn from a retained message what was not kept. (An empty message would take the description back.)
  const db = new DatabaseSync(path.join(hub.dataDir, "aerie.db"));
  const { changes } = db.prepare("DELETE FROM mqtt_retained").run();
  db.close();
  expect(Number(changes)).toBeGreaterThan(20);
  const restarted = await startHub({ settings: { dataDir: hub.dataDir } });
  const after = (await devicesOf(restarted)).map(knownOf);

  expect(after).toEqual(before);
});

test("what boards announced to a hub that did not understand them yet is learned from its retained messages", async () => {
  const hub = await spawnHub();
  const simulation = simulateHouse(hub.mqttUrl, { devices: 22, intervalMs: 500 });
  await until("every family is understood", async () => missingOf(await devicesOf(hub)).length === 0);
  // Not a kill: some boards announce themselves at QoS 0, and a kill may lose what no commit has taken yet.
  await hub.kill("SIGTERM");
  await simulation.stop();
  const db = new DatabaseSync(path.join(hub.dataDir, "hub.db"));
  db.exec("DELETE FROM learned");
  db.close();

  const restarted = await startHub({ settings: { dataDir: hub.dataDir } });
  // These retain what they announce. Shelly and Sparkplug do not, and are asked.
  const names = HOUSE.flatMap(({ family, name }) => (name === undefined ? [] : [{ family, name }]));
  await until("their names are known", async () => {
    const devices = await devicesOf(restarted);
    return names.every(({ name }) => devices.some((device) => device.name === name));
  });
});
